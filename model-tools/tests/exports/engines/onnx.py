"""ONNX in onnxruntime, after the checker of onnx has found nothing."""

import importlib

import numpy

# This module has the name of the one that it needs.
checker = importlib.import_module("onnx.checker")
onnxruntime = importlib.import_module("onnxruntime")


def run(case, path):
    checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # the runs of `hidden` are meant to fail
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    hidden(case, session)
    outputs = session.run(None, fed(case, session, case.rows))
    if not case.labels:
        return outputs[0].tolist()
    assert len(outputs) == 1 + case.has_probabilities
    probabilities = outputs[1].tolist() if case.has_probabilities else [[]] * len(case.rows)
    return list(zip(outputs[0].tolist(), probabilities))


def fed(case, session, rows):
    inputs = session.get_inputs()
    if [put.name for put in inputs] == ["X"] and case.names != ["X"]:
        table = [[numpy.nan if cell is None else cell for cell in row] for row in rows]
        return {"X": numpy.array(table, dtype=numpy.float64)}
    columns = dict(zip(case.names, zip(*rows)))
    return {put.name: column(put.type, columns[put.name]) for put in inputs}


def hidden(case, session):
    """Fails if a missing cell that nothing fills in gets an answer: a number must be NaN, a label cannot be."""
    kinds = {put.name: put.type for put in session.get_inputs()}
    for place, (name, feature) in enumerate(zip(case.names, case.features)):
        encoding = feature.get("encoding") or {}
        unread = encoding.get("kind") == "unused" or kinds.get(name) in ("tensor(int64)", "tensor(bool)")
        if feature.get("missing") is not None or "" in encoding.get("categories", []) or unread:
            continue
        row = [None if index == place else cell for index, cell in enumerate(case.rows[0])]
        try:
            outputs = session.run(None, fed(case, session, [row]))
        except Exception as error:
            assert any(words in str(error) for words in ("out of data bounds", "Unknown Category")), error
            continue
        assert not case.labels, f"{case.name}: the label {outputs[0]} where {name} is missing"
        assert numpy.isnan(outputs[0]).all(), f"{case.name}: {outputs[0]} where {name} is missing"


def column(kind, cells):
    if kind == "tensor(string)":
        return numpy.array([["" if cell is None else cell] for cell in cells], dtype=object)
    if kind == "tensor(double)":
        return numpy.array([[numpy.nan if cell is None else cell] for cell in cells])
    return numpy.array([[cell] for cell in cells], dtype={"tensor(int64)": numpy.int64, "tensor(bool)": bool}[kind])


ENGINES = {"onnxruntime": run}
