//! docs/promises.md, the patches in tests/mutants and the tests name each other. `make test-mutations` tries the patches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/promises.md")).unwrap()
}

/// Test and patch of each line of the first table.
fn promises() -> Vec<(String, String)> {
    let page = page();
    let (_, table) = page
        .split_once("| promise | number | test | patch |")
        .unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows = table.lines().skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        (cells[3].to_owned(), cells[4].to_owned())
    })
    .collect()
}

/// The names of all functions in Rust files below a directory.
fn functions(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in directory.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text
                .lines()
                .filter_map(|line| line.trim().strip_prefix("fn "));
            names.extend(lines.filter_map(|line| Some(line.split_once('(')?.0.to_owned())));
        }
    }
}

#[test]
fn each_patch_belongs_to_a_promise_and_names_its_test() {
    let mut patches = BTreeSet::new();
    for entry in root().join("tests/mutants").read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        patches.insert(name.strip_suffix(".patch").unwrap().to_owned());
    }
    for (test, patch) in promises() {
        assert!(patches.remove(&patch), "no patch {patch}");
        let file = root().join("tests/mutants").join(format!("{patch}.patch"));
        let text = std::fs::read_to_string(file).unwrap();
        let named = text.lines().next().and_then(|line| line.rsplit(' ').next());
        assert_eq!(named, Some(test.as_str()), "{patch}");
    }
    assert_eq!(
        patches,
        BTreeSet::new(),
        "these patches belong to no promise"
    );
}

#[test]
fn each_test_that_the_page_names_is_there() {
    let mut names = BTreeSet::new();
    for directory in ["src", "tests", "model-tools/src"] {
        functions(&root().join(directory), &mut names);
    }
    let page = page();
    let quoted = page.split('`').skip(1).step_by(2);
    let tests = quoted.filter_map(|word| word.rsplit("::").next());
    // The page quotes no other words of this length.
    let tests: Vec<&str> = tests
        .filter(|word| word.matches('_').count() >= 3)
        .collect();
    assert!(tests.len() > 20, "{tests:?}");
    for test in tests {
        assert!(names.contains(test), "{test} is nowhere");
    }
}
