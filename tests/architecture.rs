//! Imports between the rooms of `src/` run as `docs/architecture.md` says, and no other way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import, as the table of the page says.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let page = root().join("docs/architecture.md");
    let text = fs::read_to_string(page).unwrap();
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| room |"))
        .skip(2);
    let rows = rows.take_while(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        let imports = cells[2]
            .split(',')
            .map(bare)
            .filter(|name| !name.is_empty());
        (bare(cells[0]), imports.collect())
    })
    .collect()
}

fn bare(cell: &str) -> String {
    cell.trim_matches([' ', '`', '|']).to_owned()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The source files of a room, without those of its tests.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.extension().is_some_and(|end| end == "rs") {
        return vec![path.to_owned()];
    }
    let entries = path.read_dir().into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| !path.ends_with("tests") && !path.ends_with("tests.rs"));
    paths.flat_map(|path| files(&path)).collect()
}

/// The rooms that a file imports: what follows `crate::` in its code.
fn imports(file: &Path, rooms: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let uses = lines.flat_map(|line| {
        line.split("crate::")
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let names = uses.map(|rest| {
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    });
    names
        .filter(|name: &String| rooms.contains_key(name))
        .collect()
}

#[test]
fn imports_run_as_the_page_says() {
    let allowed = allowed();
    assert!(allowed.len() >= 12, "rooms went missing: {allowed:?}");
    let mut wrong = Vec::new();
    for (room, may) in &allowed {
        let source = root().join("src");
        let places = [source.join(room), source.join(format!("{room}.rs"))];
        let files: Vec<_> = places
            .iter()
            .filter(|path| path.exists())
            .flat_map(|path| files(path))
            .collect();
        assert!(!files.is_empty(), "there is no room {room}");
        let mut used = BTreeSet::new();
        for file in files {
            for import in imports(&file, &allowed) {
                if import != *room && !may.contains(&import) {
                    wrong.push(format!("{} imports {import}", file.display()));
                }
                used.insert(import);
            }
        }
        for never in may.difference(&used) {
            wrong.push(format!("{room} does not import {never}, as the page says"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rooms of `src/` that the page does not know would be bound by nothing.
#[test]
fn every_room_stands_on_the_page() {
    let allowed = allowed();
    for entry in root().join("src").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_program = ["lib", "main", "command_line"].contains(&name.as_str());
        assert!(is_program || allowed.contains_key(&name), "{name}");
    }
}

/// Below it, so that the page cannot name a circle of rooms either.
#[test]
fn the_page_names_no_circle() {
    let mut left = allowed();
    while !left.is_empty() {
        let ground: Vec<_> = left
            .iter()
            .filter(|(_, may)| may.is_empty())
            .map(|(room, _)| room.clone())
            .collect();
        assert!(!ground.is_empty(), "a circle among {:?}", left.keys());
        for room in ground {
            left.remove(&room);
            left.values_mut().for_each(|may| {
                may.remove(&room);
            });
        }
    }
}
