"""Makes the part of the corpus that is several files: what scikit-learn's users save beside a model.

    python make_together.py    with scikit-learn 1.9.1, numpy 2.4.6, pandas 3.1.1, joblib 1.6.0, dill 0.4.1

NAME.json has the rows and predictions of what the files that it names are together.
"""

import json
import pickle
from pathlib import Path

import dill
import joblib
import numpy as np
import pandas as pd
from sklearn import compose, impute, linear_model, preprocessing

FOLDER = Path("together")
FOLDER.mkdir(exist_ok=True)
ROWS = 5

random = np.random.RandomState(22)
COLUMNS = ["age", "income", "distance"]
X = random.normal(size=(90, 3)) * [1.0, 20.0, 300.0] + [0.0, 5.0, 1000.0]
Y = X @ [2.0, -0.5, 0.01] + random.normal(scale=0.2, size=90)
KIND = np.array(["high", "low", "middle"])[np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3])) % 3]
HOLES = np.where(random.uniform(size=X.shape) < 0.1, np.nan, X)
MIXED = pd.DataFrame(X, columns=COLUMNS).assign(city=np.array(["Rome", "Oslo", "Lima"])[random.randint(3, size=90)])


def expect(name, files, rows, predictions, probabilities=None):
    cells = [[None if cell != cell else cell for cell in row] for row in rows[:ROWS].tolist()]
    told = {"files": files, "rows": cells, "predictions": predictions[:ROWS].tolist()}
    if probabilities is not None:
        told["probabilities"] = probabilities[:ROWS].tolist()
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")


def save(name, thing):
    (FOLDER / name).write_bytes(pickle.dumps(thing, protocol=4))


scaler = preprocessing.StandardScaler().fit(X)
labels = preprocessing.LabelEncoder().fit(KIND)
model = linear_model.LogisticRegression().fit(scaler.transform(X), labels.transform(KIND))
save("scaler.pkl", scaler)
save("labels.pkl", labels)
save("model.pkl", model)
save("columns.pkl", COLUMNS)
save("index.pkl", pd.Index(COLUMNS))
(FOLDER / "columns.names").write_text(json.dumps({"data_columns": COLUMNS}) + "\n")
save("bundle.pkl", {"scaler": scaler, "model": model, "label_encoder": labels, "feature_columns": COLUMNS})
scaled = scaler.transform(X)
expect("scaler_model", ["scaler.pkl", "model.pkl"], X, model.predict(scaled), model.predict_proba(scaled))
named = labels.inverse_transform(model.predict(scaled))
expect("scaler_model_labels", ["scaler.pkl", "model.pkl", "labels.pkl"], X, named, model.predict_proba(scaled))

imputer = impute.SimpleImputer().fit(HOLES)
filled = preprocessing.StandardScaler().fit(imputer.transform(HOLES))
ridge = linear_model.Ridge().fit(filled.transform(imputer.transform(HOLES)), Y)
save("imputer.pkl", imputer)
joblib.dump(filled, FOLDER / "filled_scaler.joblib")
joblib.dump(ridge, FOLDER / "ridge.joblib")
expect("imputer_scaler_ridge", ["imputer.pkl", "filled_scaler.joblib", "ridge.joblib"], HOLES, ridge.predict(filled.transform(imputer.transform(HOLES))))

numbers = preprocessing.StandardScaler()
preprocessor = compose.ColumnTransformer([("numbers", numbers, COLUMNS), ("city", preprocessing.OneHotEncoder(), ["city"])]).fit(MIXED)
linear = linear_model.LinearRegression().fit(preprocessor.transform(MIXED), Y)
(FOLDER / "preprocessor.dill").write_bytes(dill.dumps(preprocessor))
(FOLDER / "linear.dill").write_bytes(dill.dumps(linear))
expect("preprocessor_linear", ["preprocessor.dill", "linear.dill"], MIXED.values, linear.predict(preprocessor.transform(MIXED)))

frame = pd.DataFrame(X, columns=COLUMNS)
frame_scaler = preprocessing.StandardScaler().fit(frame)
save("frame_scaler.pkl", frame_scaler)
save("frame_model.pkl", linear_model.Ridge().fit(pd.DataFrame(frame_scaler.transform(frame), columns=COLUMNS), Y))
save("target_scaler.pkl", preprocessing.StandardScaler().fit(Y[:, None]))
