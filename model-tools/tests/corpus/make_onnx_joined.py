"""Makes the ONNX models of the corpus in which categories are joined in three dimensions, columns by FeatureVectorizer,
and support vector machines have a linear kernel; with onnxruntime's predictions beside each.

    python make_onnx_joined.py    with onnx 1.23.2, onnxruntime 1.32.0, skl2onnx 1.20.0, scikit-learn 1.9.1
"""

import json
import warnings
from pathlib import Path

import numpy as np
import onnx.checker
import onnx.parser
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn import compose, impute, linear_model, pipeline, preprocessing, svm

warnings.filterwarnings("ignore")
FOLDER = Path("onnx")
TYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(string)": object}


def write(name, model, rows, tolerance=1e-5):
    path = FOLDER / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    if rows is None:
        return
    session = onnxruntime.InferenceSession(path.read_bytes())
    inputs = session.get_inputs()
    if len(inputs) == 1:
        feed = {inputs[0].name: np.array(rows, dtype=TYPES[inputs[0].type])}
    else:
        feed = {put.name: np.array([[row[place]] for row in rows], dtype=TYPES[put.type]) for place, put in enumerate(inputs)}
    first, *others = session.run(None, feed)
    told = {"rows": rows, "predictions": np.asarray(first).squeeze().tolist(), "tolerance": tolerance}
    if others and name.startswith("joined"):
        told["probabilities"] = np.asarray(others[0]).tolist()
    path.with_suffix(".json").write_text(json.dumps(told) + "\n")


# The canonical pipeline: numbers imputed and scaled, several columns of categories by one encoder and by two.
random = np.random.RandomState(7)
COUNT = 80
age, fare = random.normal(40, 9, COUNT), random.gamma(3, 9, COUNT)
sex, port, deck = (random.choice(list(letters), COUNT) for letters in ("fm", "CQS", "ab"))
rooms = random.choice([1, 2, 3], COUNT)
table = np.column_stack([age, fare, sex, port, deck, rooms]).astype(object)
survived = (age / 9 + 2 * (sex == "f") + (port == "C") - (deck == "a") + random.normal(size=COUNT) > 5).astype(int)
numbers = pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler())
encoder = lambda: preprocessing.OneHotEncoder(handle_unknown="ignore")
types = [("age", FloatTensorType([None, 1])), ("fare", FloatTensorType([None, 1])), ("sex", StringTensorType([None, 1])),
         ("port", StringTensorType([None, 1])), ("deck", StringTensorType([None, 1])), ("rooms", Int64TensorType([None, 1]))]
ROWS = [[31.5, 7.25, "f", "S", "a", 2], [52.25, 80.0, "m", "C", "b", 3], [44.0, 12.0, "m", "Q", "a", 1], [29.0, 26.5, "f", "X", "b", 2]]
for name, parts in {
    "joined_one_encoder": [("n", numbers, [0, 1]), ("c", encoder(), [2, 3, 4])],
    "joined_two_encoders": [("c", encoder(), [2, 3]), ("n", numbers, [0, 1]), ("d", encoder(), [4, 5])],
}.items():
    model = pipeline.make_pipeline(compose.ColumnTransformer(parts), linear_model.LogisticRegression()).fit(table, survived)
    used = types if name.endswith("encoders") else types[:5]
    exported = to_onnx(model, initial_types=used, options={"zipmap": False})
    write(name, exported, [row[: len(used)] for row in ROWS])

# Support vector machines.
X = random.normal(size=(60, 3))
y = X @ [1.0, 2.0, -1.0] + 0.3
two, three = np.where(y > 0, "above", "below"), np.digitize(y, [-1, 1])
for name, model, target in [
    ("svr", svm.SVR(kernel="linear"), y), ("nu_svr", svm.NuSVR(kernel="linear"), y), ("svc_two", svm.SVC(kernel="linear"), two),
    ("refused_svr_rbf", svm.SVR(), y), ("refused_svc_three", svm.SVC(kernel="linear"), three),
]:
    exported = to_onnx(model.fit(X, target), X[:1].astype(np.float32), options={"zipmap": False} if "svc" in name else None)
    write(name, exported, None if name.startswith("refused") else X[:6].astype(np.float32).tolist())

HEAD = '<ir_version: 8, opset_import: ["" : 13, "ai.onnx.ml" : 1], producer_name: "graphs">'
SVC = """ai.onnx.ml.SVMClassifier <classlabels_ints = [0, 1], kernel_type = "LINEAR", vectors_per_class = [1, 1], rho = [0.25],
          support_vectors = [1.0, 2.0, -0.5, 3.0], coefficients = [1.0, -1.0], prob_a = [-2.0], prob_b = [0.5]>"""
for name, text, rows in [
    ("graph_vector", """(int64[N, 1] rooms, float[N, 2] sides) => (float[N, 3] y) {
        s = ai.onnx.ml.Scaler <offset = [1.0], scale = [2.0]> (rooms)
        v = ai.onnx.ml.FeatureVectorizer <inputdimensions = [1, 2]> (s, sides)
        y = ai.onnx.ml.Scaler <offset = [0.5, 0.25, -1.0], scale = [2.0, 4.0, 0.5]> (v) }""", [[1, [40.0, 3.5]], [3, [71.5, -2.0]]]),
    # Two encoders of two columns each, side by side along the categories: those of the first column come first.
    ("graph_joined_categories", """(string[N, 2] x) => (double[N, 1] y) <int64[2] shape = {-1, 6}, double[6, 1] w = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0}> {
        a = ai.onnx.ml.OneHotEncoder <cats_strings = ["a", "b"], zeros = 1> (x)
        b = ai.onnx.ml.OneHotEncoder <cats_strings = ["c"], zeros = 1> (x)
        c = Concat <axis = 2> (a, b) d = Cast <to = 11> (c) r = Reshape (d, shape) y = MatMul (r, w) }""",
        [["a", "c"], ["b", "b"], ["c", "a"], ["x", "y"]]),
    ("refused_svc_probabilities", f"(float[N, 2] x) => (int64[N] label, float[N, 2] p) {{ label, p = {SVC} (x) }}", None),
    ("refused_convolution", """(float[N, 3, H, W] image) => (float[N, 2] y) <float[4, 3, 1, 1] filters = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
        float[4, 2] weight = {1, 2, 3, 4, 5, 6, 7, 8}> {
        c = Conv (image, filters) g = GlobalAveragePool (c) f = Flatten (g) y = MatMul (f, weight) }""", None),
]:
    model = onnx.parser.parse_model(f"{HEAD} model {text}")
    onnx.checker.check_model(model)
    if name != "graph_vector":
        write(name, model, rows)
        continue
    path = FOLDER / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    feed = {"rooms": np.array([[row[0]] for row in rows]), "sides": np.array([row[1] for row in rows], dtype=np.float32)}
    [found] = onnxruntime.InferenceSession(path.read_bytes()).run(None, feed)
    told = {"rows": [[row[0], *row[1]] for row in rows], "predictions": found.tolist(), "tolerance": 1e-5}
    path.with_suffix(".json").write_text(json.dumps(told) + "\n")
