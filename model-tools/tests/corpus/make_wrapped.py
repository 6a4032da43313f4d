"""Makes the part of the corpus that other packages than scikit-learn wrote: dill, imbalanced-learn, sklearn2pmml.

Run once for each environment, in this directory:

    python make_wrapped.py    Python 3.11, scikit-learn 1.9.1, dill 0.4.1, imbalanced-learn 0.14.2, sklearn2pmml 0.133.1
    python make_wrapped.py    Python 3.11, scikit-learn 1.3.2, dill 0.4.1, imbalanced-learn 0.12.4
    python make_wrapped.py    Python 3.8, scikit-learn 1.0.2, dill 0.3.4, imbalanced-learn 0.9.0, sklearn2pmml 0.82.0

Names of models make these alone. Beside each NAME.pkl lies NAME.json: rows, and what `predict` and `predict_proba` give
for them. A name ends with the version of scikit-learn.
"""

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable] + sys.argv, dict(os.environ, PYTHONHASHSEED="0", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"))

import json
import pickle
import warnings
from pathlib import Path

import dill
import imblearn
import numpy as np
import pandas as pd
import sklearn
from imblearn import combine, over_sampling, under_sampling
from sklearn import compose, impute, linear_model, model_selection, pipeline, preprocessing

warnings.filterwarnings("ignore")
FOLDER = Path("wrapped")
WANTED = set(sys.argv[1:])
VERSION = sklearn.__version__.rsplit(".", 1)[0]
ROWS = 5

random = np.random.RandomState(21)
X = random.normal(size=(80, 3)) * [1.0, 20.0, 300.0] + [0.0, 5.0, 1000.0]
Y = X.dot([2.0, -0.5, 0.01]) + random.normal(scale=0.2, size=80)
RARE = np.where(Y > np.quantile(Y, 0.8), "rare", "usual")
NAMED = pd.DataFrame(X, columns=["age", "income", "distance"])
MIXED = NAMED.assign(city=np.array(["Rome", "Oslo", "Lima"])[random.randint(3, size=80)])
SMALL = (X - X.mean(axis=0)) / X.std(axis=0)


def columns():
    scaled = pipeline.make_pipeline(impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler())
    return compose.ColumnTransformer([("numbers", scaled, slice(0, 3)), ("city", preprocessing.OneHotEncoder(), ["city"])])


def models():
    """Name, fitted model, rows, what dumps it."""
    lm, pre = linear_model, preprocessing
    yield "dill_linear", lm.LinearRegression().fit(X, Y), X, dill
    yield "dill_columns", pipeline.make_pipeline(columns(), lm.Ridge()).fit(MIXED, Y), MIXED, dill
    yield "dill_classes", pipeline.make_pipeline(pre.StandardScaler(), lm.LogisticRegression()).fit(NAMED, RARE), NAMED, dill
    yield "dill_dict", {"model": lm.Lasso(0.1).fit(X, Y), "features": ["age", "income", "distance"]}, X, dill
    make = imblearn.pipeline.make_pipeline
    smote = over_sampling.SMOTE(random_state=0)
    yield "imblearn_smote", make(pre.StandardScaler(), smote, lm.LogisticRegression()).fit(NAMED, RARE), NAMED, pickle
    yield "imblearn_under", make(under_sampling.RandomUnderSampler(random_state=0), lm.RidgeClassifier()).fit(SMALL, RARE), SMALL, pickle
    yield "imblearn_function", make(imblearn.FunctionSampler(), pre.MinMaxScaler(), lm.LogisticRegression()).fit(X, RARE), X, pickle
    yield "imblearn_combine", make(combine.SMOTETomek(random_state=0), lm.LogisticRegression()).fit(SMALL, RARE), SMALL, dill
    search = model_selection.GridSearchCV(make(pre.StandardScaler(), smote, lm.LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=3)
    yield "imblearn_search", search.fit(X, RARE), X, pickle
    if VERSION != "1.3":
        from sklearn2pmml.pipeline import PMMLPipeline
        steps = [("columns", columns()), ("model", lm.LinearRegression())]
        yield "pmml_pipeline", PMMLPipeline(steps).fit(MIXED, Y), MIXED, pickle
        steps = [("scaler", pre.StandardScaler()), ("model", lm.LogisticRegression())]
        yield "pmml_pipeline_classes", PMMLPipeline(steps).fit(NAMED, pd.Series(RARE, name="how_often")), NAMED, pickle


def refused():
    """Name, object, what dumps it."""
    model = linear_model.LinearRegression().fit(X, Y)
    clean = eval(compile("lambda rows: rows * 2", "clean.py", "eval"))  # whose code would hold this file's path otherwise
    yield "refused_dill_function", {"model": model, "clean": clean}, dill
    from imblearn.ensemble import BalancedBaggingClassifier
    yield "refused_imblearn_bagging", BalancedBaggingClassifier(linear_model.LogisticRegression(), n_estimators=2, random_state=0).fit(SMALL, RARE), pickle


def timeless(model):
    for key in [key for key in getattr(model, "cv_results_", {}) if key.endswith("_time")]:
        model.cv_results_[key] = np.zeros_like(model.cv_results_[key])
    if hasattr(model, "refit_time_"):
        model.refit_time_ = 0.0
    return model


def seeded(models):
    models = iter(models)
    while True:
        np.random.seed(21)
        try:
            yield next(models)
        except StopIteration:
            return


def dump(name, model, writer):
    protocol = 4 if writer is dill else 2
    (FOLDER / f"{name}_{VERSION}.pkl").write_bytes(writer.dumps(timeless(model), protocol=protocol))


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, model, rows, writer in seeded(models()):
        if WANTED and name not in WANTED:
            continue
        dump(name, model, writer)
        model = model["model"] if isinstance(model, dict) else model
        rows = rows[:ROWS]
        told = {"rows": rows.values.tolist() if isinstance(rows, pd.DataFrame) else rows.tolist(), "predictions": model.predict(rows).tolist()}
        if hasattr(model, "classes_"):
            told["probabilities"] = model.predict_proba(rows).tolist() if hasattr(model, "predict_proba") else None
        (FOLDER / f"{name}_{VERSION}.json").write_text(json.dumps(told) + "\n")
    for name, model, writer in seeded(refused()):
        if not WANTED or name in WANTED:
            dump(name, model, writer)


main()
