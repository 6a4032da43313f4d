"""PMML in JPMML-Evaluator, the reference implementation (needs java)."""

import functools

import jpmml_evaluator
from jpmml_evaluator.py4j import Py4JBackend


# JPMML-Evaluator refuses wider models: "Model has too many input fields".
FIELDS_MAX = 1000


@functools.cache
def backend():
    return Py4JBackend()


def run(case, path):
    from check import Unable

    if path.read_text(encoding="utf-8").count("<MiningField") > FIELDS_MAX:
        raise Unable(f"JPMML-Evaluator takes at most {FIELDS_MAX} fields")
    evaluator = jpmml_evaluator.make_evaluator(str(path), backend=backend())
    fields = {field.name for field in evaluator.getInputFields()}
    for row in case.rows:
        cells = {name: cell for name, cell in zip(case.names, row) if name in fields and cell is not None}
        results = evaluator.evaluate(cells)
        target = next(value for name, value in results.items() if name.rstrip("_") == "prediction")
        if not case.labels:
            yield [target]
            continue
        names = [f"probability({str(label).lower() if isinstance(label, bool) else label})" for label in case.labels]
        yield target, [results[name] for name in names] if case.has_probabilities else []


ENGINES = {"JPMML-Evaluator": run}
