"""The exported C functions, compiled with cc and called through ctypes."""

import ctypes
import math
import re
import subprocess


def run(case, path):
    library = path.with_suffix(".so")
    subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-shared",
                    "-fPIC", "-x", "c", str(path), "-o", str(library), "-lm"], check=True)
    loaded = ctypes.CDLL(str(library))
    members = re.findall(r"^    (const char \*|double )(\w+); //", path.read_text(encoding="utf-8"), re.M)
    kinds = {"double ": ctypes.c_double, "const char *": ctypes.c_char_p}

    class Row(ctypes.Structure):
        _fields_ = [(name, kinds[kind]) for kind, name in members]

    loaded.model_predict.restype = ctypes.c_int if case.labels else ctypes.c_double
    outputs = (ctypes.c_double * len(case.labels or case.tables()))()
    for cells in case.rows:
        row = Row(*(member(kind, value) for (kind, _), value in zip(members, cells, strict=True)))
        if case.labels:
            label = case.labels[loaded.model_predict(ctypes.byref(row))]
            if case.has_probabilities:
                loaded.model_probabilities(ctypes.byref(row), outputs)
            yield label, list(outputs) if case.has_probabilities else []
        elif len(case.tables()) == 1:
            yield [loaded.model_predict(ctypes.byref(row))]
        else:
            loaded.model_predict(ctypes.byref(row), outputs)
            yield list(outputs)


def member(kind, value):
    if kind == "double ":
        return math.nan if value is None else float(value)
    return None if value is None else value.encode()


ENGINES = {"C": run}
