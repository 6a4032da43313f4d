//! Metrics by their names, from the sums over the rows of a channel.

use sagelet_solver::algorithm::Quality;
use sagelet_solver::tally::{Classification, Regression};
use sagelet_solver::threshold::f_beta;

/// Metrics of a channel by their names: short ones, and those of Linear Learner that mean the same. `beta` is how many
/// times as important recall is as precision.
pub(in crate::train) fn metrics(quality: &Quality, beta: f64) -> Vec<(&'static str, f64)> {
    let metrics = match quality {
        Quality::Regression(quality) => of_numbers(quality),
        Quality::Classification(quality) => of_classes(quality, beta),
    };
    metrics
        .into_iter()
        .filter(|(_, value)| value.is_finite())
        .collect()
}

fn of_numbers(quality: &Regression) -> Vec<(&'static str, f64)> {
    let mean_square = quality.squares / quality.weight;
    vec![
        ("rmse", mean_square.sqrt()),
        ("mse", mean_square),
        ("mae", quality.magnitudes / quality.weight),
        ("absolute_loss", quality.magnitudes / quality.weight),
        ("r2", quality.r2().unwrap_or(f64::NAN)),
        ("deviance", 2.0 * quality.loss / quality.weight),
    ]
}

fn of_classes(quality: &Classification, beta: f64) -> Vec<(&'static str, f64)> {
    let log_loss = quality.loss / quality.weight;
    let mut metrics = vec![("log_loss", log_loss), ("accuracy", quality.accuracy())];
    if quality.confusion.rows() == 2 {
        let (precision, recall, f1) = quality.precision_recall_f1(1);
        let auc = quality.auc().unwrap_or(f64::NAN);
        metrics.extend([
            ("auc", auc),
            ("f1", f1),
            ("precision", precision),
            ("recall", recall),
            ("binary_classification_accuracy", quality.accuracy()),
            ("binary_f_beta", f_beta(precision, recall, beta)),
            ("roc_auc_score", auc),
        ]);
    } else {
        let (precision, recall, f1) = quality.macro_precision_recall_f1();
        metrics.extend([
            ("f1", f1),
            ("multiclass_accuracy", quality.accuracy()),
            ("macro_precision", precision),
            ("macro_recall", recall),
            ("macro_f_beta", f1),
        ]);
    }
    metrics
}
