"""Makes the XGBoost part of the corpus: linear boosters as JSON and UBJ, with XGBoost's own predictions.

    python make_xgboost.py    with xgboost 3.2.0, numpy 2.4.6
"""

import json
from pathlib import Path

import numpy as np
import xgboost

FOLDER = Path("xgboost")
ROWS = 6

random = np.random.RandomState(20)
X = random.normal(size=(60, 4)).astype("f4")
X[3, 1] = np.nan
Y = np.nan_to_num(X) @ [2.0, -0.5, 4.0, 0.25] + 3.0
POSITIVE = np.exp((Y - Y.mean()) / Y.std())
TWO = (Y > np.median(Y)).astype(int)
THREE = np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3]))
TARGETS = {
    "reg:squarederror": Y, "reg:logistic": TWO, "count:poisson": POSITIVE.round(), "reg:gamma": POSITIVE,
    "reg:tweedie": POSITIVE, "binary:logistic": TWO, "multi:softprob": THREE, "multi:softmax": THREE,
}

FOLDER.mkdir(exist_ok=True)
for number, (objective, target) in enumerate(TARGETS.items()):
    parameters = {"booster": "gblinear", "objective": objective}
    if objective.startswith("multi"):
        parameters["num_class"] = 3
    names = ["age", "income", "ratio", "size"] if number % 2 else None
    model = xgboost.train(parameters, xgboost.DMatrix(X, target, feature_names=names), 5)
    predicted = model.predict(xgboost.DMatrix(X[:ROWS], feature_names=names)).tolist()
    told = {"rows": [[None if cell != cell else cell for cell in row] for row in X[:ROWS].tolist()], "predictions": predicted, "tolerance": 1e-5}
    if objective == "binary:logistic":
        told["probabilities"] = [[1 - second, second] for second in predicted]
        told["predictions"] = [int(second > 0.5) for second in predicted]
    if objective.startswith("multi"):
        model.set_param({"objective": "multi:softprob"})
        told["probabilities"] = model.predict(xgboost.DMatrix(X[:ROWS], feature_names=names)).reshape(-1, 3).tolist()
        told["predictions"] = np.argmax(told["probabilities"], axis=1).tolist()
        model.set_param({"objective": objective})
    for way in ("json", "ubj"):
        name = objective.replace(":", "_")
        # The predictions are NAME.json, so the model in JSON has another ending.
        (FOLDER / f"{name}.{'model' if way == 'json' else way}").write_bytes(model.save_raw(way))
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")

trees = xgboost.train({"max_depth": 1}, xgboost.DMatrix(X, Y), 1)
(FOLDER / "refused_trees.ubj").write_bytes(trees.save_raw("ubj"))
hinge = xgboost.train({"booster": "gblinear", "objective": "binary:hinge"}, xgboost.DMatrix(X, TWO), 1)
(FOLDER / "refused_hinge.model").write_bytes(hinge.save_raw("json"))
