"""Makes the PMML part of the corpus, with what JPMML-Evaluator predicts for a few rows beside each model.

    python make_pmml.py    with scikit-learn 1.9.0, pandas 3.1.1, statsmodels 0.15.0, sklearn2pmml 0.133.1, jpmml_evaluator 0.16.0,
and java

Files called jpmml_* are what sklearn2pmml writes. The others are laid out as the named programs lay them out: R's package
pmml (as its source, pmml.glm.R and pmml.multinom.R, has it) and SPSS (as the examples of PMML's own specification have
it), with numbers made up here.
"""

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import jpmml_evaluator
import numpy as np
import pandas
import statsmodels.api as sm
from jpmml_evaluator.py4j import Py4JBackend
from sklearn import compose, impute, linear_model as lm, pipeline, preprocessing as pre
from sklearn2pmml import sklearn2pmml
from sklearn2pmml.pipeline import PMMLPipeline
from sklearn2pmml.statsmodels import StatsModelsClassifier, StatsModelsRegressor

FOLDER = Path("pmml")
FOLDER.mkdir(exist_ok=True)
BACKEND = Py4JBackend()
random = np.random.RandomState(20)

X = pandas.DataFrame({
    "age": random.normal(40, 9, 80), "city": random.choice(["Oslo", "Rome", "Lima"], 80), "height": random.normal(170, 8, 80)})
Y = 2 * X["age"] + 9 * (X["city"] == "Rome") + random.normal(size=80)
TWO = np.where(Y > Y.median(), "yes", "no")
THREE = np.array(["low", "middle", "high"])[np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3]))]
NOISY = np.digitize(X["age"] + random.normal(0, 5, 80), [36, 44])
HOLES = X.assign(age=X["age"].where(random.uniform(size=80) > 0.2))
ROWS = [{"age": 31.5, "city": "Rome", "height": 166.0}, {"age": 52.25, "city": "Oslo", "height": 181.5},
        {"age": 44.0, "city": "Lima", "height": 170.125}]
UNKNOWN = ROWS + [{"age": 39.0, "city": "Kyiv", "height": 158.5}]
MISSING = ROWS + [{"city": "Rome", "height": 158.5}]


def columns(*scalers):
    encoder = ("city", pre.OneHotEncoder(handle_unknown="ignore"), ["city"])
    return compose.ColumnTransformer([*((str(number), scaler, names) for number, (scaler, names) in enumerate(scalers)), encoder])


STANDARD = (pre.StandardScaler(), ["age"])
MIN_MAX = (pre.MinMaxScaler(), ["height"])
MAX_ABS = (pre.MaxAbsScaler(), ["height"])
ROBUST = (pre.RobustScaler(), ["height"])
IMPUTED = (pipeline.make_pipeline(impute.SimpleImputer(), pre.StandardScaler()), ["age"])
NUMBERS = ["age", "height"]
JPMML = {
    "linear": ([columns(STANDARD, MIN_MAX), lm.LinearRegression()], X, Y, UNKNOWN),
    "ridge": ([columns(STANDARD, ROBUST), lm.Ridge()], X, Y, UNKNOWN),
    "imputed": ([columns(IMPUTED, MAX_ABS), lm.LinearRegression()], HOLES, Y, MISSING),
    "poisson": ([columns(STANDARD, MIN_MAX), lm.PoissonRegressor()], X, np.round(Y - Y.min()), UNKNOWN),
    "logistic_two": ([columns(STANDARD, MIN_MAX), lm.LogisticRegression()], X, TWO, UNKNOWN),
    "logistic_three": ([columns(STANDARD, MIN_MAX), lm.LogisticRegression()], X, THREE, UNKNOWN),
    # Of which the generalised linear ones become a GeneralRegressionModel.
    "statsmodels_ols": ([pre.StandardScaler(), StatsModelsRegressor(sm.OLS)], X[NUMBERS], Y, ROWS),
    "statsmodels_poisson": ([pre.StandardScaler(), StatsModelsRegressor(sm.GLM, family=sm.families.Poisson())], X[NUMBERS], np.round(Y - Y.min()), ROWS),
    "statsmodels_binomial": ([pre.StandardScaler(), StatsModelsClassifier(sm.GLM, family=sm.families.Binomial())], X[NUMBERS], NOISY >= 1, ROWS),
    "statsmodels_logit": ([pre.StandardScaler(), StatsModelsClassifier(sm.Logit)], X[NUMBERS], NOISY >= 1, ROWS),
    "statsmodels_mnlogit": ([pre.StandardScaler(), StatsModelsClassifier(sm.MNLogit)], X[NUMBERS], NOISY, ROWS),
}

HEAD = """<?xml version="1.0"?>
<PMML version="4.2" xmlns="http://www.dmg.org/PMML-4_2">
 <Header description="laid out as {program} writes it"><Application name="{program}" version="0"/></Header>
 <DataDictionary numberOfFields="4">
  <DataField name="outcome" {outcome}
  <DataField name="age" optype="continuous" dataType="double"/>
  <DataField name="height" optype="continuous" dataType="double"/>
  <DataField name="city" optype="categorical" dataType="string"><Value value="Lima"/><Value value="Oslo"/><Value value="Rome"/></DataField>
 </DataDictionary>
"""
SCHEMA = """  <MiningSchema>
   <MiningField name="outcome" usageType="predicted"/>
   <MiningField name="age" usageType="active"/>
   <MiningField name="height" usageType="active"/>
   <MiningField name="city" usageType="active"/>
  </MiningSchema>
"""
CONTINUOUS = 'optype="continuous" dataType="double"/>'
CLASSES = 'optype="categorical" dataType="string">{}</DataField>'
PARAMETERS = [("p0", "(Intercept)", None, None), ("p1", "age", "age", "1"), ("p2", "height", "height", "1"),
              ("p3", "cityOslo", "city", "Oslo"), ("p4", "cityRome", "city", "Rome")]


def classes(*names):
    return CLASSES.format("".join(f'<Value value="{name}"/>' for name in names))


def general(program, outcome, attributes, betas, parameters=PARAMETERS):
    """A GeneralRegressionModel; betas are lists of numbers by target category, or by None."""
    lines = [HEAD.format(program=program, outcome=outcome), f" <GeneralRegressionModel modelName=\"g\" {attributes}>\n", SCHEMA]
    lines += ["  <ParameterList>\n", *(f'   <Parameter name="{name}" label="{label}"/>\n' for name, label, _, _ in parameters), "  </ParameterList>\n"]
    lines += ['  <FactorList>\n   <Predictor name="city"/>\n  </FactorList>\n']
    lines += ['  <CovariateList>\n   <Predictor name="age"/>\n   <Predictor name="height"/>\n  </CovariateList>\n  <PPMatrix>\n']
    lines += [f'   <PPCell value="{value}" predictorName="{predictor}" parameterName="{name}"/>\n'
              for name, _, predictor, value in parameters if predictor]
    lines += ["  </PPMatrix>\n  <ParamMatrix>\n"]
    for category, numbers in betas.items():
        target = f'targetCategory="{category}" ' if category else ""
        lines += [f'   <PCell {target}parameterName="{parameter[0]}" df="1" beta="{beta!r}"/>\n' for parameter, beta in zip(parameters, numbers)]
    return "".join([*lines, "  </ParamMatrix>\n </GeneralRegressionModel>\n</PMML>\n"])


GENERALIZED = 'modelType="generalizedLinear" functionName="{}" algorithmName="glm" distribution="{}" linkFunction="{}"'
ALL_LEVELS = [("P0", "Intercept", None, None), ("P1", "[city=Lima]", "city", "Lima"), ("P2", "[city=Oslo]", "city", "Oslo"),
              ("P3", "[city=Rome]", "city", "Rome"), ("P4", "age", "age", "1"), ("P5", "height", "height", "1")]
LAID_OUT = {
    "r_glm_gaussian": general("R pmml.glm", CONTINUOUS, GENERALIZED.format("regression", "normal", "identity"), {None: [3.25, 0.5, -0.125, 7.5, -2.75]}),
    "r_glm_poisson": general("R pmml.glm", CONTINUOUS, GENERALIZED.format("regression", "poisson", "log"), {None: [0.3, 0.021, -0.0075, 0.4, -0.9]}),
    "r_glm_binomial": general("R pmml.glm", classes("no", "yes"), GENERALIZED.format("classification", "binomial", "logit"), {"yes": [-3.1, 0.07, 0.003, 0.25, -1.5]}),
    "spss_general_linear": general("SPSS", CONTINUOUS, 'modelType="generalLinear" functionName="regression" targetVariableName="outcome"',
        {None: [31.5, -1.25, 2.5, 0.0, 0.375, -0.0625]}, ALL_LEVELS),
    "spss_multinomial": general("SPSS", classes("high", "low", "middle"),
        'modelType="multinomialLogistic" functionName="classification" targetVariableName="outcome" targetReferenceCategory="low"',
        {"high": [-4.5, 0.75, -0.5, 0.0, 0.11, 0.004], "middle": [1.5, -0.25, 0.3, 0.0, 0.02, -0.011]}, ALL_LEVELS),
    "spss_multinomial_two": general("SPSS", classes("buys", "leaves"),
        'modelType="multinomialLogistic" functionName="classification" targetVariableName="outcome" targetReferenceCategory="leaves"',
        {"buys": [-4.5, 0.75, -0.5, 0.0, 0.11, 0.004]}, ALL_LEVELS),
    "r_glm_offset": general("R pmml.glm", CONTINUOUS, GENERALIZED.format("regression", "poisson", "log") + ' offsetVariable="height"',
        {None: [-168.0, 0.021, 0.4, -0.9]}, [PARAMETERS[0], PARAMETERS[1], *PARAMETERS[3:]]),
    "r_multinom": HEAD.format(program="R pmml.multinom", outcome=classes("high", "low", "middle"))
        + ' <RegressionModel functionName="classification" algorithmName="multinom" normalizationMethod="softmax">\n' + SCHEMA
        + '  <RegressionTable intercept="-2.75" targetCategory="low"><NumericPredictor name="age" exponent="1" coefficient="0.05"/>'
          '<CategoricalPredictor name="city" value="Rome" coefficient="-1.5"/></RegressionTable>\n'
          '  <RegressionTable intercept="1.5" targetCategory="middle"><NumericPredictor name="age" exponent="1" coefficient="-0.02"/>'
          '<CategoricalPredictor name="city" value="Rome" coefficient="0.625"/></RegressionTable>\n'
          '  <RegressionTable intercept="0.0" targetCategory="high"/>\n </RegressionModel>\n</PMML>\n',
    # The last class has what the others leave of 1.
    "plain_two": HEAD.format(program="by hand", outcome=classes("no", "yes")) + ' <RegressionModel functionName="classification" normalizationMethod="none">\n'
        + SCHEMA + '  <RegressionTable intercept="-0.4" targetCategory="no"><NumericPredictor name="age" coefficient="0.02"/></RegressionTable>\n'
          '  <RegressionTable intercept="0" targetCategory="yes"/>\n </RegressionModel>\n</PMML>\n',
    "plain_three": HEAD.format(program="by hand", outcome=classes("high", "low", "middle")) + ' <RegressionModel functionName="classification">\n'
        + SCHEMA + '  <RegressionTable intercept="-0.4" targetCategory="high"><NumericPredictor name="age" coefficient="0.02"/></RegressionTable>\n'
          '  <RegressionTable intercept="0.9" targetCategory="low"><NumericPredictor name="age" coefficient="-0.02"/></RegressionTable>\n'
          '  <RegressionTable intercept="7" targetCategory="middle"/>\n </RegressionModel>\n</PMML>\n',
    "replaced_category": HEAD.format(program="by hand", outcome=CONTINUOUS) + ' <RegressionModel functionName="regression">\n'
        + SCHEMA.replace('name="city"', 'name="city" missingValueReplacement="Oslo" invalidValueTreatment="asIs"')
        + '  <RegressionTable intercept="4.5"><CategoricalPredictor name="city" value="Oslo" coefficient="0.875"/>'
          '<CategoricalPredictor name="city" value="Rome" coefficient="-2.25"/><NumericPredictor name="age" coefficient="0.1"/>'
          '</RegressionTable>\n </RegressionModel>\n</PMML>\n',
    "transformed": HEAD.format(program="by hand", outcome=CONTINUOUS).replace(" </DataDictionary>\n", """ </DataDictionary>
 <TransformationDictionary>
  <DerivedField name="scaled" optype="continuous" dataType="double"><NormContinuous field="age"><LinearNorm orig="20" norm="0"/><LinearNorm orig="60" norm="1"/></NormContinuous></DerivedField>
  <DerivedField name="is Rome" optype="continuous" dataType="double"><NormDiscrete field="city" value="Rome"/></DerivedField>
  <DerivedField name="tall" optype="continuous" dataType="double"><FieldRef field="height" mapMissingTo="171.5"/></DerivedField>
  <DerivedField name="not Oslo" optype="continuous" dataType="double"><Apply function="if"><Apply function="equal"><FieldRef field="city"/><Constant>Oslo</Constant></Apply><Constant>0</Constant><Constant>1</Constant></Apply></DerivedField>
  <DerivedField name="not Lima" optype="continuous" dataType="double"><Apply function="if"><Apply function="notEqual"><FieldRef field="city"/><Constant>Lima</Constant></Apply><Constant>2.5</Constant><Constant>0</Constant></Apply></DerivedField>
  <DerivedField name="filled" optype="continuous" dataType="double"><Apply function="if"><Apply function="isNotMissing"><FieldRef field="height"/></Apply><FieldRef field="height"/><Constant>171.5</Constant></Apply></DerivedField>
  <DerivedField name="mixed" optype="continuous" dataType="double"><Apply function="-"><Apply function="*"><FieldRef field="scaled"/><Constant>3</Constant></Apply><Apply function="/"><FieldRef field="tall"/><Constant>-8</Constant></Apply></Apply></DerivedField>
 </TransformationDictionary>
""") + ' <RegressionModel functionName="regression">\n' + SCHEMA
        + '  <Targets><Target field="outcome" rescaleFactor="2" rescaleConstant="-10"/></Targets>\n'
          '  <RegressionTable intercept="4.5"><NumericPredictor name="mixed" coefficient="1.25"/><NumericPredictor name="is Rome" coefficient="-3.5"/>'
          '<NumericPredictor name="not Oslo" coefficient="0.875"/><NumericPredictor name="tall" coefficient="0.1"/>'
          '<NumericPredictor name="not Lima" coefficient="1.75"/><NumericPredictor name="filled" coefficient="-0.3"/></RegressionTable>\n </RegressionModel>\n</PMML>\n',
}


def active(path):
    """The names of a row's cells in their order, and the model's classes."""
    tree = ElementTree.parse(path).getroot()
    space = tree.tag.split("}")[0] + "}"
    fields = [field for field in tree.iter(f"{space}MiningField") if field.get("usageType", "active") == "active"]
    return [field.get("name") for field in fields]


def write(name, rows, labels=None):
    path = FOLDER / f"{name}.pmml"
    names = active(path)
    evaluator = jpmml_evaluator.make_evaluator(str(path), backend=BACKEND)
    told = {"rows": [[row.get(name) for name in names] for row in rows], "predictions": []}
    for row in rows:
        results = evaluator.evaluate({name: cell for name, cell in row.items() if name in names})
        target = results[evaluator.getTargetFields()[0].name]
        told["predictions"].append(target)
        if labels:
            told.setdefault("probabilities", []).append([results[f"probability({label})"] for label in labels])
    path.with_suffix(".json").write_text(json.dumps(told, default=int) + "\n")


for name, (steps, rows, target, told) in JPMML.items():
    target = target.astype(int) if name.startswith("statsmodels") and target.dtype == bool else target
    model = PMMLPipeline([(str(number), step) for number, step in enumerate(steps)]).fit(rows, target)
    path = FOLDER / f"jpmml_{name}.pmml"
    sklearn2pmml(model, str(path))
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "<Timestamp>" not in line))
    classes = name.startswith("logistic") or name.endswith(("binomial", "logit"))
    write(f"jpmml_{name}", told, sorted(set(target)) if classes else None)

for name, text in LAID_OUT.items():
    labels = {"r_glm_binomial": ["no", "yes"], "spss_multinomial_two": ["leaves", "buys"], "spss_multinomial": ["high", "low", "middle"],
              "r_multinom": ["low", "middle", "high"]}.get(name)
    if labels:  # JPMML-Evaluator gives probabilities where an Output asks for them
        fields = "".join(f'<OutputField name="probability({label})" optype="continuous" dataType="double" feature="probability" value="{label}"/>' for label in labels)
        text = text.replace("  </MiningSchema>\n", f"  </MiningSchema>\n  <Output>{fields}</Output>\n")
    (FOLDER / f"{name}.pmml").write_text(text)
    more = {"transformed": [{"city": "Rome", "age": 33.0}], "replaced_category": [{"age": 33.0, "height": 150.0}, UNKNOWN[3]]}
    more |= {plain: [{"age": age, "height": 160.0, "city": "Rome"} for age in (18.0, 26.5, 38.0, 47.5)] for plain in ("plain_two", "plain_three")}
    write(name, ROWS + more.get(name, []), labels)
