//! The fields of a PMML document: what the rows have, and what is derived from it.

use std::collections::{HashMap, HashSet};

use roxmltree::Node;
use sagelet::artifact::{Feature, Label, Unknown};
use sagelet::text::Quoted;

use super::PmmlError;
use super::value::{Category, Sort, Table, Value};
use super::xml::{attribute, children, finite, wrong};
use crate::import::linear::{Cells, Column, combination};

/// The fields that a model can name.
pub(super) struct Fields<'a, 'input> {
    pub(super) cells: Cells,
    values: HashMap<&'a str, Value>,
    /// Fields that are not derived yet.
    derived: HashMap<&'a str, Node<'a, 'input>>,
    target: Option<Node<'a, 'input>>,
}

impl<'a, 'input> Fields<'a, 'input> {
    /// Joins what the data dictionary says of fields with how the model uses them. Rows have the active ones, in the
    /// order of the mining schema.
    pub(super) fn read(root: Node<'a, 'input>, model: Node<'a, 'input>) -> Result<Self, PmmlError> {
        let dictionary = children(root, "DataDictionary")
            .flat_map(|dictionary| children(dictionary, "DataField"));
        let named = |node: Node<'a, 'input>| Some((node.attribute("name")?, node));
        let data: HashMap<&str, Node<'_, '_>> = dictionary.filter_map(named).collect();
        let schema =
            children(model, "MiningSchema").flat_map(|schema| children(schema, "MiningField"));
        let mut active = Vec::new();
        let mut target = None;
        for used in schema {
            let name = attribute(used, "name")?;
            let field = data.get(name).copied();
            match used.attribute("usageType").unwrap_or("active") {
                "active" => {
                    let field = field.ok_or_else(|| {
                        wrong(
                            used,
                            format!("the field {name:?} is not in the DataDictionary"),
                        )
                    })?;
                    active.push((name, field, used));
                }
                "target" | "predicted" => target = field,
                _ => {}
            }
        }
        let features = active
            .iter()
            .map(|(name, ..)| Feature::named(*name))
            .collect();
        let mut fields = Self {
            cells: Cells::new(features),
            values: HashMap::new(),
            derived: derived(root, model),
            target,
        };
        for (feature, (name, field, used)) in active.into_iter().enumerate() {
            let value = fields.active(feature, field, used)?;
            if fields.values.insert(name, value).is_some() {
                return Err(wrong(
                    used,
                    format!("the field {name:?} stands twice in the MiningSchema"),
                ));
            }
        }
        Ok(fields)
    }

    fn active(
        &mut self,
        feature: usize,
        field: Node<'_, '_>,
        used: Node<'_, '_>,
    ) -> Result<Value, PmmlError> {
        refuse_changes(field, used)?;
        if children(field, "Interval").next().is_some() {
            let name = attribute(used, "name")?;
            self.cells.conversion.note(format!(
                "the interval that {name} may be in is not checked by an artifact"
            ));
        }
        let replacement = used.attribute("missingValueReplacement");
        let replacement = replacement
            .filter(|_| used.attribute("missingValueTreatment") != Some("returnInvalid"));
        if field.attribute("optype") == Some("continuous") {
            return Ok(Value::Number(match replacement {
                Some(text) => self
                    .cells
                    .filled(feature, finite(used, "missingValueReplacement", text)?),
                None => Cells::number(feature),
            }));
        }
        let sort = Sort::of(field);
        let values = children(field, "Value").filter(|value| is_valid(*value));
        let labels = values.filter_map(|value| value.attribute("value"));
        let labels = labels.map(|value| sort.label(value)).collect();
        let unknown = match used.attribute("invalidValueTreatment") {
            Some("asIs") => Unknown::Ignore,
            _ => Unknown::Error,
        };
        Ok(Value::Category(Category {
            feature,
            reading: self.cells.categories(feature, labels, unknown),
            sort,
            replacement: replacement.map(|text| sort.label(text)),
            names: None,
        }))
    }

    /// A field that is known already.
    pub(super) fn known(&mut self, name: &str) -> Result<Option<Value>, PmmlError> {
        let value = self.values.get(name).cloned();
        if let Some(Value::Number(column)) = &value {
            self.spend(column.terms.len())?;
        }
        Ok(value)
    }

    /// Takes a field that is yet to be derived out, so that one that is derived from itself is not found.
    pub(super) fn take_derived(&mut self, name: &str) -> Option<(&'a str, Node<'a, 'input>)> {
        self.derived.remove_entry(name)
    }

    /// Keeps what a derived field is.
    pub(super) fn keep(&mut self, name: &'a str, value: Value) {
        self.values.insert(name, value);
    }

    /// 1 where a field is of this category, else 0.
    pub(super) fn indicator(&mut self, category: &Category, value: &str) -> Column {
        let Some(names) = &category.names else {
            return self.own_indicator(category, value);
        };
        let own = names.get(value).map_or(&[][..], Vec::as_slice);
        let columns: Vec<Column> = own
            .iter()
            .map(|own| self.own_indicator(category, own))
            .collect();
        combination(&columns, &vec![1.0; columns.len()], 0.0)
    }

    /// A value of a field of categories for which a table has nothing, if the model can meet one.
    pub(super) fn not_in(&self, category: &Category, table: &Table) -> Option<String> {
        if category.names.is_some() {
            return Some("a value that was renamed before".to_owned());
        }
        let Some((labels, unknown)) = self.cells.told_apart(category.reading) else {
            return Some("any value".to_owned());
        };
        let known: HashSet<Label> = table
            .iter()
            .map(|(value, _)| category.sort.label(value))
            .collect();
        let missed = labels.iter().find(|label| !known.contains(label));
        let any = (unknown == Unknown::Ignore).then(|| "a value that is not listed".to_owned());
        missed
            .map(|label| Quoted::of(label.to_string().as_bytes()).to_string())
            .or(any)
    }

    fn own_indicator(&mut self, category: &Category, value: &str) -> Column {
        let label = category.sort.label(value);
        let indicator = self.cells.category(category.reading, &label);
        let Some(replacement) = &category.replacement else {
            return indicator;
        };
        let share = if *replacement == label { 1.0 } else { 0.0 };
        combination(
            &[indicator, Cells::missing_category(category.reading)],
            &[1.0, share],
            0.0,
        )
    }

    /// 1 where the cell of a field is missing, else 0; none for a field of several cells.
    pub(super) fn missing(&mut self, value: &Value) -> Option<Column> {
        let nowhere = Column {
            constant: 0.0,
            terms: Vec::new(),
        };
        match value {
            Value::Number(column) if !self.cells.can_be_missing(column) => Some(nowhere),
            Value::Number(column) => {
                let (feature, _) = self.cells.cell_for(column, 0.0)?;
                Some(self.cells.missing(feature, false))
            }
            Value::Category(category) if category.replacement.is_some() => Some(nowhere),
            Value::Category(category) => Some(self.cells.missing(category.feature, true)),
            Value::Interpolated(..) => None,
        }
    }

    /// Σ weight · column + constant.
    pub(super) fn sum(
        &mut self,
        columns: &[Column],
        weights: &[f64],
        constant: f64,
    ) -> Result<Column, PmmlError> {
        self.spend(columns.iter().map(|column| column.terms.len()).sum())?;
        Ok(combination(columns, weights, constant))
    }

    fn spend(&mut self, weights: usize) -> Result<(), PmmlError> {
        Ok(self.cells.conversion.spend(weights)?)
    }

    /// A class, as the target's field has it.
    pub(super) fn target_label(&self, text: &str) -> Label {
        self.target.map_or(Sort::Text, Sort::of).label(text)
    }

    /// The classes that the target's field lists.
    pub(super) fn target_values(&self) -> Vec<&'a str> {
        let values = self
            .target
            .into_iter()
            .flat_map(|target| children(target, "Value"));
        values
            .filter(|value| is_valid(*value))
            .filter_map(|value| value.attribute("value"))
            .collect()
    }
}

/// The derived fields of the document and of the model, whose own ones go first.
fn derived<'a, 'input>(
    root: Node<'a, 'input>,
    model: Node<'a, 'input>,
) -> HashMap<&'a str, Node<'a, 'input>> {
    let common = children(root, "TransformationDictionary");
    let own = children(model, "LocalTransformations");
    let fields = common
        .chain(own)
        .flat_map(|list| children(list, "DerivedField"));
    fields
        .filter_map(|field| Some((field.attribute("name")?, field)))
        .collect()
}

/// Cells that are changed before they are used, other than missing ones.
fn refuse_changes(field: Node<'_, '_>, used: Node<'_, '_>) -> Result<(), PmmlError> {
    let name = attribute(used, "name")?;
    if let Some(treatment @ ("asExtremeValues" | "asMissingValues")) = used.attribute("outliers") {
        return Err(wrong(
            used,
            format!(
                "the field {name:?} has outliers={treatment:?}, which changes cells in a way that is not linear"
            ),
        ));
    }
    let is_number = field.attribute("optype") == Some("continuous");
    let mut stand_ins =
        children(field, "Value").filter(|value| value.attribute("property") == Some("missing"));
    match stand_ins.next() {
        Some(value) if is_number => Err(wrong(
            value,
            format!("a number that stands for a missing cell of {name:?} is not supported"),
        )),
        _ => Ok(()),
    }
}

fn is_valid(value: Node<'_, '_>) -> bool {
    value.attribute("property").unwrap_or("valid") == "valid"
}
