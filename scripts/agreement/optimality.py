#!/usr/bin/env python3
"""Checks the optimality conditions of trained models with 40 digits, from nothing but the rows and the artifact.

    pip install -r scripts/agreement/train-requirements.txt
    scripts/agreement/optimality.py target/release/sagelet

docs/training.md gives the objective. Its gradient is computed at the coefficients of the artifact, on columns that are
centred and divided by their deviation. Where a coefficient is not 0, the gradient of the whole objective must vanish;
where it is 0, the gradient of the loss may not exceed l1. Every line gives the largest violation as a share of the largest
gradient at zero coefficients, and fails above 1e-9.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile

import cbor2
from mpmath import exp, mp, mpf, sqrt

mp.dps = 40
ALLOWED = mpf("1e-9")
SAGELET, FAILED = sys.argv[1], []
ROWS = 240


def train(header, rows, settings):
    """The document of the model that a job makes of a table."""
    with tempfile.TemporaryDirectory() as prefix:
        os.makedirs(f"{prefix}/input/config")
        os.makedirs(f"{prefix}/input/data/train")
        with open(f"{prefix}/input/config/hyperparameters.json", "w") as file:
            json.dump({name: str(value) for name, value in settings.items()}, file)
        with open(f"{prefix}/input/data/train/rows.csv", "w", newline="") as file:
            csv.writer(file).writerows([header] + rows)
        done = subprocess.run([SAGELET, "train", "--prefix", prefix], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        with open(f"{prefix}/model/model.cbor", "rb") as file:
            envelope = cbor2.load(file)
    envelope = getattr(envelope, "value", envelope)
    payload = getattr(envelope["payload"], "value", envelope["payload"])
    return cbor2.load(io.BytesIO(payload))


def text_of(label):
    return str(label).lower() if isinstance(label, bool) else str(label)


def design(document, header, rows):
    """Columns of the design matrix, and whether each is one of numbers, as the features of the artifact say."""
    columns, numbers = [], []
    for feature in document["features"]:
        cells = [row[header.index(feature["name"])] for row in rows]
        encoding = feature.get("encoding")
        if encoding:
            labels = [text_of(label) for label in encoding["categories"]]
            kept = [label for label in labels if label != text_of(encoding.get("drop"))]
            stands_in = text_of(feature.get("missing"))
            cells = [stands_in if cell == "" else cell for cell in cells]
            columns += [[mpf(cell == label) for cell in cells] for label in kept]
            numbers += [False] * len(kept)
            continue
        stands_in = feature.get("missing")
        columns.append([mpf(stands_in) if cell == "" else mpf(float(cell)) for cell in cells])
        numbers.append(True)
        if feature.get("missing_indicator"):
            columns.append([mpf(cell == "") for cell in cells])
            numbers.append(False)
    return columns, numbers


def moments(values, weights):
    total = sum(weights)
    mean = sum(v * x for v, x in zip(weights, values)) / total
    return mean, sqrt(sum(v * (x - mean) ** 2 for v, x in zip(weights, values)) / total)


def slopes(loss, power, scores, label):
    """The derivative of a row's loss by each of its scores."""
    if loss == "squared_loss":
        return [scores[0] - label]
    if loss == "logistic":
        return [1 / (1 + exp(-scores[0])) - label]
    if loss == "softmax_loss":
        top = max(scores)
        exps = [exp(score - top) for score in scores]
        return [e / sum(exps) - (place == label) for place, e in enumerate(exps)]
    mean = exp(scores[0])
    return [(mean - label) * mean ** (1 - power)]


def check(name, header, rows, kind, power=None, **settings):
    settings = {"label": "y", **settings}
    document = train(header, rows, settings)
    model = document["model"]
    columns, numbers = design(document, header, rows)
    intercepts = model.get("intercepts") or [model["intercept"]]
    betas = model["coefficients"] if "intercepts" in model else [model["coefficients"]]
    labels = [row[header.index("y")] for row in rows]
    if "labels" in model:
        order = [text_of(label) for label in model["labels"]]
        labels = [mpf(order.index(text_of(label))) for label in labels]
    else:
        labels = [mpf(float(label)) for label in labels]
    of_column = lambda setting, default: (
        [mpf(float(row[header.index(settings[setting])])) for row in rows] if setting in settings else [default] * len(rows))
    weights, offsets = of_column("weights", mpf(1)), of_column("offset", mpf(0))
    if "positive_example_weight_mult" in settings:
        weights = [v * (mpf(settings["positive_example_weight_mult"]) if y == 1 else 1) for v, y in zip(weights, labels)]
    if settings.get("balance_multiclass_weights"):
        own = [sum(v for v, y in zip(weights, labels) if y == place) for place in range(len(betas))]
        total = sum(own)
        weights = [v * total / (len(own) * own[int(y)]) for v, y in zip(weights, labels)]
    has_intercept = settings.get("use_bias", True)
    spread = [moments(column, weights) for column in columns]
    normalise = settings.get("normalize_data", True)
    l1, l2 = mpf(float(settings.get("l1", 0))), mpf(float(settings.get("wd", 0)))
    if settings.get("normalize_label"):
        l1 *= moments(labels, weights)[1]

    def gradients(intercepts, betas):
        """By intercept and by each centred column divided by its deviation, one list for each score."""
        total, found = sum(weights), [[mpf(0)] * (len(columns) + 1) for _ in betas]
        for i, (v, label, offset) in enumerate(zip(weights, labels, offsets)):
            scores = [mpf(b) + offset + sum(mpf(w) * column[i] for w, column in zip(beta, columns) if w)
                      for b, beta in zip(intercepts, betas)]
            for sums, slope in zip(found, slopes(kind, power, scores, label)):
                sums[0] += v * slope / total
                for j, (column, (mean, deviation)) in enumerate(zip(columns, spread)):
                    centre = mean if has_intercept else 0
                    sums[j + 1] += v * slope * (column[i] - centre) / deviation / total
        return found

    zero = gradients([0] * len(betas), [[0] * len(columns)] * len(betas))
    size = max(abs(g) for sums in zero for g in sums[0 if has_intercept else 1:])
    worst = mpf(0)
    for sums, beta in zip(gradients(intercepts, betas), betas):
        if has_intercept:
            worst = max(worst, abs(sums[0]))
        for g, w, is_number, (_, deviation) in zip(sums[1:], beta, numbers, spread):
            # The penalty is on w times `unit`; the gradient above is by w times the deviation.
            unit = deviation if normalise and is_number else mpf(1)
            pull = l2 * mpf(w) * unit * unit / deviation
            bound = l1 * unit / deviation
            if w:
                worst = max(worst, abs(g + pull + (bound if w > 0 else -bound)))
            else:
                worst = max(worst, abs(g) - bound)
    if len(betas) > 1 and not l1 and not l2:
        # Of the many optima, the one whose coefficients have mean 0 over the classes.
        for column, (_, deviation) in enumerate(spread):
            mean = sum(mpf(beta[column]) for beta in betas) * deviation / len(betas)
            worst = max(worst, abs(mean))
    share = worst / size
    verdict = "ok" if share <= ALLOWED else "FAILED"
    zeros = sum(1 for beta in betas for w in beta if not w)
    print(f"{name:46} {mp.nstr(share, 2):>9}  {len(columns)} columns, {zeros} coefficients at 0  {verdict}")
    if share > ALLOWED:
        FAILED.append(name)


def table(seed, label):
    """Correlated columns of several units, a category and missing cells; `label` makes a label of a score."""
    draw = random.Random(seed)
    header = ["y", "a", "b", "c", "d", "city", "w", "o"]
    rows = []
    for _ in range(ROWS):
        common = draw.gauss(0, 1)
        a = common + 0.3 * draw.gauss(0, 1)
        b = 1e4 + 300 * (common + draw.gauss(0, 1))
        c = 1e-3 * draw.gauss(0, 1)
        d = draw.randint(0, 4)
        city = draw.choice(["Oslo", "Rome", "Bern", "Lima"])
        offset = round(draw.uniform(-0.3, 0.3), 3)
        score = 0.5 * a + (b - 1e4) / 900 + 300 * c - 0.1 * d + (0.4 if city == "Rome" else 0) + offset
        d = "" if draw.random() < 0.1 else d
        weight = draw.choice([0.5, 1, 1, 2, 3.25])
        rows.append([label(draw, score), repr(a), repr(b), repr(c), d, city, weight, offset])
    return header, rows


def penalties(check_one):
    for penalty in [{}, {"wd": 0.1}, {"l1": 0.05}, {"l1": 0.03, "wd": 0.02}]:
        said = " ".join(f"{name}={value}" for name, value in penalty.items()) or "no penalty"
        check_one(said, penalty)


def squared():
    header, rows = table(1, lambda draw, score: repr(40 + 3 * score + draw.gauss(0, 1)))
    usual = {"missing": "indicator", "drop": "w,o"}
    penalties(lambda said, penalty: check(f"least squares, {said}", header, rows, "squared_loss", **usual, **penalty))
    for said, settings in [
        ("weights", {"missing": "mean", "weights": "w", "drop": "o", "wd": 0.1, "l1": 0.02}),
        ("offset", {"missing": "median", "offset": "o", "drop": "w"}),
        ("no intercept", {"missing": "constant", "drop": "w,o", "use_bias": False, "l1": 0.02, "wd": 0.01}),
        ("normalize_data=false", {"missing": "mean", "drop": "w,o", "normalize_data": False, "l1": 0.01, "wd": 0.3}),
        ("normalize_label=true", {"missing": "mean", "drop": "w,o", "normalize_label": True, "l1": 0.05, "wd": 0.3}),
    ]:
        check(f"least squares, {said}", header, rows, "squared_loss", **settings)


def classes():
    logistic = lambda draw, score: int(draw.random() < 1 / (1 + float(exp(-score))))
    header, rows = table(2, logistic)
    usual = {"predictor_type": "binary_classifier", "missing": "mean"}
    penalties(lambda said, penalty: check(f"logistic, {said}", header, rows, "logistic", **usual, drop="w,o", **penalty))
    check("logistic, weights, offset, positive x 2", header, rows, "logistic", **usual, weights="w", offset="o",
          positive_example_weight_mult=2, wd=0.01)
    three = lambda draw, score: ["low", "mid", "high"][sum(score + draw.gauss(0, 1) > cut for cut in (-0.6, 0.6))]
    header, rows = table(3, three)
    penalties(lambda said, penalty: check(f"softmax, {said}", header, rows, "softmax_loss", missing="mean", drop="w,o",
                                          **penalty))
    check("softmax, balanced classes, weights", header, rows, "softmax_loss", missing="mean", weights="w", drop="o",
          balance_multiclass_weights=True, wd=0.05)


def means():
    count = lambda draw, score: sum(draw.random() < min(1, float(exp(score)) / 20) for _ in range(20))
    amount = lambda draw, score: repr(float(exp(score)) * draw.gammavariate(2, 0.5))
    claim = lambda draw, score: repr(float(exp(score)) * draw.gammavariate(2, 0.5)) if draw.random() < 0.6 else 0
    for loss, power, label, settings in [
        ("poisson", 1, count, {"offset": "o", "drop": "w"}),
        ("gamma", 2, amount, {"weights": "w", "drop": "o"}),
        ("tweedie", mpf("1.5"), claim, {"drop": "w,o"}),
    ]:
        header, rows = table(4, label)
        penalties(lambda said, penalty: check(f"{loss}, {said}", header, rows, loss, power, loss=loss, missing="mean",
                                              **settings, **penalty))


if __name__ == "__main__":
    squared()
    classes()
    means()
    if FAILED:
        raise SystemExit(f"not optimal: {', '.join(FAILED)}")
