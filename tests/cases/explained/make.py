"""Makes models with what shap, statsmodels and R say about predictions of theirs: NAME.json beside this file.

    python make.py    Python 3.11; the versions of the libraries and of R are in each file under "made_with"

"document" is an artifact as a person writes it. "fields" are what the answer to "rows" holds: numbers per row. Contributions
are those of shap.LinearExplainer (interventional) for the columns of the design matrix, added up for each column of a row.
"""

import json
import platform
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import shap
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

HERE = Path(__file__).parent
VERSIONS = {
    "python": platform.python_version(),
    "shap": shap.__version__,
    "scikit-learn": sklearn.__version__,
    "statsmodels": statsmodels.__version__,
    "numpy": np.__version__,
}


def table(rows, columns, shift=0.0):
    """The same everywhere: no generator is asked."""
    index = np.arange(rows)[:, None]
    place = np.arange(columns)[None, :]
    return np.sin(index * (1.7 + 0.37 * place) + place) * (place + 1) + shift * place


def write(name, document, rows, fields, **more):
    def plain(value):
        return np.asarray(value).tolist()

    case = {
        "made_with": VERSIONS,
        "document": document,
        "rows": rows,
        "fields": {field: plain(value) for field, value in fields.items()},
        **more,
    }
    (HERE / f"{name}.json").write_text(json.dumps(case, indent=1) + "\n")


def explained(model, background, rows):
    """Contributions and base value by shap. Several scores: (rows, scores, columns)."""
    explainer = shap.LinearExplainer(model, shap.maskers.Independent(background, max_samples=len(background)))
    values = np.asarray(explainer.shap_values(rows))
    if values.ndim == 3:
        values = values.transpose(0, 2, 1)
    return values, np.asarray(explainer.expected_value)


def seen(column):
    return {"count": len(column), "mean": float(np.mean(column)), "minimum": float(np.min(column)), "maximum": float(np.max(column))}


def statistics(x):
    return {"rows": len(x), "features": [seen(x[:, place]) for place in range(x.shape[1])]}


def packed(covariance):
    """The lower triangular F with FᵀF = covariance, row after row."""
    flipped = np.linalg.cholesky(covariance[::-1, ::-1])[::-1, ::-1]
    lower = flipped.T
    return [float(lower[row, column]) for row in range(len(lower)) for column in range(row + 1)]


def linear():
    x = table(60, 4, 3.0)
    y = x @ [1.5, -0.8, 0.3, 0.05] + np.cos(np.arange(60) * 12.9898)
    model = LinearRegression().fit(x, y)
    rows = table(5, 4, 2.0)
    values, base = explained(model, x, rows)
    document = {
        "features": ["area", "rooms", "age", "floor"],
        "model": {"kind": "linear-regression", "intercept": model.intercept_, "coefficients": model.coef_.tolist()},
        "training": statistics(x),
    }
    write("linear", document, rows.tolist(), {"contributions": values, "base_value": np.full(len(rows), base)})
    zero, intercept = explained(model, np.zeros((1, 4)), rows)
    del document["training"]
    write("linear_without_statistics", document, rows.tolist(), {"contributions": zero, "base_value": np.full(len(rows), intercept)})


def logistic():
    x = table(80, 3)
    score = x @ [1.0, -0.5, 0.2] + np.cos(np.arange(80) * 12.9898)
    for name, labels in [("logistic", score > 0), ("multinomial", np.digitize(score, [-1, 1]))]:
        model = LogisticRegression(max_iter=1000).fit(x, labels)
        rows = table(4, 3, 1.0)
        values, base = explained(model, x, rows)
        classes = [label.item() for label in model.classes_]
        parameters = {"labels": classes}
        if name == "logistic":
            parameters |= {"kind": "logistic-regression", "intercept": model.intercept_[0], "coefficients": model.coef_[0].tolist()}
            base = np.full(len(rows), base)
        else:
            parameters |= {"kind": "multinomial-logistic-regression", "intercepts": model.intercept_.tolist(), "coefficients": model.coef_.tolist()}
            base = np.tile(base, (len(rows), 1))
        write(name, {"features": [{}] * 3, "model": parameters, "training": statistics(x)}, rows.tolist(), {"contributions": values, "base_value": base})


def mixed():
    """A column with missing cells and their indicator, and one of categories: the design matrix is made by hand here."""
    index = np.arange(50)
    age = np.where(index % 7 == 3, np.nan, np.sin(index * 1.7) * 9 + 40)
    ports = np.array(["C", "Q", "S"])[(index * 5 + index // 4) % 3]
    ports = np.where(index % 11 == 5, "", ports)
    fare = np.exp(np.cos(index * 2.3))

    def design(age, ports, fare):
        known = np.where(ports == "", "S", ports)
        return np.column_stack([np.where(np.isnan(age), 38.5, age), np.isnan(age), known == "Q", known == "S", fare]).astype(float)

    x = design(age, ports, fare)
    model = Ridge(alpha=0.5).fit(x, 0.1 * x[:, 0] + 2 * x[:, 2] - x[:, 4] + np.cos(index * 12.9898))
    some_age, some_ports, some_fare = np.array([22.0, np.nan, 50.5, 31.0]), np.array(["S", "C", "", "Q"]), np.array([1.5, 0.25, 2.0, 3.5])
    values, base = explained(model, x, design(some_age, some_ports, some_fare))
    of_inputs = np.column_stack([values[:, 0] + values[:, 1], values[:, 2] + values[:, 3], values[:, 4]])
    present = age[~np.isnan(age)]
    document = {
        "features": [
            {"name": "age", "missing": 38.5, "missing_indicator": True},
            {"name": "port", "missing": "S", "encoding": {"kind": "one-hot", "categories": ["C", "Q", "S"], "drop": "C"}},
            "fare",
        ],
        "model": {"kind": "elastic-net", "intercept": model.intercept_, "coefficients": model.coef_.tolist()},
        "training": {
            "rows": 50,
            "features": [
                {**seen(present), "missing": int(np.isnan(age).sum())},
                {"count": int((ports != "").sum()), "missing": int((ports == "").sum()), "categories": [int((ports == port).sum()) for port in "CQS"]},
                seen(fare),
            ],
        },
    }
    rows = [[None if np.isnan(a) else a, p or None, f] for a, p, f in zip(some_age, some_ports, some_fare)]
    write("mixed", document, rows, {"contributions": of_inputs, "base_value": np.full(len(rows), base)})


def products():
    """Squares, products and a sum of columns. The background is one row: the means, and what is computed from them."""
    x = table(40, 2, 1.0)

    def design(x):
        total = 2 * x[:, 0] - x[:, 1] + 3
        return np.column_stack([x, x[:, 0] ** 2, x[:, 0] * x[:, 1], total])

    coefficients = np.array([0.0, 0.25, -0.5, 0.125, 0.75])
    means = design(x.mean(axis=0, keepdims=True))
    rows = table(4, 2, 2.0)
    values, base = explained((coefficients, 1.5), means, design(rows))
    sums = 0.75 * (rows - x.mean(axis=0)) * [2, -1]
    of_inputs = np.column_stack([values[:, 0] + values[:, 2] + values[:, 3] / 2 + sums[:, 0], values[:, 1] + values[:, 3] / 2 + sums[:, 1]])
    document = {
        "features": ["area", "rooms"],
        "derived": [
            {"kind": "products", "of": [[0, 0], [0, 1]]},
            {"kind": "combinations", "of": [{"columns": [0, 1], "weights": [2, -1], "constant": 3}]},
        ],
        "model": {"kind": "linear-regression", "intercept": 1.5, "coefficients": coefficients.tolist()},
        "training": statistics(x),
    }
    write("products", document, rows.tolist(), {"contributions": of_inputs, "base_value": np.full(len(rows), base)})


def texts():
    words = "red green blue fast slow".split()
    index = np.arange(40)
    texts = [" ".join(words[(n * k + k * k) % 5] for k in range(1, 5)) for n in index]
    lengths = np.cos(index * 1.3) * 3
    vectorizer = CountVectorizer().fit(texts)
    x = np.column_stack([lengths, vectorizer.transform(texts).toarray()])
    labels = np.where(x @ np.linspace(-1, 1, x.shape[1]) + np.cos(index * 12.9898) > 0, "good", "bad")
    model = LogisticRegression().fit(x, labels)
    some = ["red red blue", "slow green", "nothing known", "fast fast fast blue"]
    some_lengths = np.array([1.0, -2.0, 0.5, 3.0])
    values, base = explained(model, np.zeros((1, x.shape[1])), np.column_stack([some_lengths, vectorizer.transform(some).toarray()]))
    document = {
        "features": [{"name": "comment", "encoding": {"kind": "text"}}, "length"],
        "derived": [{"kind": "text", "feature": 0, "terms": {"vocabulary": vectorizer.get_feature_names_out().tolist()}}],
        "model": {"kind": "logistic-regression", "labels": model.classes_.tolist(), "intercept": model.intercept_[0], "coefficients": model.coef_[0].tolist()},
    }
    rows = [[text, length] for text, length in zip(some, some_lengths)]
    of_inputs = np.column_stack([values[:, 1:].sum(axis=1), values[:, 0]])
    write("texts", document, rows, {"contributions": of_inputs, "base_value": np.full(4, base)})


def in_r(frame, rows, formula, family, level):
    """Standard errors and intervals by R: of lm, or of glm on the link's scale."""
    with tempfile.TemporaryDirectory() as folder:
        frame.to_csv(f"{folder}/train.csv", index=False, float_format="%.17g")
        rows.to_csv(f"{folder}/rows.csv", index=False, float_format="%.17g")
        read = f'train <- read.csv("{folder}/train.csv"); rows <- read.csv("{folder}/rows.csv");'
        if family:
            fit = f"""
                fit <- glm({formula}, {family}, train, control=glm.control(epsilon=1e-300, maxit=60))
                found <- predict(fit, rows, se.fit=TRUE); z <- qnorm({(1 + level) / 2}); inverse <- fit$family$linkinv
                ends <- cbind(inverse(found$fit - z * found$se.fit), inverse(found$fit + z * found$se.fit))
                all <- cbind(found$se.fit, ends)"""
        else:
            fit = f"""
                fit <- lm({formula}, train)
                ends <- predict(fit, rows, interval="confidence", level={level})[, 2:3]
                single <- predict(fit, rows, interval="prediction", level={level})[, 2:3]
                all <- cbind(predict(fit, rows, se.fit=TRUE)$se.fit, ends, single)"""
        show = 'cat(R.version.string, "\\n"); write(sprintf("%.17g", t(all)), "", ncolumns=ncol(all))'
        told = subprocess.run(["Rscript", "-e", f"{read}\n{fit}\n{show}"], capture_output=True, text=True, check=True)
    version, *lines = told.stdout.strip().splitlines()
    VERSIONS["R"] = version.strip()
    return np.array([[float(number) for number in line.split()] for line in lines])


def uncertainty():
    index = np.arange(30)
    x = table(30, 2, 1.0)
    rows = table(5, 2, 2.0)
    mean = x @ [0.3, -0.2] + 0.5
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1]})
    frame["y"] = mean + np.cos(index * 12.9898)
    frame["count"] = np.floor(np.exp(mean + np.cos(index * 12.9898) / 2) + 0.5)
    frame["amount"] = np.exp(mean + np.cos(index * 12.9898) / 2)
    frame["wins"] = (frame["y"] + np.sin(index * 7.77) > frame["y"].mean()).astype(float)
    design, some = sm.add_constant(x), np.column_stack([np.ones(5), rows])
    some_frame = pd.DataFrame({"a": rows[:, 0], "b": rows[:, 1]})
    # Until nothing changes any more: both stop at a change of the deviance, which is flat where it is smallest.
    tight = {"tol": 1e-300, "maxiter": 60}

    def document(kind, params, covariance, dispersion, degrees):
        parameters = {"kind": kind, "intercept": params[0], "coefficients": params[1:].tolist()}
        if kind == "logistic-regression":
            parameters["labels"] = [0, 1]
        kept = {"dispersion": dispersion, "degrees_of_freedom": degrees, "factor": packed(covariance)}
        return {"features": ["a", "b"], "model": parameters, "covariance": kept}

    for level in (0.95, 0.8):
        fit = sm.OLS(frame["y"].to_numpy(), design).fit()
        told = fit.get_prediction(some).summary_frame(alpha=1 - level)
        single = told[["obs_ci_lower", "obs_ci_upper"]].to_numpy()
        confidence = told[["mean_ci_lower", "mean_ci_upper"]].to_numpy()
        by_r = in_r(frame, some_frame, "y ~ a + b", None, level)
        fields = {"standard_error": told["mean_se"], "confidence_interval": confidence, "prediction_interval": single}
        in_r_fields = {"standard_error": by_r[:, 0], "confidence_interval": by_r[:, 1:3], "prediction_interval": by_r[:, 3:5]}
        name = f"least_squares_{round(level * 100)}"
        model = document("linear-regression", fit.params, fit.cov_params(), fit.scale, int(fit.df_resid))
        write(name, model, rows.tolist(), fields, level=level, by_r={field: value.tolist() for field, value in in_r_fields.items()})
        for name, family, of_r, target, kind in [
            ("poisson", sm.families.Poisson(), "poisson", "count", "generalized-linear"),
            ("gamma", sm.families.Gamma(sm.families.links.Log()), 'Gamma("log")', "amount", "generalized-linear"),
            ("binomial", sm.families.Binomial(), "binomial", "wins", "logistic-regression"),
        ]:
            fit = sm.GLM(frame[target].to_numpy(), design, family).fit(**tight)
            told = fit.get_prediction(some)
            by_r = in_r(frame, some_frame, f"{target} ~ a + b", of_r, level)
            fields = {"standard_error": told.linpred.se, "confidence_interval": told.conf_int(alpha=1 - level)}
            in_r_fields = {"standard_error": by_r[:, 0], "confidence_interval": by_r[:, 1:3]}
            model = document(kind, fit.params, fit.cov_params(), float(fit.scale), int(fit.df_resid))
            if kind == "generalized-linear":
                model["model"]["link"] = "log"
            write(f"{name}_{round(level * 100)}", model, rows.tolist(), fields, level=level, by_r={field: value.tolist() for field, value in in_r_fields.items()})


for make in (linear, logistic, mixed, products, texts, uncertainty):
    make()
