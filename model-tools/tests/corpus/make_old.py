"""Makes the corpus of old versions: what scikit-learn 0.19 to 1.0 fitted and dumped, and what they predict.

Run once for each environment, in this directory:

    python make_old.py sklearn-0.19    Python 3.6, scikit-learn 0.19.2, numpy 1.14.6, scipy 1.1.0, pandas 0.23.4
    python make_old.py sklearn-0.20    Python 2.7, scikit-learn 0.20.4, numpy 1.16.0, scipy 1.2.3, pandas 0.24.2
    python make_old.py sklearn-0.22    Python 3.7, scikit-learn 0.22.2.post1, numpy 1.18.5, scipy 1.4.1, pandas 1.0.5
    python make_old.py sklearn-0.24    Python 3.8, scikit-learn 0.24.2, numpy 1.19.5, scipy 1.5.4, pandas 1.1.5
    python make_old.py sklearn-1.0     Python 3.8, scikit-learn 1.0.2, numpy 1.21.6, scipy 1.7.3, pandas 1.3.5

and from 0.22 on joblib 1.1.1. Names of models after the folder make these alone.

Beside each model NAME lies NAME.json: rows, and what `predict` and `predict_proba` give for them. Every run writes the
same bytes, as `make.py` says.
"""

from __future__ import unicode_literals

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ.update({str(name): str(value) for name, value in [("PYTHONHASHSEED", 0), ("OPENBLAS_NUM_THREADS", 1), ("OMP_NUM_THREADS", 1)]})
    os.execv(sys.executable, [sys.executable] + sys.argv)

import io
import json
import pickle
import warnings
import zlib

import numpy as np
import pandas as pd
import sklearn
from scipy import sparse
from sklearn import (
    calibration, cross_decomposition, decomposition, discriminant_analysis, ensemble, feature_selection, isotonic,
    kernel_ridge, linear_model, model_selection, multiclass, multioutput, naive_bayes, neighbors, pipeline, preprocessing, svm,
)

warnings.filterwarnings("ignore")
FOLDER = str(sys.argv[1])
WANTED = set(sys.argv[2:])
VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
ROWS = 4
if VERSION < (0, 21):
    from sklearn.externals import joblib
else:
    import joblib
if VERSION >= (0, 20):
    from sklearn import compose, impute

random = np.random.RandomState(20)
X = random.normal(size=(60, 4)) * [1.0, 30.0, 0.02, 1000.0] + [0.5, -7.0, 0.0, 12345.0]
Y = X.dot([2.0, -0.5, 40.0, 0.003]) + 3.0 + random.normal(scale=0.3, size=60)
POSITIVE = np.exp((Y - Y.mean()) / Y.std())
TARGETS = np.column_stack([Y, -2 * Y + X[:, 0], POSITIVE])
TWO = (Y > np.median(Y)).astype(int)
THREE = np.digitize(Y, np.percentile(Y, [100 / 3.0, 200 / 3.0]))
NAMES = np.array(["low", "middle", "high"])[THREE]
SMALL = (X - X.mean(axis=0)) / X.std(axis=0)
HOLES = X.copy()
HOLES[random.uniform(size=X.shape) < 0.15] = np.nan
NAMED = pd.DataFrame(X, columns=["age", "income", "ratio", "distance"])
MIXED = pd.DataFrame({
    "age": HOLES[:, 0], "city": np.array(["Rome", "Oslo", "Lima", "Bern"])[random.randint(4, size=60)],
    "size": np.array(["s", "m", "l"])[random.randint(3, size=60)], "income": HOLES[:, 1],
}, columns=["age", "city", "size", "income"])
MIXED_ROWS = MIXED.values


def pipe(*steps):
    return pipeline.make_pipeline(*steps)


def regressors():
    lm, pre = linear_model, preprocessing
    yield "linear", lm.LinearRegression().fit(X, Y), X
    yield "linear_named", lm.LinearRegression().fit(NAMED, Y), NAMED
    yield "linear_no_intercept", lm.LinearRegression(fit_intercept=False).fit(X, Y), X
    yield "linear_targets", lm.LinearRegression().fit(X, TARGETS), X
    yield "ridge", lm.Ridge().fit(X, Y), X
    yield "ridge_cv", lm.RidgeCV().fit(X, Y), X
    yield "ridge_targets", lm.Ridge().fit(X, TARGETS), X
    yield "lasso", lm.Lasso(0.1).fit(X, Y), X
    yield "lasso_cv", lm.LassoCV(n_alphas=5, cv=3).fit(X, Y), X
    yield "elastic_net", lm.ElasticNet(0.1).fit(X, Y), X
    yield "multi_task_lasso", lm.MultiTaskLasso(0.1).fit(SMALL, TARGETS), SMALL
    yield "lars", lm.Lars().fit(X, Y), X
    yield "lasso_lars", lm.LassoLars(0.01).fit(X, Y), X
    yield "omp", lm.OrthogonalMatchingPursuit(n_nonzero_coefs=2).fit(X, Y), X
    yield "huber", lm.HuberRegressor(max_iter=1000).fit(SMALL, Y), SMALL
    yield "bayesian_ridge", lm.BayesianRidge().fit(X, Y), X
    yield "ard", lm.ARDRegression().fit(X, Y), X
    yield "theil_sen", lm.TheilSenRegressor(random_state=0, max_subpopulation=50).fit(X, Y), X
    yield "ransac", lm.RANSACRegressor(random_state=0).fit(X, Y), X
    yield "sgd", lm.SGDRegressor(random_state=np.random.RandomState(1)).fit(SMALL, Y), SMALL
    yield "sgd_averaged", lm.SGDRegressor(average=True, random_state=0).fit(SMALL, Y), SMALL
    yield "passive_aggressive", lm.PassiveAggressiveRegressor(random_state=0).fit(SMALL, Y), SMALL
    yield "linear_svr", svm.LinearSVR(max_iter=20000).fit(SMALL, Y), SMALL
    yield "svr_linear", svm.SVR(kernel=str("linear")).fit(SMALL, Y), SMALL
    yield "isotonic", isotonic.IsotonicRegression(out_of_bounds="clip").fit(X[:, 0], Y), np.linspace(-2, 3, ROWS)[:, None]
    yield "multi_output", multioutput.MultiOutputRegressor(lm.Ridge()).fit(X, TARGETS), X
    yield "pls", cross_decomposition.PLSRegression(2).fit(X, Y), X
    yield "pls_targets", cross_decomposition.PLSRegression(2).fit(X, TARGETS), X
    yield "grid_search", model_selection.GridSearchCV(pipe(pre.StandardScaler(), lm.Ridge()), {"ridge__alpha": [0.1, 1.0]}, cv=3).fit(X, Y), X
    yield "select_k_best", pipe(feature_selection.SelectKBest(feature_selection.f_regression, k=2), lm.Ridge()).fit(X, Y), X
    yield "select_rfe", pipe(pre.StandardScaler(), feature_selection.RFE(lm.Ridge(), n_features_to_select=2), lm.Ridge()).fit(X, Y), X
    yield "select_from_model", pipe(pre.StandardScaler(), feature_selection.SelectFromModel(lm.Lasso(0.1)), lm.Ridge()).fit(X, Y), X
    scalers = [
        ("standard", [pre.StandardScaler()]), ("min_max", [pre.MinMaxScaler((-1, 2))]), ("max_abs", [pre.MaxAbsScaler()]),
        ("robust", [pre.RobustScaler()]), ("pca", [decomposition.PCA(2)]), ("pca_whiten", [pre.StandardScaler(), decomposition.PCA(3, whiten=True)]),
        ("svd", [decomposition.TruncatedSVD(2, random_state=0)]), ("identity_function", [pre.FunctionTransformer(validate=False)]),
    ]
    for name, steps in scalers:
        yield "pipeline_" + name, pipe(*(steps + [lm.Ridge(0.1)])).fit(X, Y), X
    yield "pipeline_union", pipe(pipeline.make_union(pre.StandardScaler(), decomposition.PCA(2)), lm.Ridge()).fit(X, Y), X
    if VERSION < (0, 22):
        yield "pipeline_old_imputer", pipe(pre.Imputer(strategy="median"), lm.Ridge()).fit(HOLES, Y), HOLES
    if VERSION >= (0, 20):
        yield "pipeline_imputer", pipe(impute.SimpleImputer(strategy="median"), pre.StandardScaler(), lm.Ridge()).fit(HOLES, Y), HOLES
        log = compose.TransformedTargetRegressor(lm.Ridge(), func=np.log, inverse_func=np.exp)
        yield "transformed_exp", log.fit(X, POSITIVE), X
        yield "transformed_scaler", compose.TransformedTargetRegressor(lm.Ridge(), transformer=pre.StandardScaler()).fit(X, Y), X
        order = [2, 0, 1]
        yield "chain", multioutput.RegressorChain(lm.Ridge(), order=order).fit(X, TARGETS), X
    if VERSION >= (0, 23):
        yield "poisson", lm.PoissonRegressor().fit(SMALL, POSITIVE), SMALL
        yield "tweedie", lm.TweedieRegressor(power=1.5).fit(SMALL, POSITIVE), SMALL


def classifiers():
    lm = linear_model
    kinds = [
        ("logistic", lm.LogisticRegression()), ("logistic_multinomial", lm.LogisticRegression(multi_class="multinomial", solver="lbfgs")),
        ("logistic_liblinear", lm.LogisticRegression(solver="liblinear")), ("logistic_cv", lm.LogisticRegressionCV(Cs=2, cv=3)),
        ("linear_svc", svm.LinearSVC()), ("ridge_classifier", lm.RidgeClassifier()), ("perceptron", lm.Perceptron(random_state=0)),
        ("lda", discriminant_analysis.LinearDiscriminantAnalysis()), ("sgd_hinge", lm.SGDClassifier(random_state=0)),
        ("sgd_log", lm.SGDClassifier(loss=str("log"), random_state=0)), ("one_vs_rest", multiclass.OneVsRestClassifier(lm.LogisticRegression())),
        ("passive_aggressive_classifier", lm.PassiveAggressiveClassifier(random_state=0)),
    ]
    for name, model in kinds:
        yield name + "_two", sklearn.base.clone(model).fit(SMALL, TWO), SMALL
        yield name + "_three", sklearn.base.clone(model).fit(SMALL, NAMES), SMALL
    yield "svc_linear_two", svm.SVC(kernel=str("linear")).fit(SMALL, TWO), SMALL
    yield "logistic_object_labels", lm.LogisticRegression().fit(SMALL, NAMES.astype(object)), SMALL
    logistic = lm.LogisticRegression().fit(SMALL, TWO)
    yield "calibrated_prefit_two", calibration.CalibratedClassifierCV(logistic, cv="prefit").fit(SMALL, TWO), SMALL
    logistic = lm.LogisticRegression().fit(SMALL, NAMES)
    yield "calibrated_prefit_three", calibration.CalibratedClassifierCV(logistic, cv="prefit").fit(SMALL, NAMES), SMALL
    yield "pipeline_logistic", pipe(preprocessing.StandardScaler(), lm.LogisticRegression()).fit(NAMED, NAMES), NAMED


def disguised():
    """Models that are linear, though their classes do not say so, and some that predict several labels per row."""
    lm = linear_model
    counts = np.round(np.abs(SMALL) * 3)
    yield "multinomial_nb_two", naive_bayes.MultinomialNB().fit(counts, TWO), counts
    yield "multinomial_nb_three", naive_bayes.MultinomialNB().fit(counts, NAMES), counts
    if VERSION >= (0, 20):
        yield "complement_nb", naive_bayes.ComplementNB().fit(counts, NAMES), counts
    yield "bernoulli_nb_three", naive_bayes.BernoulliNB(binarize=None).fit((counts > 2).astype(float), NAMES), (counts > 2).astype(float)
    yield "kernel_ridge", kernel_ridge.KernelRidge().fit(SMALL, Y), SMALL
    few = sparse.csr_matrix(np.where(SMALL > 0, SMALL, 0))
    yield "svc_sparse", svm.SVC(kernel=str("linear")).fit(few, TWO), few.toarray()
    yield "svr_sparse", svm.SVR(kernel=str("linear")).fit(few, Y), few.toarray()
    yield "bagging", ensemble.BaggingRegressor(lm.LinearRegression(), 3, max_features=0.75, random_state=0).fit(X, Y), X
    discriminant = discriminant_analysis.LinearDiscriminantAnalysis(n_components=1)
    yield "pipeline_discriminant", pipe(preprocessing.StandardScaler(), discriminant, lm.LogisticRegression()).fit(X, NAMES), X
    yield "pipeline_degree_one", pipe(preprocessing.PolynomialFeatures(1), lm.Ridge()).fit(X, Y), X
    table = np.column_stack([TWO, THREE > 0, THREE > 1]).astype(int)
    yield "multilabel_one_vs_rest", multiclass.OneVsRestClassifier(lm.LogisticRegression()).fit(SMALL, table), SMALL
    yield "multilabel_output", multioutput.MultiOutputClassifier(lm.LogisticRegression()).fit(SMALL, table), SMALL
    yield "svc_linear_three", svm.SVC(kernel=str("linear")).fit(SMALL, NAMES), SMALL
    yield "one_vs_one_three", multiclass.OneVsOneClassifier(svm.LinearSVC()).fit(SMALL, THREE), SMALL
    yield "calibrated_folds_three", calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=3).fit(SMALL, NAMES), SMALL
    yield "calibrated_isotonic_two", calibration.CalibratedClassifierCV(svm.LinearSVC(), method=str("isotonic"), cv=3).fit(SMALL, TWO), SMALL
    members = [("logistic", lm.LogisticRegression()), ("svm", svm.LinearSVC()), ("ridge", lm.RidgeClassifier())]
    yield "voting_soft_three", ensemble.VotingClassifier([members[0], ("weak", lm.LogisticRegression(C=0.1))], voting=str("soft"), weights=[1, 2]).fit(SMALL, NAMES), SMALL
    yield "voting_hard_three", ensemble.VotingClassifier(members).fit(SMALL, NAMES), SMALL
    if not FOLDER.endswith(("0.19", "0.20", "0.22")):  # whose files do not say which columns these take
        yield "bagging_classifier_two", ensemble.BaggingClassifier(lm.LogisticRegression(), 3, max_features=0.75, random_state=0).fit(SMALL, TWO), SMALL
        yield "nearest_centroid_three", neighbors.NearestCentroid().fit(SMALL, NAMES), SMALL


def columns(by_name):
    """A ColumnTransformer of numbers, one-hot and ordinal encoding."""
    place = (lambda name: name) if by_name else list(MIXED.columns).index
    numeric = pipe(impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler())
    return compose.ColumnTransformer([
        ("numbers", numeric, [place("age"), place("income")]),
        ("city", preprocessing.OneHotEncoder(handle_unknown="ignore"), [place("city")]),
        ("size", preprocessing.OrdinalEncoder(categories=[["s", "m", "l"]]), [place("size")]),
    ])


def column_models():
    yield "columns_by_number", pipe(columns(False), linear_model.Ridge()).fit(MIXED_ROWS, Y), MIXED
    by_name = "columns_by_name" if VERSION >= (0, 22) else "refused_columns_by_name"  # which did not keep the names
    yield by_name, pipe(columns(True), linear_model.Ridge()).fit(MIXED, Y), MIXED
    wrapped = {"model": pipe(columns(True), linear_model.Ridge()).fit(MIXED, Y), "features": list(MIXED.columns)}
    yield "columns_names_beside", wrapped, MIXED


def old_encoder():
    yield "refused_old_one_hot", pipe(preprocessing.OneHotEncoder(), linear_model.Ridge()).fit(THREE[:, None], Y), None


def models():
    for maker in [regressors, classifiers, disguised, column_models if VERSION >= (0, 20) else old_encoder]:
        for model in maker():
            yield model


def dump(name, model, way):
    path = os.path.join(FOLDER, name + "." + way)
    if way == "joblib":
        joblib.dump(model, path)
    elif way == "zlib":
        joblib.dump(model, path, compress=3)
    else:
        with open(path, "wb") as file:
            pickle.dump(model, file, protocol=int(way[1:]))


def cells(rows):
    if isinstance(rows, pd.DataFrame):
        rows = rows.values
    return [[None if cell != cell else cell for cell in row] for row in rows.tolist()]


def expect(name, model, rows):
    rows = rows[:ROWS]
    model = model["model"] if isinstance(model, dict) else model
    told = {"class": type(model).__name__, "rows": cells(rows)}
    rows = rows.values if name == "columns_by_number" else rows[:, 0] if name == "isotonic" else rows
    told["predictions"] = model.predict(rows).tolist()
    if hasattr(model, "predict_proba") and getattr(model, "voting", "soft") != "hard":
        found = model.predict_proba(rows)
        # Several labels per row behind one class: a table of two classes for each label.
        told["probabilities"] = (np.column_stack([one[:, 1] for one in found]) if isinstance(found, list) else found).tolist()
    with io.open(os.path.join(FOLDER, name + ".json"), "w") as file:
        file.write(json.dumps(told, sort_keys=True, ensure_ascii=False) + "\n")


WAYS = ["p2", "joblib", "p0", "zlib", "p1"] if sys.version_info < (3,) else ["p4", "joblib", "p2", "zlib", "p3"]


def timeless(model):
    """Sets what a search has measured of its own speed to 0, and what old regressions never set."""
    if isinstance(model, (svm.SVR, svm.NuSVR)) and "n_support_" in model.__dict__:
        model.n_support_ = np.zeros_like(model.n_support_)
    for key in [key for key in getattr(model, "cv_results_", {}) if key.endswith("_time")]:
        model.cv_results_[key] = np.zeros_like(model.cv_results_[key])
    if hasattr(model, "refit_time_"):
        model.refit_time_ = 0.0
    return model


def seeded(models):
    """Each model with the same random numbers, however many came before it."""
    while True:
        np.random.seed(20)
        try:
            model = next(models)
        except StopIteration:
            return
        yield model


def main():
    if not os.path.isdir(FOLDER):
        os.mkdir(FOLDER)
    for name, model, rows in seeded(models()):
        if WANTED and name not in WANTED:
            continue
        dump(name, timeless(model), WAYS[(zlib.crc32(name.encode("ascii")) & 0xffffffff) % len(WAYS)])
        if not name.startswith("refused"):
            expect(name, model, rows)


main()
