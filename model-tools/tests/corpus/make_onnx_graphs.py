"""Makes the ONNX graphs of the corpus that other exporters than skl2onnx's plain one write, with onnxruntime's
predictions beside each: as torch.onnx spells a linear layer, with widths that inputs do not tell, with categories,
missing cells, whole numbers and booleans.

    python make_onnx_graphs.py    with onnx 1.23.2, onnxruntime 1.32.0, skl2onnx 1.20.0, scikit-learn 1.9.0, pandas 3.1.1
"""

import json
from pathlib import Path

import numpy as np
import onnx.checker
import onnx.parser
import onnxruntime
import pandas
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, StringTensorType
from sklearn import compose, linear_model, pipeline, preprocessing

FOLDER = Path("onnx")
HEAD = '<ir_version: 8, opset_import: ["" : 13, "ai.onnx.ml" : 1], producer_name: "graphs">'
NUMBERS = [[0.5, -1.25, 3.0], [2.0, 0.0, -0.75], [-4.5, 8.125, 0.1]]
HOLES = [[None, -1.25, 3.0], [2.0, None, -0.75], [-4.5, 8.125, 0.1]]

GRAPHS = {
    # nn.Linear(3, 2) of torch, for rows of any width as far as the input tells.
    "graph_linear_layer": ("""(double[N, M] x) => (double[N, 2] y)
        <double[2, 3] weight = {0.3, -1.7, 2.2, 0.1, 0.9, -0.4}, double[2] bias = {0.5, -0.25}>
        { y = Gemm <transB = 1> (x, weight, bias) }""", NUMBERS),
    "graph_transposed": ("""(double[N, M] x) => (double[N, 1] y)
        <double[1, 3] weight = {0.3, -1.7, 2.2}, double[1] bias = {0.5}>
        { t = Transpose <perm = [1, 0]> (weight) z = MatMul (x, t) s = Add (z, bias) y = Exp (s) }""", NUMBERS),
    "graph_weighted_sum": ("""(double[N, M] x) => (double[N] y)
        <double[3] weight = {0.3, -1.7, 2.2}, int64[1] axes = {1}>
        { z = Mul (x, weight) s = ReduceSum <keepdims = 0> (z, axes) y = Sigmoid (s) }""", NUMBERS),
    "graph_chosen_columns": ("""(double[N, 3] x) => (double[N, 1] y)
        <int64[2] places = {2, 0}, double[1, 2] mean = {0.5, 1.5}, double[1, 2] size = {3.0, 0.7}, double[2, 1] weight = {1.1, -2.3}>
        { c = Gather <axis = 1> (x, places) d = Sub (c, mean) z = Div (d, size) y = MatMul (z, weight) }""", NUMBERS),
    "graph_two_classes": ("""(double[N, M] x) => (string[K] label, double[N, 2] probabilities)
        <double[3, 1] weight = {0.3, -1.7, 2.2}, double[1, 1] bias = {0.5}, double[1, 1] zero = {0.0}, double[1, 1] one = {1.0},
         string[2] names = {"no", "yes"}, int64[1] flat = {-1}>
        { s = MatMul (x, weight) z = Add (s, bias) g = Greater (z, zero) i = Cast <to = 7> (g) f = Reshape (i, flat)
          label = Gather (names, f) p = Sigmoid (z) q = Sub (one, p) probabilities = Concat <axis = 1> (q, p) }""", NUMBERS),
    "graph_filled_in": ("""(double[N, M] x) => (double[N, 1] y)
        <double[1, 3] fill = {0.25, -6.5, 1.0}, double[3, 1] weight = {0.3, -1.7, 2.2}, double[3, 1] indicator = {4.0, 0.0, -5.5}>
        { m = IsNaN (x) f = Where (m, fill, x) z = MatMul (f, weight) d = Cast <to = 11> (m) i = MatMul (d, indicator) y = Add (z, i) }""", HOLES),
    "graph_whole_numbers": ("""(int64[N, 1] rooms, double[N, 1] area, bool[N, 1] lift) => (double[N, 1] y)
        <int64[2] shape = {-1, 3}, double[5, 1] weight = {10.0, 20.0, 35.5, 0.75, -3.25}>
        { h = ai.onnx.ml.OneHotEncoder <cats_int64s = [1, 2, 3], zeros = 1> (rooms) r = Reshape (h, shape) d = Cast <to = 11> (r)
          l = Cast <to = 11> (lift) c = Concat <axis = 1> (d, area, l) y = MatMul (c, weight) }""",
        [[1, 40.0, True], [3, 71.5, False], [9, 12.25, True]]),
    "refused_product": ("""(double[N, 2] x) => (double[N, 1] y) <int64[1] zero = {0}, int64[1] one = {1}>
        { a = Gather <axis = 1> (x, zero) b = Gather <axis = 1> (x, one) y = Mul (a, b) }""", None),
    "refused_relu": ("""(double[N, 2] x) => (double[N, 1] y) <double[2, 1] weight = {1.0, 2.0}>
        { z = MatMul (x, weight) y = Relu (z) }""", None),
    "refused_filled_and_not": ("""(double[N, 1] x) => (double[N, 1] y) <double[1, 1] fill = {7.0}>
        { m = IsNaN (x) f = Where (m, fill, x) y = Add (x, f) }""", None),
    # Of what a second 1 would be, the specification says nothing.
    "refused_twice": ("""(int64[N, 1] rooms) => (double[N, 1] y) <int64[2] shape = {-1, 3}, double[3, 1] weight = {10.0, 20.0, 35.5}>
        { h = ai.onnx.ml.OneHotEncoder <cats_int64s = [1, 2, 1]> (rooms) r = Reshape (h, shape) d = Cast <to = 11> (r)
          y = MatMul (d, weight) }""", None),
    # An encoder's result has three dimensions: as many rows as columns come out of this.
    "refused_three_dimensions": ("""(int64[N, 1] rooms, double[N, 1] area) => (double[A, B, C] y) <double[3, 1] weight = {10.0, 20.0, 35.5}>
        { h = ai.onnx.ml.OneHotEncoder <cats_int64s = [1, 2, 3]> (rooms) d = Cast <to = 11> (h) z = MatMul (d, weight)
          y = Add (z, area) }""", None),
    # Columns that double with every node: sixty of them would fill any memory.
    "refused_doubling": ("(double[N, 3] x) => (double[N, M] y60) { y0 = Identity (x) "
        + " ".join(f"y{n + 1} = Concat <axis = 1> (y{n}, y{n})" for n in range(60)) + " }", None),
    "refused_width": ("""(double[N, M] x) => (double[N, M] y) <double[1] two = {2.0}>
        { y = Mul (x, two) }""", None),
}


def fed(inputs, rows):
    """The tensors of rows: side by side in one, or a column in each."""
    kinds = {"tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(bool)": bool, "tensor(string)": object}
    if len(inputs) == 1:
        return {inputs[0].name: np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=kinds[inputs[0].type])}
    return {put.name: np.array([[row[place]] for row in rows], dtype=kinds[put.type]) for place, put in enumerate(inputs)}


def write(name, model, rows):
    path = FOLDER / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    if rows is None:
        return
    session = onnxruntime.InferenceSession(path.read_bytes())
    first, *others = session.run(None, fed(session.get_inputs(), rows))
    told = {"rows": rows, "predictions": np.asarray(first).squeeze().tolist(), "tolerance": 1e-12}
    if others:
        told["probabilities"] = others[0].tolist()
    path.with_suffix(".json").write_text(json.dumps(told) + "\n")


for name, (text, rows) in GRAPHS.items():
    model = onnx.parser.parse_model(f"{HEAD} model {text}")
    onnx.checker.check_model(model, full_check=True)
    write(name, model, rows)

# A pipeline of scikit-learn over columns of numbers and texts.
random = np.random.RandomState(20)
frame = pandas.DataFrame({"age": random.normal(40, 9, 60), "city": random.choice(["Oslo", "Rome", "Lima"], 60), "height": random.normal(170, 8, 60)})
target = np.where(frame["age"] + 9 * (frame["city"] == "Rome") + random.normal(size=60) > 44, "buys", "leaves")
encoders = compose.ColumnTransformer([
    ("scaled", preprocessing.StandardScaler(), ["age", "height"]),
    ("encoded", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["city"]),
])
model = pipeline.make_pipeline(encoders, linear_model.LogisticRegression()).fit(frame, target)
types = [("age", DoubleTensorType([None, 1])), ("city", StringTensorType([None, 1])), ("height", DoubleTensorType([None, 1]))]
exported = to_onnx(model, initial_types=types, options={"zipmap": False})
write("graph_columns", exported, [[31.5, "Rome", 166.0], [52.25, "Oslo", 181.5], [44.0, "Kyiv", 170.0]])

# Categories as numbers.
encoders = compose.ColumnTransformer([
    ("scaled", preprocessing.StandardScaler(), ["age", "height"]),
    ("encoded", preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["city"]),
])
model = pipeline.make_pipeline(encoders, linear_model.Ridge()).fit(frame, frame["age"] + 3 * (frame["city"] == "Rome"))
write("graph_ordinal", to_onnx(model, initial_types=types), [[31.5, "Rome", 166.0], [52.25, "Oslo", 181.5], [44.0, "Lima", 170.0], [27.0, "Kyiv", 177.0]])
