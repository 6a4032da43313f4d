//! Functions of a number.

use crate::artifact::{Function, logistic};

/// What errors call a function.
pub(in crate::rows) fn name(function: Function) -> &'static str {
    match function {
        Function::Log => "log",
        Function::Log2 => "log2",
        Function::Log10 => "log10",
        Function::Log1p => "log1p",
        Function::Exp => "exp",
        Function::Exp2 => "exp2",
        Function::Expm1 => "expm1",
        Function::Sqrt => "square root",
        Function::Cbrt => "cube root",
        Function::Square => "square",
        Function::Reciprocal => "reciprocal",
        Function::Absolute => "absolute",
        Function::Sign => "sign",
        Function::Floor => "floor",
        Function::Ceil => "ceil",
        Function::Round => "rounded value",
        Function::Sin => "sine",
        Function::Cos => "cosine",
        Function::Tan => "tangent",
        Function::Tanh => "tanh",
        Function::Asinh => "asinh",
        Function::Logistic => "logistic function",
        Function::Logit => "logit",
        Function::NormalQuantile => "normal quantile",
    }
}

/// The value of a function.
pub(super) fn value(function: Function, x: f64) -> f64 {
    match function {
        Function::Log => x.ln(),
        Function::Log2 => x.log2(),
        Function::Log10 => x.log10(),
        Function::Log1p => x.ln_1p(),
        Function::Exp => x.exp(),
        Function::Exp2 => x.exp2(),
        Function::Expm1 => x.exp_m1(),
        Function::Sqrt => x.sqrt(),
        Function::Cbrt => x.cbrt(),
        Function::Square => x * x,
        Function::Reciprocal => 1.0 / x,
        Function::Absolute => x.abs(),
        Function::Sign if x == 0.0 => 0.0,
        Function::Sign => x.signum(),
        Function::Floor => x.floor(),
        Function::Ceil => x.ceil(),
        Function::Round => x.round_ties_even(),
        Function::Sin => x.sin(),
        Function::Cos => x.cos(),
        Function::Tan => x.tan(),
        Function::Tanh => x.tanh(),
        Function::Asinh => asinh(x),
        Function::Logistic => logistic(x),
        Function::Logit => logit(x),
        Function::NormalQuantile => normal_quantile(x),
    }
}

/// The inverse hyperbolic sine without the cancellation that log(x + √(x² + 1)) has for small x.
fn asinh(x: f64) -> f64 {
    let a = x.abs();
    let value = if a > 1e8 {
        a.ln() + std::f64::consts::LN_2
    } else {
        (a + a * a / (1.0 + (a * a + 1.0).sqrt())).ln_1p()
    };
    value.copysign(x)
}

/// log(x / (1 − x)); near ½ as scipy computes it, where the quotient is near 1.
fn logit(x: f64) -> f64 {
    if (0.3..=0.65).contains(&x) {
        let s = 2.0 * (x - 0.5);
        return s.ln_1p() - (-s).ln_1p();
    }
    (x / (1.0 - x)).ln()
}

const CENTRE_OVER: [f64; 5] = [
    -5.996_335_010_141_079e1,
    9.800_107_541_859_997e1,
    -5.667_628_574_690_703e1,
    1.393_126_093_872_796_8e1,
    -1.239_165_838_673_812_6,
];
const CENTRE_UNDER: [f64; 9] = [
    1.0,
    1.954_488_583_381_417_6,
    4.676_279_128_988_815,
    8.636_024_213_908_906e1,
    -2.254_626_878_541_193_7e2,
    2.002_602_123_800_606_6e2,
    -8.203_722_561_683_334e1,
    1.590_562_251_262_117e1,
    -1.183_316_211_213_3,
];
const TAIL_OVER: [f64; 9] = [
    4.055_448_923_059_624_5,
    3.152_510_945_998_939e1,
    5.716_281_922_464_213e1,
    4.408_050_738_932_008e1,
    1.468_495_619_288_580_2e1,
    2.186_633_068_507_902_6,
    -1.402_560_791_713_545e-1,
    -3.504_246_268_278_482e-2,
    -8.574_567_851_546_854e-4,
];
const TAIL_UNDER: [f64; 9] = [
    1.0,
    1.577_998_832_564_667_5e1,
    4.539_076_351_288_792e1,
    4.131_720_382_546_72e1,
    1.504_253_856_929_075e1,
    2.504_649_462_083_094,
    -1.421_829_228_547_877_9e-1,
    -3.808_064_076_915_783e-2,
    -9.332_594_808_954_574e-4,
];
const FAR_OVER: [f64; 9] = [
    3.237_748_917_769_460_4,
    6.915_228_890_689_842,
    3.938_810_252_924_744_3,
    1.333_034_608_158_075_5,
    2.014_853_895_491_790_8e-1,
    1.237_166_348_178_200_3e-2,
    3.015_815_535_082_354_3e-4,
    2.658_069_746_867_375_5e-6,
    6.239_745_391_849_833e-9,
];
const FAR_UNDER: [f64; 9] = [
    1.0,
    6.024_270_393_647_42,
    3.679_835_638_561_608_7,
    1.377_020_994_890_813_2,
    2.162_369_935_944_966_3e-1,
    1.342_040_060_885_431_8e-2,
    3.280_144_646_821_277_4e-4,
    2.892_478_647_453_807e-6,
    6.790_194_080_099_813e-9,
];

/// The inverse of the standard normal distribution function, by the rational functions of Cephes' `ndtri`, which scipy
/// has too.
pub(crate) fn normal_quantile(probability: f64) -> f64 {
    const TAIL: f64 = 0.135_335_283_236_612_7; // exp(−2)
    const SQRT_2_PI: f64 = 2.506_628_274_631_000_5;
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let is_upper = probability > 1.0 - TAIL;
    let p = if is_upper {
        1.0 - probability
    } else {
        probability
    };
    if p > TAIL {
        let y = p - 0.5;
        let square = y * y;
        let ratio = polynomial(&CENTRE_OVER, square) / polynomial(&CENTRE_UNDER, square);
        return (y + y * (square * ratio)) * SQRT_2_PI;
    }
    if p == 0.0 {
        return if is_upper {
            f64::INFINITY
        } else {
            f64::NEG_INFINITY
        };
    }
    let x = (-2.0 * p.ln()).sqrt();
    let z = 1.0 / x;
    let (over, under) = if x < 8.0 {
        (&TAIL_OVER, &TAIL_UNDER)
    } else {
        (&FAR_OVER, &FAR_UNDER)
    };
    let quantile = x - x.ln() / x - z * polynomial(over, z) / polynomial(under, z);
    if is_upper { quantile } else { -quantile }
}

/// A polynomial by its coefficients, the highest power first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .fold(0.0, |value, coefficient| value * x + coefficient)
}
