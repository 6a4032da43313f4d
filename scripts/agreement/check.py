#!/usr/bin/env python3
"""Predicts 1,000 random rows with scikit-learn, and with what model-tools makes of the same pipeline: served over HTTP
and by `model-tools predict`, in every format that can carry the rows, one row at a time and all in one body.

usage: check.py SAGELET MODEL_TOOLS        SAGELET_SEED=N chooses other rows

Predictions of one row are equal to the bit in every format, and within 1e-12 of the sum of its terms' sizes of
scikit-learn's (which adds them up in another order)."""

import io
import json
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import time

import joblib
import numpy
import pandas
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

ROWS = 1000
SEED = int(os.environ.get("SAGELET_SEED", "20261125"))
LARGE = [2**53, 2**53 + 1, 2**53 + 3, -(2**62) - 1, 7]
TEXTS = ["Private", " Private", "Self, employed", 'say "hi"', "1.5", "\u00e9t\u00e9"]


def table(rng, rows):
    def number(missing):
        kinds = [lambda: rng.uniform(-1e3, 1e3), lambda: float(rng.randint(-50, 50)), lambda: rng.gauss(0, 1e-6)]
        return [numpy.nan if rng.random() < missing else rng.choice(kinds)() for _ in range(rows)]

    return pandas.DataFrame({
        "plain": number(0),
        "gaps": number(0.2),
        "large": pandas.array([rng.choice(LARGE) for _ in range(rows)], dtype="int64"),
        "flag": pandas.array([rng.random() < 0.5 for _ in range(rows)], dtype="bool"),
        "text": [rng.choice(TEXTS) for _ in range(rows)],
        "size": [rng.choice(["small", "large"]) for _ in range(rows)],
    })


def mixed(rng):
    frame = table(rng, 400)
    columns = make_column_transformer(
        (StandardScaler(), ["plain"]),
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), ["gaps"]),
        (OneHotEncoder(handle_unknown="ignore"), ["large"]),
        (OneHotEncoder(drop="first"), ["flag", "text"]),
        (OrdinalEncoder(), ["size"]),
    )
    return make_pipeline(columns, LinearRegression()).fit(frame, [rng.gauss(0, 5) for _ in range(400)]), table(rng, ROWS)


def numbers(rng):
    frame = table(rng, 400)[["plain", "gaps"]]
    model = make_pipeline(SimpleImputer(), StandardScaler(), LinearRegression())
    return model.fit(frame, [rng.gauss(0, 5) for _ in range(400)]), table(rng, ROWS)[["plain", "gaps"]]


def cells(frame):
    """The rows as JSON has them."""
    return [[None if cell != cell else cell for cell in row] for row in frame.astype(object).values.tolist()]


def datatype(series):
    return {"f": "FP64", "i": "INT64", "b": "BOOL"}.get(series.dtype.kind, "BYTES")


def bodies(frame):
    """Name, path, content type and body of each format that can carry the rows."""
    names, rows = list(frame.columns), cells(frame)
    backwards = frame[names[::-1]]
    records = [dict(zip(names[::-1], row[::-1])) for row in rows]
    columns = {name: [row[index] for row in rows] for index, name in enumerate(names)}
    tensors = [{"name": name, "shape": [len(rows)], "datatype": datatype(frame[name]), "data": columns[name]} for name in names]
    quoted = io.StringIO()
    import csv
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows([["" if cell is None else cell for cell in row] for row in rows])
    js, lines, path = "application/json", "application/jsonlines", "/invocations"
    yield "CSV", path, "text/csv", frame.to_csv(index=False, header=False).encode()
    yield "CSV with a header, backwards", path, "text/csv", backwards.to_csv(index=False).encode()
    yield "CSV in quotes, CRLF", path, "text/csv; header=absent", quoted.getvalue().encode()
    yield "JSON lists", path, js, json.dumps({"instances": rows}).encode()
    yield "JSON records", path, js, json.dumps(records).encode()
    yield "JSON split", path, js, json.dumps({"dataframe_split": {"columns": names, "data": rows}}).encode()
    yield "JSON columns", path, js, json.dumps({"inputs": columns}).encode()
    yield "JSON Lines", path, lines, "".join(json.dumps(row) + "\n" for row in rows).encode()
    yield "tensors", "/v2/models/model/infer", js, json.dumps({"inputs": tensors}).encode()
    if all(frame[name].dtype.kind == "f" for name in names):
        array = frame.to_numpy()
        for name, array in ("npy", array), ("npy in columns", numpy.asfortranarray(array)):
            file = io.BytesIO()
            numpy.save(file, array)
            yield name, path, "application/x-npy", file.getvalue()
        yield "RecordIO", path, "application/x-recordio-protobuf", b"".join(record(row) for row in frame.to_numpy())
        svm = "".join("0 " + " ".join(f"{i + 1}:{v!r}" for i, v in enumerate(row)) + "\n" for row in frame.to_numpy().tolist())
        yield "libsvm", path, "text/libsvm", svm.encode()


def record(row):
    field = lambda number, content: bytes([number << 3 | 2, len(content)]) + content
    value = field(3, field(1, struct.pack(f"<{len(row)}d", *row)))
    entry = field(1, field(1, b"values") + field(2, value))
    frame = struct.pack("<II", 0xCED7230A, len(entry)) + entry
    return frame + bytes(-len(frame) % 4)


class Server:
    def __init__(self, sagelet, prefix):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        arguments = [sagelet, "serve", "--prefix", prefix, "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            try:
                self.connection = socket.create_connection(("127.0.0.1", self.port))
                break
            except OSError:
                time.sleep(0.01)
        self.answers = self.connection.makefile("rb")

    def predict(self, path, content_type, body):
        head = (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
                f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        self.connection.sendall(head.encode() + body)
        status, length = int(self.answers.readline().split()[1]), 0
        while (line := self.answers.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answer = json.loads(self.answers.read(length))
        assert status == 200, answer
        return answer["predictions"] if "predictions" in answer else answer["outputs"][0]["data"]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def check(name, model, frame, sagelet, tools, scratch):
    pickle, prefix = f"{scratch}/{name}.joblib", f"{scratch}/{name}"
    os.makedirs(f"{prefix}/model")
    joblib.dump(model, pickle)
    artifact = f"{prefix}/model/model.cbor"
    subprocess.run([tools, "convert", pickle, "-o", artifact], check=True, capture_output=True)
    expected = model.predict(frame)
    transformed = numpy.asarray(model[:-1].transform(frame), dtype=float)
    sizes = numpy.abs(transformed * model[-1].coef_).sum(axis=1) + abs(model[-1].intercept_)
    server, formats, reference = Server(sagelet, prefix), 0, None
    for format_name, path, content_type, body in bodies(frame):
        found = server.predict(path, content_type, body)
        reference = reference or found
        assert found == reference, f"{name}: {format_name} differs from CSV (SAGELET_SEED={SEED})"
        if not path.startswith("/v2"):
            rows = f"{scratch}/rows"
            with open(rows, "wb") as file:
                file.write(body)
            arguments = [tools, "predict", artifact, rows, "--content-type", content_type]
            printed = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
            assert [float(line) for line in printed.split()] == reference, f"{name}: model-tools predict, {format_name}"
        formats += 1
    worst = max(abs(numpy.array(reference) - expected) / sizes)
    assert worst <= 1e-12, f"{name}: {worst} of the terms' size from scikit-learn (SAGELET_SEED={SEED})"
    for index in range(len(frame)):
        for format_name, path, content_type, body in bodies(frame.iloc[index:index + 1]):
            found = server.predict(path, content_type, body)
            assert found == [reference[index]], f"{name}: row {index + 1} alone, {format_name} (SAGELET_SEED={SEED})"
    server.stop()
    print(f"{name}: {len(frame)} rows in {formats} formats, alone and together: equal to the bit; "
          f"from scikit-learn {worst:.1e} of the terms' size at most")


def main():
    sagelet, tools = sys.argv[1:3]
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        for name, make in ("mixed", mixed), ("numbers", numbers):
            model, frame = make(rng)
            check(name, model, frame, sagelet, tools, scratch)


main()
