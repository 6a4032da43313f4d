"""Writes numbers.json: what scikit-learn, numpy and scipy compute for derived columns of every kind but text.

python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 && venv/bin/python tests/cases/derived/make.py
"""
import json, pathlib
import numpy as np, scipy, scipy.special as sp, scipy.stats, sklearn
from sklearn.preprocessing import (Binarizer, KBinsDiscretizer, MinMaxScaler, Normalizer, PolynomialFeatures,
                                   PowerTransformer, QuantileTransformer, SplineTransformer, StandardScaler)

random = np.random.default_rng(16)
cases = []


def case(name, rows, entries, expected):
    """`expected` are the columns of the last entry."""
    rows, expected = np.asarray(rows, float), np.asarray(expected, float)
    assert np.isfinite(expected).all(), name
    cases.append({"name": name, "derived": entries, "rows": rows.tolist(), "expected": expected.tolist()})


anything = np.array([-7.25, -1.5, -1, -0.3, -1e-9, 0, 1e-12, 0.4, 0.5, 1, 1.5, 2.5, 3, 17.75, 200])[:, None]
positive = np.array([1e-300, 1e-9, 0.02, 0.5, 0.99999, 1, 1.00001, 2, 3.7, 10, 12345.678, 1e200])[:, None]
shares = np.array([1e-300, 1e-20, 1e-7, 0.01, 0.13, 0.14, 0.3, 0.4999, 0.5, 0.65, 0.86, 0.87, 0.99, 1 - 1e-10])[:, None]
functions = [
    ("log", np.log, positive), ("log2", np.log2, positive), ("log10", np.log10, positive),
    ("log1p", np.log1p, positive), ("exp", np.exp, anything), ("exp2", np.exp2, anything),
    ("expm1", np.expm1, anything), ("sqrt", np.sqrt, positive), ("cbrt", np.cbrt, anything),
    ("square", np.square, anything), ("reciprocal", np.reciprocal, positive), ("absolute", np.absolute, anything),
    ("sign", np.sign, anything), ("floor", np.floor, anything), ("ceil", np.ceil, anything),
    ("round", np.round, anything), ("sin", np.sin, anything), ("cos", np.cos, anything), ("tan", np.tan, anything),
    ("tanh", np.tanh, anything), ("asinh", np.arcsinh, anything), ("logistic", sp.expit, anything),
    ("logit", sp.logit, shares), ("normal-quantile", sp.ndtri, shares),
]
for name, function, rows in functions:
    case(name, rows, [{"kind": "function", "of": [0], "function": name}], function(rows))

x = random.normal(size=(40, 2)) * [1, 30] + [0, 100]
x[::7, 0] = 0.5
new = np.vstack([x[:12], random.normal(size=(8, 2)) * [4, 90] + [0, 100]])
case("clip", new, [{"kind": "clip", "of": [0, 1], "lower": -1, "upper": 100}], new.clip(-1, 100))
case("threshold", new, [{"kind": "threshold", "of": [0], "above": 0.5}], Binarizer(threshold=0.5).transform(new[:, :1]))

for method, data in [("yeo-johnson", x), ("box-cox", np.abs(x) + 0.1)]:
    fitted = PowerTransformer(method=method, standardize=False).fit(data)
    lambdas = fitted.lambdas_.tolist()
    rows = data[:20]
    case(method, rows, [{"kind": "power", "of": [0, 1], "method": method, "lambdas": lambdas}], fitted.transform(rows))
for value in [0, 1, 2, -0.5]:
    expected = scipy.stats.yeojohnson(anything[:, 0], lmbda=value)[:, None]
    case(f"yeo-johnson {value}", anything,
         [{"kind": "power", "of": [0], "method": "yeo-johnson", "lambdas": [value]}], expected)

for encode in ["onehot-dense", "ordinal"]:
    fitted = KBinsDiscretizer(n_bins=5, encode=encode, strategy="quantile", quantile_method="averaged_inverted_cdf")
    fitted.fit(x[:, 1:])
    edges = fitted.bin_edges_[0][1:-1].tolist()
    rows = np.column_stack([np.zeros(len(edges) + 20), np.concatenate([edges, new[:, 1]])])
    name = {"onehot-dense": "one-hot", "ordinal": "ordinal"}[encode]
    case("bins " + name, rows, [{"kind": "bins", "of": 1, "edges": edges, "encode": name}], fitted.transform(rows[:, 1:]))

for column in [0, 1]:
    data = x[:, [column]].copy()
    if column == 0:
        data[:12] = data.min()
        data[12:20] = data.max()
    for distribution in ["uniform", "normal"]:
        fitted = QuantileTransformer(n_quantiles=30, output_distribution=distribution).fit(data)
        points = fitted.quantiles_[:, 0]
        table = {"kind": "table", "of": 0, "x": points.tolist(), "y": fitted.references_.tolist()}
        rows = np.concatenate([points, points + 1e-8, points - 1e-8, new[:, column]])[:, None]
        entries = [table]
        if distribution == "normal":
            table["margin"] = 1e-7
            end = 1e-7 - np.spacing(1)
            entries += [{"kind": "clip", "of": [1], "lower": end, "upper": 1 - end},
                        {"kind": "function", "of": [2], "function": "normal-quantile"}]
        case(f"table {distribution} {column}", rows, entries, fitted.transform(rows))

for degree in [1, 3]:
    for extrapolation in ["error", "constant", "linear", "continue", "periodic"]:
        for knots in ["uniform", "quantile"]:
            fitted = SplineTransformer(n_knots=7, degree=degree, knots=knots, extrapolation=extrapolation).fit(x[:, 1:])
            spline = fitted.bsplines_[0]
            inside = np.linspace(x[:, 1].min(), x[:, 1].max(), 15)
            rows = inside if extrapolation == "error" else np.concatenate([inside, spline.t, new[:, 1]])
            rows = np.column_stack([np.zeros(len(rows)), rows])
            entry = {"kind": "spline", "of": 1, "knots": spline.t.tolist(), "degree": degree,
                     "extrapolation": extrapolation}
            case(f"spline {degree} {extrapolation} {knots}", rows, [entry], fitted.transform(rows[:, 1:]))

fitted = PolynomialFeatures(degree=4, include_bias=False).fit(x)
of = [[column for column, power in enumerate(powers) for _ in range(power)] for powers in fitted.powers_]
case("products", new, [{"kind": "products", "of": of}], fitted.transform(new))

scaler = StandardScaler().fit(x)
fitted = PolynomialFeatures(degree=2, interaction_only=True, include_bias=False).fit(scaler.transform(x))
sums = [{"columns": [i], "weights": [1 / scaler.scale_[i]], "constant": -scaler.mean_[i] / scaler.scale_[i]} for i in range(2)]
case("combinations", new, [{"kind": "combinations", "of": sums}, {"kind": "products", "of": [[2], [3], [2, 3]]}],
     fitted.transform(scaler.transform(new)))

fitted = MinMaxScaler(clip=True).fit(x)
sums = [{"columns": [i], "weights": [fitted.scale_[i]], "constant": fitted.min_[i]} for i in range(2)]
case("clipped", new, [{"kind": "combinations", "of": sums}, {"kind": "clip", "of": [2, 3], "lower": 0, "upper": 1}],
     fitted.transform(new))

zeros = np.vstack([new, np.zeros(2)])
for norm in ["l1", "l2", "max"]:
    case("normalize " + norm, zeros, [{"kind": "normalize", "of": {"first": 0, "count": 2}, "norm": norm}],
         Normalizer(norm=norm).transform(zeros))

made_by = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
text = json.dumps({"made_by": made_by, "cases": cases}, separators=(",", ":"))
pathlib.Path(__file__).with_name("numbers.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")
