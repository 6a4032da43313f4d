// linear-regression, 8 features; written by model-tools of sagelet 0.1.0.
// converted_by: sagelet 0.1.0
// source: json
// source_sha256: 740bc110cd24d6ec475c994743107ab5080a2745a8423034a33fbad8213bcf13

#include <math.h>

// The cells of a row.
typedef struct {
    double x_age; // "age"; NAN if missing
    double x_select; // "select"; NAN if missing
    double x_body_mass; // "body mass"; NAN if missing
    double x_the__best__one; // "the \"best\" one"; NAN if missing
    double x_it_s; // "it's"; NAN if missing
    double x_na_ve; // "naïve"; NAN if missing
    double x_back_tick; // "back`tick"; NAN if missing
    double x_Score; // "Score"; NAN if missing
} model_row;

// The linear scores; NAN if a cell is missing or of an unknown category.
void model_scores(const model_row *row, double scores[1]) {
    double score;

    score = 2.0969034113194276;
    score += 1.1143321901036989 * row->x_age;
    score += -0.5619234882327826 * row->x_select;
    score += -0.6212861383512518 * row->x_body_mass;
    score += -0.5047743627755421 * row->x_the__best__one;
    score += -1.485348462781564 * row->x_it_s;
    score += -0.2953840483223231 * row->x_na_ve;
    score += -0.4417174973863283 * row->x_back_tick;
    score += 0.4544018555025467 * row->x_Score;
    scores[0] = score;
}

// The prediction; NAN if a cell is missing or of an unknown category.
double model_predict(const model_row *row) {
    double scores[1];
    model_scores(row, scores);
    double value = scores[0];
    return value;
}
