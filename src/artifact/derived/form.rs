//! How entries of each kind lie in CBOR.

use super::{
    Analyzer, BinEncoding, Columns, Combination, Derived, Extrapolation, Function, Norm,
    PowerMethod, StripAccents, Terms, Text, Vocabulary,
};
use crate::artifact::cbor::{Fields, Head, Writer};
use crate::artifact::form::{Form, Word, words};
use crate::artifact::item::{Item, Map, Wrong};

/// The kinds of entries.
#[derive(Clone, Copy)]
enum Kind {
    Function,
    Clip,
    Threshold,
    Power,
    Bins,
    Table,
    Spline,
    Products,
    Combinations,
    Normalize,
    Text,
}

words!(Kind {
    Function = "function",
    Clip = "clip",
    Threshold = "threshold",
    Power = "power",
    Bins = "bins",
    Table = "table",
    Spline = "spline",
    Products = "products",
    Combinations = "combinations",
    Normalize = "normalize",
    Text = "text",
});

words!(Function {
    Log = "log",
    Log2 = "log2",
    Log10 = "log10",
    Log1p = "log1p",
    Exp = "exp",
    Exp2 = "exp2",
    Expm1 = "expm1",
    Sqrt = "sqrt",
    Cbrt = "cbrt",
    Square = "square",
    Reciprocal = "reciprocal",
    Absolute = "absolute",
    Sign = "sign",
    Floor = "floor",
    Ceil = "ceil",
    Round = "round",
    Sin = "sin",
    Cos = "cos",
    Tan = "tan",
    Tanh = "tanh",
    Asinh = "asinh",
    Logistic = "logistic",
    Logit = "logit",
    NormalQuantile = "normal-quantile",
});

words!(PowerMethod {
    BoxCox = "box-cox",
    YeoJohnson = "yeo-johnson",
});

words!(BinEncoding {
    OneHot = "one-hot",
    Ordinal = "ordinal",
});

words!(Extrapolation {
    Error = "error",
    Constant = "constant",
    Linear = "linear",
    Continue = "continue",
    Periodic = "periodic",
});

words!(Norm {
    L1 = "l1",
    L2 = "l2",
    Max = "max",
});

words!(StripAccents {
    Ascii = "ascii",
    Unicode = "unicode",
});

words!(Analyzer {
    Word = "word",
    Char = "char",
    CharWb = "char_wb",
});

impl Function {
    /// The function's name, as the format writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Word::name(self)
    }
}

impl Derived {
    /// The entry's kind, as the format writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let kind = match self {
            Self::Function { .. } => Kind::Function,
            Self::Clip { .. } => Kind::Clip,
            Self::Threshold { .. } => Kind::Threshold,
            Self::Power { .. } => Kind::Power,
            Self::Bins { .. } => Kind::Bins,
            Self::Table { .. } => Kind::Table,
            Self::Spline { .. } => Kind::Spline,
            Self::Products { .. } => Kind::Products,
            Self::Combinations { .. } => Kind::Combinations,
            Self::Normalize { .. } => Kind::Normalize,
            Self::Text(_) => Kind::Text,
        };
        kind.name()
    }
}

impl Form for Derived {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("an entry: a map")?;
        let kind = map.required("kind")?.word()?;
        if let Kind::Text = kind {
            return Ok(Self::Text(Box::new(Text::read(&map)?)));
        }
        let of = map.required("of")?;
        Ok(match kind {
            Kind::Function => Self::Function {
                of: of.indices()?,
                function: map.required("function")?.word()?,
            },
            Kind::Clip => Self::Clip {
                of: of.indices()?,
                lower: map.optional_number("lower")?,
                upper: map.optional_number("upper")?,
            },
            Kind::Threshold => Self::Threshold {
                of: of.indices()?,
                above: map.number("above")?,
            },
            Kind::Power => Self::Power {
                of: of.indices()?,
                method: map.required("method")?.word()?,
                lambdas: map.numbers("lambdas")?,
            },
            Kind::Bins => Self::Bins {
                of: of.index()?,
                edges: map.numbers("edges")?,
                encode: map.required("encode")?.word()?,
            },
            Kind::Table => Self::Table {
                of: of.index()?,
                x: map.numbers("x")?,
                y: map.numbers("y")?,
                margin: map.optional_number("margin")?,
            },
            Kind::Spline => Self::Spline {
                of: of.index()?,
                knots: map.numbers("knots")?,
                degree: map.required("degree")?.index()?,
                extrapolation: map.required("extrapolation")?.word()?,
            },
            Kind::Products => Self::Products {
                of: of.list_of("a list of lists of columns", Item::indices)?,
            },
            Kind::Combinations => Self::Combinations {
                of: of.list_of("a list of combinations", Combination::read)?,
            },
            Kind::Normalize | Kind::Text => Self::Normalize {
                of: Columns::read(of)?,
                norm: map.required("norm")?.word()?,
            },
        })
    }

    fn write(&self, writer: &mut Writer) {
        let map = &mut writer.fields();
        map.text("kind", self.kind());
        match self {
            Self::Function { of, function } => {
                map.key("of").indices(of);
                map.word("function", *function);
            }
            Self::Clip { of, lower, upper } => {
                map.key("of").indices(of);
                map.optional_number("lower", *lower);
                map.optional_number("upper", *upper);
            }
            Self::Threshold { of, above } => {
                map.key("of").indices(of);
                map.number("above", *above);
            }
            Self::Power {
                of,
                method,
                lambdas,
            } => {
                map.key("of").indices(of);
                map.word("method", *method);
                map.numbers("lambdas", lambdas);
            }
            Self::Bins { of, edges, encode } => {
                map.key("of").index(*of);
                map.numbers("edges", edges);
                map.word("encode", *encode);
            }
            Self::Table { of, x, y, margin } => {
                map.key("of").index(*of);
                map.numbers("x", x);
                map.numbers("y", y);
                map.optional_number("margin", *margin);
            }
            Self::Spline {
                of,
                knots,
                degree,
                extrapolation,
            } => {
                map.key("of").index(*of);
                map.numbers("knots", knots);
                map.key("degree").index(*degree);
                map.word("extrapolation", *extrapolation);
            }
            Self::Products { of } => {
                let products = map.key("of");
                products.array(of.len());
                of.iter().for_each(|columns| products.indices(columns));
            }
            Self::Combinations { of } => map.list("of", of),
            Self::Normalize { of, norm } => {
                of.write(map.key("of"));
                map.word("norm", *norm);
            }
            Self::Text(text) => text.write(map),
        }
    }
}

impl Form for Combination {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("a map with columns, weights and constant")?;
        Ok(Self {
            columns: map.required("columns")?.indices()?,
            weights: map.numbers("weights")?,
            constant: map.get("constant").map_or(Ok(0.0), Item::number)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        map.key("columns").indices(&self.columns);
        map.numbers("weights", &self.weights);
        map.number("constant", self.constant);
    }
}

impl Form for Columns {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        if let Head::Array(_) = item.head() {
            return item.indices().map(Self::List);
        }
        let map = item.map("a list of columns, or a map with first and count")?;
        Ok(Self::Range {
            first: map.required("first")?.index()?,
            count: map.required("count")?.index()?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Range { first, count } => {
                let mut map = writer.fields();
                map.key("first").index(*first);
                map.key("count").index(*count);
            }
            Self::List(columns) => writer.indices(columns),
        }
    }
}

impl Text {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        let ngrams = |item: Item<'_>| item.pair("two numbers of words", Item::index);
        Ok(Self {
            feature: map.required("feature")?.index()?,
            lowercase: map.flag_or("lowercase", true)?,
            strip_accents: map.optional("strip_accents").map(Item::word).transpose()?,
            analyzer: map
                .optional("analyzer")
                .map_or(Ok(Analyzer::Word), Item::word)?,
            ngrams: map.optional("ngrams").map_or(Ok([1, 1]), ngrams)?,
            stop_words: map.some_texts("stop_words")?,
            terms: Terms::read(map.required("terms")?)?,
            binary: map.flag_or("binary", false)?,
            sublinear: map.flag_or("sublinear", false)?,
            idf: map.some_numbers("idf")?,
            norm: map.optional("norm").map(Item::word).transpose()?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.key("feature").index(self.feature);
        map.key("lowercase").flag(self.lowercase);
        if let Some(accents) = self.strip_accents {
            map.word("strip_accents", accents);
        }
        map.word("analyzer", self.analyzer);
        map.key("ngrams").indices(&self.ngrams);
        map.some_texts("stop_words", &self.stop_words);
        self.terms.write(map.key("terms"));
        map.set_flag("binary", self.binary);
        map.set_flag("sublinear", self.sublinear);
        map.some_numbers("idf", &self.idf);
        if let Some(norm) = self.norm {
            map.word("norm", norm);
        }
    }
}

impl Form for Terms {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        match item.variant("a map with vocabulary or hashing")? {
            ("vocabulary", terms) => Vocabulary::read(terms).map(Self::Vocabulary),
            ("hashing", hashing) => {
                let map = hashing.map("a map with columns and alternate_sign")?;
                Ok(Self::Hashing {
                    columns: map.required("columns")?.index()?,
                    alternate_sign: map.required("alternate_sign")?.flag()?,
                })
            }
            (other, _) => Err(item.unknown_word(other, &["vocabulary", "hashing"])),
        }
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        match self {
            Self::Vocabulary(vocabulary) => vocabulary.write(map.key("vocabulary")),
            Self::Hashing {
                columns,
                alternate_sign,
            } => {
                let mut hashing = map.key("hashing").fields();
                hashing.key("columns").index(*columns);
                hashing.key("alternate_sign").flag(*alternate_sign);
            }
        }
    }
}
