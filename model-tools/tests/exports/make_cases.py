"""Writes the models of cases/exports/: one of every kind, and features of every sort.

The numbers are random from a fixed seed, so that none is shorter to write than those of real models.
"""

import json
import pathlib
import random

CASES = pathlib.Path(__file__).parent.parent / "cases" / "exports"
random.seed(20)


def numbers(count, size=1.0):
    return [random.gauss(0.0, size) for _ in range(count)]


def table(rows, columns):
    return [numbers(columns) for _ in range(rows)]


def write(name, features, model, **more):
    document = {"version": [1, 0], "features": features, "model": model, **more}
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (CASES / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def linear(count, kind="linear-regression", **more):
    return {"kind": kind, **more, "intercept": numbers(1)[0], "coefficients": numbers(count)}


def scores(kind, labels, columns, rows=None):
    rows = rows or len(labels)
    return {"kind": kind, "labels": labels, "intercepts": numbers(rows), "coefficients": table(rows, columns)}


NAMES = ["age", "select", "body mass", 'the "best" one', "it's", "naïve", "back`tick", "Score"]
PLAIN = ["a", "b", "c", "d"]
ENCODED = [
    {"name": "age", "missing": 38.25, "missing_indicator": True},
    {"name": "city", "missing": "Oslo", "missing_indicator": True,
     "encoding": {"kind": "one-hot", "categories": ["Oslo", "Rome", "St. John's", "back\\slash"], "unknown": "ignore"}},
    {"name": "rooms", "encoding": {"kind": "one-hot", "categories": [1, 2, 3], "drop": 1}},
    {"name": "owned", "encoding": {"kind": "one-hot", "categories": [False, True], "drop": False}},
    {"name": "note", "encoding": {"kind": "unused"}},
    {"name": "grade", "encoding": {"kind": "ordinal", "categories": ["low", "middle", "high"], "unknown": -1.0}},
    {"name": "size", "encoding": {"kind": "ordinal", "categories": ["S", "M", "L"], "numbers": [0.5, 1.25, 7.0]}},
    "income",
]
ENCODED_COLUMNS = 2 + 5 + 2 + 1 + 0 + 1 + 1 + 1

wide = linear(3000)
wide["coefficients"] = [number if index % 3 == 0 else 0.0 for index, number in enumerate(wide["coefficients"])]

write("names", NAMES, linear(8))
write("nameless", [{}, {}, {}], linear(3, "elastic-net"))
write("wide", [{} for _ in range(3000)], wide)
write("log-link", PLAIN, linear(4, "generalized-linear", link="log"))
write("logit-link", PLAIN, linear(4, "generalized-linear", link="logit"))
write("identity-link", PLAIN, linear(4, "generalized-linear", link="identity"))
write("exp", PLAIN, linear(4), inverse_transform="exp")
write("expm1", PLAIN, linear(4), inverse_transform="expm1")
write("square", PLAIN, linear(4), inverse_transform="square")
write("log-link-squared", PLAIN, linear(4, "generalized-linear", link="log"), inverse_transform="square")
write("isotonic", ["dose"], {"kind": "isotonic", "x_thresholds": sorted(numbers(20, 2.0)), "y_thresholds": sorted(numbers(20, 5.0))})
write("isotonic-imputed", [{"name": "dose", "missing": 0.125}],
      {"kind": "isotonic", "x_thresholds": [-1.1, 0.3, 2.7], "y_thresholds": [3.3, 0.7, -9.1]}, inverse_transform="expm1")
write("multi-target", PLAIN, {"kind": "multi-target-regression", "targets": ["north", "a"],
      "intercepts": numbers(2), "coefficients": table(2, 4)})
write("multi-target-nameless", PLAIN, {"kind": "multi-target-regression",
      "intercepts": numbers(3), "coefficients": table(3, 4)}, inverse_transform="exp")
write("logistic", PLAIN, linear(4, "logistic-regression", labels=["it's not", "it is"]))
write("logistic-booleans", PLAIN, linear(4, "logistic-regression", labels=[False, True]))
write("multinomial", PLAIN, scores("multinomial-logistic-regression", [3, 1, 2], 4))
write("multinomial-two", PLAIN, scores("multinomial-logistic-regression", ["no", "yes"], 4))
write("one-vs-rest", PLAIN, scores("one-vs-rest", ["red", "green", "blue"], 4))
write("one-vs-rest-two", PLAIN, scores("one-vs-rest", [0, 1], 4))
write("linear-classifier", PLAIN, scores("linear-classifier", [0, 1, 7, 9], 4))
write("linear-classifier-two", PLAIN, scores("linear-classifier", [-1, 1], 4, 1))
write("encoded", ENCODED, linear(ENCODED_COLUMNS))
write("encoded-log", ENCODED, linear(ENCODED_COLUMNS, "generalized-linear", link="log"))
write("encoded-logistic", ENCODED, linear(ENCODED_COLUMNS, "logistic-regression", labels=["no", "yes"]))
write("encoded-multinomial", ENCODED, scores("multinomial-logistic-regression", ["x", "y", "z"], ENCODED_COLUMNS))
