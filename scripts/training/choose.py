#!/usr/bin/env python3
"""Compares the penalties that `sagelet train` chooses with those of scikit-learn, on the same folds.

    pip install scikit-learn
    scripts/training/choose.py target/release/sagelet [--write]

Every line gives the largest difference of a mean squared error (or log loss) along the path and of a coefficient of the
chosen model, and fails above what is allowed. `--write` writes rows and expected values to tests/training/chosen, where
the project's tests read them.
"""

import json
import os
import sys
import warnings

import numpy as np
import sklearn
from sklearn import linear_model as lm
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.model_selection import KFold

import job

warnings.filterwarnings("ignore")
SAGELET, WRITE = sys.argv[1], "--write" in sys.argv
DIRECTORY = os.path.join(os.path.dirname(__file__), "../../tests/training/chosen")
FAILED, EXPECTED = [], {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
FOLDS = {"folds": 5, "fold_rows": "contiguous", "normalize_data": False}


def train(rows, label, **settings):
    """The path and the report of a job."""
    metrics, report = job.train(SAGELET, rows, label, settings, ["metrics", "training"])
    return metrics["path"], report


def compare(name, found, expected, allowed):
    difference = np.max(np.abs(np.asarray(found) - np.asarray(expected)) / np.max(np.abs(expected)))
    verdict = "ok" if difference <= allowed else "FAILED"
    print(f"{name:60} {difference:.1e}  (allowed {allowed:.0e})  {verdict}")
    if difference > allowed:
        FAILED.append(name)


def column(path, name):
    return np.array([tried[name] for tried in path["penalties"]])


def chosen(path):
    return path["penalties"][path["chosen"]]


def coefficients(report):
    return np.array([entry["values"] for entry in report["coefficients"]])[:, 0]


def note(name, settings, penalties, losses, place, coefficients):
    """Keeps what scikit-learn found: penalties and held-out losses along the path, the chosen one, its model."""
    EXPECTED[name] = {
        "settings": {key: str(value) for key, value in settings.items()},
        "penalties": list(map(float, penalties)),
        "losses": list(map(float, losses)),
        "chosen": int(place),
        "coefficients": list(map(float, coefficients)),
    }


def lasso(rows, label):
    settings = {"l1": "auto", **FOLDS}
    path, report = train(rows, label, **settings)
    expected = lm.LassoCV(cv=KFold(5), alphas=100, tol=1e-13, max_iter=10**7).fit(rows, label)
    mean = expected.mse_path_.mean(1)
    compare("LassoCV: alphas", column(path, "l1"), expected.alphas_, 1e-12)
    compare("LassoCV: mean squared errors", 2 * column(path, "held_out_loss"), mean, 1e-9)
    compare("LassoCV: the chosen alpha", chosen(path)["l1"], expected.alpha_, 1e-12)
    model = np.append(expected.intercept_, expected.coef_)
    compare("LassoCV: the chosen model", coefficients(report), model, 1e-8)
    note("lasso", settings, expected.alphas_, mean / 2, path["chosen"], model)


def elastic_net(rows, label):
    ratios = [0.1, 0.5, 0.9]
    settings = {"l1": "auto", "wd": "auto", "l1_ratio": ratios, "num_models": 30, **FOLDS}
    path, report = train(rows, label, **settings)
    expected = lm.ElasticNetCV(l1_ratio=ratios, alphas=30, cv=KFold(5), tol=1e-13, max_iter=10**7).fit(rows, label)
    penalties, mean = expected.alphas_.ravel(), expected.mse_path_.mean(2).ravel()
    compare("ElasticNetCV: alphas", column(path, "l1") + column(path, "wd"), penalties, 1e-12)
    compare("ElasticNetCV: mean squared errors", 2 * column(path, "held_out_loss"), mean, 1e-9)
    found = chosen(path)
    compare("ElasticNetCV: the chosen alpha", found["l1"] + found["wd"], expected.alpha_, 1e-12)
    compare("ElasticNetCV: the chosen ratio", found["l1"] / (found["l1"] + found["wd"]), expected.l1_ratio_, 1e-12)
    model = np.append(expected.intercept_, expected.coef_)
    compare("ElasticNetCV: the chosen model", coefficients(report), model, 1e-8)
    note("elastic_net", settings, penalties, mean / 2, path["chosen"], model)


def ridge(rows, label):
    """A fold's Ridge has alpha = n wd with the rows of the other folds, so RidgeCV, which has one alpha for all folds, is
    the same where the folds are of the same size; the model of all rows has its own n."""
    rows, label = rows[:440], label[:440]
    wd = np.logspace(2, -6, 25)
    settings = {"wd": "auto", "penalties": list(map(float, wd)), **FOLDS}
    path, report = train(rows, label, **settings)
    alphas, fitted = wd * 352, len(label)
    expected = lm.RidgeCV(alphas=alphas, cv=KFold(5), scoring="neg_mean_squared_error").fit(rows, label)
    folds = list(KFold(5).split(rows))
    error = lambda fit, held: np.mean((label[held] - fit.predict(rows[held])) ** 2)
    fold = lambda alpha, own, held: error(lm.Ridge(alpha=alpha, solver="svd").fit(rows[own], label[own]), held)
    mean = np.array([np.mean([fold(alpha, *split) for split in folds]) for alpha in alphas])
    compare("RidgeCV: mean squared errors", 2 * column(path, "held_out_loss"), mean, 1e-9)
    compare("RidgeCV: the smallest of them", 2 * chosen(path)["held_out_loss"], -expected.best_score_, 1e-9)
    compare("RidgeCV: the chosen alpha", chosen(path)["wd"] * 352, expected.alpha_, 1e-12)
    own = lm.Ridge(alpha=chosen(path)["wd"] * fitted, solver="svd").fit(rows, label)
    model = np.append(own.intercept_, own.coef_)
    compare("Ridge(alpha=n wd): the chosen model", coefficients(report), model, 1e-8)
    note("ridge", settings, wd, mean / 2, path["chosen"], model)


def logistic(rows, label, name, penalty, **settings):
    rows, label = rows[:565], label[:565]
    values = np.logspace(-0.5, -3, 8)
    key = "wd" if penalty == "l2" else "l1"
    settings = {
        "predictor_type": "binary_classifier", key: "auto", "penalties": list(map(float, values)), **FOLDS, **settings
    }
    path, report = train(rows, label, **settings)
    solver = {"solver": "newton-cholesky", "tol": 1e-12} if penalty == "l2" else {"solver": "saga", "tol": 1e-10}
    expected = lm.LogisticRegressionCV(
        Cs=1 / (452 * values), cv=KFold(5), scoring="neg_log_loss", penalty=penalty, max_iter=200000, **solver
    ).fit(rows, label)
    mean = -list(expected.scores_.values())[0].mean(0)
    allowed = 1e-8 if penalty == "l2" else 1e-6
    compare(f"LogisticRegressionCV, {penalty}: log losses", column(path, "held_out_loss"), mean, allowed)
    compare(f"LogisticRegressionCV, {penalty}: the chosen C", 1 / (452 * chosen(path)[key]), expected.C_[0], 1e-12)
    own = lm.LogisticRegression(C=1 / (565 * chosen(path)[key]), penalty=penalty, max_iter=200000, **solver)
    own.fit(rows, label)
    model = np.append(own.intercept_, own.coef_[0])
    compare(f"LogisticRegression, {penalty}: the chosen model", coefficients(report), model, 100 * allowed)
    note(name, settings, values, mean, path["chosen"], model)


def main():
    rows, label = load_diabetes(return_X_y=True, scaled=False)
    rows = np.round(rows / rows.std(0), 3)
    lasso(rows, label)
    elastic_net(rows, label)
    ridge(rows, label)
    cancer, malignant = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(malignant))
    cancer = ((cancer - cancer.mean(0)) / cancer.std(0))[order][:, :8].round(3)
    logistic(cancer, malignant[order], "logistic_l2", "l2")
    logistic(cancer, malignant[order], "logistic_l1", "l1")
    if WRITE:
        os.makedirs(DIRECTORY, exist_ok=True)
        with open(f"{DIRECTORY}/diabetes.csv", "w") as file:
            file.write(job.csv(rows, label))
        with open(f"{DIRECTORY}/cancer.csv", "w") as file:
            file.write(job.csv(cancer, malignant[order]))
        with open(f"{DIRECTORY}/expected.json", "w") as file:
            json.dump(EXPECTED, file, indent=1)
    if FAILED:
        raise SystemExit(f"{len(FAILED)} comparisons failed")


main()
