"""Makes the corpus: small models fitted by scikit-learn, dumped in every way, and what they predict.

Run once for each environment, in this directory:

    python make.py sklearn-1.3    with scikit-learn 1.3.2, numpy 1.26.4, joblib 1.3.2, pandas 2.1.4, lz4
    python make.py sklearn-1.9    with scikit-learn 1.9.1, numpy 2.4.6, joblib 1.6.0, pandas 3.1.1, lz4, skops 0.16.0

Names of models after the folder make these alone: `python make.py sklearn-1.9 ridge refused_forest`.

Beside each model NAME lies NAME.json: rows, and what `predict` and `predict_proba` give for them. Every run writes the
same bytes: seeds are set before each model, how a model is dumped depends on its name alone, and what a dump says of
the moment and the process (times, addresses) is taken out.
"""

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets, and sums that do not depend on the number of cores
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})

import io
import json
import pickle
import warnings
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn import __version__ as SKLEARN
import sklearn.feature_extraction.text
from sklearn import (
    calibration, compose, cross_decomposition, decomposition, discriminant_analysis, ensemble, feature_extraction,
    feature_selection, impute, isotonic, kernel_ridge, linear_model, model_selection, multiclass, multioutput,
    naive_bayes, neighbors, pipeline, preprocessing, random_projection, svm,
)

warnings.filterwarnings("ignore")
FOLDER = Path(sys.argv[1])
WANTED = set(sys.argv[2:])
OLD = SKLEARN.startswith("1.3")
ROWS = 6

random = np.random.RandomState(20)
X = random.normal(size=(60, 4)) * [1.0, 30.0, 0.02, 1000.0] + [0.5, -7.0, 0.0, 12345.0]
Y = X @ [2.0, -0.5, 40.0, 0.003] + 3.0 + random.normal(scale=0.3, size=60)
POSITIVE = np.exp((Y - Y.mean()) / Y.std())
TARGETS = np.column_stack([Y, -2 * Y + X[:, 0], POSITIVE])
TWO = (Y > np.median(Y)).astype(int)
THREE = np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3]))
NAMES = np.array(["low", "middle", "high"])[THREE]
SMALL = (X - X.mean(axis=0)) / X.std(axis=0)
HOLES = X.copy()
HOLES[random.uniform(size=X.shape) < 0.15] = np.nan
NAMED = pd.DataFrame(X, columns=["age", "income", "ratio", "distance"])
MIXED = pd.DataFrame({
    "age": HOLES[:, 0], "city": np.array(["Rome", "Oslo", "Lima", "Bern"])[random.randint(4, size=60)],
    "size": np.array(["s", "m", "l"])[random.randint(3, size=60)], "income": HOLES[:, 1], "distance": X[:, 3],
})


def pipe(*steps):
    return pipeline.make_pipeline(*steps)


def columns(remainder="drop", **options):
    numeric = pipe(impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler())
    return compose.ColumnTransformer([
        ("numbers", numeric, ["age", "income"]),
        ("city", preprocessing.OneHotEncoder(handle_unknown="ignore", **options), ["city"]),
        ("size", preprocessing.OrdinalEncoder(categories=[["s", "m", "l"]]), ["size"]),
    ], remainder=remainder)


def models():
    """Name, fitted model, rows to predict."""
    lm, pre = linear_model, preprocessing
    regressors = {
        "linear": lm.LinearRegression(), "linear_no_intercept": lm.LinearRegression(fit_intercept=False),
        "ridge": lm.Ridge(), "ridge_cv": lm.RidgeCV(), "lasso": lm.Lasso(0.1), "lasso_cv": lm.LassoCV(n_alphas=5, cv=3) if OLD else lm.LassoCV(alphas=5, cv=3),
        "elastic_net": lm.ElasticNet(0.1), "elastic_net_cv": lm.ElasticNetCV(n_alphas=5, cv=3) if OLD else lm.ElasticNetCV(alphas=5, cv=3),
        "lars": lm.Lars(), "lasso_lars": lm.LassoLars(0.01), "omp": lm.OrthogonalMatchingPursuit(n_nonzero_coefs=2),
        "huber": lm.HuberRegressor(max_iter=1000), "bayesian_ridge": lm.BayesianRidge(), "ard": lm.ARDRegression(),
        "theil_sen": lm.TheilSenRegressor(random_state=0, max_subpopulation=50), "quantile": lm.QuantileRegressor(alpha=0.01, solver="highs"),
        "ransac": lm.RANSACRegressor(random_state=0), "linear_svr": svm.LinearSVR(max_iter=20000), "svr_linear": svm.SVR(kernel="linear"),
        "sgd": lm.SGDRegressor(random_state=np.random.RandomState(1)), "sgd_averaged": lm.SGDRegressor(average=True, random_state=0),
        "transformed_exp": compose.TransformedTargetRegressor(lm.Ridge(), func=np.log, inverse_func=np.exp),
        "transformed_log1p": compose.TransformedTargetRegressor(lm.Ridge(), func=np.log1p, inverse_func=np.expm1),
        "transformed_scaler": compose.TransformedTargetRegressor(pipe(pre.StandardScaler(), lm.Ridge()), transformer=pre.StandardScaler()),
    }
    if OLD:
        regressors["passive_aggressive"] = lm.PassiveAggressiveRegressor(random_state=0)
    for name, model in regressors.items():
        small = name in ("sgd", "sgd_averaged", "linear_svr", "svr_linear", "huber", "passive_aggressive")
        rows, target = (SMALL, Y) if small else (X, POSITIVE if name in ("transformed_exp", "transformed_log1p") else Y)
        yield name, model.fit(rows, target), rows
    yield "poisson", lm.PoissonRegressor().fit(SMALL, POSITIVE), SMALL
    yield "gamma", lm.GammaRegressor().fit(SMALL, POSITIVE), SMALL
    yield "tweedie_log", lm.TweedieRegressor(power=1.5).fit(SMALL, POSITIVE), SMALL
    yield "tweedie_identity", lm.TweedieRegressor(power=0).fit(SMALL, Y), SMALL
    yield "tweedie_normal_log", lm.TweedieRegressor(power=0, link="log").fit(SMALL, POSITIVE), SMALL
    yield "linear_named", lm.LinearRegression().fit(NAMED, Y), NAMED
    yield "linear_float32", lm.LinearRegression().fit(X.astype("f4"), Y.astype("f4")), SMALL.astype("f4")
    big_endian = lm.LinearRegression().fit(X, Y)
    big_endian.coef_, big_endian.intercept_ = big_endian.coef_.astype(">f8"), np.array(big_endian.intercept_, dtype=">f8")[()]
    yield "linear_big_endian", big_endian, X
    yield "linear_one_target", lm.LinearRegression().fit(X, Y[:, None]), X
    yield "isotonic", isotonic.IsotonicRegression(out_of_bounds="clip").fit(X[:, 0], Y), np.linspace(-2, 3, ROWS)[:, None]
    yield "isotonic_decreasing", isotonic.IsotonicRegression(increasing=False, out_of_bounds="clip").fit(X[:, 0], -Y), np.linspace(-2, 3, ROWS)[:, None]
    yield "linear_targets", lm.LinearRegression().fit(X, TARGETS), X
    yield "ridge_targets", lm.Ridge().fit(X, TARGETS), X
    yield "multi_task_lasso", lm.MultiTaskLasso(0.1).fit(SMALL, TARGETS), SMALL
    yield "multi_output", multioutput.MultiOutputRegressor(lm.Ridge()).fit(X, TARGETS), X
    yield "multi_output_pipeline", multioutput.MultiOutputRegressor(pipe(pre.StandardScaler(), lm.Ridge())).fit(X, TARGETS), X
    yield "pls", cross_decomposition.PLSRegression(2).fit(X, Y), X
    yield "pls_targets", cross_decomposition.PLSRegression(2).fit(X, TARGETS), X
    scalers = {
        "standard": [pre.StandardScaler()], "standard_no_mean": [pre.StandardScaler(with_mean=False)], "standard_no_std": [pre.StandardScaler(with_std=False)],
        "min_max": [pre.MinMaxScaler((-1, 2))], "max_abs": [pre.MaxAbsScaler()], "robust": [pre.RobustScaler()], "robust_no_centering": [pre.RobustScaler(with_centering=False)],
        "pca": [decomposition.PCA(2)], "pca_whiten": [pre.StandardScaler(), decomposition.PCA(3, whiten=True)], "svd": [decomposition.TruncatedSVD(2, random_state=0)],
        "chain": [pre.StandardScaler(), pre.MinMaxScaler(), decomposition.PCA(3), "passthrough", pre.RobustScaler()],
        "nested": [pipe(pre.StandardScaler(), pre.MaxAbsScaler())], "identity_function": [pre.FunctionTransformer()],
    }
    for name, steps in scalers.items():
        yield f"pipeline_{name}", pipe(*steps, lm.Ridge(0.1)).fit(X, Y), X
    yield "pipeline_poisson", pipe(pre.StandardScaler(), lm.PoissonRegressor()).fit(NAMED, POSITIVE), NAMED
    yield "pipeline_targets", pipe(pre.StandardScaler(), lm.Ridge()).fit(X, TARGETS), X
    yield "pipeline_imputer_mean", pipe(impute.SimpleImputer(), pre.StandardScaler(), lm.Ridge()).fit(HOLES, Y), HOLES
    yield "pipeline_imputer_constant", pipe(impute.SimpleImputer(strategy="constant", fill_value=-1), lm.Ridge()).fit(HOLES, Y), HOLES
    yield "pipeline_imputer_scaled_first", pipe(pre.StandardScaler(), impute.SimpleImputer(), lm.Ridge()).fit(HOLES, Y), HOLES
    yield "grid_search", model_selection.GridSearchCV(pipe(pre.StandardScaler(), lm.Ridge()), {"ridge__alpha": [0.1, 1.0]}, cv=3).fit(X, Y), X
    yield "wrapper_list", [lm.Ridge().fit(X, Y)], X
    yield "wrapper", {"model": lm.Ridge().fit(X, Y), "features": ["a", "b", "c", "d"], "version": 3}, X

    classifiers = {
        "logistic": lm.LogisticRegression(), "logistic_cv": lm.LogisticRegressionCV(Cs=2, cv=3), "linear_svc": svm.LinearSVC(), "ridge_classifier": lm.RidgeClassifier(),
        "ridge_classifier_cv": lm.RidgeClassifierCV(), "perceptron": lm.Perceptron(), "lda": discriminant_analysis.LinearDiscriminantAnalysis(),
        "sgd_hinge": lm.SGDClassifier(random_state=0), "sgd_log": lm.SGDClassifier(loss="log_loss", random_state=0),
        "sgd_modified_huber": lm.SGDClassifier(loss="modified_huber", random_state=0), "one_vs_rest": multiclass.OneVsRestClassifier(lm.LogisticRegression()),
    }
    if OLD:
        classifiers["logistic_ovr"] = lm.LogisticRegression(multi_class="ovr")
        classifiers["logistic_liblinear"] = lm.LogisticRegression(solver="liblinear")
        classifiers["logistic_multinomial"] = lm.LogisticRegression(multi_class="multinomial")
        classifiers["passive_aggressive_classifier"] = lm.PassiveAggressiveClassifier(random_state=0)
    for name, model in classifiers.items():
        from sklearn.base import clone
        yield f"{name}_two", clone(model).fit(SMALL, TWO), SMALL
        yield f"{name}_three", clone(model).fit(SMALL, NAMES), SMALL
    yield "logistic_true_false", lm.LogisticRegression().fit(SMALL, TWO.astype(bool)), SMALL
    yield "logistic_object_labels", lm.LogisticRegression().fit(SMALL, NAMES.astype(object)), SMALL
    yield "logistic_float_labels", lm.LogisticRegression().fit(SMALL, TWO * 2.0 - 1.0), SMALL
    yield "logistic_no_intercept", lm.LogisticRegression(fit_intercept=False).fit(SMALL, NAMES), SMALL
    yield "svc_linear_two", svm.SVC(kernel="linear").fit(SMALL, TWO), SMALL
    yield "pipeline_logistic", pipe(pre.StandardScaler(), lm.LogisticRegression()).fit(NAMED, NAMES), NAMED
    yield "pipeline_one_vs_rest", pipe(pre.MinMaxScaler(), multiclass.OneVsRestClassifier(pipe(pre.StandardScaler(), lm.LogisticRegression()))).fit(X, NAMES), X
    yield "columns_ridge", pipe(columns(), lm.Ridge()).fit(MIXED, Y), MIXED
    yield "columns_drop_first", pipe(columns(drop=["Lima"]), lm.Ridge()).fit(MIXED, Y), MIXED
    yield "columns_passthrough", pipe(columns("passthrough"), lm.LogisticRegression(max_iter=10000)).fit(MIXED, TWO), MIXED
    yield "columns_scaled_after", pipe(columns("passthrough", sparse_output=False), pre.MaxAbsScaler(), decomposition.PCA(3), lm.LogisticRegression()).fit(MIXED, NAMES), MIXED
    by_number = compose.make_column_transformer((pre.StandardScaler(), [0, 3]), (pre.MinMaxScaler(), slice(1, 2)), ("drop", [2]))
    yield "columns_by_number", pipe(by_number, lm.Ridge()).fit(X, Y), X
    yield "pipeline_union", pipe(pipeline.make_union(pre.StandardScaler(), decomposition.PCA(2)), lm.Ridge()).fit(X, Y), X
    yield "pipeline_indicator", pipe(impute.SimpleImputer(add_indicator=True), pre.MaxAbsScaler(), lm.Ridge()).fit(HOLES, Y), HOLES
    yield "transformed_square", compose.TransformedTargetRegressor(lm.Ridge(), func=np.sqrt, inverse_func=np.square).fit(X, POSITIVE), X
    yield from combined()
    yield from selected()
    yield from encoded()
    yield from disguised()
    yield from classifying()


def combined():
    """Several models that are a linear one together."""
    lm, pre = linear_model, preprocessing
    yield "chain", multioutput.RegressorChain(lm.Ridge(), order=[2, 0, 1]).fit(X, TARGETS), X
    members = [("ridge", lm.Ridge()), ("scaled", pipe(pre.StandardScaler(), lm.Lasso(0.1)))]
    yield "voting", ensemble.VotingRegressor(members).fit(X, Y), X
    yield "voting_weights", ensemble.VotingRegressor(members, weights=[3, 1]).fit(X, Y), X
    yield "stacking", ensemble.StackingRegressor(members, lm.Ridge(), cv=3).fit(X, Y), X
    yield "stacking_passthrough", ensemble.StackingRegressor(members, lm.Ridge(), cv=3, passthrough=True).fit(X, Y), X
    for name, target in (("two", TWO), ("three", NAMES)):
        single = calibration.CalibratedClassifierCV(svm.LinearSVC(), ensemble=False, cv=3)
        yield f"calibrated_{name}", single.fit(SMALL, target), SMALL
        fitted = pipe(pre.StandardScaler(), lm.LogisticRegression()).fit(SMALL, target)
        if OLD:
            prefit = calibration.CalibratedClassifierCV(fitted, cv="prefit")
        else:
            from sklearn.frozen import FrozenEstimator
            prefit = calibration.CalibratedClassifierCV(FrozenEstimator(fitted))
        yield f"calibrated_prefit_{name}", prefit.fit(SMALL, target), SMALL
    if OLD:  # whose own probabilities are those of twice the score
        softmax = lm.LogisticRegression(multi_class="multinomial").fit(SMALL, TWO)
        yield "calibrated_multinomial_two", calibration.CalibratedClassifierCV(softmax, cv="prefit").fit(SMALL, TWO), SMALL
    weights = {"standardscaler": 2.0, "pca": 0.5}
    union = pipeline.FeatureUnion([("standardscaler", pre.StandardScaler()), ("pca", decomposition.PCA(2))], transformer_weights=weights)
    yield "pipeline_union_weights", pipe(union, lm.Ridge()).fit(X, Y), X
    gaps = pipeline.make_union(impute.SimpleImputer(), impute.MissingIndicator())
    yield "pipeline_missing_indicator", pipe(gaps, lm.Ridge()).fit(HOLES, Y), HOLES
    yield "pipeline_ica", pipe(decomposition.FastICA(2, random_state=0, whiten="unit-variance"), lm.Ridge()).fit(X, Y), X
    yield "pipeline_projection", pipe(random_projection.GaussianRandomProjection(3, random_state=0), lm.Ridge()).fit(X, Y), X


def selected():
    """Selectors, on columns of which two are equal and one hardly varies."""
    fs, lm = feature_selection, linear_model
    wide = np.random.RandomState(4).normal(size=(60, 10)) * np.linspace(1, 3, 10)
    wide[:, 6], wide[:, 8] = wide[:, 1], wide[:, 8] * 1e-6
    target = wide @ [3, 1, 0, 0, 0.5, 0, 1, 0, 0, 2] + np.random.RandomState(5).normal(size=60)
    three = np.digitize(target, np.quantile(target, [1 / 3, 2 / 3]))
    score = fs.f_regression
    selectors = {
        "k_best": fs.SelectKBest(score, k=3), "k_best_all": fs.SelectKBest(score, k="all"), "percentile": fs.SelectPercentile(score, percentile=40),
        "percentile_tie": fs.SelectPercentile(score, percentile=70), "percentile_ties": fs.SelectPercentile(score, percentile=65),
        "fpr": fs.SelectFpr(score, alpha=0.1), "fdr": fs.SelectFdr(score, alpha=0.1), "fwe": fs.SelectFwe(score, alpha=0.1),
        "generic_k_best": fs.GenericUnivariateSelect(score, mode="k_best", param=4), "generic_fdr": fs.GenericUnivariateSelect(score, mode="fdr", param=0.05),
        "variance": fs.VarianceThreshold(1e-3), "from_lasso": fs.SelectFromModel(lm.Lasso(0.1)), "from_mean": fs.SelectFromModel(lm.Ridge(), threshold="1.25*mean"),
        "from_median": fs.SelectFromModel(lm.Ridge(), threshold="median"), "from_most": fs.SelectFromModel(lm.Ridge(), max_features=2, threshold=-np.inf),
        "from_elastic_net": fs.SelectFromModel(lm.ElasticNet(0.01, l1_ratio=1.0)), "rfe": fs.RFE(lm.Ridge(), n_features_to_select=3), "rfecv": fs.RFECV(lm.Ridge(), cv=3),
        "sequential": fs.SequentialFeatureSelector(lm.Ridge(), n_features_to_select=2, cv=3),
    }
    for name, selector in selectors.items():
        yield f"select_{name}", pipe(preprocessing.StandardScaler(with_std=False), selector, lm.Ridge()).fit(wide, target), wide
    for name, norm in (("l1", 1), ("l2", 2), ("largest", np.inf)):
        selector = fs.SelectFromModel(lm.LogisticRegression(), norm_order=norm)
        yield f"select_from_classes_{name}", pipe(selector, lm.LogisticRegression()).fit(wide, three), wide
    yield "select_columns", pipe(columns(), fs.SelectKBest(score, k=3), lm.Ridge()).fit(MIXED, Y), MIXED
    yield "select_named", pipe(fs.SelectKBest(score, k=2), lm.Ridge()).fit(NAMED, Y), NAMED


def encoded():
    """Missing, infrequent and unknown categories."""
    one_hot, ordinal = preprocessing.OneHotEncoder, preprocessing.OrdinalEncoder
    choose = np.random.RandomState(6)
    city = choose.choice(["Rome", "Oslo", "Lima", "Bern", "Kyiv", "Baku"], p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05], size=60).astype(object)
    city[:6] = ["Rome", "Oslo", "Lima", "Bern", "Kyiv", "Baku"]
    code = choose.choice([1.0, 2.0, 7.0], size=60)
    gaps, codes = city.copy(), code.copy()
    gaps[6:][choose.uniform(size=54) < 0.2] = np.nan
    codes[choose.uniform(size=60) < 0.2] = np.nan
    target = Y + 3 * (city == "Rome") - 5 * (city == "Oslo") + 10 * (city == "Kyiv") + code
    city, gaps, codes = (pd.DataFrame({"city": kept}, dtype=object) for kept in (city, gaps, codes))
    codes = codes.astype(float).rename(columns={"city": "code"})
    known = pd.DataFrame({"city": ["Rome", "Oslo", "Kyiv", "Baku", "Lima", "Bern"]}, dtype=object)
    strange = pd.DataFrame({"city": ["Rome", "Nome", "Kyiv", "Baku", "Oslo", "York"]}, dtype=object)
    holes = pd.DataFrame({"city": ["Rome", np.nan, "Kyiv", "Baku", "Oslo", "Lima"]}, dtype=object)
    strange_holes = pd.DataFrame({"city": ["Rome", np.nan, "Kyiv", "Nome", "Oslo", "Lima"]}, dtype=object)
    numbers = pd.DataFrame({"code": [1.0, 2.0, np.nan, 7.0]})
    cases = {
        "one_hot_missing": (one_hot(), gaps, holes), "one_hot_missing_number": (one_hot(), codes, numbers),
        "one_hot_missing_ignore": (one_hot(handle_unknown="ignore"), gaps, strange_holes),
        "one_hot_missing_drop": (one_hot(drop=[np.nan]), gaps, holes), "one_hot_none": (one_hot(), gaps.where(gaps.notna(), None), holes.where(holes.notna(), None)),
        "one_hot_infrequent": (one_hot(min_frequency=8), city, known), "one_hot_infrequent_ignore": (one_hot(min_frequency=8, handle_unknown="ignore"), city, strange),
        "one_hot_infrequent_if_exist": (one_hot(max_categories=3, handle_unknown="infrequent_if_exist"), city, strange),
        "one_hot_infrequent_none": (one_hot(min_frequency=1, handle_unknown="infrequent_if_exist"), city, strange),
        "one_hot_infrequent_drop": (one_hot(min_frequency=8, drop="first", handle_unknown="infrequent_if_exist"), city, strange),
        "one_hot_infrequent_drop_error": (one_hot(min_frequency=8, drop=["Oslo"]), city, known),
        "one_hot_infrequent_missing": (one_hot(min_frequency=12, handle_unknown="infrequent_if_exist"), gaps, strange_holes),
        "one_hot_if_binary": (one_hot(drop="if_binary"), city, known),
        "ordinal_missing": (ordinal(encoded_missing_value=-2), gaps, holes), "ordinal_unknown": (ordinal(handle_unknown="use_encoded_value", unknown_value=-1), city, strange),
        "ordinal_infrequent": (ordinal(min_frequency=8), city, known),
        "ordinal_everything": (ordinal(max_categories=3, handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2), gaps, strange_holes),
        "ordinal_none": (ordinal(), gaps.where(gaps.notna(), None), holes.where(holes.notna(), None)),
    }
    for name, (encoder, training, rows) in cases.items():
        column = list(training.columns)
        model = pipe(compose.ColumnTransformer([("encoded", encoder, column)]), linear_model.Ridge())
        yield name, model.fit(training, target), rows
    rare = one_hot(min_frequency=59, handle_unknown="infrequent_if_exist")
    both = city.assign(number=Y)
    beside = compose.ColumnTransformer([("encoded", rare, ["city"]), ("kept", "passthrough", ["number"])])
    yield "one_hot_all_infrequent", pipe(beside, linear_model.Ridge()).fit(both, target), strange.assign(number=Y[:6])
    scaled = pipe(compose.ColumnTransformer([("encoded", one_hot(max_categories=3, handle_unknown="infrequent_if_exist", sparse_output=False), ["city"])]),
                  preprocessing.StandardScaler(), decomposition.PCA(2), linear_model.Ridge())
    yield "one_hot_infrequent_scaled", scaled.fit(city, target), strange
    means = pipe(preprocessing.TargetEncoder(random_state=0), linear_model.Ridge())
    yield "target_encoder", means.fit(gaps, target), strange_holes
    means = pipe(preprocessing.TargetEncoder(random_state=0, smooth=3.0), linear_model.LogisticRegression())
    yield "target_encoder_two", means.fit(city, TWO), strange


def disguised():
    """Models that are linear, though their classes do not say so."""
    lm, pre = linear_model, preprocessing
    counts = np.round(np.abs(SMALL) * 3)
    yield "multinomial_nb_two", naive_bayes.MultinomialNB().fit(counts, TWO), counts
    yield "multinomial_nb_three", naive_bayes.MultinomialNB(fit_prior=False).fit(counts, NAMES), counts
    yield "complement_nb", naive_bayes.ComplementNB(norm=True).fit(counts, NAMES), counts
    yield "bernoulli_nb_two", naive_bayes.BernoulliNB(binarize=None).fit(counts > 2, TWO), (counts > 2).astype(float)
    yield "bernoulli_nb_three", naive_bayes.BernoulliNB(binarize=None).fit(counts > 2, NAMES), (counts > 2).astype(float)
    yield "kernel_ridge", kernel_ridge.KernelRidge(kernel="linear").fit(SMALL, Y), SMALL
    yield "kernel_ridge_targets", kernel_ridge.KernelRidge().fit(sparse.csr_matrix(SMALL), TARGETS), SMALL
    discriminant = discriminant_analysis.LinearDiscriminantAnalysis
    for solver in ("svd", "eigen"):
        steps = [pre.StandardScaler(), discriminant(solver=solver, n_components=1), lm.LogisticRegression()]
        yield f"pipeline_discriminant_{solver}", pipe(*steps).fit(X, NAMES), X
    bagged = pipe(pre.StandardScaler(), lm.Lasso(0.1))
    yield "bagging", ensemble.BaggingRegressor(lm.LinearRegression(), 3, max_features=0.75, random_state=0).fit(X, Y), X
    yield "bagging_pipeline", ensemble.BaggingRegressor(bagged, 3, random_state=0).fit(NAMED, Y), NAMED
    yield "pipeline_degree_one", pipe(pre.PolynomialFeatures(1), lm.Ridge()).fit(X, Y), X
    yield "pipeline_degree_one_no_bias", pipe(pre.PolynomialFeatures((1, 1), include_bias=False), lm.Ridge()).fit(X, Y), X
    few = sparse.csr_matrix(np.where(SMALL > 0, SMALL, 0))
    yield "svc_sparse", svm.SVC(kernel="linear").fit(few, TWO), few.toarray()
    yield "nu_svc_sparse", svm.NuSVC(kernel="linear").fit(few, TWO), few.toarray()
    yield "svr_sparse", svm.SVR(kernel="linear").fit(few, Y), few.toarray()
    yield "logistic_sparsified", lm.LogisticRegression().fit(SMALL, NAMES).sparsify(), SMALL
    whole, holes = MIXED[["city"]].astype(object), MIXED[["city"]].astype(object)
    holes.iloc[1] = np.nan
    for name, encoder, rows in (
        ("ignore", pre.OneHotEncoder(handle_unknown="ignore"), holes), ("error", pre.OneHotEncoder(), whole),
        ("drop", pre.OneHotEncoder(handle_unknown="ignore", drop="first"), holes),
        ("infrequent", pre.OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=16), holes),
        ("ordinal", pre.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), holes),
    ):
        constant = impute.SimpleImputer(strategy="constant", fill_value="missing")
        yield f"imputed_unseen_{name}", pipe(constant, encoder, lm.Ridge()).fit(whole, Y), rows


def classifying():
    """Classifiers that vote, average, decide by a threshold or predict several labels per row."""
    lm, pre, grid = linear_model, preprocessing, model_selection.GridSearchCV
    table = np.column_stack([TWO, THREE > 0, THREE > 1]).astype(int)
    yield "multilabel_one_vs_rest", multiclass.OneVsRestClassifier(lm.LogisticRegression()).fit(SMALL, table), SMALL
    yield "multilabel_ridge", pipe(pre.StandardScaler(), lm.RidgeClassifierCV()).fit(SMALL, table), SMALL
    searched = pipe(pre.StandardScaler(), multiclass.OneVsRestClassifier(svm.LinearSVC()))
    yield "multilabel_search", grid(searched, {"standardscaler__with_mean": [True]}, cv=3).fit(SMALL, table[:, :2]), SMALL
    yield "multilabel_output", pipe(pre.StandardScaler(), multioutput.MultiOutputClassifier(lm.LogisticRegression())).fit(X, table), X
    yield "multilabel_single", multioutput.MultiOutputClassifier(lm.LogisticRegression()).fit(SMALL, table[:, :1]), SMALL
    four = np.digitize(Y, np.quantile(Y, [1 / 4, 2 / 4, 3 / 4]))
    yield "svc_linear_three", svm.SVC(kernel="linear").fit(SMALL, NAMES), SMALL
    yield "svc_linear_four", pipe(pre.StandardScaler(), svm.SVC(kernel="linear", C=0.05, decision_function_shape="ovo")).fit(X, four), X
    yield "svc_linear_break_ties", svm.SVC(kernel="linear", C=0.01, break_ties=True).fit(SMALL, four), SMALL
    few = sparse.csr_matrix(np.where(SMALL > 0, SMALL, 0))
    yield "nu_svc_sparse_four", svm.NuSVC(kernel="linear", nu=0.3).fit(few, four), few.toarray()
    yield "one_vs_one_two", multiclass.OneVsOneClassifier(svm.LinearSVC()).fit(SMALL, TWO), SMALL
    yield "one_vs_one_three", multiclass.OneVsOneClassifier(lm.LogisticRegression()).fit(SMALL, NAMES), SMALL
    yield "one_vs_one_four", pipe(pre.MinMaxScaler(), multiclass.OneVsOneClassifier(lm.RidgeClassifier())).fit(X, four), X
    for name, target in (("two", TWO), ("three", NAMES)):
        yield f"calibrated_folds_{name}", calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=3).fit(SMALL, target), SMALL
        for way, ensemble_of in (("single", False), ("folds", True)):
            isotonic_too = calibration.CalibratedClassifierCV(lm.LogisticRegression(), method="isotonic", ensemble=ensemble_of, cv=3)
            yield f"calibrated_isotonic_{way}_{name}", isotonic_too.fit(SMALL, target), SMALL
        members = [("logistic", lm.LogisticRegression()), ("scaled", pipe(pre.StandardScaler(), lm.LogisticRegression(C=0.1))), ("bayes", discriminant_analysis.LinearDiscriminantAnalysis())]
        yield f"voting_soft_{name}", ensemble.VotingClassifier(members, voting="soft").fit(SMALL, target), SMALL
        yield f"voting_hard_{name}", ensemble.VotingClassifier([*members, ("svm", svm.LinearSVC())]).fit(SMALL, target), SMALL
        yield f"voting_hard_weights_{name}", ensemble.VotingClassifier(members, weights=[0.1, 0.2, 0.3]).fit(SMALL, target), SMALL
        bagged = ensemble.BaggingClassifier(pipe(pre.StandardScaler(), lm.LogisticRegression()), 3, max_features=0.75, random_state=0)
        yield f"bagging_classifier_{name}", bagged.fit(X, target), X
        yield f"bagging_votes_{name}", ensemble.BaggingClassifier(svm.LinearSVC(), 4, random_state=0).fit(SMALL, target), SMALL
    nested = [("calibrated", calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=3)), ("logistic", lm.LogisticRegression())]
    yield "voting_soft_nested", ensemble.VotingClassifier(nested, voting="soft", weights=[2, 1]).fit(SMALL, NAMES), SMALL
    yield "nearest_centroid_two", neighbors.NearestCentroid().fit(X, TWO), X
    yield "nearest_centroid_three", pipe(pre.StandardScaler(), neighbors.NearestCentroid(shrink_threshold=0.2)).fit(X, NAMES), X
    if OLD:  # which had no thresholds
        return
    yield "nearest_centroid_priors", neighbors.NearestCentroid(priors=[0.2, 0.3, 0.5]).fit(X, NAMES), X
    two, chosen = np.where(TWO, "yes", "no"), model_selection.FixedThresholdClassifier
    yield "threshold_fixed", chosen(lm.LogisticRegression(), threshold=0.8).fit(SMALL, two), SMALL
    yield "threshold_auto", chosen(lm.LogisticRegression()).fit(SMALL, TWO), SMALL
    yield "threshold_first", chosen(lm.LogisticRegression(), threshold=0.2, pos_label="no").fit(SMALL, two), SMALL
    yield "threshold_score", chosen(lm.LogisticRegression(), threshold=1.5, response_method="decision_function").fit(SMALL, two), SMALL
    yield "threshold_score_first", chosen(pipe(pre.StandardScaler(), lm.RidgeClassifier()), threshold=-0.3, pos_label="no").fit(X, two), X
    yield "threshold_truth", chosen(lm.LogisticRegression(), threshold=0.7, pos_label=1).fit(SMALL, TWO.astype(bool)), SMALL
    yield "threshold_average", chosen(calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=3), threshold=0.9).fit(SMALL, two), SMALL
    yield "threshold_tuned", model_selection.TunedThresholdClassifierCV(lm.LogisticRegression(), cv=3).fit(SMALL, two), SMALL
    yield "threshold_tuned_f1", pipe(pre.StandardScaler(), model_selection.TunedThresholdClassifierCV(lm.LogisticRegression(), scoring="f1", cv=3)).fit(X, TWO), X


def refused():
    """Name and fitted model, for what cannot be converted."""
    lm, pre = linear_model, preprocessing
    table = np.column_stack([TWO, THREE > 0, THREE > 1]).astype(int)
    yield "label_chain", multioutput.ClassifierChain(lm.LogisticRegression()).fit(SMALL, table)
    yield "several_classes_output", multioutput.MultiOutputClassifier(lm.LogisticRegression()).fit(SMALL, np.column_stack([TWO, THREE]))
    yield "label_of_every_row", multiclass.OneVsRestClassifier(lm.LogisticRegression()).fit(SMALL, np.column_stack([TWO, TWO * 0]))
    yield "calibrated_bayes", calibration.CalibratedClassifierCV(naive_bayes.MultinomialNB(), cv=2).fit(np.abs(SMALL), THREE)
    yield "voting_forest", ensemble.VotingClassifier([("logistic", lm.LogisticRegression()), ("forest", ensemble.RandomForestClassifier(2, max_depth=2))], voting="soft").fit(SMALL, TWO)
    yield "spline_before_forest", pipe(pre.SplineTransformer(n_knots=3), ensemble.RandomForestRegressor(2, max_depth=2)).fit(X, Y)
    yield "scaler_alone", pre.StandardScaler().fit(X)
    yield "transformers_alone", pipe(pre.StandardScaler(), decomposition.PCA(2)).fit(X)
    yield "labels_alone", pre.LabelEncoder().fit(NAMES)
    yield "bagged_trees", ensemble.BaggingRegressor(None, 2, random_state=0).fit(X[:9], Y[:9])
    yield "forest", ensemble.RandomForestRegressor(2, max_depth=2).fit(X, Y)
    yield "neighbors", neighbors.KNeighborsRegressor().fit(X[:8], Y[:8])
    yield "isotonic_nan", isotonic.IsotonicRegression(out_of_bounds="nan").fit(X[:, 0], Y)
    yield "svr_rbf", svm.SVR().fit(X[:9], Y[:9])
    yield "unfitted", lm.LinearRegression()
    yield "two_models", {"first": lm.Ridge().fit(X, Y), "second": lm.Lasso().fit(X, Y)}
    yield "select_from_forest", pipe(feature_selection.SelectFromModel(ensemble.RandomForestRegressor(2, max_depth=1)), lm.Ridge()).fit(X, Y)
    gaps = np.array([["a"], [np.nan], [None], ["b"]], dtype=object)
    yield "two_sorts_of_missing", pipe(pre.OneHotEncoder(), lm.Ridge()).fit(gaps, Y[:4])
    imputed = pipe(pre.OrdinalEncoder(), impute.SimpleImputer(), lm.Ridge())
    yield "ordinal_missing", imputed.fit(gaps[[0, 1, 3]], Y[:3])
    wrapper = type(str("Wrapper"), (), {"__module__": "__main__"})
    globals()["Wrapper"] = wrapper
    kept = wrapper()
    kept.model, kept.threshold = lm.Ridge().fit(X, Y), 3.0
    yield "wrapper_class", kept
    scaler = pre.StandardScaler().fit(X)
    models = {"price": lm.Ridge().fit(scaler.transform(X), Y), "area": lm.Lasso().fit(scaler.transform(X), POSITIVE)}
    yield "scaler_and_models", {"scaler": scaler, "models": models, "columns": ["a", "b", "c", "d"]}
    if is_wanted("refused_scaler_and_models"):
        expect("refused_scaler_and_models", pipe(scaler, models["price"]), X)  # with --key scaler --key models.price
    rare = pre.OneHotEncoder(min_frequency=59, handle_unknown="infrequent_if_exist")
    yield "constant", pipe(rare, lm.Ridge()).fit(NAMES[:, None], Y)
    if not OLD:  # which could not
        classes = pipe(pre.TargetEncoder(random_state=0), lm.LogisticRegression())
        yield "target_encoder_three", classes.fit(NAMES[:, None], THREE)


def timeless(model):
    """Sets what a search has measured of its own speed to 0."""
    for key in [key for key in getattr(model, "cv_results_", {}) if key.endswith("_time")]:
        model.cv_results_[key] = np.zeros_like(model.cv_results_[key])
    if hasattr(model, "refit_time_"):
        model.refit_time_ = 0.0
    return model


def dump_skops(path, model, stored):
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
                node["file"] = files.setdefault(node["file"], f"{len(files)}.npy")
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
            renumber(child)

    renumber(schema)
    with zipfile.ZipFile(path, "w") as archive:
        way = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        for name in made.namelist():
            content = json.dumps(schema, indent=2).encode() if name == "schema.json" else made.read(name)
            archive.writestr(zipfile.ZipInfo(files.get(name, name)), content, compress_type=way)


def dump(name, model, way):
    path = FOLDER / f"{name}.{way}"
    if way.startswith("p") and way[1:].isdigit():
        path.write_bytes(pickle.dumps(model, protocol=int(way[1:])))
    elif way == "skops":
        dump_skops(path, model, stored=name in ("linear", "logistic_three"))  # as skops does if it is not told otherwise
    elif way == "joblib":
        joblib.dump(model, path)
    else:
        joblib.dump(model, path, compress=(way, 3))
        if way == "gzip":  # whose header has the time
            packed = path.read_bytes()
            path.write_bytes(packed[:4] + bytes(4) + packed[8:])


def expect(name, model, rows):
    rows = rows[:ROWS] if isinstance(rows, pd.DataFrame) else rows[:ROWS].astype(float)
    model = model["model"] if isinstance(model, dict) else model[0] if isinstance(model, list) else model
    cells = rows.astype(object).where(rows.notna(), None).values.tolist() if isinstance(rows, pd.DataFrame) else [
        [None if cell != cell else cell for cell in row] for row in rows.tolist()
    ]
    told = {"class": type(model).__name__, "rows": cells, "predictions": model.predict(rows).tolist()}
    if hasattr(model, "predict_proba"):
        found = model.predict_proba(rows)
        # Several labels per row behind one class: a table of two classes for each label.
        told["probabilities"] = (np.column_stack([one[:, 1] for one in found]) if isinstance(found, list) else found).tolist()
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")


WAYS = ["p2", "p3", "p4", "p5", "joblib"]
EVERY_WAY = ["p0", "p1", *WAYS, "zlib", "gzip", "bz2", "xz", "lzma", "lz4"] + ([] if OLD else ["skops"])
IN_EVERY_WAY = ["linear", "ridge_targets", "logistic_three", "pipeline_standard", "columns_ridge"]


def seeded(models):
    """Each model with the same random numbers, however many came before it."""
    models = iter(models)
    while True:
        np.random.seed(20)
        try:
            yield next(models)
        except StopIteration:
            return


def way_of(name, ways=WAYS):
    return ways[zlib.crc32(name.encode()) % len(ways)]


def is_wanted(name):
    return not WANTED or name in WANTED


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, model, rows in seeded(models()):
        if not is_wanted(name):
            continue
        ways = EVERY_WAY if name in IN_EVERY_WAY else [way_of(name)]
        if not OLD and zlib.crc32(name.encode()) % 4 == 0 and "skops" not in ways and not name.startswith("wrapper"):
            ways = [*ways, "skops"]
        for way in ways:
            dump(name, timeless(model), way)
        expect(name, model, rows)
    for name, model in seeded(refused()):
        name = f"refused_{name}"
        if is_wanted(name):
            dump(name, model, way_of(name))


main()
