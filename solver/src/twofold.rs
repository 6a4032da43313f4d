//! Numbers of twice the digits, as the sum of two.

/// The sum of two numbers, the second far below the first.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Twofold {
    pub(crate) head: f64,
    tail: f64,
}

impl Twofold {
    /// Adds a number.
    pub(crate) fn add(&mut self, number: f64) {
        let (sum, rest) = two_sum(self.head, number);
        (self.head, self.tail) = fast_two_sum(sum, rest + self.tail);
    }

    /// Adds the product of two numbers.
    pub(crate) fn add_product(&mut self, a: f64, b: f64) {
        let (product, rest) = two_product(a, b);
        self.add(product);
        self.add(rest);
    }

    /// Adds a number of twice the digits times a plain one.
    pub(crate) fn add_twofold_product(&mut self, a: Self, b: f64) {
        self.add_product(a.head, b);
        self.add(a.tail * b);
    }
}

impl From<f64> for Twofold {
    fn from(head: f64) -> Self {
        Self { head, tail: 0.0 }
    }
}

/// The sum and what rounding took off it (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// The same for a magnitude of `a` that is not below that of `b` (Dekker).
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The product and what rounding took off it (Dekker, Veltkamp): without a fused instruction, which not every
/// processor has.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((a_head, a_tail), (b_head, b_tail)) = (split(a), split(b));
    let rest = ((a_head * b_head - product) + a_head * b_tail + a_tail * b_head) + a_tail * b_tail;
    (product, rest)
}

/// The first and the second half of a number's digits.
fn split(number: f64) -> (f64, f64) {
    let scaled = 134_217_729.0 * number;
    let head = scaled - (scaled - number);
    (head, number - head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cancels_leaves_what_was_below_it() {
        let mut sum = Twofold::from(1.0);
        sum.add_product(1e17, 3.0);
        sum.add(1e-3);
        sum.add_product(-3e17, 1.0);
        assert_eq!(sum.head, 1.001);
        let mut square = Twofold::default();
        square.add_product(1.0 + f64::EPSILON, 1.0 + f64::EPSILON);
        square.add(-1.0 - 2.0 * f64::EPSILON);
        assert_eq!(square.head, f64::EPSILON * f64::EPSILON);
    }
}
