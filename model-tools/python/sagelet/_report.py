"""The page that `model-tools report` makes, shown inside a notebook."""

import html
import os
import tempfile

from sagelet._convert import artifact_of
from sagelet._programs import model_tools
from sagelet._rows import to_csv

HEIGHT_PIXELS = 640


class Report:
    """A page of HTML: a notebook shows it, `save` writes it."""

    def __init__(self, page):
        self.page = page

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.page)

    def _repr_html_(self):
        # In a frame of its own, so that its style is not the notebook's. It has no scripts, and may run none.
        return (
            f'<iframe sandbox="" style="width: 100%; height: {HEIGHT_PIXELS}px; border: 0" '
            f'srcdoc="{html.escape(self.page)}"></iframe>'
        )


def report(model, data=None):
    """One page on an estimator or a file that holds one.

    data  rows whose labels are known, for how well the model predicts them: a DataFrame whose one column that is no
          feature has the labels, or the path of a CSV file
    """
    with tempfile.TemporaryDirectory(prefix="sagelet-") as directory:
        artifact = artifact_of(model, directory)
        rows = []
        if data is not None:
            rows = ["--data", _file_of_rows(data, directory)]
        return Report(model_tools("report", artifact, *rows, "-o", "-", within=directory)[0])


def _file_of_rows(data, directory):
    if isinstance(data, (str, os.PathLike)):
        return data
    path = os.path.join(directory, "rows.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(to_csv(data)[1])
    return path
