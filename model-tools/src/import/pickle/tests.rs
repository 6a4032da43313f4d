//! The reader against the corpus, against every way of cutting it short, and against files made to do harm.

use std::path::PathBuf;

use super::Pickle;
use super::error::Problem;
use crate::import::container;
use crate::import::objects::{Node, Order, Value};
use crate::import::trust::{Trust, refuse_dangerous};

/// The files of the corpus that are pickles, decompressed, by name.
pub(crate) fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let versions = ["0.19", "0.20", "0.22", "0.24", "1.0", "1.3", "1.9"];
    let folders = versions.map(|version| format!("sklearn-{version}"));
    for folder in folders.into_iter().chain(["wrapped".to_owned()]) {
        let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().unwrap().to_str().unwrap();
            if matches!(extension, "json" | "skops") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let container::Files::One(content) =
                container::open(&bytes, |_| None, |_| false).unwrap().files
            else {
                panic!("{} is an archive", path.display());
            };
            let content = content.into_owned();
            files.push((path.display().to_string(), content));
        }
    }
    files.sort();
    assert!(files.len() > 200, "the corpus is not there");
    files
}

fn file(name: &str) -> Vec<u8> {
    let found = corpus().into_iter().find(|(path, _)| path.ends_with(name));
    found
        .unwrap_or_else(|| panic!("{name} is not in the corpus"))
        .1
}

fn read(bytes: &[u8]) -> Pickle {
    Pickle::read(bytes).unwrap()
}

fn problem(bytes: &[u8]) -> Problem {
    Pickle::read(bytes).unwrap_err().problem
}

#[test]
fn every_pickle_of_the_corpus_is_read_to_its_end_and_names_nothing_dangerous() {
    let mut corpus = corpus();
    corpus.retain(|(name, _)| !name.contains("refused_dill_function"));
    for (name, bytes) in corpus {
        let pickle = Pickle::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(pickle.trailing_bytes, 0, "{name}");
        for named in &pickle.globals {
            let expected = if name.contains("refused") {
                Trust::Unknown
            } else {
                Trust::Safe
            };
            assert!(named.trust >= expected, "{name}: {}", named.global);
        }
    }
}

/// Python itself said what the numbers are: `.p0` to `.p5` and joblib's dumps hold the same model.
#[test]
fn every_protocol_and_dump_gives_the_same_arrays() {
    for model in ["linear", "ridge_targets", "logistic_three"] {
        for environment in ["sklearn-1.3", "sklearn-1.9"] {
            let coefficients = |way: &str| {
                let pickle = read(&file(&format!("{environment}/{model}.{way}")));
                let root = pickle.root();
                let array = root.attribute("coef_").and_then(Value::array).unwrap();
                (array.shape.clone(), array.floats(root.objects()).unwrap())
            };
            let expected = coefficients("p4");
            assert!(
                expected
                    .1
                    .iter()
                    .all(|number| number.is_finite() && *number != 0.0)
            );
            for way in [
                "p0", "p1", "p2", "p3", "p5", "joblib", "zlib", "gzip", "bz2", "xz", "lzma", "lz4",
            ] {
                assert_eq!(coefficients(way), expected, "{environment}/{model}.{way}");
            }
        }
    }
}

/// An array that lies column by column, taken for one that lies row by row, transposes silently.
#[test]
fn the_corpus_has_arrays_in_both_orders() {
    let pickle = read(&file("sklearn-1.9/ridge_targets.p4"));
    let order = |pickle: &Pickle| {
        pickle
            .root()
            .attribute("coef_")
            .and_then(Value::array)
            .unwrap()
            .order
    };
    assert_eq!(order(&pickle), Order::Columns);
    assert_eq!(order(&read(&file("sklearn-1.9/linear.p4"))), Order::Rows);
}

#[test]
fn a_pickle_cut_short_anywhere_is_refused_with_the_place() {
    for name in [
        "linear.p0",
        "linear.p2",
        "linear.p5",
        "linear.joblib",
        "columns_ridge.p4",
        "columns_ridge.joblib",
    ] {
        let bytes = file(&format!("sklearn-1.9/{name}"));
        for length in 0..bytes.len() {
            let error = Pickle::read(&bytes[..length]).unwrap_err();
            assert!(error.offset <= length, "{name} cut to {length}: {error}");
        }
    }
}

/// A vector for the memo would take 16 GiB.
#[test]
fn a_memo_number_of_four_billion_takes_no_memory() {
    let pickle = read(b"\x80\x02Nr\xff\xff\xff\xff.");
    assert!(pickle.root().is_none());
}

#[test]
fn lengths_that_are_not_there_are_refused_before_anything_is_allocated() {
    let cases: [&[u8]; 6] = [
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", // BINBYTES8
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.", // BINUNICODE8
        b"\x80\x05\x96\x00\x00\x00\x00\x00\x10\x00\x00.", // BYTEARRAY8
        b"\x80\x03B\xff\xff\xff\xff.",
        b"\x80\x02X\xff\xff\xff\x7f.",
        b"\x80\x02\x8b\xff\xff\xff\x7f.", // LONG4
    ];
    for case in cases {
        assert!(matches!(problem(case), Problem::Truncated(_)), "{case:?}");
    }
}

/// `numpy.ndarray` of a shape whose product is over 2^64, or over the data.
#[test]
fn shapes_that_are_not_those_of_the_data_are_refused() {
    let array = |shape: &[u8]| {
        let mut bytes = b"\x80\x02cnumpy._core.numeric\n_frombuffer\n(C\x08\0\0\0\0\0\0\0\0cnumpy\ndtype\nU\x02f8\x85R(".to_vec();
        bytes.extend(shape);
        bytes.extend(b"tU\x01CtR.");
        bytes
    };
    assert!(matches!(
        read(&array(b"K\x01")).root().node(),
        Node::Array(_)
    ));
    let two = problem(&array(b"K\x02"));
    assert_eq!(
        two.to_string(),
        "an array of the shape [2] of <f8 needs 16 bytes, there are 8"
    );
    let huge = b"\x8a\x05\0\0\0\0\x01".repeat(3);
    assert!(problem(&array(&huge)).to_string().contains("is too large"));
    let negative = problem(&array(b"J\xff\xff\xff\xff"));
    assert!(negative.to_string().contains("the shape"), "{negative}");
}

/// A thousand million laughs: every list holds the one before it ten times.
#[test]
fn shared_and_cyclic_objects_take_no_more_than_their_names() {
    let mut laughs = b"\x80\x02]q\0".to_vec();
    for level in 0..9_u8 {
        laughs.extend(b"](");
        laughs.extend([b'h', level].repeat(10));
        laughs.extend([b'e', b'q', level + 1]);
    }
    laughs.push(b'.');
    assert_eq!(read(&laughs).contents().objects, 10);
    let cyclic = read(b"\x80\x02]q\0h\0a.");
    assert_eq!(cyclic.root().elements().unwrap().len(), 1);
}

/// An array of objects that holds itself: whoever asks it for a number must get an answer.
#[test]
fn an_array_within_itself_is_no_number() {
    let bytes = b"\x80\x02cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87Rq\0(K\x01K\x01\x85cnumpy\ndtype\nU\x02O8\x85R\x89(h\0ltb.";
    let pickle = read(bytes);
    assert_eq!(pickle.root().number(), None);
    assert!(
        pickle
            .root()
            .array()
            .unwrap()
            .floats(pickle.root().objects())
            .is_err()
    );
}

#[test]
fn a_deep_pickle_needs_no_stack() {
    let mut deep = b"\x80\x02".to_vec();
    deep.extend(b"(".repeat(1_000_000));
    deep.extend(b"t".repeat(1_000_000));
    deep.push(b'.');
    assert_eq!(read(&deep).contents().objects, 1_000_000);
}

/// The classic: in Python this file is a shell.
#[test]
fn a_pickle_that_would_run_a_command_only_names_it() {
    let marker = std::env::temp_dir().join(format!("model-tools-was-here-{}", std::process::id()));
    let bytes = format!("cos\nsystem\n(S'touch {}'\ntR.", marker.display());
    let pickle = read(bytes.as_bytes());
    assert_eq!(pickle.globals[0].trust, Trust::Dangerous);
    assert_eq!(pickle.globals[0].offset, Some(0));
    assert_eq!(pickle.root().class().unwrap().to_string(), "os.system");
    assert!(!marker.exists(), "the command ran");
}

/// numpy's own function that imports whatever it is told: what it would import is what counts.
#[test]
fn a_function_named_through_numpy_is_judged_by_its_own_name() {
    let named = |module: &str, name: &str| {
        let bytes = format!("\u{80}\x02cnumpy.core\n_ufunc_reconstruct\nX{module}X{name}\u{86}R.");
        let bytes: Vec<u8> = bytes.chars().map(|character| character as u8).collect();
        read(&bytes)
    };
    let text = |text: &str| {
        let length = char::from(u8::try_from(text.len()).unwrap());
        format!("{length}\0\0\0{text}")
    };
    let exp = named(&text("numpy.core.umath"), &text("exp"));
    assert_eq!(exp.root().global().unwrap().name, "exp");
    assert!(exp.globals.iter().all(|named| named.trust == Trust::Safe));
    let system = named(&text("os"), &text("system"));
    assert_eq!(system.root().global().unwrap().to_string(), "os.system");
    assert_eq!(system.globals[1].trust, Trust::Dangerous);
    assert!(refuse_dangerous(&system.globals).is_err());
}

#[test]
fn names_are_dangerous_unknown_or_safe() {
    use crate::import::objects::Global;
    let trust = |module: &str, name: &str| {
        Trust::of(&Global {
            module: module.to_owned(),
            name: name.to_owned(),
        })
    };
    for (module, name) in [
        ("os", "system"),
        ("posix", "system"),
        ("nt", "system"),
        ("builtins", "eval"),
        ("__builtin__", "execfile"),
        ("builtins", "getattr"),
        ("subprocess", "Popen"),
        ("multiprocessing.util", "spawnv_passfds"),
        ("numpy.f2py", "os.system"),
        ("sklearn.utils", "os.system"),
        ("numpy.testing._private.utils", "runstring"),
        ("pandas.core.computation.eval", "eval"),
        ("collections", "OrderedDict.__class__"),
        ("joblib", "load"),
    ] {
        assert_eq!(trust(module, name), Trust::Dangerous, "{module}.{name}");
    }
    for (module, name) in [
        ("__main__", "MyTransformer"),
        ("sklearn.datasets._base", "Load"),
        ("sklearn.utils", "murmurhash3_32"),
        ("cloudpickle.cloudpickle", "_make_function"),
        ("systematic", "Model"),
    ] {
        assert_eq!(trust(module, name), Trust::Unknown, "{module}.{name}");
    }
}

#[test]
fn instructions_that_reach_outside_the_file_are_refused_by_name() {
    for (bytes, name) in [
        (&b"\x80\x02U\x01aQ."[..], "BINPERSID"),
        (b"Pabc\n.", "PERSID"),
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"\x80\x05\x97.", "NEXT_BUFFER"),
        (b"(i__main__\nThing\n.", "INST"),
    ] {
        let problem = problem(bytes);
        assert!(problem.to_string().contains(name), "{problem}");
    }
    assert!(matches!(problem(b"\x80\x06N."), Problem::Protocol(6)));
    assert!(matches!(
        problem(b"\x80\x02\xff."),
        Problem::UnknownInstruction(0xff)
    ));
}

#[test]
fn texts_of_protocol_0_have_escapes() {
    let text = |line: &[u8]| {
        let mut bytes = b"V".to_vec();
        bytes.extend(line);
        bytes.extend(b"\n.");
        read(&bytes).root().text().map(str::to_owned)
    };
    assert_eq!(
        text(b"caf\xe9 \\u20ac \\U0001f600 \\n").unwrap(),
        "café € 😀 \\n"
    );
    assert!(matches!(problem(b"V\\u12\n."), Problem::Argument(_)));
    let string = read(b"S'a\\x00\\'b\\n'\n.");
    assert!(matches!(string.root().node(), Node::Bytes(bytes) if **bytes == *b"a\0'b\n"));
}

#[test]
fn integers_have_every_width_and_sign() {
    let integer = |bytes: &[u8]| read(bytes).root().integer();
    assert_eq!(integer(b"\x80\x02\x8a\x01\xff."), Some(-1));
    assert_eq!(
        integer(b"\x80\x02\x8a\x08\0\0\0\0\0\0\0\x80."),
        Some(i64::MIN)
    );
    assert_eq!(integer(b"\x80\x02\x8a\0."), Some(0));
    assert_eq!(integer(b"L-12L\n."), Some(-12));
    assert_eq!(integer(b"I12\n."), Some(12));
    assert_eq!(read(b"I01\n.").root().truth(), Some(true));
    let large = read(b"\x80\x02\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x01.");
    assert!(matches!(large.root().node(), Node::LargeInteger));
}

#[test]
fn a_program_that_only_stores_one_object_again_and_again_ends_at_once() {
    let mut program = b"\x80\x04N".to_vec();
    program.resize(15 << 20, b'\x94');
    assert!(matches!(problem(&program), Problem::StoredTwice));
}
