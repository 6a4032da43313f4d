//! The readers of foreign files against damaged ones: no panic, no hang, no memory beyond a bound.

use std::path::PathBuf;

/// Mutations of a run: `MUTATIONS=100000` makes the large one that `make test-mutations` asks for.
const MUTATIONS: u64 = 10_000;

/// Bytes of memory that reading any damaged file of the corpus may take, the decoder of xz with its dictionary
/// included. Past it the allocator fails, and the test with it.
const MEMORY_BYTES_MAX: usize = 256 << 20;

/// Every file of the corpus as it lies there, in the order of names.
fn corpus() -> Vec<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut paths: Vec<_> = [
        "sklearn-0.19",
        "sklearn-0.20",
        "sklearn-0.22",
        "sklearn-0.24",
        "sklearn-1.0",
        "sklearn-1.3",
        "sklearn-1.9",
        "wrapped",
        "together",
        "h2o",
        "spark-4.0",
        "statsmodels-0.12",
        "statsmodels-0.15",
        "onnx",
        "xgboost",
        "liblinear",
        "linear-learner",
        "pmml",
        "../cases/pmml",
        "../cases/coefficients",
        "../cases/parquet",
    ]
    .iter()
    .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
    .map(|entry| entry.unwrap().path())
    .filter(|path| {
        path.extension()
            .is_some_and(|extension| extension != "json")
    })
    .collect();
    paths.sort();
    assert!(paths.len() > 200, "the corpus is not there");
    let files = paths.iter().map(|path| std::fs::read(path).unwrap());
    files.chain([safetensors(), archive()]).collect()
}

/// A layer of two outputs for three columns, as PyTorch saves it.
fn safetensors() -> Vec<u8> {
    let header = br#"{"__metadata__":{"format":"pt"},"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"bias":{"dtype":"F64","shape":[2],"data_offsets":[24,40]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    for weight in [0.5_f32, -1.25, 3.0, 0.1, 2.0, -7.5] {
        bytes.extend(weight.to_le_bytes());
    }
    for bias in [1.5_f64, -0.25] {
        bytes.extend(bias.to_le_bytes());
    }
    bytes
}

/// A scaler, a model, an encoder of labels and names of columns in an archive, of which nothing is compressed.
fn archive() -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/together");
    let mut archive = tar::Builder::new(Vec::new());
    for name in [
        "scaler.pkl",
        "model.pkl",
        "labels.pkl",
        "index.pkl",
        "columns.names",
    ] {
        archive
            .append_path_with_name(folder.join(name), name)
            .unwrap();
    }
    archive.into_inner().unwrap()
}

/// Reads as `convert` does. Whether it succeeds is of no interest.
fn read(bytes: &[u8]) {
    if let Some(imported) = super::opened::import_bytes(bytes) {
        let _ = sagelet::model::Model::load(&imported.document);
    }
}

/// Numbers without a pattern, the same in every run (SplitMix64, by Sebastiano Vigna).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// What stands in for a number in a text.
const NUMBERS: [&[u8]; 8] = [
    b"-1",
    b"0",
    b"1e308",
    b"1e-320",
    b"NaN",
    b"9999999999999999999999",
    b"4294967296",
    b"-inf",
];

/// Another number in place of the first digits from `at` on.
fn replace_number(bytes: &mut Vec<u8>, at: usize, number: &[u8]) {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(start) = bytes[at..].iter().position(digit).map(|place| at + place) else {
        return;
    };
    let length = bytes[start..].iter().take_while(|byte| digit(byte)).count();
    bytes.splice(start..start + length, number.iter().copied());
}

/// A line from `at` on taken out, or put in a second time.
fn change_line(bytes: &mut Vec<u8>, at: usize, is_doubled: bool) {
    let end = |from: usize| {
        bytes[from..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|place| from + place + 1)
    };
    let Some((start, end)) = end(at).and_then(|start| Some((start, end(start)?))) else {
        return;
    };
    let line: Vec<u8> = bytes[start..end].to_vec();
    bytes.splice(
        start..end,
        if is_doubled {
            line.repeat(2)
        } else {
            Vec::new()
        },
    );
}

/// One to three changes: a byte, a bit, a large number, a piece taken out, doubled, or put in from elsewhere, another
/// number or another line of a text.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let length = random.below(16).min(bytes.len() - at);
        match random.below(9) {
            0 => bytes[at] = random.byte(),
            1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at..at + length].fill([0x00, 0x7f, 0x80, 0xff][random.below(4)]),
            3 => drop(bytes.drain(at..at + length)),
            4 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => {
                let from = random.below(other.len());
                let to = (from + length).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            6 => replace_number(bytes, at, NUMBERS[random.below(NUMBERS.len())]),
            7 => change_line(bytes, at, random.below(2) == 0),
            _ => bytes.insert(at, random.byte()),
        }
        if bytes.is_empty() {
            bytes.push(random.byte());
        }
    }
}

#[test]
fn mutations_of_the_corpus_neither_panic_nor_hang_nor_take_memory() {
    let count = std::env::var("MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    let corpus = corpus();
    let before = crate::ALLOCATOR.allocated();
    crate::ALLOCATOR
        .set_limit(before + MEMORY_BYTES_MAX)
        .unwrap();
    let mut random = Random(20);
    for _ in 0..count {
        let mut bytes = corpus[random.below(corpus.len())].clone();
        let other = &corpus[random.below(corpus.len())];
        mutate(&mut bytes, other, &mut random);
        read(&bytes);
    }
    crate::ALLOCATOR.set_limit(usize::MAX).unwrap();
}

/// A zip archive of these members. An archive whose bytes are damaged is refused for that, before a member is looked at.
fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        writer.start_file(name.as_str(), stored).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The members of an archive of the corpus.
fn members(path: &str) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let file = std::fs::File::open(root.join(path)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut member = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            let name = String::from_utf8(member.name_raw().to_vec()).unwrap();
            (name, bytes)
        })
        .collect()
}

/// Changes members of archives, mostly those that `is_main` chooses, and reads them.
fn damage_members(
    archives: &[Vec<(String, Vec<u8>)>],
    is_main: fn(&str) -> bool,
    random: &mut Random,
) {
    let count = std::env::var("MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    let before = crate::ALLOCATOR.allocated();
    crate::ALLOCATOR
        .set_limit(before + MEMORY_BYTES_MAX)
        .unwrap();
    for _ in 0..count {
        let mut members = archives[random.below(archives.len())].clone();
        let others = &archives[random.below(archives.len())];
        let other = others[random.below(others.len())].1.clone();
        let main: Vec<usize> = (0..members.len())
            .filter(|index| is_main(&members[*index].0))
            .collect();
        let index = match random.below(4) {
            0 => random.below(members.len()),
            _ => main[random.below(main.len())],
        };
        if !members[index].1.is_empty() && !other.is_empty() {
            mutate(&mut members[index].1, &other, random);
        }
        read(&zipped(&members));
    }
    crate::ALLOCATOR.set_limit(usize::MAX).unwrap();
}

/// The settings and levels of H2O's models, changed inside of their archives.
#[test]
fn damaged_members_of_a_mojo_neither_panic_nor_hang_nor_take_memory() {
    let mojo = |name: &str| {
        let mut members = members(name);
        members.retain(|(name, _)| name == "model.ini" || name.starts_with("domains/"));
        members
    };
    let mojos = [
        mojo("h2o/gaussian_filled_in.zip"),
        mojo("h2o/multinomial.zip"),
    ];
    damage_members(&mojos, |name| name == "model.ini", &mut Random(3));
}

/// What Spark says of stages, and its tables of numbers, with and without compression.
#[test]
fn damaged_members_of_a_model_of_spark_neither_panic_nor_hang_nor_take_memory() {
    let models = [
        "encoded_keep_both",
        "imputed",
        "linear_plain",
        "linear_gzip",
        "logistic_sparse",
        "one_vs_rest",
        "polynomial",
        "product",
    ]
    .map(|name| members(&format!("spark-4.0/{name}.zip")));
    let is_table = |name: &str| name.ends_with(".parquet");
    damage_members(&models, is_table, &mut Random(7));
}

/// A number of categories takes four bytes in a file, and a column each when it is believed.
#[test]
fn categories_of_spark_are_counted_before_they_are_made() {
    let mut model = members("spark-4.0/encoded.zip");
    let encoder = model
        .iter_mut()
        .find(|(name, _)| name.contains("1_OneHotEncoder") && name.ends_with(".parquet"));
    let table = &mut encoder.unwrap().1;
    // The dictionary has one value: four bytes after compression, which left them as they are.
    let size = |count: i32| [&[4, 0x0c][..], &count.to_le_bytes()].concat();
    let place = table.windows(6).position(|bytes| bytes == size(3)).unwrap();
    table[place..place + 6].copy_from_slice(&size(8_000_000));
    let error = super::spark::read(&zipped(&model)).err().unwrap();
    let reason = "its combinations of columns take more numbers than an artifact holds";
    assert_eq!(error.to_string(), reason);
}

/// Every length of every member of a model of Spark, in an archive that is whole.
#[test]
fn members_of_a_model_of_spark_cut_short_anywhere_neither_panic_nor_hang() {
    for name in ["encoded_keep", "linear_plain", "logistic_sparse"] {
        let whole = members(&format!("spark-4.0/{name}.zip"));
        for index in 0..whole.len() {
            for length in 0..whole[index].1.len() {
                let mut cut = whole.clone();
                cut[index].1.truncate(length);
                read(&zipped(&cut));
            }
        }
    }
}

/// Every length of files of each format and compression; what is read of pickles has a test of its own.
#[test]
fn files_cut_short_anywhere_neither_panic_nor_hang() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files: Vec<Vec<u8>> = [
        "corpus/onnx/logistic_three_64.onnx",
        "corpus/onnx/graph_columns.onnx",
        "corpus/onnx/graph_filled_in.onnx",
        "corpus/onnx/graph_joined_categories.onnx",
        "corpus/onnx/svr.onnx",
        "cases/exports/text/encoded-logistic.onnx",
        "corpus/pmml/jpmml_imputed.pmml",
        "corpus/pmml/spss_multinomial.pmml",
        "corpus/pmml/transformed.pmml",
        "cases/pmml/mapped.pmml",
        "cases/coefficients/broom.csv",
        "cases/coefficients/r-coef.csv",
        "cases/coefficients/statsmodels.csv",
        "corpus/liblinear/lr_three.model",
        "corpus/liblinear/svr.model",
        "corpus/xgboost/binary_logistic.ubj",
        "corpus/xgboost/binary_logistic.model",
        "corpus/xgboost/multi_softprob.model",
        "corpus/linear-learner/multiclass.zip",
        "corpus/h2o/gaussian_filled_in.zip",
        "corpus/spark-4.0/linear_plain.zip",
        "corpus/linear-learner/binary_packed.gz",
        "corpus/sklearn-1.9/linear.skops",
        "corpus/sklearn-1.9/linear.zlib",
        "corpus/sklearn-1.9/linear.gzip",
        "corpus/sklearn-1.9/linear.bz2",
        "corpus/sklearn-1.9/linear.xz",
        "corpus/sklearn-1.9/linear.lzma",
        "corpus/sklearn-1.9/linear.lz4",
        "corpus/sklearn-1.9/linear.joblib",
        "corpus/sklearn-1.9/linear.p2",
        "corpus/sklearn-1.9/svr_sparse.p4",
        "corpus/sklearn-1.9/bagging.p2",
        "corpus/wrapped/dill_columns_1.0.pkl",
        "corpus/wrapped/dill_columns_1.9.pkl",
        "corpus/wrapped/pmml_pipeline_1.9.pkl",
        "corpus/together/index.pkl",
        "corpus/together/bundle.pkl",
        "corpus/statsmodels-0.12/formula_treatment.pkl",
        "corpus/statsmodels-0.15/arrow_formula_treatment.pkl",
        "corpus/statsmodels-0.15/formulaic_sum.pkl",
    ]
    .map(|name| std::fs::read(root.join(name)).unwrap())
    .into();
    files.extend([safetensors(), archive()]);
    for bytes in files {
        for length in 0..bytes.len() {
            read(&bytes[..length]);
        }
    }
}

/// An instance of a class of scikit-learn with these attributes, in protocol 2.
fn instance(class: &str, attributes: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = format!("csklearn\n{class}\n)").into_bytes();
    bytes.extend(b"\x81}(");
    for (name, value) in attributes {
        bytes.extend(text(name));
        bytes.extend(value);
    }
    bytes.extend(b"ub");
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    [b"X", &length[..], text.as_bytes()].concat()
}

/// A list of one element, as often as `count` says: after the first time, two bytes each.
fn list(element: Vec<u8>, count: usize) -> Vec<u8> {
    let again = b"h\x01".repeat(count - 1);
    [b"(", element.as_slice(), b"q\x01", again.as_slice(), b"l"].concat()
}

/// 200,000 bytes that would be ten million columns, if nobody counted them.
#[test]
fn a_part_that_stands_in_a_file_a_hundred_thousand_times_is_refused() {
    let hundred = list(b"F1.0\n".to_vec(), 100);
    let scaler = instance("MaxAbsScaler", &[("scale_", hundred.clone())]);
    let part = [text("scaler"), scaler, b"\x86".to_vec()].concat();
    let union = instance("FeatureUnion", &[("transformer_list", list(part, 100_000))]);
    let model = instance(
        "Ridge",
        &[("coef_", hundred), ("intercept_", b"F0.0\n".to_vec())],
    );
    let step = |name: &str, step: Vec<u8>| [text(name), step, b"\x86".to_vec()].concat();
    let steps = [step("union", union), step("model", model)].concat();
    let steps = [b"(", steps.as_slice(), b"l"].concat();
    let count = b"K\x64".to_vec();
    let pipeline = instance("Pipeline", &[("steps", steps), ("n_features_in_", count)]);
    let bytes = [b"\x80\x02".to_vec(), pipeline, b".".to_vec()].concat();
    let error = super::sklearn::read_pickle(&bytes)
        .err()
        .unwrap()
        .to_string();
    assert_eq!(
        error,
        "step \"union\" (FeatureUnion): its combinations of columns take more numbers than an artifact holds"
    );
}

/// A text of a megabyte, to which an array of objects refers a thousand times as the name of a column.
#[test]
fn a_text_that_stands_in_a_file_once_is_not_copied_a_thousand_times() {
    let array = |count: usize| {
        let names = list(text(&"x".repeat(1 << 20)), count);
        let shape = [b"(I".as_slice(), count.to_string().as_bytes(), b"\nt"].concat();
        let dtype = b"cnumpy\ndtype\n(U\x02O8K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb";
        let empty = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tU\x01btR";
        [
            empty,
            b"(K\x01".as_slice(),
            &shape,
            dtype,
            b"\x89",
            &names,
            b"tb",
        ]
        .concat()
    };
    let read = |count: usize| {
        let coefficients = list(b"F1.0\n".to_vec(), count);
        let attributes = [
            ("coef_", coefficients),
            ("intercept_", b"F0.0\n".to_vec()),
            ("feature_names_in_", array(count)),
            ("n_features_in_", format!("I{count}\n").into_bytes()),
        ];
        let bytes = [
            b"\x80\x02".to_vec(),
            instance("Ridge", &attributes),
            b".".to_vec(),
        ];
        super::sklearn::read_pickle(&bytes.concat())
            .unwrap()
            .document
    };
    assert!(read(2).features.get(0).unwrap().name.is_some());
    assert!(read(1000).features.get(0).unwrap().name.is_none());
}

/// A pickle of protocol 2.
fn pickle(root: &[u8]) -> Vec<u8> {
    [b"\x80\x02", root, b"."].concat()
}

/// Thousands of lists beside a model, all of them one list of 100,000 texts: none is copied more than a few times.
#[test]
fn lists_of_names_that_are_one_list_are_not_copied_thousands_of_times() {
    let names = list(text(&"x".repeat(30)), 100_000);
    let attributes = [
        ("scale_", list(b"F1.0\n".to_vec(), 2)),
        ("n_features_in_", b"K\x02".to_vec()),
    ];
    let scaler = instance("MaxAbsScaler", &attributes);
    let mut dict = [b"}(", text("scaler").as_slice(), &scaler].concat();
    dict.extend([text("feature_list").as_slice(), &names, b"q\x02"].concat());
    for number in 0..5_000 {
        dict.extend([text(&format!("feature_{number}")).as_slice(), b"h\x02"].concat());
    }
    dict.push(b'u');
    let error = super::sklearn::read_pickle(&pickle(&dict)).err().unwrap();
    assert!(
        error
            .to_string()
            .contains("there is no estimator in it that predicts"),
        "{error}"
    );
    let model = instance(
        "Ridge",
        &[
            ("coef_", list(b"F1.0\n".to_vec(), 2)),
            ("intercept_", b"F0.0\n".to_vec()),
        ],
    );
    dict.pop();
    dict.extend([text("model").as_slice(), &model, b"u"].concat());
    // Of a hundred thousand names for two columns none is taken.
    let imported = super::sklearn::read_pickle(&pickle(&dict)).unwrap();
    assert!(imported.document.features.get(0).unwrap().name.is_none());
}

/// Thousands of pipelines that are one pipeline of 100,000 steps: each is only looked at where it ends.
#[test]
fn pipelines_that_are_one_pipeline_are_not_walked_thousands_of_times() {
    let step = [
        text("scaler"),
        instance("MaxAbsScaler", &[]),
        b"\x86".to_vec(),
    ]
    .concat();
    let pipeline_of_many = instance("Pipeline", &[("steps", list(step, 100_000))]);
    for (count, reason) in [
        (150, "list: there is no estimator in it that predicts, only"),
        (9_000, "list: it holds several estimators"),
    ] {
        let mut models = [b"(", pipeline_of_many.as_slice(), b"q\x02"].concat();
        models.extend(b"h\x02".repeat(count));
        models.push(b'l');
        let error = super::sklearn::read_pickle(&pickle(&models)).err().unwrap();
        assert!(error.to_string().starts_with(reason), "{error}");
    }
}
