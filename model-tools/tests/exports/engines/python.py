"""The exported Python functions, in this Python."""

import runpy


def run(case, path):
    module = runpy.run_path(str(path))
    for row in case.rows:
        value = module["predict"](row)
        if case.labels:
            yield value, module["probabilities"](row) if case.has_probabilities else []
        else:
            yield list(value.values()) if isinstance(value, dict) else [value]


ENGINES = {"Python": run}
