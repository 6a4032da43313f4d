// logistic-regression, 8 features; written by model-tools of sagelet 0.1.0.
// converted_by: sagelet 0.1.0
// source: json
// source_sha256: dad5cd0a7d639ec48aa4c28828eeb19282ba5fc5b04e85673ed8d8f76f19ac33

#include <math.h>

// The cells of a row.
typedef struct {
    double x_age; // "age"; NAN if missing
    const char *x_city; // "city"; 0 if missing
    double x_rooms; // "rooms"; NAN if missing
    double x_owned; // "owned"; NAN if missing
    double x_note; // "note"; NAN if missing
    const char *x_grade; // "grade"; 0 if missing
    const char *x_size; // "size"; 0 if missing
    double x_income; // "income"; NAN if missing
} model_row;

static int same(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

// The linear scores; NAN if a cell is missing or of an unknown category.
void model_scores(const model_row *row, double scores[1]) {
    double score;

    score = 0.040243607330484946;
    score += -2.200720883909943 * (isnan(row->x_age) ? 38.25 : row->x_age);
    score += isnan(row->x_age) ? 0.16503190176457164 : 0.0;
    score += !row->x_city ? 0.6542551847576695
        : same(row->x_city, "Oslo") ? 0.6542551847576695
        : same(row->x_city, "Rome") ? -1.0922661139789875
        : same(row->x_city, "St. John's") ? 0.6942344028250735
        : same(row->x_city, "back\\slash") ? 0.07716061083119452
        : 0.0;
    score += !row->x_city ? 1.1423254880224574 : 0.0;
    score += isnan(row->x_rooms) ? NAN
        : row->x_rooms == 1.0 ? 0.0
        : row->x_rooms == 2.0 ? 0.5434771620025171
        : row->x_rooms == 3.0 ? -0.6805474639394058
        : NAN;
    score += isnan(row->x_owned) ? NAN
        : row->x_owned == 0.0 ? 0.0
        : row->x_owned == 1.0 ? 0.26239284863073264
        : NAN;
    score += !row->x_grade ? NAN
        : same(row->x_grade, "low") ? -0.0
        : same(row->x_grade, "middle") ? -2.034881063047217
        : same(row->x_grade, "high") ? -4.069762126094434
        : 2.034881063047217;
    score += !row->x_size ? NAN
        : same(row->x_size, "S") ? -0.0415777859976016
        : same(row->x_size, "M") ? -0.10394446499400399
        : same(row->x_size, "L") ? -0.5820890039664224
        : NAN;
    score += -0.26740906679388626 * row->x_income;
    scores[0] = score;
}

const char *const model_labels[2] = {
    "no",
    "yes"
};

// The index of the predicted class in model_labels; -1 if a cell is missing or of an unknown category.
int model_predict(const model_row *row) {
    double scores[1];
    model_scores(row, scores);
    for (int i = 0; i < 1; i++)
        if (isnan(scores[i])) return -1;
    return scores[0] > 0.0;
}

static double logistic(double score) {
    return 1.0 / (1.0 + exp(-score));
}

// The probabilities of the classes, as model_labels has them; NAN as above.
void model_probabilities(const model_row *row, double probabilities[2]) {
    double scores[1];
    model_scores(row, scores);
    probabilities[1] = logistic(scores[0]);
    probabilities[0] = 1.0 - probabilities[1];
}
