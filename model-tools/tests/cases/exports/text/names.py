# linear-regression, 8 features; written by model-tools of sagelet 0.1.0.
# converted_by: sagelet 0.1.0
# source: json
# source_sha256: 740bc110cd24d6ec475c994743107ab5080a2745a8423034a33fbad8213bcf13

from math import exp, expm1, inf, isfinite

FEATURES = [
    "age",
    "select",
    "body mass",
    "the \"best\" one",
    "it's",
    "naïve",
    "back`tick",
    "Score",
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
    score = 2.0969034113194276
    score += 1.1143321901036989 * _number(row, 0)
    score += -0.5619234882327826 * _number(row, 1)
    score += -0.6212861383512518 * _number(row, 2)
    score += -0.5047743627755421 * _number(row, 3)
    score += -1.485348462781564 * _number(row, 4)
    score += -0.2953840483223231 * _number(row, 5)
    score += -0.4417174973863283 * _number(row, 6)
    score += 0.4544018555025467 * _number(row, 7)
    return score


def scores(row):
    """The linear scores of a row: a list of 8 cells, as FEATURES has them."""
    if len(row) != len(FEATURES):
        raise ValueError(f"{len(row)} cells for {len(FEATURES)} features")
    return [_score_1(row)]


def predict(row):
    """The prediction for a row: a list of cells, as FEATURES has them."""
    [score] = scores(row)
    return score
