"""ONNX in onnxruntime, after the checker of onnx has found nothing."""

import importlib

import numpy

# This module has the name of the one that it needs.
checker = importlib.import_module("onnx.checker")
onnxruntime = importlib.import_module("onnxruntime")


def run(case, path):
    checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()
    if [put.name for put in inputs] == ["X"] and case.names != ["X"]:
        table = [[numpy.nan if cell is None else cell for cell in row] for row in case.rows]
        feed = {"X": numpy.array(table, dtype=numpy.float64)}
    else:
        columns = dict(zip(case.names, zip(*case.rows)))
        feed = {put.name: column(put.type, columns[put.name]) for put in inputs}
    outputs = session.run(None, feed)
    if not case.labels:
        return outputs[0].tolist()
    assert len(outputs) == 1 + case.has_probabilities
    probabilities = outputs[1].tolist() if case.has_probabilities else [[]] * len(case.rows)
    return list(zip(outputs[0].tolist(), probabilities))


def column(kind, cells):
    if kind == "tensor(string)":
        return numpy.array([["" if cell is None else cell] for cell in cells], dtype=object)
    if kind == "tensor(double)":
        return numpy.array([[numpy.nan if cell is None else cell] for cell in cells])
    return numpy.array([[cell] for cell in cells], dtype={"tensor(int64)": numpy.int64, "tensor(bool)": bool}[kind])


ENGINES = {"onnxruntime": run}
