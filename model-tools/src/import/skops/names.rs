//! The classes and functions that a skops schema names, in whatever part of it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::import::objects::Global;
use crate::import::trust::Named;

/// The keys under which a node names a class or function: today, and in the format's protocol 0.
const KEYS: [[&str; 2]; 2] = [["__module__", "__class__"], ["module_path", "function"]];

/// Every name, in the order of their first mention. The JSON's own depth, which is bounded in reading, bounds this.
pub(super) fn named(schema: &Value) -> Vec<Named> {
    let mut found = Found::default();
    found.search(schema);
    found.names
}

#[derive(Default)]
struct Found {
    met: HashSet<Global>,
    names: Vec<Named>,
}

impl Found {
    fn search(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.search(value)),
            Value::Object(node) => {
                self.add_names(node);
                node.values().for_each(|value| self.search(value));
            }
            _ => {}
        }
    }

    fn add_names(&mut self, node: &Map<String, Value>) {
        for keys in KEYS {
            if let [Some(Value::String(module)), Some(Value::String(name))] =
                keys.map(|key| node.get(key))
            {
                self.add(module, name);
            }
        }
    }

    fn add(&mut self, module: &str, name: &str) {
        let global = Global {
            module: module.to_owned(),
            name: name.to_owned(),
        };
        if self.met.insert(global.clone()) {
            self.names.push(Named::new(global, None));
        }
    }
}
