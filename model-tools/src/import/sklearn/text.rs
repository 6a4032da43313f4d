//! Vectorizers: the words or characters of a text as counts, weighted and divided by their norm.

use sagelet::artifact::{Analyzer, Derived, Encoding, Norm, StripAccents, Terms, Text, Vocabulary};

use super::cuts;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;

/// scikit-learn's own pattern of a word.
const TOKEN_PATTERN: &str = r"(?u)\b\w\w+\b";

/// The words that `stop_words="english"` leaves out, since the first version to this one.
static ENGLISH: &str = include_str!("stop_words.txt");

/// Numbers that a column of a text takes while it is read.
const COLUMN: usize = 3;

/// Whether a class makes columns out of one text.
pub(super) fn is_vectorizer(class: &str) -> bool {
    matches!(
        class,
        "CountVectorizer" | "TfidfVectorizer" | "HashingVectorizer"
    )
}

/// A column for each term of the vocabulary, or for each number that a term's hash can be.
pub(super) fn vectorizer(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let feature = match columns {
        [column] => column.untouched(),
        _ => None,
    };
    let feature = feature.ok_or_else(|| {
        step.refuse("it reads one text per row: give it one column of the rows, as it comes")
    })?;
    let refused = |conflict| step.refuse(conflict);
    conversion
        .encode(feature, Encoding::Text)
        .map_err(refused)?;
    let terms = terms(step, conversion)?;
    let mut text = text(step, feature, terms)?;
    match step.class {
        "TfidfVectorizer" => {
            Weighting::read(&step.part_under("_tfidf")?, text.columns())?.add_to(&mut text)
        }
        "HashingVectorizer" => text.norm = cuts::norm(step, "norm")?,
        _ => {}
    }
    note_dtype(step, conversion);
    Ok(conversion.compute(Derived::Text(Box::new(text))))
}

/// How texts become terms.
fn text(step: &Step<'_>, feature: usize, terms: Terms) -> Outcome<Text> {
    for name in ["preprocessor", "tokenizer"] {
        if step.optional(name).is_some() {
            return Err(step.refuse(format_args!(
                "its {name} is a function, of which the file holds only the name: apply it before the model is called"
            )));
        }
    }
    if step.text("input").is_some_and(|input| input != "content") {
        return Err(step.refuse("it reads its texts from files: input=\"content\" is supported"));
    }
    let analyzer = match step.text("analyzer") {
        Some("word") => Analyzer::Word,
        Some("char") => Analyzer::Char,
        Some("char_wb") => Analyzer::CharWb,
        _ => {
            return Err(
                step.refuse("its analyzer is a function, of which the file holds only the name")
            );
        }
    };
    let is_word = analyzer == Analyzer::Word;
    if is_word && step.text("token_pattern") != Some(TOKEN_PATTERN) {
        return Err(step.refuse(format_args!(
            "its token_pattern is not scikit-learn's own, {TOKEN_PATTERN}: no other is supported yet"
        )));
    }
    Ok(Text {
        feature,
        lowercase: step.flag("lowercase", true)?,
        strip_accents: strip_accents(step)?,
        analyzer,
        ngrams: ngrams(step)?,
        stop_words: match is_word {
            true => stop_words(step)?,
            false => Vec::new(),
        },
        terms,
        binary: step.flag("binary", false)?,
        sublinear: false,
        idf: Vec::new(),
        norm: None,
    })
}

fn strip_accents(step: &Step<'_>) -> Outcome<Option<StripAccents>> {
    match step.text("strip_accents") {
        Some("ascii") => Ok(Some(StripAccents::Ascii)),
        Some("unicode") => Ok(Some(StripAccents::Unicode)),
        None if step.optional("strip_accents").is_none() => Ok(None),
        _ => {
            Err(step
                .refuse("its strip_accents is a function, of which the file holds only the name"))
        }
    }
}

fn ngrams(step: &Step<'_>) -> Outcome<[usize; 2]> {
    let (numbers, _) = step.numbers("ngram_range")?;
    let number = |number: &f64| super::step::index(*number, usize::MAX);
    let numbers: Option<Vec<_>> = numbers.iter().map(number).collect();
    match numbers.as_deref() {
        Some([least, most]) => Ok([*least, *most]),
        _ => Err(step.wrong("ngram_range", "two whole numbers")),
    }
}

fn stop_words(step: &Step<'_>) -> Outcome<Vec<String>> {
    let Some(words) = step.optional("stop_words") else {
        return Ok(Vec::new());
    };
    match words.text() {
        Some("english") => Ok(ENGLISH.split_whitespace().map(str::to_owned).collect()),
        Some(_) => {
            Err(step.refuse("its stop_words are of a language that scikit-learn does not have"))
        }
        None => {
            let mut words = super::texts(words)
                .ok_or_else(|| step.wrong("stop_words", "a list or set of words"))?;
            words.sort_unstable();
            words.dedup();
            Ok(words)
        }
    }
}

/// Which column each term has.
fn terms(step: &Step<'_>, conversion: &mut Conversion) -> Outcome<Terms> {
    let refused = |conflict| step.refuse(conflict);
    if step.class == "HashingVectorizer" {
        if step.flag("non_negative", false)? {
            return Err(step.refuse(
                "non_negative=True takes the magnitudes of its sums, which is not supported",
            ));
        }
        let columns = step.attribute("n_features")?.integer();
        let columns = columns.and_then(|columns| usize::try_from(columns).ok());
        let columns = columns.ok_or_else(|| step.wrong("n_features", "a whole number"))?;
        conversion
            .spend(columns.saturating_mul(COLUMN))
            .map_err(refused)?;
        return Ok(Terms::Hashing {
            columns,
            alternate_sign: step.flag("alternate_sign", true)?,
        });
    }
    let vocabulary = step.attribute("vocabulary_")?;
    let entries = vocabulary
        .entries()
        .ok_or_else(|| step.wrong("vocabulary_", "a dict of terms and numbers"))?;
    let mut terms: Vec<(usize, &str)> = Vec::new();
    for (term, place) in entries {
        let place = place
            .integer()
            .and_then(|place| usize::try_from(place).ok());
        let (place, term) = place
            .zip(term.text())
            .ok_or_else(|| step.wrong("vocabulary_", "a dict of terms and numbers"))?;
        terms.push((place, term));
    }
    conversion
        .spend(terms.len().saturating_mul(COLUMN))
        .map_err(refused)?;
    terms.sort_unstable();
    if !terms.iter().map(|(place, _)| *place).eq(0..terms.len()) {
        return Err(
            step.refuse("the numbers of vocabulary_ are not 0 to one less than it has terms")
        );
    }
    let terms = terms.into_iter().map(|(_, term)| term);
    Ok(Terms::Vocabulary(Vocabulary::from_iter(terms)))
}

/// scikit-learn computes with 32 bits where it is told to.
fn note_dtype(step: &Step<'_>, conversion: &mut Conversion) {
    let dtype = step.optional("dtype").and_then(Value::global);
    if dtype.is_some_and(|dtype| dtype.name == "float32") {
        conversion.note(format!(
            "{} computes with numbers of 32 bits, and the artifact with 64",
            step.class
        ));
    }
}

/// What TfidfTransformer does to counts.
struct Weighting {
    sublinear: bool,
    idf: Vec<f64>,
    norm: Option<Norm>,
}

impl Weighting {
    fn read(step: &Step<'_>, columns: usize) -> Outcome<Self> {
        let idf = match step.flag("use_idf", true)? {
            true => idf(step, columns)?,
            false => Vec::new(),
        };
        Ok(Self {
            sublinear: step.flag("sublinear_tf", false)?,
            idf,
            norm: cuts::norm(step, "norm")?,
        })
    }

    fn add_to(self, text: &mut Text) {
        text.sublinear = self.sublinear;
        text.idf = self.idf;
        text.norm = self.norm;
    }
}

/// The weights of the terms: a list, and in older versions the diagonal of a sparse matrix.
fn idf(step: &Step<'_>, columns: usize) -> Outcome<Vec<f64>> {
    if step.optional("idf_").is_some() {
        return step.column_numbers("idf_", columns);
    }
    let diagonal = step.part_under("_idf_diag")?;
    let (numbers, _) = diagonal.numbers("data")?;
    if numbers.len() != columns {
        let found = numbers.len();
        return Err(step.refuse(format_args!("it has {found} weights for {columns} columns")));
    }
    Ok(numbers)
}

/// Counts weighted by how rare a term is, and divided by the norm of the row.
pub(super) fn weighted(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let weighting = Weighting::read(step, columns.len())?;
    let counted =
        counted(columns, conversion).filter(|text| !(weighting.sublinear && is_signed(text)));
    if let Some(mut text) = counted {
        step.spend(columns, conversion)?;
        weighting.add_to(&mut text);
        return Ok(conversion.compute(Derived::Text(Box::new(text))));
    }
    if weighting.sublinear {
        return Err(step.refuse(
            "sublinear_tf=True takes the logarithm of the counts, which is supported right behind one vectorizer",
        ));
    }
    let weights = weighting.idf.iter().copied().chain(std::iter::repeat(1.0));
    let weighted: Vec<_> = columns
        .iter()
        .zip(weights)
        .map(|(column, weight)| column.affine(0.0, weight, 0.0))
        .collect();
    let Some(norm) = weighting.norm else {
        return Ok(weighted);
    };
    let of = conversion.refer(&weighted).map_err(|_| {
        step.refuse(
            "it divides by the norm of the terms of several texts or vectorizers together, which an artifact does not \
             compute: give each vectorizer its own TfidfTransformer, or use norm=None",
        )
    })?;
    let of = sagelet::artifact::Columns::List(of);
    Ok(conversion.compute(Derived::Normalize { of, norm }))
}

/// The text whose plain counts these columns are: all of them, or those of some terms.
fn counted(columns: &[Column], conversion: &Conversion) -> Option<Text> {
    let (text, terms) = conversion.terms_of_text(columns)?;
    if text.sublinear || !text.idf.is_empty() || text.norm.is_some() {
        return None;
    }
    restricted(text, &terms)
}

/// The text with these of its terms only.
fn restricted(text: &Text, terms: &[usize]) -> Option<Text> {
    if terms.iter().copied().eq(0..text.columns()) {
        return Some(text.clone());
    }
    let (Terms::Vocabulary(vocabulary), true) = (&text.terms, terms.is_sorted_by(|a, b| a < b))
    else {
        return None;
    };
    let kept: Option<Vec<&str>> = terms.iter().map(|term| vocabulary.term(*term)).collect();
    Some(Text {
        terms: Terms::Vocabulary(Vocabulary::from_iter(kept?)),
        ..text.clone()
    })
}

/// Whether counts can be negative.
fn is_signed(text: &Text) -> bool {
    matches!(text.terms, Terms::Hashing { alternate_sign, .. } if alternate_sign)
}

/// The counts of a text's terms as 1 where they are above a number, if that is what [`Text::binary`] says.
pub(super) fn binary(
    above: f64,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Option<Vec<Column>> {
    let mut text = counted(columns, conversion).filter(|text| !is_signed(text))?;
    if !(0.0..1.0).contains(&above) {
        return None;
    }
    text.binary = true;
    Some(conversion.compute(Derived::Text(Box::new(text))))
}

/// The terms of a text divided by the norm of their row, if nothing else has been done with it since.
pub(super) fn normalized(
    norm: Norm,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Option<Vec<Column>> {
    let (text, terms) = conversion.terms_of_text(columns)?;
    if text.norm.is_some() || !text.idf.is_empty() {
        return None;
    }
    let mut text = restricted(text, &terms)?;
    text.norm = Some(norm);
    Some(conversion.compute(Derived::Text(Box::new(text))))
}
