//! The path of penalties for `output/data/metrics.json`: what was tried, and what was chosen.

use sagelet_solver::path::Tried;
use serde_json::{Map, Value};

use super::report::put;
use crate::train::fit::Choice;

/// Every penalty with its losses, and which of them was chosen.
pub(super) fn path(choice: &Choice) -> Value {
    let mut path = Map::new();
    put(&mut path, "judged_by", choice.judge.as_str().into());
    put(&mut path, "chosen", choice.chosen.into());
    let tried = choice.tried.iter().map(one);
    put(&mut path, "penalties", Value::Array(tried.collect()));
    Value::Object(path)
}

fn one(tried: &Tried) -> Value {
    let mut one = Map::new();
    for (name, number) in [
        ("l1", Some(tried.penalty.l1)),
        ("wd", Some(tried.penalty.l2)),
        ("training_loss", Some(tried.training)),
        ("held_out_loss", Some(tried.loss())),
        ("standard_error", tried.standard_error()),
    ] {
        if let Some(number) = number {
            put(&mut one, name, number.into());
        }
    }
    put(&mut one, "coefficients", tried.coefficients.into());
    let folds = tried.losses.iter().map(|loss| Value::from(*loss));
    put(&mut one, "losses", Value::Array(folds.collect()));
    Value::Object(one)
}
