//! FunctionTransformer: a function of every cell, known by its name in numpy or scipy.

use sagelet::artifact::Derived;

use super::step::{Outcome, Step};
use crate::import::functions;
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;

/// The name of a function of numpy or scipy.
///
/// numpy 2 names itself, numpy 1 the module that defines a function, and in Python 2 any module that uses it.
pub(super) fn of_numpy(function: Value<'_>) -> Option<&str> {
    let global = function.global()?;
    let package = global.module.split('.').next();
    matches!(package, Some("numpy" | "scipy")).then_some(global.name.as_str())
}

/// The function of every column; the columns as they are if there is none.
pub(super) fn transformed(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let Some(function) = step.optional("func") else {
        return Ok(columns.to_vec());
    };
    if of_numpy(function) == Some("clip") {
        return clipped(step, columns, conversion);
    }
    let known = of_numpy(function).and_then(functions::named);
    let known = known.ok_or_else(|| {
        let global = function.global();
        let name = global.map_or_else(|| "a function".to_owned(), ToString::to_string);
        step.refuse(format_args!(
            "it applies {name} to the cells, of which the file holds only the name: functions of numpy and scipy of one \
             number are supported (log, log1p, sqrt and others); apply it before the model is called, and leave the step out"
        ))
    })?;
    let arguments = step.optional("kw_args").and_then(Value::entries);
    if arguments.is_some_and(|mut arguments| arguments.next().is_some()) {
        return Err(step.refuse("it calls its function with kw_args, which is not supported"));
    }
    let applied = functions::applied(known, columns, conversion);
    applied.map_err(|conflict| step.refuse(conflict))
}

/// numpy's `clip`, whose bounds are `kw_args`.
fn clipped(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let arguments = step.attribute("kw_args")?;
    let (mut lower, mut upper) = (None, None);
    for (name, value) in arguments.entries().into_iter().flatten() {
        let bound = match name.text() {
            Some("a_min" | "min") => &mut lower,
            Some("a_max" | "max") => &mut upper,
            _ => return Err(step.refuse("it calls numpy's clip with something else than bounds")),
        };
        if !value.is_none() {
            let number = value.number();
            *bound = Some(number.ok_or_else(|| step.wrong("kw_args", "a dict of numbers"))?);
        }
    }
    let of = conversion.refer(columns);
    let of = of.map_err(|conflict| step.refuse(conflict))?;
    Ok(conversion.compute(Derived::Clip { of, lower, upper }))
}
