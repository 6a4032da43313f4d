"""Rows as Python holds them (DataFrames, arrays, sparse matrices, lists), as text that sagelet reads."""

import csv
import io
import json


def is_frame(rows):
    return hasattr(rows, "columns") and hasattr(rows, "to_csv")


def names(frame):
    """The names of a frame's columns, or None if they are no texts: those of a frame made of an array count from 0."""
    columns = list(frame.columns)
    return columns if all(isinstance(column, str) for column in columns) else None


def to_lists(rows):
    """Rows as lists of cells; one row alone becomes a list of one."""
    if is_frame(rows):
        rows = rows.to_numpy(dtype=object)
    if hasattr(rows, "toarray"):
        rows = rows.toarray()
    if hasattr(rows, "tolist"):
        rows = rows.tolist()
    rows = list(rows)
    if not rows or isinstance(rows[0], str) or not hasattr(rows[0], "__len__"):
        rows = [rows]
    return [row.tolist() if hasattr(row, "tolist") else list(row) for row in rows]


def to_csv(rows):
    """(content type, text) of rows as CSV: with a line of names where the rows are a frame that has them."""
    if is_frame(rows):
        header = names(rows) is not None
        presence = "present" if header else "absent"
        return f"text/csv; header={presence}", rows.to_csv(index=False, header=header)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(to_lists(rows))
    return "text/csv; header=absent", text.getvalue()


def without_missing(cell):
    """JSON's null for what pandas and Python hold for a missing cell."""
    # pandas' NA first: it compares with nothing, not even with itself.
    return None if cell is None or type(cell).__name__ in ("NAType", "NaTType") or cell != cell else cell


def to_json(rows):
    """(content type, text) of rows as JSON: a split DataFrame where the rows are one with names."""
    cells = [[without_missing(cell) for cell in row] for row in to_lists(rows)]
    if is_frame(rows) and names(rows) is not None:
        body = {"dataframe_split": {"columns": names(rows), "data": cells}}
    else:
        body = {"instances": cells}
    return "application/json", json.dumps(body, allow_nan=False, default=_plain)


def _plain(value):
    """numpy's scalars in a frame of several types."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no cell: expected a number, a text, a boolean or nothing")
