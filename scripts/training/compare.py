#!/usr/bin/env python3
"""Compares `sagelet train` with scikit-learn, statsmodels and, if Rscript has it, glmnet.

    pip install scikit-learn statsmodels; apt-get install r-cran-glmnet
    scripts/training/compare.py target/release/sagelet

Every line gives the largest difference of a coefficient on the standardised scale, and fails above 1e-8 (of glmnet and
of scikit-learn's iterative solvers: above what those solvers reach).
"""

import subprocess
import sys
import tempfile
import warnings

import numpy as np
import statsmodels.api as sm
from sklearn import linear_model as lm

import job

warnings.filterwarnings("ignore")
SAGELET, FAILED = sys.argv[1], []


def train(rows, label, **settings):
    """The report of a job."""
    return job.train(SAGELET, rows, label, settings, ["training"])[0]


def coefficients(report):
    return np.array([entry["values"] for entry in report["coefficients"]])


def compare(name, found, expected, scale, allowed=1e-8):
    difference = np.max(np.abs((np.asarray(found) - np.asarray(expected)) * scale))
    verdict = "ok" if difference <= allowed else "FAILED"
    print(f"{name:44} {difference:.1e}  (allowed {allowed:.0e})  {verdict}")
    if difference > allowed:
        FAILED.append(name)


def compare_covariance(name, found, expected):
    deviations = np.sqrt(np.diag(expected))
    compare(name, found, expected, 1 / np.outer(deviations, deviations), 1e-6)


def data(rows=3000, width=12, seed=0):
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(width, width)) / np.sqrt(width) + np.eye(width)
    columns = random.normal(size=(rows, width)) @ mixing * 10.0 ** random.integers(-2, 3, width)
    columns += random.normal(size=width) * 10
    return random, columns


def least_squares():
    random, columns = data()
    deviation, mean = columns.std(0), columns.mean(0)
    standard = (columns - mean) / deviation
    truth = random.normal(size=columns.shape[1])
    label = standard @ truth + random.normal(size=len(columns)) + 40
    rows = len(label)
    report = train(columns, label)
    expected = sm.OLS(label, sm.add_constant(columns)).fit()
    compare("least squares: statsmodels OLS", coefficients(report)[1:, 0], expected.params[1:], deviation)
    covariance = np.array(report["covariance"])
    compare_covariance("its covariance: statsmodels", covariance, expected.cov_params())
    ridge = lm.Ridge(alpha=rows * 0.3, solver="svd").fit(standard, label)
    compare("wd: Ridge(alpha=n wd)", coefficients(train(columns, label, wd=0.3))[1:, 0] * deviation, ridge.coef_, 1)
    plain = lm.Ridge(alpha=rows * 0.3, solver="svd").fit(columns, label)
    found = coefficients(train(columns, label, wd=0.3, normalize_data=False))[1:, 0]
    compare("wd, normalize_data=false: Ridge", found, plain.coef_, deviation)
    for l1, wd in [(0.1, 0.0), (0.05, 0.1), (0.5, 0.0)]:
        net = lm.ElasticNet(alpha=l1 + wd, l1_ratio=l1 / (l1 + wd), tol=1e-14, max_iter=1000000)
        net.fit(standard, label)
        found = coefficients(train(columns, label, l1=l1, wd=wd))[1:, 0] * deviation
        compare(f"l1={l1}, wd={wd}: ElasticNet", found, net.coef_, 1)


def logistic():
    random, columns = data(seed=1)
    deviation, mean = columns.std(0), columns.mean(0)
    standard = (columns - mean) / deviation
    truth = random.normal(size=columns.shape[1]) * 0.5
    label = (random.uniform(size=len(columns)) < 1 / (1 + np.exp(-standard @ truth))).astype(int)
    rows = len(label)
    report = train(columns, label, predictor_type="binary_classifier")
    expected = sm.GLM(label, sm.add_constant(standard), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100)
    compare("logistic: statsmodels", coefficients(report)[1:, 0] * deviation, expected.params[1:], 1)
    own = sm.GLM(label, sm.add_constant(columns), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100)
    compare_covariance("its covariance: statsmodels", report["covariance"], own.cov_params())
    ridge = lm.LogisticRegression(C=1 / (rows * 0.01), tol=1e-12, max_iter=10000, solver="newton-cholesky")
    ridge.fit(standard, label)
    found = coefficients(train(columns, label, predictor_type="binary_classifier", wd=0.01))[1:, 0] * deviation
    compare("logistic, wd: LogisticRegression(C=1/(n wd))", found, ridge.coef_[0], 1)
    glmnet("logistic, l1: glmnet", standard, label, "binomial", 0.02, 0.0, deviation, columns)
    glmnet("logistic, l1 and wd: glmnet", standard, label, "binomial", 0.01, 0.02, deviation, columns)


def softmax():
    random, columns = data(seed=2, width=6)
    deviation, mean = columns.std(0), columns.mean(0)
    standard = (columns - mean) / deviation
    scores = standard @ random.normal(size=(6, 4)) * 0.7 + random.gumbel(size=(len(columns), 4))
    label, rows = scores.argmax(1), len(columns)
    ridge = lm.LogisticRegression(C=1 / (rows * 0.02), tol=1e-12, max_iter=10000, solver="newton-cg")
    ridge.fit(standard, label)
    found = coefficients(train(columns, label, predictor_type="multiclass_classifier", wd=0.02))
    compare("softmax, wd: LogisticRegression", found[1:].T * deviation, ridge.coef_, 1, 1e-7)
    model = sm.MNLogit(label, sm.add_constant(standard)).fit(method="newton", tol=1e-12, maxiter=100, disp=0)
    found = coefficients(train(columns, label, predictor_type="multiclass_classifier"))[1:]
    found = ((found[:, 1:].T - found[:, 0]) * deviation).T
    compare("softmax: statsmodels MNLogit", found, model.params[1:], 1)


def generalised():
    random, columns = data(seed=3, width=5)
    deviation, mean = columns.std(0), columns.mean(0)
    standard = (columns - mean) / deviation
    expectation = np.exp(standard @ random.normal(size=5) * 0.4 + 1)
    families = {
        "poisson": (sm.families.Poisson(), random.poisson(expectation)),
        "gamma": (sm.families.Gamma(sm.families.links.Log()), random.gamma(2, expectation / 2)),
        "tweedie": (sm.families.Tweedie(var_power=1.5), random.poisson(expectation) * random.gamma(2, 0.5)),
    }
    for loss, (family, label) in families.items():
        report = train(columns, label, loss=loss)
        expected = sm.GLM(label, sm.add_constant(standard), family=family).fit(tol=1e-14, maxiter=200)
        compare(f"{loss}: statsmodels", coefficients(report)[1:, 0] * deviation, expected.params[1:], 1)
        own = sm.GLM(label, sm.add_constant(columns), family=family).fit(tol=1e-14, maxiter=200)
        own = own if loss == "poisson" else sm.GLM(label, sm.add_constant(columns), family=family).fit(
            tol=1e-14, maxiter=200, scale="X2"
        )
        compare_covariance("its covariance: statsmodels", report["covariance"], own.cov_params())
    power = {"poisson": 1, "gamma": 2, "tweedie": 1.5}
    for loss, (_, label) in families.items():
        expected = lm.TweedieRegressor(power=power[loss], link="log", alpha=0.1, tol=1e-12, max_iter=10000)
        expected.set_params(solver="newton-cholesky").fit(standard, label)
        found = coefficients(train(columns, label, loss=loss, wd=0.1))[1:, 0] * deviation
        compare(f"{loss}, wd: TweedieRegressor(alpha=wd)", found, expected.coef_, 1)
    glmnet("poisson, l1: glmnet", standard, families["poisson"][1], "poisson", 0.1, 0.0, deviation, columns)


def glmnet(name, standard, label, family, l1, wd, deviation, columns):
    """glmnet's lambda is l1 + wd and its alpha l1 / (l1 + wd)."""
    with tempfile.TemporaryDirectory() as directory:
        np.savetxt(f"{directory}/x.csv", standard, delimiter=",", fmt="%.17g")
        np.savetxt(f"{directory}/y.csv", label, delimiter=",", fmt="%.17g")
        script = f"""
            suppressMessages(library(glmnet)); options(digits=17)
            x <- as.matrix(read.csv("{directory}/x.csv", header=FALSE)); y <- scan("{directory}/y.csv", quiet=TRUE)
            f <- glmnet(x, y, family="{family}", alpha={l1 / (l1 + wd)}, lambda={l1 + wd}, thresh=1e-18, maxit=1e8,
                        standardize=FALSE)
            cat(format(as.vector(f$beta), digits=17), sep="\\n")"""
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
        if done.returncode:
            print(f"{name:44} left out: {done.stderr.strip().splitlines()[-1:]}")
            return
        expected = np.array([float(line) for line in done.stdout.split()])
    settings = {"predictor_type": "binary_classifier"} if family == "binomial" else {"loss": family}
    found = coefficients(train(columns, label, l1=l1, wd=wd, **settings))[1:, 0] * deviation
    compare(name, found, expected, 1)


least_squares()
logistic()
softmax()
generalised()
if FAILED:
    raise SystemExit(f"{len(FAILED)} comparisons failed")
