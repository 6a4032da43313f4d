"""The wheel as its users meet it: real estimators, the real programs, a real server."""

import json
import os
import tarfile

import numpy
import pandas
import pytest
import sagelet
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Sums are added in another order than numpy's.
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@pytest.fixture
def diabetes():
    return load_diabetes(return_X_y=True, as_frame=True)


@pytest.fixture
def regression(diabetes):
    return make_pipeline(StandardScaler(), Ridge()).fit(*diabetes)


@pytest.fixture
def species():
    """Flowers by name, and a classifier of them."""
    iris = load_iris(as_frame=True)
    labels = numpy.array(iris.target_names)[iris.target]
    return iris.data, LogisticRegression(max_iter=1000).fit(iris.data, labels)


def test_convert_proves_and_packs_in_one_call(diabetes, regression, tmp_path):
    conversion = sagelet.convert(regression, tmp_path / "model.tar.gz", check=diabetes[0][:100])
    with tarfile.open(conversion) as archive:
        assert archive.getnames() == ["model.cbor"]
    assert any("100 rows" in remark for remark in conversion.remarks), conversion


def test_a_conversion_that_predicts_otherwise_is_refused_and_writes_nothing(diabetes, regression, tmp_path):
    out = tmp_path / "model.cbor"
    wrong = regression.predict(diabetes[0][:10]) + 1
    with pytest.raises(sagelet.Error, match="row 1"):
        sagelet.convert(regression, out, check=diabetes[0][:10], expect=wrong)
    assert not out.exists()


def test_what_is_no_linear_model_is_refused_with_the_reason_of_the_tool(diabetes, tmp_path):
    forest = RandomForestRegressor(n_estimators=2).fit(*diabetes)
    with pytest.raises(sagelet.Error, match="^RandomForestRegressor.pkl: .*RandomForestRegressor"):
        sagelet.convert(forest, tmp_path / "model.cbor")


def test_served_predictions_are_the_estimators(diabetes, regression):
    rows, _ = diabetes
    with sagelet.serve(regression) as server:
        numpy.testing.assert_allclose(server.predict(rows), regression.predict(rows), **CLOSE)
        numpy.testing.assert_allclose(server.predict(rows.iloc[:, ::-1]), regression.predict(rows), **CLOSE)
        numpy.testing.assert_allclose(server.predict(rows.to_numpy()), regression.predict(rows), **CLOSE)
        numpy.testing.assert_allclose(server.predict(rows.to_numpy()[0]), regression.predict(rows[:1]), **CLOSE)
        with pytest.raises(sagelet.Error, match="column"):
            server.predict([[1, 2]])
    with pytest.raises(OSError):
        server.predict(rows)


def test_a_scaler_and_a_model_apart_are_one_model(diabetes, tmp_path):
    rows, labels = diabetes
    scaler = StandardScaler().fit(rows)
    model = Ridge().fit(scaler.transform(rows), labels)
    conversion = sagelet.convert([scaler, model], tmp_path / "model.tar.gz", check=rows[:50])
    with sagelet.serve(conversion) as server:
        numpy.testing.assert_allclose(server.predict(rows), model.predict(scaler.transform(rows)), **CLOSE)


def test_a_classifier_answers_with_its_labels(species, tmp_path):
    rows, classifier = species
    conversion = sagelet.convert(classifier, tmp_path / "model.cbor", check=rows)
    with sagelet.serve(conversion) as server:
        assert server.predict(rows) == classifier.predict(rows).tolist()
    with sagelet.serve(conversion, env={"SAGEMAKER_INFERENCE_OUTPUT": "probabilities"}) as server:
        status, answer = server.post("/invocations", rows[:1].to_csv(index=False).encode(), {"Content-Type": "text/csv"})
    assert status == 200
    found = json.loads(answer.decode().strip().strip('"'))
    numpy.testing.assert_allclose(found, classifier.predict_proba(rows[:1])[0], rtol=1e-9)


def test_columns_of_text_go_the_whole_way(tmp_path):
    rows = pandas.DataFrame({"rooms": [1.0, 2.0, 3.0, 4.0], "city": ["Oslo", "Bergen", "Oslo", "Bod\u00f8"]})
    columns = ColumnTransformer([("city", OneHotEncoder(), ["city"])], remainder="passthrough")
    model = make_pipeline(columns, LinearRegression()).fit(rows, [10.0, 12.0, 15.0, 20.0])
    conversion = sagelet.convert(model, tmp_path / "model.tar.gz", check=rows)
    with sagelet.serve(conversion) as server:
        numpy.testing.assert_allclose(server.predict(rows), model.predict(rows), **CLOSE)


@pytest.mark.parametrize("missing", [None, float("nan"), pandas.NA])
def test_missing_cells_are_missing_whatever_pandas_calls_them(missing):
    rows = pandas.DataFrame({"a": [1.0, 2.0, 6.0], "b": [3.0, 4.0, 6.0]})
    model = make_pipeline(SimpleImputer(), Ridge()).fit(rows, [1.0, 2.0, 3.0])
    asked = pandas.DataFrame({"a": [missing, 2.0], "b": [3.0, 4.0]}, dtype=object)
    expected = model.predict(asked.astype({"b": float}).assign(a=[float("nan"), 2.0]))
    with sagelet.serve(model) as server:
        numpy.testing.assert_allclose(server.predict(asked), expected, **CLOSE)


def test_a_setting_that_is_not_valid_says_so(regression):
    with pytest.raises(sagelet.Error, match='SAGELET_LOG="xml" is not valid'):
        with sagelet.serve(regression, env={"SAGELET_LOG": "xml"}):
            pass


def test_inspect_gives_what_a_program_can_read(regression):
    found = sagelet.inspect(regression)
    assert (found["width"], found["features"][2]) == (10, "bmi")
    assert len(found["model"]["coefficients"]) == 10


def test_a_report_is_shown_inside_the_notebook(diabetes, regression, tmp_path):
    rows, labels = diabetes
    report = sagelet.report(regression, data=rows.assign(target=labels))
    shown = report._repr_html_()
    assert shown.startswith("<iframe") and "&lt;html" in shown
    report.save(tmp_path / "report.html")
    assert "bmi" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_files_are_taken_as_estimators_are(diabetes, regression, tmp_path):
    conversion = sagelet.convert(regression, tmp_path / "model.cbor")
    again = sagelet.convert(conversion, tmp_path / "model.sql")
    assert "SELECT" in again.path.read_text(encoding="utf-8")
    with pytest.raises(TypeError, match="expect"):
        sagelet.convert(conversion, tmp_path / "again.cbor", check=diabetes[0])
    with pytest.raises(sagelet.Error, match="exists|--force|force"):
        sagelet.convert(regression, conversion.path, overwrite=False)


def test_the_programs_are_on_the_path_of_the_environment():
    from sagelet import _programs

    for program in ("model-tools", "sagelet"):
        assert os.path.dirname(_programs.path_of(program)).endswith("bin")
