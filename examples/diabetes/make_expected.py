"""Writes expected.csv: what scikit-learn's LinearRegression, fitted to diabetes.csv, predicts for payload.csv.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python examples/diabetes/make_expected.py
"""

from pathlib import Path

import numpy
import sklearn
from sklearn.linear_model import LinearRegression

here = Path(__file__).resolve().parent
data = numpy.loadtxt(here / "diabetes.csv", delimiter=",")
payload = numpy.loadtxt(here / "payload.csv", delimiter=",")

model = LinearRegression().fit(data[:, 1:], data[:, 0])
predictions = model.predict(payload)

# repr is the shortest text that reads back to the same bits.
(here / "expected.csv").write_text("".join(f"{float(value)!r}\n" for value in predictions))
print(f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}: {len(predictions)} predictions")
