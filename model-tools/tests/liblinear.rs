//! LIBLINEAR's models: each must predict what LIBLINEAR does.
//!
//! `corpus/make_liblinear.py` made them.

use crate::harness::{Scratch, run};
use crate::sklearn::{check, convert, corpus, models};

const FOLDER: &str = "liblinear";

#[test]
fn every_solver_predicts_what_liblinear_does() {
    let paths = models(FOLDER, false);
    assert_eq!(paths.len(), 9);
    for path in paths {
        check(&path, &convert(&path));
    }
}

#[test]
fn what_is_damaged_is_refused_by_its_line() {
    let scratch = Scratch::new();
    let whole = std::fs::read_to_string(corpus(FOLDER).join("lr_two.model")).unwrap();
    let refused = |text: &str, reason: &str| {
        let path = scratch.write("damaged.model", text.as_bytes());
        run(["convert", &path, "-o", "-"]).refused(1, reason);
    };
    refused("solver_type L2R_LR\n", "the line \"w\" is missing");
    refused(
        &whole.replace("nr_feature 4", "nr_feature 5"),
        "4 lines of weights where 5 are needed",
    );
    refused(
        &whole.replace("nr_feature 4", "nr_feature 99999999999"),
        "line 4: not a whole number up to",
    );
    refused(
        &whole.replace("\nw\n", "\nw\n1 2\n"),
        "line 7: 2 weights, not 1",
    );
    refused(&whole.replace("\nw\n", "\nw\nx\n"), "line 7: not a number");
    let path = corpus(FOLDER).join("refused_one_class.model");
    run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, "\"rho\" is not known");
}
