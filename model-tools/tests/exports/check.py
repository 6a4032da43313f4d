"""Predicts random rows with what `model-tools convert` wrote, in the engines that it is for.

    check.py MODEL-TOOLS FORMAT...

For each format, every model of cases/exports/ is converted, its engine predicts random rows, and the predictions are
compared with those of `model-tools predict`. Differences are given as a share of what rounding works on: the sum of
|coefficient * cell|, carried through the model's function. A model that a format refuses is named with the reason; one
that differs by more than 1e-12, or gives another label, fails the check, as does an engine that is not there.
"""

import csv
import importlib
import io
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
CASES = sorted((HERE.parent / "cases" / "exports").glob("*.json"))
ROWS = 200
TOLERANCE = 1e-12
TOOL = sys.argv[1]


class Unable(Exception):
    """An engine has a limit of its own that a model is beyond."""


class Case:
    """A model, random rows for it, and what `model-tools predict` makes of them."""

    def __init__(self, path):
        self.name = path.stem
        self.path = path
        self.document = json.loads(path.read_text(encoding="utf-8"))
        self.model = self.document["model"]
        self.features = [{"name": f} if isinstance(f, str) else f for f in self.document["features"]]
        self.names = [f.get("name", f"x{i}") for i, f in enumerate(self.features)]
        self.labels = self.model.get("labels")
        self.has_probabilities = bool(self.labels) and self.model["kind"] != "linear-classifier"
        generator = random.Random(self.name)
        self.rows = [[cell(f, generator) for f in self.features] for _ in range(ROWS)]
        self.expected = self.predict()

    def predict(self):
        body = json.dumps({"instances": self.rows})
        fields = ["--fields", "predicted_label,probabilities"] if self.has_probabilities else []
        command = [TOOL, "predict", str(self.path), "-", *fields, "--content-type", "application/json"]
        done = subprocess.run(command, input=body, capture_output=True, text=True, check=True)
        lines = list(csv.reader(io.StringIO(done.stdout)))
        if not self.labels:
            return [[float(number) for number in line] for line in lines]
        by_text = {str(label): label for label in self.labels}
        return [
            (by_text[line[0]], json.loads(line[1]) if self.has_probabilities else [])
            for line in lines
        ]

    def tables(self):
        """Coefficients and intercepts of every score."""
        if self.model["kind"] == "isotonic":
            return [([1.0], 0.0)]
        if "intercepts" in self.model:
            return list(zip(self.model["coefficients"], self.model["intercepts"]))
        return [(self.model["coefficients"], self.model["intercept"])]

    def size(self, row, index):
        """The sum of |coefficient * cell| of a score."""
        columns = [number for f, c in zip(self.features, row) for number in design(f, c)]
        coefficients, intercept = self.tables()[index]
        return abs(intercept) + sum(abs(w * x) for w, x in zip(coefficients, columns))

    def rounding(self, row, index, value):
        """What an error of one part in 1 is, in this prediction."""
        if self.model["kind"] == "isotonic":
            size, value_before = max(map(abs, self.model["y_thresholds"])), None
        else:
            size = self.size(row, index)
        link = self.model.get("link", "identity")
        inverse = self.document.get("inverse_transform")
        before = {"exp": lambda: math.log(value), "expm1": lambda: math.log1p(value),
                  "square": lambda: math.sqrt(value)}.get(inverse, lambda: value)()
        if link == "log":
            size = abs(before) * (1 + size)
        elif link == "logit":
            size = 1 + size
        slope = {"exp": abs(value), "expm1": abs(value + 1), "square": 2 * abs(before)}.get(inverse)
        return size if slope is None else slope * size + max(slope, abs(value))


def cell(feature, generator):
    encoding = feature.get("encoding")
    if feature.get("missing") is not None and generator.random() < 0.25:
        return None
    if encoding is None:
        return generator.gauss(0.0, 3.0)
    if encoding["kind"] == "unused":
        return generator.gauss(0.0, 3.0)
    if encoding.get("unknown", "error") != "error" and generator.random() < 0.2:
        return "elsewhere"
    return generator.choice(encoding["categories"])


def design(feature, value):
    """A feature's columns of the design matrix."""
    encoding = feature.get("encoding")
    missing = [float(value is None)] if feature.get("missing_indicator") else []
    value = feature.get("missing") if value is None else value
    if encoding is None:
        return [value, *missing]
    if encoding["kind"] == "unused":
        return missing
    categories = encoding["categories"]
    if encoding["kind"] == "one-hot":
        return [float(value == c) for c in categories if c != encoding.get("drop", ...)] + missing
    numbers = dict(zip(categories, encoding.get("numbers", range(len(categories)))))
    return [numbers.get(value, encoding.get("unknown")), *missing]


def compare(case, found):
    """The largest difference, as a share of what rounding works on."""
    worst = 0.0
    for row, expected, got in zip(case.rows, case.expected, found, strict=True):
        if case.labels:
            label, probabilities = expected
            assert got[0] == label, f"{case.name}: {got[0]!r} instead of {label!r} for {row}"
            size = 1 + max(case.size(row, index) for index in range(len(case.tables())))
            pairs = [(e, g, size) for e, g in zip(probabilities, got[1], strict=True)]
        else:
            pairs = [(e, g, case.rounding(row, i, e)) for i, (e, g) in enumerate(zip(expected, got, strict=True))]
        for expected_number, number, size in pairs:
            difference = abs(expected_number - number) / size if size else abs(expected_number - number)
            assert not math.isnan(difference), f"{case.name}: {number} instead of {expected_number} for {row}"
            worst = max(worst, difference)
    assert worst <= TOLERANCE, f"{case.name}: predictions differ by {worst:.2g}"
    return worst


def convert(case, format, folder):
    """The converted file; the reason if the format refuses the model."""
    out = pathlib.Path(folder) / f"{case.name}.{format}"
    done = subprocess.run([TOOL, "convert", str(case.path), "-o", str(out), "--to", format], capture_output=True, text=True)
    if done.returncode == 0:
        return out, None
    _, _, reason = done.stderr.strip().splitlines()[-1].partition("cannot be written in this format: ")
    assert reason, done.stderr
    return None, reason


def main():
    failed = False
    cases = [Case(path) for path in CASES]
    for format in sys.argv[2:]:
        module, _, engine = format.partition(":")
        engines = importlib.import_module(f"engines.{module.replace('-', '_')}").ENGINES
        for name, engine in engines.items():
            worst, checked = 0.0, 0
            with tempfile.TemporaryDirectory() as folder:
                for case in cases:
                    path, reason = convert(case, module, folder)
                    if reason:
                        print(f"  {case.name}: refused: {reason}")
                        continue
                    try:
                        worst = max(worst, compare(case, engine(case, path)))
                        checked += 1
                    except Unable as error:
                        print(f"  {case.name}: not checked: {error}")
                    except AssertionError as error:
                        failed = True
                        print(f"  FAILED {error}")
            print(f"{module} in {name}: {checked} models, {ROWS} rows each, largest difference {worst:.2g}")
            assert checked, "nothing was checked"
    sys.exit(failed)


if __name__ == "__main__":
    sys.modules["check"] = sys.modules["__main__"]
    main()
