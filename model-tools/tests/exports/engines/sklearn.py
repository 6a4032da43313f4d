"""scikit-learn, through the loader that docs/model-tools.md shows."""

import pathlib
import re

import numpy
import pandas

DOCS = pathlib.Path(__file__).parents[4] / "docs" / "model-tools.md"
LOADER = {}
exec(re.search(r"```python\n(import importlib.*?)```", DOCS.read_text(encoding="utf-8"), re.S)[1], LOADER)


def run(case, path):
    estimator = LOADER["load"](path)
    encoded = any(feature.keys() - {"name"} for feature in case.features)
    rows = [[numpy.nan if cell is None else cell for cell in row] for row in case.rows]
    if encoded:
        table = numpy.array(rows, dtype=object)
    elif all("name" in feature for feature in case.features):
        table = pandas.DataFrame(rows, columns=case.names)
    else:
        table = numpy.array(rows)
    predicted = estimator.predict(table)
    if not case.labels:
        return predicted.reshape(len(table), -1).tolist()
    probabilities = estimator.predict_proba(table).tolist() if case.has_probabilities else [[]] * len(table)
    return list(zip(predicted.tolist(), probabilities))


ENGINES = {"scikit-learn": run}
