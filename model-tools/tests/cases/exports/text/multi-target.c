// multi-target-regression, 4 features; written by model-tools of sagelet 0.1.0.
// converted_by: sagelet 0.1.0
// source: json
// source_sha256: cf12b82c47c00f23c2ec76aab669ff0a7e5d4769087707434a966593173be26b

#include <math.h>

// The cells of a row.
typedef struct {
    double x_a; // "a"; NAN if missing
    double x_b; // "b"; NAN if missing
    double x_c; // "c"; NAN if missing
    double x_d; // "d"; NAN if missing
} model_row;

// The linear scores; NAN if a cell is missing or of an unknown category.
void model_scores(const model_row *row, double scores[2]) {
    double score;

    score = 0.8368409499797042;
    score += -0.9825444916419622 * row->x_a;
    score += 1.201714643174378 * row->x_b;
    score += -0.5886609170803957 * row->x_c;
    score += -0.9997515015873987 * row->x_d;
    scores[0] = score;

    score = 1.2966823363679114;
    score += 0.587070070109305 * row->x_a;
    score += -0.15518935580016668 * row->x_b;
    score += -0.1720802866891954 * row->x_c;
    score += -0.15379999710327583 * row->x_d;
    scores[1] = score;
}

const char *const model_targets[2] = {"north", "a"};

// The prediction for each target; NAN if a cell is missing or of an unknown category.
void model_predict(const model_row *row, double values[2]) {
    double scores[2];
    model_scores(row, scores);
    for (int i = 0; i < 2; i++) {
        values[i] = scores[i];
    }
}
