# multi-target-regression, 4 features; written by model-tools of sagelet 0.1.0.
# converted_by: sagelet 0.1.0
# source: json
# source_sha256: cf12b82c47c00f23c2ec76aab669ff0a7e5d4769087707434a966593173be26b

from math import exp, expm1, inf, isfinite

FEATURES = [
    "a",
    "b",
    "c",
    "d",
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
    score = 0.8368409499797042
    score += -0.9825444916419622 * _number(row, 0)
    score += 1.201714643174378 * _number(row, 1)
    score += -0.5886609170803957 * _number(row, 2)
    score += -0.9997515015873987 * _number(row, 3)
    return score


def _score_2(row):
    score = 1.2966823363679114
    score += 0.587070070109305 * _number(row, 0)
    score += -0.15518935580016668 * _number(row, 1)
    score += -0.1720802866891954 * _number(row, 2)
    score += -0.15379999710327583 * _number(row, 3)
    return score


def scores(row):
    """The linear scores of a row: a list of 4 cells, as FEATURES has them."""
    if len(row) != len(FEATURES):
        raise ValueError(f"{len(row)} cells for {len(FEATURES)} features")
    return [_score_1(row), _score_2(row)]


def predict(row):
    """The predictions for a row, by target."""
    values = [score for score in scores(row)]
    return dict(zip(["north", "a"], values))
