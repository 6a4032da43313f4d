//! Functions of numpy and scipy by their names, and what they make of columns.

use sagelet::artifact::{Derived, Function};

use super::linear::{Column, Conflict, Conversion};

/// What a function of one number does to a column.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    /// It is multiplied by this.
    Scaled(f64),
    Function(Function),
}

/// The function by its name in numpy or `scipy.special`, where both mean the same.
pub(super) fn named(name: &str) -> Option<Effect> {
    let function = match name {
        "log" => Function::Log,
        "log2" => Function::Log2,
        "log10" => Function::Log10,
        "log1p" => Function::Log1p,
        "exp" => Function::Exp,
        "exp2" => Function::Exp2,
        "expm1" => Function::Expm1,
        "sqrt" => Function::Sqrt,
        "cbrt" => Function::Cbrt,
        "square" => Function::Square,
        "reciprocal" => Function::Reciprocal,
        "abs" | "absolute" | "fabs" => Function::Absolute,
        "sign" => Function::Sign,
        "floor" => Function::Floor,
        "ceil" => Function::Ceil,
        "rint" | "round" | "round_" | "around" => Function::Round,
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "tan" => Function::Tan,
        "tanh" => Function::Tanh,
        "arcsinh" => Function::Asinh,
        "expit" => Function::Logistic,
        "logit" => Function::Logit,
        "ndtri" => Function::NormalQuantile,
        "positive" => return Some(Effect::Scaled(1.0)),
        "negative" => return Some(Effect::Scaled(-1.0)),
        "deg2rad" | "radians" => return Some(Effect::Scaled(1.0_f64.to_radians())),
        "rad2deg" | "degrees" => return Some(Effect::Scaled(1.0_f64.to_degrees())),
        _ => return None,
    };
    Some(Effect::Function(function))
}

/// The function of every column.
///
/// # Errors
/// It compares numbers with bounds, and a column is not a cell itself; or a column counts a term of a text.
pub(super) fn applied(
    effect: Effect,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Result<Vec<Column>, Conflict> {
    match effect {
        Effect::Scaled(factor) => {
            let scaled = columns.iter().map(|column| column.affine(0.0, factor, 0.0));
            Ok(scaled.collect())
        }
        Effect::Function(function) => {
            let of = match jumps(function) {
                true => conversion.refer_exactly(columns),
                false => conversion.refer(columns),
            }?;
            Ok(conversion.compute(Derived::Function { of, function }))
        }
    }
}

/// Whether a function is another one on either side of a number, however little that is passed.
fn jumps(function: Function) -> bool {
    matches!(
        function,
        Function::Sign | Function::Floor | Function::Ceil | Function::Round
    )
}
