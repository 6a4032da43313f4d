// isotonic, 1 features; written by model-tools of sagelet 0.1.0.
// converted_by: sagelet 0.1.0
// source: json
// source_sha256: 1e1d6b6c9d9a30543d2e888e6e34d72ffe312088804e8e034e0fb2e4b5d08b66

#include <math.h>

// The cells of a row.
typedef struct {
    double x_dose; // "dose"; NAN if missing
} model_row;

// The linear scores; NAN if a cell is missing or of an unknown category.
void model_scores(const model_row *row, double scores[1]) {
    double score;

    score = 0.0;
    score += 1.0 * (isnan(row->x_dose) ? 0.125 : row->x_dose);
    scores[0] = score;
}

static const double model_x[3] = {
    -1.1,
    0.3,
    2.7
};

static const double model_y[3] = {
    3.3,
    0.7,
    -9.1
};

// Straight lines between thresholds, constant outside.
static double interpolated(double cell) {
    if (isnan(cell)) return NAN;
    if (cell <= model_x[0]) return model_y[0];
    for (int i = 0; i < 2; i++)
        if (cell <= model_x[i + 1])
            return model_y[i] + (cell - model_x[i]) / (model_x[i + 1] - model_x[i])
                * (model_y[i + 1] - model_y[i]);
    return model_y[2];
}

// The prediction; NAN if a cell is missing or of an unknown category.
double model_predict(const model_row *row) {
    double scores[1];
    model_scores(row, scores);
    double value = interpolated(scores[0]);
    value = expm1(value);
    return value;
}
