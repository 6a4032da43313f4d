//! What a job writes: the artifact, its report, and metrics in the log.

use std::collections::BTreeMap;

use sagelet_solver::algorithm::Quality;

use super::Job;
use crate::artifact::{Artifact, Document, write_atomically};
use crate::log;
use crate::train::fit::{self, Fitted};
use crate::train::table::Schema;
use crate::train::{TrainError, make_directory, outcome};

impl Job<'_> {
    /// Writes the artifact and the report, and says the metrics.
    ///
    /// # Errors
    /// The document is no artifact, or a file cannot be written.
    pub(in crate::train) fn write(
        &self,
        schema: &Schema,
        fitted: &Fitted,
        channels: &[(&'static str, Quality)],
    ) -> Result<(), TrainError> {
        let mut document =
            outcome::document(fitted, schema, self.settings, self.provenance(fitted))?;
        document.metrics = said_metrics(fitted, channels);
        let (artifact, bytes) = Artifact::seal(document)?;
        self.write_report(&artifact.document, schema, fitted, channels)?;
        let directory = make_directory(self.prefix.join("model"))?;
        let path = directory.join("model.cbor");
        write_atomically(&path, &bytes, true)?;
        log::info(format_args!(
            "wrote {}: {} bytes, sha256 {}",
            path.display(),
            artifact.bytes,
            artifact.digest
        ));
        Ok(())
    }

    fn write_report(
        &self,
        document: &Document,
        schema: &Schema,
        fitted: &Fitted,
        channels: &[(&'static str, Quality)],
    ) -> Result<(), TrainError> {
        let directory = make_directory(self.prefix.join("output/data"))?;
        for (name, value) in [
            (
                "training.json",
                outcome::report(document, fitted, schema, channels),
            ),
            ("metrics.json", outcome::measured(fitted, channels)),
        ] {
            let json = serde_json::to_vec_pretty(&value).unwrap_or_default();
            write_atomically(&directory.join(name), &json, true)?;
        }
        Ok(())
    }

    fn provenance(&self, fitted: &Fitted) -> BTreeMap<String, String> {
        let names = self
            .channel
            .paths
            .iter()
            .filter_map(|path| path.file_name());
        let names: Vec<String> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        let shown = names
            .iter()
            .take(20)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let more = names.len().saturating_sub(20);
        let files = if more > 0 {
            format!("{shown} and {more} more")
        } else {
            shown
        };
        let mut provenance = BTreeMap::new();
        for (name, text) in [
            ("producer", crate::PRODUCER.to_owned()),
            ("algorithm", algorithm(fitted)),
            ("training_files", files),
        ] {
            provenance.insert(name.to_owned(), text);
        }
        provenance
    }
}

/// The loss and penalty in a phrase.
fn algorithm(fitted: &Fitted) -> String {
    let loss = match fitted.kind {
        fit::Kind::LeastSquares => "least squares".to_owned(),
        fit::Kind::Logistic => "logistic regression".to_owned(),
        fit::Kind::Softmax => "multinomial logistic regression".to_owned(),
        fit::Kind::Generalized(power, _) => {
            format!("generalised linear model, Tweedie power {power}")
        }
    };
    let penalty = fitted.penalty;
    match penalty.is_none() {
        true => loss,
        false => format!("{loss}, l1={}, wd={}", penalty.l1, penalty.l2),
    }
}

/// Writes the metrics of all channels into the log, in the form that the platform's metric definitions (regular
/// expressions over the log) can pick up, and gives those that the artifact keeps.
fn said_metrics(fitted: &Fitted, channels: &[(&'static str, Quality)]) -> BTreeMap<String, f64> {
    let mut kept = BTreeMap::new();
    kept.insert("training_rows".to_owned(), fitted.summary.rows as f64);
    log::info(format_args!("training_rows={};", fitted.summary.rows));
    log::info(format_args!("train:objective_loss={};", fitted.objective));
    kept.insert("train_objective_loss".to_owned(), fitted.objective);
    if let Some(choice) = &fitted.choice {
        // What a tuning job compares: the mean loss on rows that no model was fitted to.
        log::info(format_args!("validation:objective_loss={};", choice.loss()));
        kept.insert("validation_objective_loss".to_owned(), choice.loss());
    }
    for (channel, quality) in channels {
        for (name, value) in outcome::metrics(quality, fitted.f_beta) {
            log::info(format_args!("{channel}:{name}={value};"));
            log::info(format_args!("{channel}_{name}={value};"));
            kept.insert(format!("{channel}_{name}"), value);
        }
    }
    kept
}
