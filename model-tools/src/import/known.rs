//! Classes of scipy and statsmodels, and of what results hold: tables of pandas, texts of pyarrow, formulas of formulaic.

/// Names of pandas that only hold data. Others of its top level open files (`HDFStore`, `ExcelFile`).
const PANDAS: &[&str] = &[
    "Categorical",
    "CategoricalDtype",
    "DataFrame",
    "DatetimeIndex",
    "Index",
    "MultiIndex",
    "RangeIndex",
    "Series",
    "StringDtype",
];

/// Packages within `pandas.core` whose classes only hold data.
const PANDAS_CORE: &[&str] = &[
    "arrays",
    "dtypes",
    "frame",
    "indexes",
    "internals",
    "series",
];

/// Functions that put tables and texts together again.
const MAKERS: &[(&str, &str)] = &[
    ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked"),
    ("pandas._libs.internals", "_unpickle_block"),
    ("pandas.core.indexes.base", "_new_Index"),
    ("pyarrow.lib", "_restore_array"),
    ("pyarrow.lib", "chunked_array"),
    ("pyarrow.lib", "py_buffer"),
    ("pyarrow.lib", "type_for_alias"),
    // Results of fit_regularized name the function that found them.
    ("statsmodels.base.l1_slsqp", "fit_l1_slsqp"),
];

/// Whether a class or function is one of these.
pub(super) fn holds_data(module: &str, name: &str) -> bool {
    if MAKERS.contains(&(module, name)) {
        return true;
    }
    let mut parts = module.split('.');
    let (package, second, third) = (parts.next(), parts.next(), parts.next());
    match (package, second) {
        (Some("scipy"), Some("interpolate")) => name == "BSpline",
        // Before version 0.14, links had names in lower case.
        (Some("statsmodels"), Some("genmod")) if third == Some("families") => is_name(name),
        (Some("statsmodels" | "formulaic"), Some(_)) => is_class(name),
        (Some("pandas"), None) => PANDAS.contains(&name),
        (Some("pandas"), Some("arrays")) => is_class(name),
        (Some("pandas"), Some("core")) => {
            third.is_some_and(|third| PANDAS_CORE.contains(&third)) && is_class(name)
        }
        _ => false,
    }
}

/// A class, or one inside of another.
fn is_class(name: &str) -> bool {
    let mut parts = name.split('.');
    parts.all(|part| is_name(part) && part.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
