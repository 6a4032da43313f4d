//! The classes and functions that a file of objects names, and how much trust each deserves.
//!
//! Nothing here is called, whatever it is: a name is data. But a file that names `os.system` was made to do
//! harm where Python loads it, and whoever holds it should hear so.

use std::fmt;

use sagelet::text::{Unit, bounded};

use super::known;
use super::objects::Global;

use crate::import::limits::GLOBAL_CHARS_MAX;

/// What is in a file of objects, as far as it can be told without converting it.
#[derive(Debug)]
pub(crate) struct Contents {
    /// The version of its format, where it says one.
    pub(crate) protocol: Option<u64>,
    /// How many objects it is made of.
    pub(crate) objects: usize,
    /// The class of the outermost object; none for a dict or list.
    pub(crate) class: Option<String>,
    /// Every class and function that it names, in the order of their first mention.
    pub(crate) globals: Vec<Named>,
}

/// A class or function and the first place that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its name.
    pub(crate) global: Global,
    /// Byte of the first instruction of a pickle that names it; none in other files.
    pub(crate) offset: Option<usize>,
    /// What it is known for.
    pub(crate) trust: Trust,
}

impl Named {
    /// A name and its place.
    pub(crate) fn new(global: Global, offset: Option<usize>) -> Self {
        Self {
            trust: Trust::of(&global),
            global,
            offset,
        }
    }
}

impl Named {
    /// A name that is dangerous elsewhere, in a pickle that does nothing with it but what holds data.
    pub(crate) fn trusted(global: Global, offset: usize) -> Self {
        Self {
            global,
            offset: Some(offset),
            trust: Trust::Safe,
        }
    }
}

impl Named {
    /// Whether dill names this where it writes functions and classes, which hold code by intention.
    fn is_of_dill(&self) -> bool {
        let Global { module, name } = &self.global;
        module.split('.').next() == Some("dill") || (is_builtin(module) && name == "__main__")
    }
}

impl fmt::Display for Named {
    /// With its place.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.global.fmt(formatter)?;
        match self.offset {
            Some(offset) => write!(formatter, " at byte {offset}"),
            None => Ok(()),
        }
    }
}

/// Checks that nothing dangerous is named.
///
/// # Errors
/// Everything dangerous that is.
pub(crate) fn refuse_dangerous(globals: &[Named]) -> Result<(), Dangerous> {
    let dangerous = globals
        .iter()
        .filter(|named| named.trust == Trust::Dangerous);
    let named: Vec<_> = dangerous.cloned().collect();
    if named.is_empty() {
        return Ok(());
    }
    Err(Dangerous(named))
}

/// What is named without being known, as `convert` says it.
pub(crate) fn unknown(globals: &[Named]) -> impl Iterator<Item = String> {
    let unknown = globals.iter().filter(|named| named.trust == Trust::Unknown);
    unknown.map(|named| format!("{}, of which nothing is known", named.global))
}

/// How much trust a class or function deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trust {
    /// It runs commands, evaluates code, loads other pickles or opens files and connections.
    Dangerous,
    /// Nothing is known of it.
    Unknown,
    /// A part of numpy, joblib, scikit-learn or Python that only holds data.
    Safe,
}

/// Names that a file of a model has no honest reason for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dangerous(Vec<Named>);

impl fmt::Display for Dangerous {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More of them would tell nothing new.
        const SHOWN: usize = 5;
        formatter.write_str("it names ")?;
        for (index, named) in self.0.iter().take(SHOWN).enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(formatter, "{comma}{named}")?;
        }
        if self.0.len() > SHOWN {
            write!(formatter, " and {} more of the kind", self.0.len() - SHOWN)?;
        }
        formatter.write_str(
            ", which can run code where Python loads it: nothing was run here, and nothing was converted. ",
        )?;
        formatter.write_str(match self.0.iter().all(Named::is_of_dill) {
            true => {
                "dill has written a function or class into it beside the model, which may be your own: dump the fitted \
                 model alone"
            }
            false => "Do not load this file",
        })
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Dangerous => "dangerous",
            Self::Unknown => "unknown",
            Self::Safe => "safe",
        })
    }
}

impl fmt::Display for Global {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format_args!("{}.{}", self.module, self.name);
        let shown = bounded(&name, GLOBAL_CHARS_MAX, Unit::Characters);
        formatter.write_str(&shown)
    }
}

/// Modules of which every part is dangerous: they run commands or code, or reach files, processes and networks.
const DANGEROUS_MODULES: &[&str] = &[
    "_aix_support",
    "_osx_support",
    "_pickle",
    "_posixsubprocess",
    "_pyrepl",
    "_socket",
    "_winapi",
    "aiohttp",
    "asyncio",
    "bdb",
    "cPickle",
    "cProfile",
    "cgi",
    "codeop",
    "commands",
    "ctypes",
    "dill",
    "distutils",
    "doctest",
    "ensurepip",
    "fileinput",
    "ftplib",
    "glob",
    "http",
    "httplib",
    "idlelib",
    "imaplib",
    "imp",
    "importlib",
    "lib2to3",
    "linecache",
    "marshal",
    "multiprocessing",
    "nt",
    "os",
    "pdb",
    "pickle",
    "pip",
    "pkgutil",
    "poplib",
    "popen2",
    "posix",
    "profile",
    "pty",
    "pydoc",
    "requests",
    "runpy",
    "shelve",
    "shutil",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "timeit",
    "trace",
    "urllib",
    "urllib2",
    "webbrowser",
];

/// Functions of Python's own name space that run code, open files or reach everything else.
const DANGEROUS_BUILTINS: &[&str] = &[
    "__import__",
    "apply",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "file",
    "getattr",
    "globals",
    "input",
    "locals",
    "open",
    "reload",
    "setattr",
    "vars",
];

/// Parts of a path that lead out of whatever module it began in, such as `numpy.f2py.os.system`.
const DANGEROUS_PARTS: &[&str] = &[
    "__builtins__",
    "__class__",
    "__dict__",
    "__getattribute__",
    "__globals__",
    "__import__",
    "__subclasses__",
    "_exec_command",
    "builtins",
    "eval",
    "exec",
    "exec_command",
    "f_globals",
    "importlib",
    "os",
    "popen",
    "runstring",
    "subprocess",
    "sys",
    "system",
];

/// Single functions in modules that are harmless otherwise.
const DANGEROUS_FUNCTIONS: &[(&str, &str)] = &[
    ("code", "InteractiveConsole"),
    ("code", "InteractiveInterpreter"),
    ("code", "interact"),
    ("joblib", "load"),
    ("joblib.numpy_pickle", "load"),
    ("sklearn.externals.joblib", "load"),
    ("sklearn.externals.joblib.numpy_pickle", "load"),
    ("numpy", "fromfile"),
    ("numpy", "load"),
    ("numpy", "memmap"),
    ("operator", "attrgetter"),
    ("operator", "itemgetter"),
    ("operator", "methodcaller"),
    ("pandas", "read_pickle"),
    ("pandas.io.pickle", "read_pickle"),
    ("torch", "load"),
    ("torch.hub", "load"),
    ("types", "CodeType"),
    ("types", "FunctionType"),
];

/// Functions of scikit-learn that score columns: selectors name the one that they were fitted with.
const SCORES: &[&str] = &[
    "chi2",
    "f_classif",
    "f_oneway",
    "f_regression",
    "mutual_info_classif",
    "mutual_info_regression",
    "r_regression",
];

/// Functions that measure a classifier, by which a threshold may have been found.
const MEASURES: &[&str] = &[
    "accuracy_score",
    "balanced_accuracy_score",
    "cohen_kappa_score",
    "f1_score",
    "fbeta_score",
    "jaccard_score",
    "matthews_corrcoef",
    "precision_score",
    "recall_score",
];

/// Python's own names for data.
const SAFE_BUILTINS: &[&str] = &[
    "DeprecationWarning",
    "FutureWarning",
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
];

/// Single names of Python, numpy and joblib that hold data or make them.
const SAFE_NAMES: &[(&str, &[&str])] = &[
    ("_codecs", &["encode"]),
    (
        "collections",
        &["Counter", "OrderedDict", "defaultdict", "deque"],
    ),
    ("copy_reg", &["_reconstructor"]),
    ("copyreg", &["_reconstructor"]),
    ("datetime", &["date", "datetime", "timedelta"]),
    ("joblib.numpy_pickle", &["NumpyArrayWrapper"]),
    (
        "sklearn.externals.joblib.numpy_pickle",
        &["NumpyArrayWrapper"],
    ),
    ("sklearn.metrics.scorer", &["_passthrough_scorer"]),
    ("sklearn.metrics._scorer", &["_passthrough_scorer"]),
    ("sklearn.metrics._dist_metrics", &["newObj"]),
    ("sklearn.neighbors._ball_tree", &["newObj"]),
    ("sklearn.neighbors._kd_tree", &["newObj"]),
    ("scipy.interpolate.interpolate", &["interp1d"]),
    ("scipy.interpolate._interpolate", &["interp1d"]),
    (
        "numpy",
        &[
            "abs",
            "arcsinh",
            "bool",
            "bool_",
            "cbrt",
            "dtype",
            "exp",
            "exp2",
            "expm1",
            "float16",
            "float32",
            "float64",
            "int16",
            "int32",
            "int64",
            "int8",
            "log",
            "log10",
            "log1p",
            "log2",
            "ndarray",
            "object_",
            "reciprocal",
            "sinh",
            "sqrt",
            "square",
            "str_",
            "uint16",
            "uint32",
            "uint64",
            "uint8",
        ],
    ),
    ("numpy.core._multiarray_umath", &["_reconstruct", "scalar"]),
    // What it names is listed beside it.
    ("numpy.core", &["_ufunc_reconstruct"]),
    ("numpy.core.multiarray", &["_reconstruct", "scalar"]),
    ("numpy.core.numeric", &["_frombuffer"]),
    ("numpy._core.multiarray", &["_reconstruct", "scalar"]),
    ("numpy._core.numeric", &["_frombuffer"]),
    ("numpy.random", &["__RandomState_ctor"]),
    ("pandas", &["Index", "StringDtype"]),
    ("pandas._libs.arrays", &["__pyx_unpickle_NDArrayBacked"]),
    ("pandas.arrays", &["StringArray"]),
    ("pandas.core.indexes.base", &["Index", "_new_Index"]),
    ("exceptions", &["DeprecationWarning", "FutureWarning"]),
    ("numpy.ma.core", &["MaskedArray", "_mareconstruct"]),
    ("numpy.ma", &["MaskedArray", "_mareconstruct"]),
    ("numpy.random._mt19937", &["MT19937"]),
    ("numpy.random._pcg64", &["PCG64"]),
    (
        "numpy.random._pickle",
        &[
            "__bit_generator_ctor",
            "__generator_ctor",
            "__randomstate_ctor",
        ],
    ),
];

impl Trust {
    /// How much trust a name deserves.
    pub(crate) fn of(global: &Global) -> Self {
        if is_dangerous(&global.module, &global.name) {
            Self::Dangerous
        } else if is_safe(&global.module, &global.name) {
            Self::Safe
        } else {
            Self::Unknown
        }
    }
}

/// numpy's and scipy's functions of one number that pipelines apply to cells and targets.
const ELEMENTARY_FUNCTIONS: &[&str] = &[
    "abs",
    "absolute",
    "arcsinh",
    "around",
    "cbrt",
    "ceil",
    "clip",
    "cos",
    "deg2rad",
    "degrees",
    "exp",
    "exp2",
    "expit",
    "expm1",
    "fabs",
    "floor",
    "log",
    "log10",
    "log1p",
    "log2",
    "logit",
    "ndtri",
    "negative",
    "positive",
    "rad2deg",
    "radians",
    "reciprocal",
    "rint",
    "round",
    "sign",
    "sin",
    "sqrt",
    "square",
    "tan",
    "tanh",
];

fn is_dangerous(module: &str, name: &str) -> bool {
    let package = module.split('.').next().unwrap_or_default();
    if DANGEROUS_MODULES.contains(&package) || DANGEROUS_FUNCTIONS.contains(&(module, name)) {
        return true;
    }
    if is_builtin(module) {
        return name
            .split('.')
            .any(|part| DANGEROUS_BUILTINS.contains(&part) || part.starts_with("__"));
    }
    let inner = module.split('.').skip(1).chain(name.split('.'));
    inner
        .into_iter()
        .any(|part| DANGEROUS_PARTS.contains(&part))
}

fn is_safe(module: &str, name: &str) -> bool {
    let listed = |&&(owner, names): &&(&str, &[&str])| owner == module && names.contains(&name);
    is_builtin(module) && SAFE_BUILTINS.contains(&name)
        || SAFE_NAMES.iter().any(|entry| listed(&entry))
        || is_scikit_learn_class(module, name)
        || known::holds_data(module, name)
        || module.starts_with("sklearn.feature_selection.") && SCORES.contains(&name)
        || module.starts_with("sklearn.metrics.") && MEASURES.contains(&name)
        || is_elementary_function(module, name)
        || module.starts_with("scipy.sparse.")
            && (name.ends_with("_matrix") || name.ends_with("_array"))
}

/// Functions of one number, by whichever module of numpy or scipy the writer found them in.
fn is_elementary_function(module: &str, name: &str) -> bool {
    let package = module.split('.').next();
    matches!(package, Some("numpy" | "scipy")) && ELEMENTARY_FUNCTIONS.contains(&name)
}

/// Python 2 called it `__builtin__`.
fn is_builtin(module: &str) -> bool {
    matches!(module, "builtins" | "__builtin__")
}

/// Classes of scikit-learn and imbalanced-learn, the pipeline of sklearn2pmml, and the constructors of scikit-learn's
/// compiled loss functions. Its other functions and what it
/// brings along from others (`sklearn.externals`) or downloads (`sklearn.datasets`) are not among them.
fn is_scikit_learn_class(module: &str, name: &str) -> bool {
    let mut parts = module.split('.');
    let within = match parts.next() {
        Some("sklearn") => !matches!(parts.next(), Some("externals" | "datasets")),
        Some("imblearn") => parts.next() != Some("datasets"),
        Some("sklearn2pmml") => parts.next() == Some("pipeline"),
        _ => false,
    };
    let class = name.trim_start_matches('_');
    let constructor = class.strip_prefix("pyx_unpickle_").unwrap_or(class);
    within
        && constructor.starts_with(|first: char| first.is_ascii_uppercase())
        && constructor
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}
