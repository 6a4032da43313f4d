"""Estimators into artifacts: dumped, converted, proved and packed in one call."""

import json
import os
import pathlib
import pickle
import tempfile

from sagelet._programs import model_tools
from sagelet._rows import to_csv, to_lists


class Conversion:
    """A converted model: `path` where it lies, and `remarks`, the lines that `model-tools` had to say about it."""

    def __init__(self, path, remarks):
        self.path = pathlib.Path(path)
        self.remarks = remarks

    def __fspath__(self):
        return os.fspath(self.path)

    def __repr__(self):
        return "\n".join([f"Conversion({str(self.path)!r})", *self.remarks])


def convert(model, out, *, check=None, expect=None, key=None, overwrite=True):
    """Converts a fitted estimator, or a file that holds one, and returns a Conversion.

    model      an estimator, or the path of any file that `model-tools convert` reads; or a list of them that are used
               one after the other, such as a scaler and a model
    out        the name of the file to write: .tar.gz for SageMaker, .cbor for `sagelet serve`, or .onnx, .sql, …
    check      rows whose predictions have to be the model's own, to the bit or nearly; without them nothing is proved
    expect     their predictions, if `model` is a path; the estimator's own otherwise: of a classifier the class, and
               the probabilities of all classes if it has them
    key        which of several estimators in one file is meant
    overwrite  whether a file that is there already may be replaced

    Raises Error with the reason of `model-tools`; nothing is written then.
    """
    out = os.fspath(out)
    with tempfile.TemporaryDirectory(prefix="sagelet-") as directory:
        sources = _files_of(model, directory)
        if check is not None and expect is None:
            expect = predictions_of(model, check)
        proof = _proof(directory, check, expect)
        # The archive holds one file, which is converted first.
        packed = out.endswith((".tar.gz", ".tgz"))
        written = os.path.join(directory, "model.cbor") if packed else out
        force = ["--force"] if overwrite else []
        chosen = ["--key", key] if key is not None else []
        _, remarks = model_tools("convert", *sources, "-o", written, *proof, *chosen, *force, within=directory)
        if packed:
            _, more = model_tools("package", written, "-o", out, *force, within=directory)
            remarks += more
    return Conversion(out, remarks.splitlines())


def inspect(model):
    """What `model-tools inspect --json` says of an estimator or a file: kind, features, coefficients, digest."""
    with tempfile.TemporaryDirectory(prefix="sagelet-") as directory:
        (source,) = _files_of(model, directory)
        return json.loads(model_tools("inspect", source, "--json", within=directory)[0])


def artifact_of(model, directory):
    """The path of an artifact for a model in any form; what has to be converted goes into `directory`."""
    sources = _files_of(model, directory)
    if len(sources) == 1 and sources[0].endswith(".cbor"):
        return sources[0]
    artifact = os.path.join(directory, "model.cbor")
    model_tools("convert", *sources, "-o", artifact, within=directory)
    return artifact


def predictions_of(estimator, rows):
    """One list for each row, as `model-tools convert --expect` reads it: the prediction, then the probabilities."""
    *before, estimator = _parts(estimator)
    if any(map(_is_file, [*before, estimator])):
        raise TypeError("check needs expect where a model is a file: the predictions that it has to give")
    for transformer in before:
        rows = transformer.transform(rows)
    predicted = [_flat(row) for row in estimator.predict(rows)]
    if not hasattr(estimator, "predict_proba"):
        return predicted
    probabilities = estimator.predict_proba(rows)
    # One array for each label where there are several.
    if isinstance(probabilities, list):
        return predicted
    return [[*label, *_flat(shares)] for label, shares in zip(predicted, probabilities)]


def _flat(value):
    value = value.tolist() if hasattr(value, "tolist") else value
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _is_file(model):
    return isinstance(model, (str, os.PathLike))


def _parts(model):
    """What is used one after the other; most models are one."""
    return list(model) if isinstance(model, (list, tuple)) else [model]


def _files_of(model, directory):
    """The paths of a model's parts. Estimators are dumped into `directory`, under the names of their classes."""
    paths = []
    for part in _parts(model):
        if _is_file(part):
            paths.append(os.fspath(part))
            continue
        number = f"{len(paths) + 1}-" if isinstance(model, (list, tuple)) else ""
        path = os.path.join(directory, f"{number}{type(part).__name__}.pkl")
        with open(path, "wb") as file:
            pickle.dump(part, file, protocol=4)
        paths.append(path)
    return paths


def _proof(directory, check, expect):
    """The arguments of a conversion that is proved; none if there are no rows."""
    if check is None:
        return []
    rows, predictions = os.path.join(directory, "rows.csv"), os.path.join(directory, "predictions.csv")
    _write(rows, to_csv(check)[1])
    _write(predictions, to_csv(_column(expect))[1])
    return ["--check", rows, "--expect", predictions]


def _column(expect):
    """Predictions as rows: a flat list of them is one column."""
    values = expect.tolist() if hasattr(expect, "tolist") else list(expect)
    if values and not isinstance(values[0], (list, tuple)):
        values = [[value] for value in values]
    return to_lists(values)


def _write(path, text):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
