#!/usr/bin/env python3
"""Times training from a file of CSV to a model on disk: sagelet, pandas with scikit-learn, polars with numpy.

    pip install pandas scikit-learn polars
    benches/training/bench.py target/release/sagelet [ROWS,ROWS…] [ROUNDS]

Every job is a process of its own, and the jobs of a round run one after the other, so that what else the machine does
meets all of them alike. The table gives medians of elapsed and of processor seconds, MB/s of the file, the largest
resident memory, and how many times as long each job takes as sagelet. `memory=16m` runs under RLIMIT_DATA of 64 MiB: an allocation beyond it fails the job.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

COLUMNS, CHUNK = 20, 500_000
LIMIT = 64 << 20
SAGELET = os.path.abspath(sys.argv[1])

PANDAS = """
import pandas, pickle
from sklearn.linear_model import LinearRegression, LogisticRegression
rows = pandas.read_csv({path!r}, header=None)
model = {model}.fit(rows.iloc[:, 1:].to_numpy(), rows[0].to_numpy())
pickle.dump(model, open({out!r}, "wb"))
"""
POLARS = """
import polars, numpy, pickle
rows = polars.read_csv({path!r}, has_header=False).to_numpy()
columns = numpy.hstack([numpy.ones((len(rows), 1)), rows[:, 1:]])
pickle.dump({solve}, open({out!r}, "wb"))
"""
LSTSQ = "numpy.linalg.lstsq(columns, rows[:, 0], rcond=None)[0]"
NORMAL = "numpy.linalg.solve(columns.T @ columns, columns.T @ rows[:, 0])"


def generate(path, rows, is_class):
    """Columns that are correlated, of 12 to 18 characters a number: 233 MB for a million rows of 20."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(17)
    mixing = np.eye(COLUMNS) + 0.3 * random.normal(size=(COLUMNS, COLUMNS)) / np.sqrt(COLUMNS)
    truth = random.normal(size=COLUMNS) / 3
    with open(path, "wb") as file:
        for start in range(0, rows, CHUNK):
            count = min(CHUNK, rows - start)
            cells = random.normal(size=(count, COLUMNS)) @ mixing
            score = cells @ truth
            label = (random.random(count) < 1 / (1 + np.exp(-score))).astype(float) if is_class else (
                score + random.normal(size=count) + 3)
            table = pl.DataFrame(np.column_stack([label, cells]), orient="row")
            table.write_csv(file, include_header=False, float_precision=8)


def prefix_of(directory, path, **settings):
    """A job's folders, with the file as its channel."""
    prefix = tempfile.mkdtemp(dir=directory)
    os.makedirs(f"{prefix}/input/config")
    os.makedirs(f"{prefix}/input/data/train")
    os.link(path, f"{prefix}/input/data/train/rows.csv")
    with open(f"{prefix}/input/config/hyperparameters.json", "w") as file:
        json.dump(settings, file)
    return prefix


def run(command, limit=None):
    """Elapsed seconds, processor seconds and peak MB of a process."""
    def limited():
        if limit:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limited)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:3]} failed: {said.decode(errors='replace')[-2000:]}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def jobs(directory, path, is_class):
    """Name, command and limit of each job."""
    kind = "binary_classifier" if is_class else "regressor"
    out = f"{directory}/model.pickle"
    python = lambda text, **words: [sys.executable, "-c", text.format(path=path, out=out, **words)]
    sagelet = lambda **settings: [SAGELET, "train", "--prefix", prefix_of(directory, path, predictor_type=kind, **settings)]
    yield "sagelet", sagelet(), None
    yield "sagelet within 64 MiB, memory=16m", sagelet(memory="16m"), LIMIT
    if is_class:
        yield "pandas, LogisticRegression", python(PANDAS, model="LogisticRegression(C=float('inf'), max_iter=1000)"), None
    else:
        yield "pandas, LinearRegression", python(PANDAS, model="LinearRegression()"), None
        yield "polars, numpy lstsq", python(POLARS, solve=LSTSQ), None
        yield "polars, normal equations", python(POLARS, solve=NORMAL), None


def compare(directory, rows, is_class, rounds):
    path = f"{directory}/rows.csv"
    # In a process of its own: a job's peak memory begins with that of the process that starts it.
    subprocess.run([sys.executable, __file__, "generate", path, str(rows), str(int(is_class))], check=True)
    size = os.path.getsize(path) / 1e6
    found = {}
    for _ in range(rounds):
        for name, command, limit in jobs(directory, path, is_class):
            found.setdefault(name, []).append(run(command, limit))
    own = statistics.median(seconds for seconds, *_ in found["sagelet"])
    for name, runs in found.items():
        seconds = statistics.median(seconds for seconds, *_ in runs)
        processor = statistics.median(processor for _, processor, _ in runs)
        memory = max(memory for *_, memory in runs)
        loss = "logistic" if is_class else "least squares"
        print(f"| {loss} | {rows:,} | {name} | {seconds:.2f} s | {processor:.2f} s | {size / seconds:.0f} | {memory:,.0f} MB "
              f"| {seconds / own:.2f} |", flush=True)
    os.remove(path)


def main(sizes="1000000,3000000", rounds="5"):
    print("| loss | rows | what | elapsed | processor | MB/s | peak memory | times as long |")
    print("| --- | --: | --- | --: | --: | --: | --: | --: |")
    for rows in sizes.split(","):
        for is_class in (False, True):
            with tempfile.TemporaryDirectory() as directory:
                compare(directory, int(rows), is_class, int(rounds))


if __name__ == "__main__":
    if sys.argv[1] == "generate":
        generate(sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1")
    else:
        main(*sys.argv[2:])
