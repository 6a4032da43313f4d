"""Makes the statsmodels part of the corpus, with statsmodels' own predictions beside each model.

    python make_statsmodels.py FOLDER    once for each environment:

    statsmodels-0.12   Python 3.9,  statsmodels 0.12.2, numpy 1.20.3, pandas 1.2.5, patsy 0.5.1 (no wheel for Python 3.11)
    statsmodels-0.13   Python 3.11, statsmodels 0.13.5, numpy 1.23.5, pandas 1.5.3, patsy 0.5.3
    statsmodels-0.14   Python 3.11, statsmodels 0.14.6, numpy 2.1.3,  pandas 2.3.3, patsy 1.0.3
    statsmodels-0.15   Python 3.11, statsmodels 0.15.0, numpy 2.4.6,  pandas 3.1.1, patsy 1.0.3, formulaic 1.2.2; the models
                       arrow_… with pyarrow too, which then keeps the texts of pandas

Names that end in `_bare` were saved without data (`remove_data=True`). Each model is named alone by
`python make_statsmodels.py FOLDER NAME`.
"""

import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm
import statsmodels.formula.api as smf

# Sets are pickled in the order of their hashes, and distributions of scipy with a generator's state.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
np.random.seed(20)
warnings.filterwarnings("ignore")
FOLDER = Path(sys.argv[1])
ONLY = sys.argv[2:]
VERSION = tuple(int(part) for part in statsmodels.__version__.split(".")[:2])
COUNT, ROWS = 40, 6

try:
    import pyarrow  # noqa: F401

    HAS_ARROW = True
except ImportError:
    HAS_ARROW = False


def table():
    """The same in every environment: no generator of numpy is asked."""
    index = np.arange(COUNT)
    x = np.sin(index * 1.7) * 2
    z = 3 + np.cos(index * 2.3)
    frame = pd.DataFrame({"x": x, "z": z, "exposed": 1 + (index % 5) / 4})
    frame["city"] = np.array(["Oslo", "Rome", "Lima"], dtype=object)[(index * 7 + index // 4) % 3]
    frame["rooms"] = (index * 5 + index // 3) % 4 + 1
    frame["lift"] = (index * 3 + index // 5) % 2 == 0
    frame["grade"] = pd.Categorical(np.array(["b", "c", "a"], dtype=object)[(index + index // 7) % 3], categories=["c", "a", "b"])
    frame["the size"] = np.cos(index * 0.9) * 5
    noise = np.sin(index * 12.9898) * 0.7
    frame["y"] = 1.5 * x - 0.8 * z + 2.0 * (frame["city"] == "Rome") + 0.3 * frame["rooms"] + noise
    frame["count"] = np.floor(np.exp(0.3 * x + 0.4 + noise / 2) + 0.5).astype(int)
    frame["wins"] = (frame["y"] + noise > frame["y"].mean()).astype(int)
    frame["share"] = 1 / (1 + np.exp(-(0.4 * x + noise)))
    frame["positive"] = np.exp(0.2 * frame["y"]) + 0.5
    frame["job"] = np.array(["clerk", "cook", "driver"], dtype=object)[np.digitize(frame["y"] + 3 * noise, [-1.0, 1.5])]
    return frame


FRAME = table()
MATRIX = FRAME[["x", "z", "rooms"]]
CONST = sm.add_constant(MATRIX)
OFFSET = np.log(FRAME["exposed"]).rename("offset")
families = sm.families


def link(name):
    """Links had names in lower case before 0.14."""
    upper = {"log": "Log", "logit": "Logit", "identity": "Identity", "sqrt": "Sqrt", "probit": "Probit", "cloglog": "CLogLog",
             "inverse_power": "InversePower"}[name]
    return getattr(families.links, upper if hasattr(families.links, upper) and VERSION >= (0, 14) else name)()


def formula(text, how=smf.ols, **settings):
    return lambda: how(text, FRAME, **settings).fit(**({"disp": 0} if how in QUIET else {}))


QUIET = (smf.logit, smf.poisson, smf.mnlogit)

# The fit, and what its rows are: columns of the table; `const` is added for the prediction where it was for the fit.
MODELS = {
    "ols": (lambda: sm.OLS(FRAME["y"], CONST).fit(), ["x", "z", "rooms"]),
    "ols_without_constant": (lambda: sm.OLS(FRAME["y"], MATRIX).fit(), ["x", "z", "rooms"]),
    "ols_arrays": (lambda: sm.OLS(FRAME["y"].values, sm.add_constant(MATRIX.values)).fit(), ["x", "z", "rooms"]),
    "ols_constant_last": (lambda: sm.OLS(FRAME["y"].values, sm.add_constant(MATRIX.values, prepend=False)).fit(), ["x", "z", "rooms"]),
    "ols_column_of_twos": (lambda: sm.OLS(FRAME["y"], MATRIX.assign(rooms=2)).fit(), ["x", "z", "rooms"]),
    "ols_regularized": (lambda: sm.OLS(FRAME["y"], CONST).fit_regularized(alpha=0.05), ["x", "z", "rooms"]),
    "ols_robust_errors": (lambda: sm.OLS(FRAME["y"], CONST).fit(cov_type="HC1"), ["x", "z", "rooms"]),
    "wls": (lambda: sm.WLS(FRAME["y"], CONST, weights=FRAME["exposed"]).fit(), ["x", "z", "rooms"]),
    "gls": (lambda: sm.GLS(FRAME["y"], CONST, sigma=FRAME["exposed"]).fit(), ["x", "z", "rooms"]),
    "glsar": (lambda: sm.GLSAR(FRAME["y"], CONST, rho=1).fit(), ["x", "z", "rooms"]),
    "rlm": (lambda: sm.RLM(FRAME["y"], CONST, M=sm.robust.norms.TukeyBiweight()).fit(), ["x", "z", "rooms"]),
    "quantreg": (lambda: sm.QuantReg(FRAME["y"], CONST).fit(q=0.3), ["x", "z", "rooms"]),
    "glm_gaussian": (lambda: sm.GLM(FRAME["y"], CONST).fit(), ["x", "z", "rooms"]),
    "glm_poisson": (lambda: sm.GLM(FRAME["count"], CONST, family=families.Poisson()).fit(), ["x", "z", "rooms"]),
    "glm_poisson_sqrt": (lambda: sm.GLM(FRAME["count"], CONST, family=families.Poisson(link("sqrt"))).fit(), ["x", "z", "rooms"]),
    "glm_poisson_identity": (lambda: sm.GLM(FRAME["count"] + 3, CONST, family=families.Poisson(link("identity"))).fit(), ["x", "z", "rooms"]),
    "glm_poisson_offset": (lambda: sm.GLM(FRAME["count"], CONST, family=families.Poisson(), offset=OFFSET).fit(), ["x", "z", "rooms", "OFFSET"]),
    "glm_binomial": (lambda: sm.GLM(FRAME["wins"], CONST, family=families.Binomial()).fit(), ["x", "z", "rooms"]),
    "glm_binomial_log": (lambda: sm.GLM(FRAME["share"], CONST, family=families.Binomial(link("log"))).fit(), ["x", "z", "rooms"]),
    "glm_gamma_log": (lambda: sm.GLM(FRAME["positive"], CONST, family=families.Gamma(link("log"))).fit(), ["x", "z", "rooms"]),
    "glm_inverse_gaussian_log": (lambda: sm.GLM(FRAME["positive"], CONST, family=families.InverseGaussian(link("log"))).fit(), ["x", "z", "rooms"]),
    "glm_negative_binomial": (lambda: sm.GLM(FRAME["count"], CONST, family=families.NegativeBinomial(alpha=0.5)).fit(), ["x", "z", "rooms"]),
    "glm_tweedie": (lambda: sm.GLM(FRAME["positive"], CONST, family=families.Tweedie(var_power=1.5)).fit(), ["x", "z", "rooms"]),
    "logit": (lambda: sm.Logit(FRAME["wins"], CONST).fit(disp=0), ["x", "z", "rooms"]),
    "logit_l1": (lambda: sm.Logit(FRAME["wins"], CONST).fit_regularized(alpha=0.5, disp=0), ["x", "z", "rooms"]),
    "poisson": (lambda: sm.Poisson(FRAME["count"], CONST).fit(disp=0), ["x", "z", "rooms"]),
    "poisson_offset": (lambda: sm.Poisson(FRAME["count"], CONST, offset=OFFSET).fit(disp=0), ["x", "z", "rooms", "OFFSET"]),
    "negative_binomial": (lambda: sm.NegativeBinomial(FRAME["count"], CONST).fit(disp=0), ["x", "z", "rooms"]),
    "negative_binomial_p": (lambda: sm.NegativeBinomialP(FRAME["count"], CONST).fit(disp=0), ["x", "z", "rooms"]),
    "generalized_poisson": (lambda: sm.GeneralizedPoisson(FRAME["count"], CONST).fit(disp=0), ["x", "z", "rooms"]),
    "mnlogit": (lambda: sm.MNLogit(FRAME["job"], CONST).fit(disp=0), ["x", "z", "rooms"]),
    "mnlogit_numbers": (lambda: sm.MNLogit(FRAME["rooms"], CONST[["const", "x", "z"]]).fit(disp=0), ["x", "z"]),
    # Formulas.
    "formula": (formula("y ~ x + z"), ["x", "z"]),
    "formula_text": (formula("y ~ x + city"), ["x", "city"]),
    "formula_treatment": (formula("y ~ C(city, Treatment('Oslo')) + C(rooms) + x"), ["x", "city", "rooms"]),
    "formula_sum": (formula("y ~ C(city, Sum) + x"), ["x", "city"]),
    "formula_sum_full": (formula("y ~ 0 + C(city, Sum) + x"), ["x", "city"]),
    "formula_full": (formula("y ~ 0 + city + grade + x"), ["x", "city", "grade"]),
    "formula_boolean": (formula("y ~ lift + grade + x"), ["x", "lift", "grade"]),
    "formula_arithmetic": (formula("y ~ I(2 * x - z / 4 + 1) + I(-(z + 3)) + Q('the size')"), ["x", "z", "the size"]),
    "formula_log_target": (formula("np.log(positive) ~ x + rooms"), ["x", "rooms"]),
    "formula_wls": (lambda: smf.wls("y ~ x + C(rooms, Treatment(3))", FRAME, weights=FRAME["exposed"]).fit(), ["x", "rooms"]),
    "formula_logit": (formula("wins ~ x + C(grade)", smf.logit), ["x", "grade"]),
    "formula_poisson_offset": (lambda: smf.poisson("count ~ x + city", FRAME, offset=OFFSET).fit(disp=0), ["x", "city", "OFFSET"]),
    "formula_glm": (lambda: smf.glm("share ~ x + lift", FRAME, family=families.Binomial()).fit(), ["x", "lift"]),
    "formula_quantreg": (formula("y ~ x + city", smf.quantreg), ["x", "city"]),
    # Columns that are computed.
    "formula_interaction": (formula("y ~ x * city"), ["x", "city"]),
    "formula_interaction_alone": (formula("y ~ city:x + z"), ["x", "z", "city"]),
    "formula_interaction_sum": (formula("y ~ C(city, Sum) * x"), ["x", "city"]),
    "formula_nested": (formula("y ~ city / x"), ["x", "city"]),
    "formula_crossed": (formula("y ~ city * lift + city:grade"), ["city", "lift", "grade"]),
    "formula_crossed_numbers": (formula("y ~ x * z * exposed"), ["x", "z", "exposed"]),
    "formula_power": (formula("y ~ x + I(x ** 2) + I(x ** 3) + I(z ** -1) + I(z ** 0.5)"), ["x", "z"]),
    "formula_function": (formula("y ~ np.log(z) + np.sqrt(exposed) + x"), ["x", "z", "exposed"]),
    "formula_computed": (formula("y ~ np.exp(-x / 2) + I(np.log1p(z + 1) ** 2) + np.power(x, 2):lift + I(x * z / exposed) + np.abs(Q('the size'))"),
                         ["x", "z", "exposed", "lift", "the size"]),
    "formula_computed_logit": (formula("wins ~ x + np.square(x) + lift:z", smf.logit), ["x", "z", "lift"]),
    "poisson_exposure": (lambda: sm.Poisson(FRAME["count"], CONST, exposure=FRAME["exposed"]).fit(disp=0), ["x", "z", "rooms", "EXPOSURE"]),
    "glm_poisson_exposure": (lambda: sm.GLM(FRAME["count"], CONST, family=families.Poisson(), offset=OFFSET.values, exposure=FRAME["exposed"].values).fit(),
                             ["x", "z", "rooms", "OFFSET", "EXPOSURE"]),
    "formula_poisson_exposure": (lambda: smf.poisson("count ~ x + city", FRAME, exposure=FRAME["exposed"]).fit(disp=0), ["x", "city", "EXPOSURE"]),
    "glm_gamma": (lambda: sm.GLM(FRAME["positive"], CONST, family=families.Gamma(link("inverse_power"))).fit(), ["x", "z", "rooms"]),
    # What an artifact has no column or function for.
    "refused_function": (formula("y ~ np.sinh(z) + x"), None),
    "refused_reciprocal": (formula("y ~ np.reciprocal(z) + x"), None),
    "refused_fraction": (formula("y ~ I(z ** 1.5)"), None),
    "refused_centred": (formula("y ~ center(x)"), None),
    "refused_rounded": (formula("y ~ np.floor(x / 2)"), None),
    "refused_spline": (formula("y ~ bs(x, df=4)"), None),
    "refused_contrast": (formula("y ~ C(city, Poly)"), None),
    "refused_difference": (formula("y ~ C(city, Diff)"), None),
    "refused_condition": (formula("y ~ I(x > 0)"), None),
    "refused_levels": (formula("y ~ C(exposed)"), None),
    "refused_both": (formula("y ~ rooms + C(rooms, Sum)"), None),
    "refused_probit": (lambda: sm.Probit(FRAME["wins"], CONST).fit(disp=0), None),
    "refused_link_probit": (lambda: sm.GLM(FRAME["wins"], CONST, family=families.Binomial(link("probit"))).fit(), None),
    "refused_link_cloglog": (lambda: sm.GLM(FRAME["wins"], CONST, family=families.Binomial(link("cloglog"))).fit(), None),
    "refused_gee": (lambda: sm.GEE(FRAME["y"], CONST, groups=FRAME["rooms"]).fit(), None),
}
BARE = {"ols", "wls", "gls", "rlm", "glm_poisson", "glm_poisson_offset", "logit", "negative_binomial", "mnlogit", "formula_treatment", "formula_glm"}


def predict(results, columns):
    rows = FRAME.head(ROWS)
    design = getattr(results.model.data, "design_info", None) or getattr(results.model.data, "model_spec", None)
    if design is not None:
        exog = rows
    else:
        exog = rows[[name for name in columns if name not in ("OFFSET", "EXPOSURE")]].astype(float)
        k = results.model.exog.shape[1] if results.model.exog is not None else len(results.params)
        if k > exog.shape[1]:
            last = results.model.data.const_idx == k - 1
            exog = sm.add_constant(exog, prepend=not last, has_constant="add")
    offset = {"offset": OFFSET.head(ROWS)} if "OFFSET" in columns else {}
    if "EXPOSURE" in columns:
        offset["exposure"] = FRAME["exposed"].head(ROWS)
    return np.asarray(results.predict(exog, **offset))


def cell(value):
    return value.item() if hasattr(value, "item") else value


def save(name, results, columns):
    bare = name.removesuffix("_bare") != name if hasattr(name, "removesuffix") else name.endswith("_bare")
    told = None
    if columns is not None:
        source = FRAME.assign(OFFSET=OFFSET, EXPOSURE=FRAME["exposed"])
        rows = [[cell(source[c][i]) for c in columns] for i in range(ROWS)]
        predictions = predict(results, columns)
        told = {"rows": rows, "predictions": predictions.tolist()}
        if "mnlogit" in name:
            labels = sorted(FRAME["rooms"].unique().tolist()) if "numbers" in name else sorted(set(FRAME["job"]))
            told["probabilities"] = predictions.tolist()
            told["predictions"] = [labels[best] for best in predictions.argmax(axis=1)]
    scratch = getattr(results.model, "_tmp_like_exog", None)
    if scratch is not None:
        scratch[...] = 0  # memory that was not set, which the pickle holds
    results.save(str(FOLDER / f"{name}.pkl"), remove_data=bare)
    if told:
        (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")


FOLDER.mkdir(exist_ok=True)
for name, (fit, columns) in MODELS.items():
    for kind in [name] + ([f"{name}_bare"] if name in BARE else []):
        full = f"arrow_{kind}" if HAS_ARROW else kind
        if ONLY and full not in ONLY or HAS_ARROW and not ONLY and kind not in ("ols", "formula_text", "formula_treatment", "formula_boolean"):
            continue
        try:
            np.random.seed(20)
            results = fit()
            save(full, results, columns)
        except Exception as error:
            print(f"{FOLDER}/{full}: {error!r}"[:200])

if VERSION >= (0, 15) and not HAS_ARROW:
    import statsmodels.formula

    statsmodels.formula.options.formula_engine = "formulaic"
    for name, text, columns in [
        ("formulaic_text", "y ~ x + city", ["x", "city"]),
        ("formulaic_treatment", "y ~ C(city, contr.treatment('Oslo')) + C(rooms) + x", ["x", "city", "rooms"]),
        ("formulaic_sum", "y ~ C(city, contr.sum) + lift + z", ["z", "city", "lift"]),
        ("formulaic_full", "y ~ 0 + grade + I(2 * x)", ["x", "grade"]),
        ("formulaic_interaction", "y ~ x * city + lift : z", ["x", "z", "city", "lift"]),
        ("formulaic_function", "y ~ np.exp(x) + I(z ** 2)", ["x", "z"]),
        ("refused_formulaic_function", "y ~ np.sinh(x)", None),
    ]:
        if ONLY and name not in ONLY:
            continue
        try:
            save(name, smf.ols(text, FRAME).fit(), columns)
        except Exception as error:
            print(f"{name}: {error!r}"[:300])
