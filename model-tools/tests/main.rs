//! Drives the real `model-tools` on files, as a person does. Cases lie under `cases/`.
//!
//! `UPDATE=1 cargo test -p model-tools` writes the expected texts of `inspect` anew: read the difference.

// clippy.toml allows these inside of test functions; the helpers beside them fail tests in the same way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod harness;

mod check; //   exit codes, reasons, several files
mod coefficients; // tables of R, statsmodels and spreadsheets
mod computed; // the corpus of pipelines that compute columns
mod containers; // archives, compression, folders
mod convert; // both ways, by hand, what is ignored, what is refused, where it may write
mod declarations; // marks of missing cells, other columns, versions
mod diff; //    same, different, not comparable
mod docs; //    the example and the grammar in docs/ are true
mod exports; // pinned texts, what is refused
mod formats; // the table, help, usage errors
mod h2o; //     MOJOs that H2O wrote
mod inspect; // golden texts, 80 columns, JSON
mod keys; //    --key
mod liblinear; // models that LIBLINEAR trained
mod linear_learner; // networks that MXNet wrote
mod linfa; //   models that linfa fitted and serialised
mod onnx; //    models that skl2onnx exported
mod onnx_again; // what `convert` writes as ONNX comes back as the same model
mod package; // the same bytes, whoever makes them
mod pmml; //    tables of PMML
mod predict; // the served answers, one a line
mod proof; //   --check and --expect
mod refusals; // scikit-learn's that are not linear, or would run commands
mod report; //  one page, nothing to be fetched, the right figures
mod safetensors; // a layer's weight and bias

mod signing; // keys, signatures, and the commands of docs/operations.md
mod sklearn; // the corpus of models that scikit-learn fitted
mod spark; //   what Spark ML saved: zip, tar, folder
mod statsmodels; // the corpus of models that statsmodels fitted
mod strangers; // files that are no models are said to be what they are
mod together; // several files: scaler.pkl, model.pkl, columns.json
mod xgboost; // linear models of XGBoost
