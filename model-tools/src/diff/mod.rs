//! `model-tools diff`: whether two models are the same, and where they are not.

mod compare;
mod predictions;

use clap::Args;
use sagelet::model::TOLERANCE;

use crate::error::Error;
use crate::import::{self, ImportOptions, Source};
use crate::input::{self, Input};
use crate::inspect::layout::wrapped;
use crate::{output, rows};

/// Columns of a label and the space after it.
const LABEL: usize = 14;

/// Compare two models, and their predictions for rows
///
/// Models are the same if they have the same features in the same order, the same classes, and parameters that
/// differ by rounding at most: by --tolerance, as a share of the larger number. With --rows the same holds for
/// every prediction, as a share of the largest. Provenance, metrics and verification rows are compared too, but
/// make no other model. The exit code is 0 if the models are the same, 1 if they differ, and 2 if they could
/// not be compared.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The one model, in any format that `model-tools formats` lists; - is standard input
    #[arg(value_name = "A")]
    a: String,
    /// The other model
    #[arg(value_name = "B")]
    b: String,
    /// Estimator to take out of A, as `model-tools convert --key` does
    #[arg(long, value_name = "KEY")]
    key_a: Vec<String>,
    /// Estimator to take out of B
    #[arg(long, value_name = "KEY")]
    key_b: Vec<String>,
    /// Rows to predict with both models
    #[arg(long, value_name = "FILE")]
    rows: Option<String>,
    /// What the rows are, as a request would say it
    #[arg(long, value_name = "TYPE", default_value = "text/csv")]
    content_type: String,
    /// How far numbers may differ to be the same
    #[arg(long, value_name = "SHARE", default_value_t = TOLERANCE)]
    tolerance: f64,
    /// Show at most N coefficients and rows that differ
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

/// One thing that was compared.
struct Finding {
    label: &'static str,
    /// What was found, in a sentence.
    summary: String,
    /// The places, a line each.
    lines: Vec<String>,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Same,
    Different,
    /// Different, in something that is not part of the model.
    Aside,
}

impl Finding {
    fn new(label: &'static str, verdict: Verdict, summary: impl Into<String>) -> Self {
        Self {
            label,
            summary: summary.into(),
            lines: Vec::new(),
            verdict,
        }
    }
}

/// Compares two models.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let findings = findings(arguments).map_err(|error| Error::NotCompared(Box::new(error)))?;
    let different = findings
        .iter()
        .any(|finding| finding.verdict == Verdict::Different);
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&wrapped(finding.label, LABEL, &finding.summary));
        for line in &finding.lines {
            text.push_str("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text.push_str(if different {
        "\nThe models differ.\n"
    } else {
        "\nThe models are the same.\n"
    });
    output::print(text.as_bytes())?;
    if different {
        return Err(Error::Different);
    }
    Ok(())
}

fn findings(arguments: &Arguments) -> Result<Vec<Finding>, Error> {
    input::check_distinct(&arguments.a, &arguments.b)?;
    let content_type = rows::content_type(&arguments.content_type)?;
    let options = |keys: &[String]| ImportOptions {
        keys: keys.to_vec(),
        ..ImportOptions::default()
    };
    let a = import::read(&arguments.a, &options(&arguments.key_a))?;
    let b = import::read(&arguments.b, &options(&arguments.key_b))?;
    let mut findings = vec![file("A", &a), file("B", &b)];
    findings.extend(compare::documents(
        &a.imported.document,
        &b.imported.document,
        arguments.tolerance,
        arguments.top,
    ));
    if let Some(path) = &arguments.rows {
        let body = Input::read(path, sagelet::limits::BODY_BYTES_MAX)?;
        findings.push(predictions::compare(
            &a,
            &b,
            &body,
            content_type,
            arguments,
        )?);
    }
    Ok(findings)
}

fn file(label: &'static str, source: &Source) -> Finding {
    let kind = source.imported.document.model.kind();
    Finding::new(
        label,
        Verdict::Same,
        format!("{}: {}, {kind}", source.input.name, source.format.name),
    )
}
