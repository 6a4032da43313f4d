//! The links of generalised linear models, and which of them an artifact has.

use sagelet::artifact::{InverseTransform, Link};

use crate::import::linear::Kind;
use crate::import::objects::Value;
use crate::shown::bare;

/// What makes the mean of a score, or why an artifact cannot.
pub(super) fn mean(link: Value<'_>) -> Result<(Kind, Option<InverseTransform>), String> {
    let name = link.class().map_or("", |class| class.name.as_str());
    let power = link.attribute("power").and_then(Value::number);
    // Versions before 0.14 wrote the names in lower case.
    let kind = match (name.to_ascii_lowercase().as_str(), power) {
        ("identity", _) | ("power", Some(1.0)) => Kind::Generalized(Link::Identity),
        ("log", _) => Kind::Generalized(Link::Log),
        ("logit", _) => Kind::Generalized(Link::Logit),
        ("sqrt", _) | ("power", Some(0.5)) => {
            return Ok((Kind::Linear, Some(InverseTransform::Square)));
        }
        ("inverse_power" | "inversepower", _) | ("power", Some(-1.0)) => {
            return Ok((Kind::Linear, Some(InverseTransform::Reciprocal)));
        }
        ("power", Some(power)) => return Err(unknown(&format!("Power({power})"))),
        _ => return Err(unknown(name)),
    };
    Ok((kind, None))
}

fn unknown(name: &str) -> String {
    let name = bare(name);
    format!(
        "its link is {name}, and an artifact has the links identity, log, logit, square root and inverse only"
    )
}
