"""Rows and predictions in the forms of the SDK's serializers, which version 2 and 3 share."""

import json

import numpy

from sagelet._rows import to_csv


class RowsSerializer:
    """Rows (DataFrames, arrays, sparse matrices, lists, text) as CSV."""

    CONTENT_TYPE = "text/csv"

    def serialize(self, data):
        if isinstance(data, (str, bytes)):
            return data
        if hasattr(data, "read"):
            return data.read()
        # Its first line is recognised as names, or is numbers: a serializer has one content type, for all rows.
        return to_csv(data)[1]


class PredictionsDeserializer:
    """Predictions as a numpy array: one for each row, or one row of it for each where there are several targets."""

    ACCEPT = ("application/json",)

    def deserialize(self, stream, content_type):
        try:
            return numpy.array(json.load(stream)["predictions"])
        finally:
            if hasattr(stream, "close"):
                stream.close()
