//! Every hyperparameter: the table of docs/training.md is printed from it.

use super::data_names::DATA;
use super::entry::Entry;
use super::model_names::MODEL;
use super::selection_names::SELECTION;
use super::unneeded_names::UNNEEDED;

/// Every name, in the order of the docs.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    MODEL.iter().chain(SELECTION).chain(UNNEEDED).chain(DATA)
}

/// The table of docs/training.md, in Markdown.
#[cfg(test)]
fn markdown() -> String {
    let mut text = String::from("| Name | Values | Meaning |\n| --- | --- | --- |\n");
    for entry in entries() {
        let star = if entry.linear_learner { "" } else { " *" };
        text.push_str(&format!(
            "| `{}`{star} | {} | {} |\n",
            entry.name, entry.values, entry.meaning
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_docs_have_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/training.md");
        let docs = std::fs::read_to_string(path).unwrap();
        let table = markdown();
        if std::env::var_os("UPDATE").is_some() {
            let start = docs.find("| Name | Values | Meaning |").unwrap();
            let length: usize = docs[start..]
                .split_inclusive('\n')
                .take_while(|line| line.starts_with('|'))
                .map(str::len)
                .sum();
            std::fs::write(
                path,
                format!("{}{table}{}", &docs[..start], &docs[start + length..]),
            )
            .unwrap();
            return;
        }
        for line in table.lines() {
            assert!(
                docs.contains(line),
                "docs/training.md lacks this line (UPDATE=1 writes the table):\n{line}"
            );
        }
    }

    #[test]
    fn all_44_names_of_linear_learner_are_there_and_no_name_twice() {
        let names: Vec<&str> = entries().map(|entry| entry.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
        assert_eq!(entries().filter(|entry| entry.linear_learner).count(), 44);
    }
}
