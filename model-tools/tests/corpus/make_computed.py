"""Makes the part of the corpus whose pipelines compute columns: functions, products, bins, splines and texts.

Run once for each environment, in this directory:

    python make_computed.py    Python 3.11, scikit-learn 1.9.1, numpy 2.4.6, joblib 1.6.0, pandas 3.1.1, skops 0.16.0
    python make_computed.py    Python 3.11, scikit-learn 1.3.2, numpy 1.26.4, joblib 1.3.2, pandas 2.1.4
    python make_computed.py    Python 3.8, scikit-learn 1.0.2, numpy 1.21.6, scipy 1.7.3, pandas 1.3.5, joblib 1.1.1
    python make_computed.py    Python 3.8, scikit-learn 0.24.2, numpy 1.19.5, scipy 1.5.4, pandas 1.1.5, joblib 1.1.1
    python make_computed.py    Python 3.7, scikit-learn 0.22.2.post1, numpy 1.18.5, scipy 1.4.1, pandas 1.0.5, joblib 1.1.1

Names of models make these alone. A name ends with the version of scikit-learn. Beside each model NAME lies NAME.json:
rows, what `predict` and `predict_proba` give for them, and for a regression the size of what is added up. Every run
writes the same bytes.
"""

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable] + sys.argv, dict(os.environ, PYTHONHASHSEED="0", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"))

import io
import json
import pickle
import textwrap
import warnings
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import scipy.special
import sklearn
from sklearn import (
    compose, decomposition, feature_extraction, feature_selection, impute, linear_model, model_selection, naive_bayes,
    pipeline, preprocessing, svm,
)
from sklearn.feature_extraction import text

warnings.filterwarnings("ignore")
FOLDER = Path("computed")
WANTED = set(sys.argv[1:])
VERSION = ".".join(sklearn.__version__.split(".")[:2])
NUMBER = tuple(int(part) for part in VERSION.split("."))
ROWS = 12

random = np.random.RandomState(22)
X = np.abs(random.normal(size=(80, 3))) * [1.0, 20.0, 300.0] + [0.1, 5.0, 1000.0]
X[::7, 0] = 0.5  # a number that comes often: quantiles repeat
Y = np.log(X[:, 0]) * 2 + np.sqrt(X[:, 1]) - X[:, 2] / 500 + random.normal(scale=0.2, size=80)
POSITIVE = np.exp(Y / 3)
THREE = np.array(["high", "low", "middle"])[np.digitize(Y, np.quantile(Y, [0.3, 0.6]))]
TWO = THREE == "high"
NAMED = pd.DataFrame(X, columns=["age", "income", "distance"])
HOLES = NAMED.mask(random.uniform(size=X.shape) < 0.1)
SIGNED = random.normal(size=(80, 3)) * [1.0, 5.0, 0.1]
BEYOND = np.vstack([X[:6], X.min(axis=0) - [0.05, 3, 50], X.max(axis=0) + [2, 10, 200], X.mean(axis=0), X.min(axis=0), X.max(axis=0), X[7]])
WORDS = (
    "good fun great movie plot acting terrible bad awful boring scene love loved hate music Café naïve über straße it's "
    "don't the and a to of in 42 3D x_y e-mail новый фильм хороший плохой кино 映画 とても 良い हिन्दी فيلم جيد"
).split()
TEXTS = [" ".join(random.choice(WORDS, size=random.randint(3, 15))) for _ in range(80)]
TEXTS[3] = "GOOD   Fun!\tgreat\nMOVIE, bad... (awful)"
SEEN = TEXTS[:8] + ["", "unseen words only", "good good GOOD fun\n\nfun", "The   plot; the\tACTING: İstanbul ﬁne Ǆ"]
MIXED = NAMED.assign(city=np.array(["Rome", "Oslo", "Lima"])[random.randint(3, size=80)], review=TEXTS)
DICTS = [
    {"age": float(row[0]), "city": city, "rooms": int(rooms)} if rooms else {"age": float(row[0]), "city": city}
    for row, city, rooms in zip(X, MIXED["city"], random.randint(4, size=80))
]


def pipe(*steps):
    return pipeline.make_pipeline(*steps)


def functions():
    pre, lm = preprocessing, linear_model
    for name in ["log", "log2", "log10", "log1p", "sqrt", "cbrt", "square", "expm1", "exp", "reciprocal", "abs", "sign", "floor", "rint", "tanh", "arcsinh", "sin", "negative"]:
        rows = SIGNED if name in ("cbrt", "square", "expm1", "exp", "abs", "sign", "floor", "rint", "tanh", "arcsinh", "sin", "negative") else X
        yield "function_" + name, pipe(pre.FunctionTransformer(getattr(np, name)), lm.Ridge()), rows, Y
    yield "function_clip", pipe(pre.FunctionTransformer(np.clip, kw_args={"a_min": 0, "a_max": 1}), lm.Ridge()), SIGNED, Y
    yield "function_none", pipe(pre.FunctionTransformer(), lm.Ridge()), X, Y
    yield "function_expit", pipe(pre.FunctionTransformer(scipy.special.expit), lm.Ridge()), SIGNED, Y
    yield "function_scaled", pipe(pre.StandardScaler(), pre.FunctionTransformer(np.tanh), pre.StandardScaler(), lm.LogisticRegression()), X, TWO
    yield "function_twice", pipe(pre.FunctionTransformer(np.log1p), pre.MinMaxScaler(), pre.FunctionTransformer(np.sqrt), lm.LinearRegression()), X.copy(), Y
    columns = compose.ColumnTransformer([
        ("log", pipe(impute.SimpleImputer(strategy="median"), pre.FunctionTransformer(np.log1p), pre.StandardScaler()), ["age", "distance"]),
        ("plain", impute.SimpleImputer(), ["income"]),
    ])
    yield "function_columns", pipe(columns, lm.LogisticRegression()), HOLES, THREE


def products():
    pre, lm = preprocessing, linear_model
    yield "polynomial", pipe(pre.PolynomialFeatures(), lm.Ridge()), SIGNED, Y
    yield "polynomial_three", pipe(pre.PolynomialFeatures(3, include_bias=False), lm.Ridge()), SIGNED, Y
    yield "polynomial_interactions", pipe(pre.PolynomialFeatures(3, interaction_only=True), lm.Lasso(0.01)), SIGNED, Y
    yield "polynomial_scaled", pipe(pre.StandardScaler(), pre.PolynomialFeatures(2), pre.StandardScaler(), lm.LogisticRegression()), NAMED, THREE
    yield "polynomial_twice", pipe(pre.PolynomialFeatures(2), pre.PolynomialFeatures(2, interaction_only=True), lm.Ridge()), SIGNED[:, :2], Y
    yield "polynomial_one", pipe(pre.PolynomialFeatures(1), lm.Ridge()), SIGNED, Y
    yield "polynomial_pca", pipe(pre.StandardScaler(), decomposition.PCA(2), pre.PolynomialFeatures(2), lm.Ridge()), X, Y
    yield "polynomial_selected", pipe(pre.PolynomialFeatures(2), feature_selection.SelectKBest(feature_selection.f_regression, k=4), lm.Ridge()), SIGNED, Y
    if NUMBER >= (1, 0):
        yield "polynomial_from_two", pipe(pre.PolynomialFeatures((2, 3)), lm.Ridge()), SIGNED, Y
    columns = compose.ColumnTransformer([
        ("numbers", pipe(impute.SimpleImputer(), pre.StandardScaler()), ["age", "income"]), ("city", pre.OneHotEncoder(), ["city"]),
    ], sparse_threshold=0)
    yield "polynomial_categories", pipe(columns, pre.PolynomialFeatures(2, include_bias=False), lm.Ridge()), MIXED.drop(columns="review"), Y


def curves():
    pre, lm = preprocessing, linear_model
    yield "power_yeo_johnson", pipe(pre.PowerTransformer(), lm.Ridge()), SIGNED, Y
    yield "power_box_cox", pipe(pre.PowerTransformer("box-cox", standardize=False), lm.Ridge()), X, Y
    yield "power_scaled", pipe(pre.StandardScaler(), pre.PowerTransformer(), lm.LogisticRegression()), X, TWO
    yield "quantile_uniform", pipe(pre.QuantileTransformer(n_quantiles=20), lm.Ridge()), X, Y
    yield "quantile_normal", pipe(pre.QuantileTransformer(n_quantiles=20, output_distribution="normal"), lm.Ridge()), X, Y
    if NUMBER >= (1, 0):
        for extrapolation in ["constant", "linear", "continue", "periodic", "error"]:
            yield "spline_" + extrapolation, pipe(pre.SplineTransformer(extrapolation=extrapolation), lm.Ridge()), X, Y
        yield "spline_quantiles", pipe(pre.StandardScaler(), pre.SplineTransformer(6, 2, knots="quantile", include_bias=False), lm.LogisticRegression()), NAMED, THREE


def cuts():
    pre, lm = preprocessing, linear_model
    options = {"quantile_method": "averaged_inverted_cdf"} if NUMBER >= (1, 7) else {}
    for encode in ["onehot", "onehot-dense", "ordinal"]:
        yield "bins_" + encode, pipe(pre.KBinsDiscretizer(5, encode=encode, **options), lm.Ridge()), X, Y
    yield "bins_uniform", pipe(pre.KBinsDiscretizer(4, strategy="uniform"), lm.LogisticRegression()), X, THREE
    yield "binarizer", pipe(pre.Binarizer(threshold=0.5), lm.Ridge()), X, Y
    yield "normalizer", pipe(pre.Normalizer(), lm.Ridge()), SIGNED, Y
    yield "normalizer_l1", pipe(pre.StandardScaler(), pre.Normalizer("l1"), lm.LogisticRegression()), X, TWO
    if NUMBER >= (0, 24):
        yield "normalizer_max", pipe(pre.Normalizer("max"), lm.Ridge()), SIGNED, Y
        yield "clip", pipe(pre.MinMaxScaler((-1, 2), clip=True), lm.Ridge()), X, Y
        yield "clip_polynomial", pipe(pre.MinMaxScaler(clip=True), pre.PolynomialFeatures(2), lm.LogisticRegression()), X, THREE


def targets():
    lm, Target = linear_model, compose.TransformedTargetRegressor
    yield "target_sqrt", Target(lm.Ridge(), func=np.sqrt, inverse_func=np.square), X, POSITIVE
    yield "target_log1p", Target(pipe(preprocessing.PolynomialFeatures(2), lm.Ridge()), func=np.log1p, inverse_func=np.expm1), SIGNED, POSITIVE
    yield "target_arcsinh", Target(lm.Ridge(), func=np.arcsinh, inverse_func=np.sinh), X, Y
    yield "target_reciprocal", Target(lm.Ridge(), func=np.reciprocal, inverse_func=np.reciprocal), SIGNED, POSITIVE + 1
    yield "target_expit", Target(lm.Ridge(), func=scipy.special.logit, inverse_func=scipy.special.expit), SIGNED, POSITIVE / (1 + POSITIVE)
    power = preprocessing.PowerTransformer
    yield "target_yeo_johnson", Target(pipe(preprocessing.StandardScaler(), lm.Ridge()), transformer=power()), X, Y
    yield "target_box_cox", Target(lm.Ridge(), transformer=power("box-cox")), SIGNED, POSITIVE
    yield "target_box_cox_plain", Target(lm.Ridge(), transformer=power("box-cox", standardize=False)), SIGNED, POSITIVE


def texts():
    lm, nb = linear_model, naive_bayes
    yield "tfidf", pipe(text.TfidfVectorizer(), lm.LogisticRegression()), TEXTS, TWO
    yield "tfidf_three", pipe(text.TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2), lm.LogisticRegression()), TEXTS, THREE
    yield "tfidf_char", pipe(text.TfidfVectorizer(analyzer="char", ngram_range=(2, 3), max_features=300), lm.LogisticRegression()), TEXTS, TWO
    yield "tfidf_char_wb", pipe(text.TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), max_features=300, norm="l1"), svm.LinearSVC(random_state=0)), TEXTS, THREE
    yield "tfidf_stop_words", pipe(text.TfidfVectorizer(stop_words="english", strip_accents="unicode"), lm.SGDClassifier(random_state=0)), TEXTS, THREE
    yield "tfidf_no_norm", pipe(text.TfidfVectorizer(norm=None, smooth_idf=False, lowercase=False), lm.Ridge()), TEXTS, Y
    yield "tfidf_svc", pipe(text.TfidfVectorizer(), svm.SVC(kernel="linear")), TEXTS, TWO
    yield "tfidf_svr", pipe(text.TfidfVectorizer(), svm.SVR(kernel="linear")), TEXTS, Y
    yield "tfidf_lsa", pipe(text.TfidfVectorizer(max_features=40), decomposition.TruncatedSVD(5, random_state=0), lm.Ridge()), TEXTS, Y
    yield "tfidf_selected", pipe(text.TfidfVectorizer(), feature_selection.SelectKBest(feature_selection.chi2, k=15), lm.LogisticRegression()), TEXTS, TWO
    yield "tfidf_scaled", pipe(text.TfidfVectorizer(), preprocessing.MaxAbsScaler(), lm.LogisticRegression()), TEXTS, TWO
    yield "tfidf_search", model_selection.GridSearchCV(pipe(text.TfidfVectorizer(), lm.LogisticRegression()), {"logisticregression__C": [1.0, 10.0]}, cv=3), TEXTS, TWO
    yield "count", pipe(text.CountVectorizer(stop_words=["the", "and", "of"], strip_accents="ascii"), lm.LogisticRegression()), TEXTS, THREE
    yield "count_binary", pipe(text.CountVectorizer(binary=True, ngram_range=(2, 2)), nb.MultinomialNB()), TEXTS, THREE
    yield "count_binarizer", pipe(text.CountVectorizer(), preprocessing.Binarizer(), lm.LogisticRegression()), TEXTS, TWO
    yield "count_tfidf", pipe(text.CountVectorizer(max_features=30), text.TfidfTransformer(sublinear_tf=True), lm.LogisticRegression()), TEXTS, TWO
    yield "count_selected_tfidf", pipe(text.CountVectorizer(), feature_selection.SelectKBest(feature_selection.chi2, k=15), text.TfidfTransformer(), nb.MultinomialNB()), TEXTS, THREE
    yield "count_normalizer", pipe(text.CountVectorizer(), preprocessing.Normalizer(), lm.Ridge()), TEXTS, Y
    yield "hashing", pipe(text.HashingVectorizer(n_features=256), lm.LogisticRegression()), TEXTS, TWO
    yield "hashing_plain", pipe(text.HashingVectorizer(n_features=100, alternate_sign=False, norm=None, ngram_range=(1, 2)), nb.MultinomialNB()), TEXTS, THREE
    yield "hashing_tfidf", pipe(text.HashingVectorizer(n_features=64, alternate_sign=False, norm=None), text.TfidfTransformer(), lm.SGDClassifier(random_state=0)), TEXTS, TWO
    union = pipeline.FeatureUnion([("words", text.TfidfVectorizer()), ("letters", text.CountVectorizer(analyzer="char_wb", ngram_range=(2, 2)))], transformer_weights={"letters": 0.5})
    yield "union", pipe(union, lm.LogisticRegression()), TEXTS, THREE
    columns = compose.ColumnTransformer([
        ("review", text.TfidfVectorizer(), "review"), ("city", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ("numbers", pipe(preprocessing.StandardScaler(), preprocessing.PolynomialFeatures(2)), ["age", "income"]),
    ])
    yield "columns_text", pipe(columns, lm.LogisticRegression()), MIXED, THREE
    yield "columns_text_ridge", pipe(columns, lm.Ridge()), MIXED, Y
    yield "dict", pipe(feature_extraction.DictVectorizer(), lm.LogisticRegression()), DICTS, TWO
    yield "dict_dense", pipe(feature_extraction.DictVectorizer(sparse=False), preprocessing.StandardScaler(), lm.Ridge()), DICTS, Y


def bayes():
    nb = naive_bayes
    yield "gaussian_nb", pipe(nb.GaussianNB()), X, TWO
    yield "gaussian_nb_three", pipe(nb.GaussianNB()), NAMED, THREE
    yield "gaussian_nb_scaled", pipe(preprocessing.StandardScaler(), nb.GaussianNB()), SIGNED, THREE
    yield "gaussian_nb_far", pipe(nb.GaussianNB(var_smoothing=1e-12)), X + 1e6, TWO
    yield "bernoulli_nb", pipe(nb.BernoulliNB(binarize=1.0)), SIGNED, THREE
    yield "bernoulli_nb_text", pipe(text.CountVectorizer(), nb.BernoulliNB()), TEXTS, TWO


def refused():
    pre, lm = preprocessing, linear_model
    yield "function_nan", pipe(pre.FunctionTransformer(np.nan_to_num), lm.Ridge()), X, Y
    yield "bins_scaled", pipe(pre.StandardScaler(), pre.KBinsDiscretizer(4), lm.Ridge()), X, Y
    yield "token_pattern", pipe(text.CountVectorizer(token_pattern="[a-z]+"), lm.LogisticRegression()), TEXTS, TWO
    yield "tokenizer", pipe(text.CountVectorizer(tokenizer=textwrap.wrap), lm.LogisticRegression()), TEXTS, TWO
    union = pipeline.FeatureUnion([("words", text.CountVectorizer()), ("letters", text.CountVectorizer(analyzer="char"))])
    yield "union_tfidf", pipe(union, text.TfidfTransformer(), lm.LogisticRegression()), TEXTS, TWO
    yield "hasher", pipe(feature_extraction.FeatureHasher(16), lm.LogisticRegression()), DICTS, TWO


def rows_of(rows):
    if rows is X:
        return BEYOND
    if rows is TEXTS:
        return SEEN
    return rows[:ROWS]


def cells(rows, model):
    if isinstance(rows, pd.DataFrame):
        return rows.astype(object).where(rows.notnull(), None).values.tolist()
    if isinstance(rows, np.ndarray):
        return rows.tolist()
    if isinstance(rows[0], dict):  # by the keys in the order of the columns
        keys = []
        for name in model.steps[0][1].feature_names_:
            key = name.split("=")[0]
            keys += [key] * (key not in keys)
        return [[row.get(key) for key in keys] for row in rows]
    return [[one] for one in rows]


def sizes(model, rows):
    """|intercept| + sum of |coefficient * column| for each row."""
    for step in model.steps[:-1]:
        rows = step[1].transform(rows)
    last = model.steps[-1][1]
    rows = rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
    coefficients = last.coef_.toarray() if hasattr(last.coef_, "toarray") else last.coef_
    return (np.abs(rows * coefficients.reshape(1, -1)).sum(axis=1) + np.abs(last.intercept_)).tolist()


def dump(name, model):
    ways = ["p2", "p3", "p4", "joblib"] + (["skops"] if NUMBER >= (1, 9) else [])
    way = ways[zlib.crc32(name.encode()) % len(ways)]
    path = FOLDER / ("%s-%s.%s" % (name, VERSION, way))
    if way == "joblib":
        joblib.dump(model, path)
    elif way == "skops":
        dump_skops(path, model)
    else:
        path.write_bytes(pickle.dumps(model, protocol=int(way[1:])))


def dump_skops(path, model):
    """As skops does, with numbers for the addresses and random names in it, and without times."""
    import skops.io
    made = zipfile.ZipFile(io.BytesIO(skops.io.dumps(model)))
    schema = json.loads(made.read("schema.json"))
    ids, files = {}, {}

    def renumber(node):
        if isinstance(node, dict):
            if "__id__" in node:
                node["__id__"] = ids.setdefault(node["__id__"], len(ids))
            if "file" in node:
                node["file"] = files.setdefault(node["file"], "%d.npy" % len(files))
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
            renumber(child)

    renumber(schema)
    with zipfile.ZipFile(path, "w") as archive:
        for name in made.namelist():
            content = json.dumps(schema).encode() if name == "schema.json" else made.read(name)
            archive.writestr(zipfile.ZipInfo(files.get(name, name)), content, compress_type=zipfile.ZIP_DEFLATED)


def main():
    FOLDER.mkdir(exist_ok=True)
    for group in [functions, products, curves, cuts, targets, texts, bayes]:
        for name, model, rows, target in group():
            if WANTED and name not in WANTED:
                continue
            np.random.seed(20)
            model.fit(rows, target)
            dump(name, timeless(model))
            seen = X[:ROWS] if "_error" in name or name.startswith("target_") and rows is X else rows_of(rows)
            told = {"rows": cells(seen, model), "predictions": model.predict(seen).tolist()}
            if hasattr(model, "predict_proba"):
                told["probabilities"] = model.predict_proba(seen).tolist()
            if isinstance(model, pipeline.Pipeline) and hasattr(model.steps[-1][1], "coef_") and not hasattr(model, "classes_"):
                told["sizes"] = sizes(model, seen)
            (FOLDER / ("%s-%s.json" % (name, VERSION))).write_text(json.dumps(told) + "\n")
    for name, model, rows, target in refused():
        if not WANTED or "refused_" + name in WANTED:
            dump("refused_" + name, timeless(model.fit(rows, target)))


def timeless(value):
    """Without the seconds that a search took, and the addresses of lists of stop words."""
    if hasattr(value, "cv_results_"):
        value.refit_time_ = 0.0
        for name in value.cv_results_:
            if "time" in name:
                value.cv_results_[name] = np.zeros_like(value.cv_results_[name])
    if hasattr(value, "_stop_words_id"):
        value._stop_words_id = 0
    if isinstance(value, (list, tuple)):
        for part in value:
            timeless(part)
    elif type(value).__module__.startswith("sklearn") and hasattr(value, "__dict__"):
        for part in vars(value).values():
            timeless(part)
    return value


main()
