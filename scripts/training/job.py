"""Runs `sagelet train` on a table, for the scripts that compare its models with those of other programs."""

import json
import os
import subprocess
import tempfile


def csv(rows, label):
    """The table as text, with the label in its first column."""
    return "".join(",".join(repr(float(cell)) for cell in [y, *row]) + "\n" for row, y in zip(rows, label))


def train(sagelet, rows, label, settings, reports):
    """What a job writes to output/data: the reports of these names, in their order."""
    with tempfile.TemporaryDirectory() as prefix:
        os.makedirs(f"{prefix}/input/config")
        os.makedirs(f"{prefix}/input/data/train")
        with open(f"{prefix}/input/config/hyperparameters.json", "w") as file:
            json.dump({name: str(value) for name, value in settings.items()}, file)
        with open(f"{prefix}/input/data/train/rows.csv", "w") as file:
            file.write(csv(rows, label))
        done = subprocess.run([sagelet, "train", "--prefix", prefix], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        found = []
        for name in reports:
            with open(f"{prefix}/output/data/{name}.json") as file:
                found.append(json.load(file))
        return found
