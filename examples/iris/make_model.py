"""Writes iris.csv, payload.csv, expected.csv and model.json with scikit-learn 1.9.1 and numpy 2.4.6.

`model-tools convert model.json -o model.cbor --force` makes the artifact of them.
"""

import json

import numpy
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

rows, classes = load_iris(return_X_y=True)
labels = numpy.array(["setosa", "versicolor", "virginica"])[classes]

with open("iris.csv", "w") as file:
    for label, row in zip(labels, rows):
        file.write(",".join([label, *(repr(float(cell)) for cell in row)]) + "\n")

model = LogisticRegression(max_iter=1000).fit(rows, labels)

# 29 rows, written as numpy.savetxt writes them: the shape of the guide's own payload.
payload = rows[numpy.sort(numpy.random.RandomState(7).choice(150, 29, replace=False))]
numpy.savetxt("payload.csv", payload, delimiter=",")
with open("expected.csv", "w") as file:
    file.writelines(label + "\n" for label in model.predict(payload))

verified = payload[::4]
document = {
    "features": ["sepal_length", "sepal_width", "petal_length", "petal_width"],
    "model": {
        "kind": "multinomial-logistic-regression",
        "labels": model.classes_.tolist(),
        "intercepts": model.intercept_.tolist(),
        "coefficients": model.coef_.tolist(),
    },
    "provenance": {
        "algorithm": "scikit-learn LogisticRegression(max_iter=1000)",
        "data": "Fisher's iris, 150 rows",
    },
    "metrics": {"training_rows": 150, "train_accuracy": model.score(rows, labels)},
    "verification": {
        "rows": verified.tolist(),
        "predictions": model.predict_proba(verified).tolist(),
    },
}
with open("model.json", "w") as file:
    json.dump(document, file, indent=2)
    file.write("\n")
