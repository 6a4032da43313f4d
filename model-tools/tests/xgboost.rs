//! Linear models of XGBoost: each must predict what XGBoost does.
//!
//! `corpus/make_xgboost.py` made them. XGBoost computes with 32 bits, so predictions agree to five digits.

use crate::harness::run;
use crate::sklearn::{check, convert, corpus, models};

const FOLDER: &str = "xgboost";

/// Row 4 has a missing cell, which XGBoost skips.
#[test]
fn every_objective_predicts_what_xgboost_does_from_json_and_ubj() {
    let paths = models(FOLDER, false);
    assert_eq!(paths.len(), 16);
    for path in paths {
        check(&path, &convert(&path));
    }
}

#[test]
fn other_boosters_and_objectives_are_refused_by_name() {
    for (file, reason) in [
        (
            "refused_trees.ubj",
            "its booster is \"gbtree\", which is no linear model",
        ),
        (
            "refused_hinge.model",
            "the objective \"binary:hinge\" is not supported",
        ),
    ] {
        let path = corpus(FOLDER).join(file);
        run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
    }
}
