//! A survey that is made of each fold by itself: all rows but those of a fold are the merge of the others, so that
//! nothing has to be looked at twice.

use crate::block::{Block, Pass, Rows};
use crate::survey::{Sum, Summary, Survey};

/// A survey of several folds.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    survey: &'a Survey,
    count: usize,
}

impl<'a> Folded<'a> {
    /// The same survey of each of so many folds.
    #[must_use]
    pub fn new(survey: &'a Survey, count: usize) -> Self {
        Self { survey, count }
    }

    /// What was found in each fold, and in all rows but those of the fold.
    #[must_use]
    pub fn apart(&self, folds: &[Sum]) -> Vec<(Summary, Summary)> {
        (0..folds.len())
            .map(|fold| (self.one(&folds[fold]), self.without(folds, Some(fold))))
            .collect()
    }

    /// What was found in all rows.
    #[must_use]
    pub fn all(&self, folds: &[Sum]) -> Summary {
        self.without(folds, None)
    }

    fn one(&self, fold: &Sum) -> Summary {
        self.survey.summary(fold.clone())
    }

    fn without(&self, folds: &[Sum], left_out: Option<usize>) -> Summary {
        let mut total = self.survey.begin();
        for (fold, sum) in folds.iter().enumerate() {
            if left_out != Some(fold) {
                self.survey.merge(&mut total, sum.clone());
            }
        }
        self.survey.summary(total)
    }
}

impl Pass for Folded<'_> {
    type Sum = Vec<Sum>;

    fn begin(&self) -> Vec<Sum> {
        (0..self.count).map(|_| self.survey.begin()).collect()
    }

    fn block(&self, sum: &mut Vec<Sum>, block: &Block<'_>) {
        for (fold, sum) in sum.iter_mut().enumerate() {
            let rows = Rows::some_of(block, |row| block.fold(row) == fold);
            if !rows.labels.is_empty() {
                self.survey.block(sum, &rows.block(0, rows.labels.len()));
            }
        }
    }

    fn merge(&self, total: &mut Vec<Sum>, next: Vec<Sum>) {
        for (total, next) in total.iter_mut().zip(next) {
            self.survey.merge(total, next);
        }
    }
}
