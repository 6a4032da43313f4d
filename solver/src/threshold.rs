//! From which score on the second of two classes is predicted: every cut between rows that were held out is tried.

/// The score of a row, and its class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The linear score.
    pub score: f64,
    /// Whether the row is of the second class.
    pub is_second: bool,
    /// The weight of the row.
    pub weight: f64,
}

/// Sums of weights where the second class is predicted from a score on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// The score.
    pub at: f64,
    /// Rows of the second class that are predicted as such.
    pub hits: f64,
    /// Rows of the first class that are predicted as the second.
    pub false_alarms: f64,
    /// Rows of the second class.
    pub positives: f64,
    /// Rows of the first class.
    pub negatives: f64,
}

impl Cut {
    /// The share of rows that are predicted right.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        (self.hits + self.negatives - self.false_alarms) / (self.positives + self.negatives)
    }

    /// The share of the rows predicted as the second class that are of it; 0 if none is.
    #[must_use]
    pub fn precision(&self) -> f64 {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    /// The share of the rows of the second class that are predicted as such.
    #[must_use]
    pub fn recall(&self) -> f64 {
        ratio(self.hits, self.positives)
    }

    /// The mean of precision and recall where recall counts `beta` times as much.
    #[must_use]
    pub fn f_beta(&self, beta: f64) -> f64 {
        f_beta(self.precision(), self.recall(), beta)
    }
}

/// What a cut is worth; none if it does not count.
pub type Criterion<'a> = &'a dyn Fn(&Cut) -> Option<f64>;

/// (1 + β²) · precision · recall / (β² · precision + recall); 0 if both are.
#[must_use]
pub fn f_beta(precision: f64, recall: f64, beta: f64) -> f64 {
    let square = beta * beta;
    ratio(
        (1.0 + square) * precision * recall,
        square * precision + recall,
    )
}

/// The best of all cuts between these rows, which are sorted: the one with the largest `value`, nearest to the score 0
/// among equals. A cut without a value does not count.
#[must_use]
pub fn best(rows: &mut [Scored], value: Criterion<'_>) -> Option<Cut> {
    rows.sort_by(|a, b| b.score.total_cmp(&a.score));
    let sum = |is_second| -> f64 {
        let own = rows.iter().filter(|row| row.is_second == is_second);
        own.map(|row| row.weight).sum()
    };
    let top = rows.first()?.score;
    let mut cut = Cut {
        at: top + 1.0 + top.abs(),
        hits: 0.0,
        false_alarms: 0.0,
        positives: sum(true),
        negatives: sum(false),
    };
    let mut best: Option<(f64, Cut)> = None;
    let mut see = |cut: &Cut| {
        let better = |(largest, at): &(f64, Cut), value: f64| {
            value > *largest || (value == *largest && cut.at.abs() < at.at.abs())
        };
        if let Some(value) = value(cut)
            && best.as_ref().is_none_or(|best| better(best, value))
        {
            best = Some((value, *cut));
        }
    };
    see(&cut);
    for (place, row) in rows.iter().enumerate() {
        match row.is_second {
            true => cut.hits += row.weight,
            false => cut.false_alarms += row.weight,
        }
        let next = rows.get(place + 1).map(|next| next.score);
        if next != Some(row.score) {
            cut.at = below(row.score, next);
            see(&cut);
        }
    }
    best.map(|(_, cut)| cut)
}

/// Between a score and the next lower one, so that rounding in either changes nothing; below all if there is none.
fn below(score: f64, next: Option<f64>) -> f64 {
    let Some(next) = next else {
        return score - 1.0 - score.abs();
    };
    let between = next + (score - next) / 2.0;
    if between > next { between } else { score }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows with ties, drawn by a generator of its own.
    fn rows(count: usize) -> Vec<Scored> {
        let mut state = 7u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 40) as f64 / f64::from(1 << 24)
        };
        let row = |_| Scored {
            score: ((next() - 0.3) * 20.0).round() / 4.0,
            is_second: next() < 0.4,
            weight: 1.0 + (next() * 3.0).floor(),
        };
        (0..count).map(row).collect()
    }

    /// What a cut would be, counted row by row.
    fn counted(rows: &[Scored], at: f64) -> Cut {
        let sum = |wanted: &dyn Fn(&Scored) -> bool| -> f64 {
            let rows = rows.iter().filter(|row| wanted(row));
            rows.map(|row| row.weight).sum()
        };
        Cut {
            at,
            hits: sum(&|row| row.is_second && row.score >= at),
            false_alarms: sum(&|row| !row.is_second && row.score >= at),
            positives: sum(&|row| row.is_second),
            negatives: sum(&|row| !row.is_second),
        }
    }

    #[test]
    fn the_best_cut_is_that_of_trying_each_row_by_counting() {
        let mut rows = rows(300);
        let criteria: [Criterion<'_>; 5] = [
            &|cut| Some(cut.accuracy()),
            &|cut| Some(cut.f_beta(1.0)),
            &|cut| Some(cut.f_beta(2.0)),
            &|cut| (cut.recall() >= 0.8).then(|| cut.precision()),
            &|cut| (cut.precision() >= 0.45).then(|| cut.recall()),
        ];
        for value in criteria {
            let found = best(&mut rows, value).unwrap();
            assert_eq!(found, counted(&rows, found.at));
            let cuts = rows.iter().map(|row| row.score).chain([1e9]);
            let largest = cuts.filter_map(|at| value(&counted(&rows, at)));
            assert_eq!(value(&found), largest.max_by(f64::total_cmp));
        }
    }

    #[test]
    fn a_cut_lies_between_scores_and_equals_go_to_the_one_nearest_to_0() {
        let row = |score, is_second| Scored {
            score,
            is_second,
            weight: 1.0,
        };
        let mut rows = [
            row(3.0, true),
            row(2.0, true),
            row(1.0, false),
            row(-4.0, false),
        ];
        let accuracy = |cut: &Cut| Some(cut.accuracy());
        assert_eq!(best(&mut rows, &accuracy).map(|cut| cut.at), Some(1.5));
        let precision = |cut: &Cut| Some(cut.precision());
        assert_eq!(best(&mut rows, &precision).map(|cut| cut.at), Some(1.5));
        assert_eq!(best(&mut rows, &|_| None), None);
        assert_eq!(best(&mut [], &accuracy), None);
    }
}
