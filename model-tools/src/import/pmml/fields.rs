//! The fields of a PMML document as the features of an artifact.

use std::collections::HashMap;

use roxmltree::Node;
use sagelet::artifact::{Cell, Encoding, Feature, Label, OneHot, Unknown};

use super::{PmmlError, attribute, children, wrong};

/// The fields that a row has cells for, in the order of the mining schema.
#[derive(Debug, Default)]
pub(super) struct Fields {
    features: Vec<Feature>,
    places: HashMap<String, usize>,
    /// Whether the target's categories are whole numbers.
    integer_target: bool,
}

impl Fields {
    /// Joins what the data dictionary says of fields with how the model uses them.
    pub(super) fn read(root: Node<'_, '_>, model: Node<'_, '_>) -> Result<Self, PmmlError> {
        let dictionary = children(root, "DataDictionary")
            .flat_map(|dictionary| children(dictionary, "DataField"));
        let data: HashMap<&str, Node<'_, '_>> = dictionary
            .filter_map(|field| Some((field.attribute("name")?, field)))
            .collect();
        let mut fields = Self::default();
        for used in
            children(model, "MiningSchema").flat_map(|schema| children(schema, "MiningField"))
        {
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
                    fields.add(name, field, used)?;
                }
                "target" | "predicted" => fields.integer_target = field.is_some_and(is_integer),
                _ => {}
            }
        }
        Ok(fields)
    }

    fn add(
        &mut self,
        name: &str,
        field: Node<'_, '_>,
        used: Node<'_, '_>,
    ) -> Result<(), PmmlError> {
        let is_number = field.attribute("optype") == Some("continuous");
        let replacement = used.attribute("missingValueReplacement");
        let missing = match (replacement, is_number) {
            (None, _) => Cell::Missing,
            (Some(text), true) => {
                let number = text.trim().parse().map_err(|_| {
                    wrong(
                        used,
                        format!("missingValueReplacement={text:?} is not a number"),
                    )
                })?;
                Cell::Number(number)
            }
            (Some(text), false) => cell(&label(text, is_integer(field))),
        };
        let encoding = (!is_number).then(|| {
            let values = children(field, "Value")
                .filter(|value| value.attribute("property").unwrap_or("valid") == "valid");
            let values = values.filter_map(|value| value.attribute("value"));
            Encoding::OneHot(OneHot {
                categories: values
                    .map(|value| label(value, is_integer(field)))
                    .collect(),
                drop: None,
                unknown: match used.attribute("invalidValueTreatment") {
                    Some("asIs") => Unknown::Ignore,
                    _ => Unknown::Error,
                },
            })
        });
        if self
            .places
            .insert(name.to_owned(), self.features.len())
            .is_some()
        {
            return Err(wrong(
                used,
                format!("the field {name:?} stands twice in the MiningSchema"),
            ));
        }
        self.features.push(Feature {
            missing,
            encoding,
            ..Feature::named(name)
        });
        Ok(())
    }

    /// The place of a field of numbers.
    pub(super) fn numeric(&self, node: Node<'_, '_>, name: &str) -> Result<usize, PmmlError> {
        let (place, feature) = self.place(node, name)?;
        match feature.encoding {
            None => Ok(place),
            Some(_) => Err(wrong(
                node,
                format!("the field {name:?} is categorical, and used as a number"),
            )),
        }
    }

    /// The places of a categorical field and of one of its categories, which is added if nothing told of it.
    pub(super) fn category(
        &mut self,
        node: Node<'_, '_>,
        name: &str,
        value: &str,
    ) -> Result<(usize, usize), PmmlError> {
        let (place, _) = self.place(node, name)?;
        let Some(Encoding::OneHot(one_hot)) = self
            .features
            .get_mut(place)
            .and_then(|feature| feature.encoding.as_mut())
        else {
            return Err(wrong(
                node,
                format!("the field {name:?} is a number, and used as a category"),
            ));
        };
        let known = one_hot
            .categories
            .iter()
            .position(|category| category.to_string() == value);
        let index = known.unwrap_or_else(|| {
            one_hot.categories.push(label(value, false));
            one_hot.categories.len() - 1
        });
        Ok((place, index))
    }

    fn place(&self, node: Node<'_, '_>, name: &str) -> Result<(usize, &Feature), PmmlError> {
        let place = self.places.get(name).copied();
        let found = place.and_then(|place| Some((place, self.features.get(place)?)));
        found.ok_or_else(|| {
            wrong(
                node,
                format!(
                    "{name:?} is no active field of the rows: derived fields are not supported"
                ),
            )
        })
    }

    /// A class, as the target's field has it.
    pub(super) fn target_label(&self, text: &str) -> Label {
        label(text, self.integer_target)
    }

    pub(super) fn into_features(self) -> Vec<Feature> {
        self.features
    }
}

fn is_integer(field: Node<'_, '_>) -> bool {
    field.attribute("dataType") == Some("integer")
}

fn label(text: &str, integer: bool) -> Label {
    match text.parse() {
        Ok(number) if integer => Label::Integer(number),
        _ => Label::Text(text.to_owned()),
    }
}

fn cell(label: &Label) -> Cell {
    match label {
        Label::Boolean(truth) => Cell::Boolean(*truth),
        Label::Integer(number) => Cell::Number(*number as f64),
        Label::Text(text) => Cell::Text(text.clone()),
    }
}
