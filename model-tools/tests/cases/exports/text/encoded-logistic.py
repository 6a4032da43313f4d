# logistic-regression, 8 features; written by model-tools of sagelet 0.1.0.
# converted_by: sagelet 0.1.0
# source: json
# source_sha256: dad5cd0a7d639ec48aa4c28828eeb19282ba5fc5b04e85673ed8d8f76f19ac33

from math import exp, expm1, inf, isfinite

FEATURES = [
    "age",
    "city",
    "rooms",
    "owned",
    "note",
    "grade",
    "size",
    "income",
]
LABELS = [
    "no",
    "yes",
]


def _number(row, index, fill=None):
    """The cell as a finite number, or `fill` if it is missing (None, NaN)."""
    cell = row[index]
    if cell is None or cell != cell:
        if fill is None:
            raise ValueError(f"{FEATURES[index]} is missing")
        return fill
    if not isfinite(cell):
        raise ValueError(f"{FEATURES[index]}: {cell!r} is not a finite number")
    return cell


def _category(row, index, numbers, unknown=None, fill=None):
    """The number of the cell's category, of `fill` if it is missing, or `unknown`."""
    cell = row[index]
    if cell is None or cell != cell:
        if fill is None:
            raise ValueError(f"{FEATURES[index]} is missing")
        cell = fill
    number = numbers.get(cell, unknown)
    if number is None:
        raise ValueError(f"{FEATURES[index]}: {cell!r} is none of {list(numbers)}")
    return number


def _missing(row, index):
    """1 if the cell is missing, else 0."""
    cell = row[index]
    return 1.0 if cell is None or cell != cell else 0.0


def _exp(number):
    """e to this power; infinity where that is larger than any float."""
    try:
        return exp(number)
    except OverflowError:
        return inf


def _logistic(score):
    return 1.0 / (1.0 + _exp(-score))


def _score_1(row):
    score = 0.040243607330484946
    score += -2.200720883909943 * _number(row, 0, 38.25)
    score += 0.16503190176457164 * _missing(row, 0)
    score += _category(row, 1, {"Oslo": 0.6542551847576695, "Rome": -1.0922661139789875, "St. John's": 0.6942344028250735, "back\\slash": 0.07716061083119452}, unknown=0.0, fill="Oslo")
    score += 1.1423254880224574 * _missing(row, 1)
    score += _category(row, 2, {1: 0.0, 2: 0.5434771620025171, 3: -0.6805474639394058})
    score += _category(row, 3, {False: 0.0, True: 0.26239284863073264})
    score += _category(row, 5, {"low": -0.0, "middle": -2.034881063047217, "high": -4.069762126094434}, unknown=2.034881063047217)
    score += _category(row, 6, {"S": -0.0415777859976016, "M": -0.10394446499400399, "L": -0.5820890039664224})
    score += -0.26740906679388626 * _number(row, 7)
    return score


def scores(row):
    """The linear scores of a row: a list of 8 cells, as FEATURES has them."""
    if len(row) != len(FEATURES):
        raise ValueError(f"{len(row)} cells for {len(FEATURES)} features")
    return [_score_1(row)]


def predict(row):
    """The class of a row: one of LABELS."""
    [score] = scores(row)
    return LABELS[1] if score > 0 else LABELS[0]


def probabilities(row):
    """The probabilities of LABELS for a row."""
    [score] = scores(row)
    second = _logistic(score)
    return [1.0 - second, second]
