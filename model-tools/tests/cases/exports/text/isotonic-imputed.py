# isotonic, 1 features; written by model-tools of sagelet 0.1.0.
# converted_by: sagelet 0.1.0
# source: json
# source_sha256: 1e1d6b6c9d9a30543d2e888e6e34d72ffe312088804e8e034e0fb2e4b5d08b66

from math import exp, expm1, inf, isfinite

FEATURES = [
    "dose",
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
    score = 0.0
    score += 1.0 * _number(row, 0, 0.125)
    return score


def scores(row):
    """The linear scores of a row: a list of 1 cells, as FEATURES has them."""
    if len(row) != len(FEATURES):
        raise ValueError(f"{len(row)} cells for {len(FEATURES)} features")
    return [_score_1(row)]


_X = [
    -1.1,
    0.3,
    2.7,
]
_Y = [
    3.3,
    0.7,
    -9.1,
]


def _interpolated(cell):
    """Straight lines between thresholds, constant outside."""
    if cell <= _X[0]:
        return _Y[0]
    for x0, x1, y0, y1 in zip(_X, _X[1:], _Y, _Y[1:]):
        if cell <= x1:
            return y0 + (cell - x0) / (x1 - x0) * (y1 - y0)
    return _Y[-1]


def predict(row):
    """The prediction for a row: a list of cells, as FEATURES has them."""
    [score] = scores(row)
    return expm1(_interpolated(score))
