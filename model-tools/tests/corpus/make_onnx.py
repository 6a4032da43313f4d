"""Makes the ONNX part of the corpus, with onnxruntime's own predictions beside each model.

    python make_onnx.py    with scikit-learn 1.9.1, numpy 2.4.6, skl2onnx 1.20.0, onnx 1.23.2, onnxruntime

Each model is exported for rows of 32 and, where skl2onnx can, of 64 bits.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn import decomposition, impute, linear_model as lm, pipeline, preprocessing as pre, svm

warnings.filterwarnings("ignore")
FOLDER = Path("onnx")
ROWS = 6

random = np.random.RandomState(20)
X = random.normal(size=(60, 4))
Y = X @ [2.0, -0.5, 4.0, 0.25] + 3.0
POSITIVE = np.exp((Y - Y.mean()) / Y.std())
TARGETS = np.column_stack([Y, -2 * Y + X[:, 0]])
TWO = (Y > np.median(Y)).astype(int)
NAMES = np.array(["low", "middle", "high"])[np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3]))]
pipe = pipeline.make_pipeline

MODELS = {
    "linear": (lm.LinearRegression(), Y), "lasso": (lm.Lasso(0.1), Y), "ridge_targets": (lm.Ridge(), TARGETS),
    "poisson": (lm.PoissonRegressor(), POSITIVE), "standard": (pipe(pre.StandardScaler(), lm.Ridge()), Y),
    "min_max": (pipe(pre.MinMaxScaler(), lm.Ridge()), Y), "max_abs": (pipe(pre.MaxAbsScaler(), lm.Ridge()), Y),
    "pca": (pipe(decomposition.PCA(2), lm.Ridge()), Y), "imputer": (pipe(impute.SimpleImputer(), lm.Ridge()), Y),
    "logistic_two": (lm.LogisticRegression(), TWO), "logistic_three": (lm.LogisticRegression(), NAMES),
    "pipeline_logistic": (pipe(pre.StandardScaler(), lm.LogisticRegression()), NAMES),
    "linear_svc_two": (svm.LinearSVC(), TWO), "linear_svc_three": (svm.LinearSVC(), NAMES),
    "ridge_classifier": (lm.RidgeClassifier(), NAMES), "perceptron": (lm.Perceptron(), NAMES),
    "refused_normalizer": (pipe(pre.Normalizer(), lm.Ridge()), Y), "refused_polynomial": (pipe(pre.PolynomialFeatures(), lm.Ridge()), Y),
}

FOLDER.mkdir(exist_ok=True)
for name, (model, target) in MODELS.items():
    model.fit(X, target)
    for bits, dtype in ((32, np.float32), (64, np.float64)):
        try:
            exported = to_onnx(model, X[:1].astype(dtype), options={"zipmap": False} if hasattr(model, "predict_proba") else None)
        except NotImplementedError:
            continue
        path = FOLDER / f"{name}_{bits}.onnx"
        path.write_bytes(exported.SerializeToString())
        if name.startswith("refused"):
            continue
        rows = X[:ROWS].astype(dtype)
        try:
            session = onnxruntime.InferenceSession(path.read_bytes())
        except Exception as error:  # onnxruntime has no Imputer for 64 bits
            print(f"{path.name}: {error}")
            path.unlink()
            continue
        first, *others = session.run(None, {"X": rows})
        told = {"rows": rows.tolist(), "predictions": first.squeeze().tolist(), "tolerance": 1e-5 if bits == 32 else 1e-12}
        if hasattr(model, "predict_proba"):
            told["probabilities"] = others[0].tolist()
        path.with_suffix(".json").write_text(json.dumps(told) + "\n")
