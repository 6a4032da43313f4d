"""The stack of the guide for an own container, for comparison: Flask, pandas and a pickled scikit-learn model."""

import io
import os
import pickle

import flask
import pandas

app = flask.Flask(__name__)


class Model:
    """Loaded when it is first asked for."""

    loaded = None

    @classmethod
    def get(cls):
        if cls.loaded is None:
            with open(os.environ["MODEL"], "rb") as file:
                cls.loaded = pickle.load(file)
        return cls.loaded


@app.get("/ping")
def ping():
    return flask.Response("\n", status=200 if Model.get() else 404, mimetype="application/json")


@app.post("/invocations")
def invocations():
    if flask.request.content_type != "text/csv":
        return flask.Response("This predictor only supports CSV data", status=415, mimetype="text/plain")
    rows = pandas.read_csv(io.BytesIO(flask.request.data), header=None)
    predictions = pandas.DataFrame({"results": Model.get().predict(rows)})
    return flask.Response(predictions.to_csv(header=False, index=False), mimetype="text/csv")
