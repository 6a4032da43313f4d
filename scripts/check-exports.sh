#!/bin/sh
# Exports models of every kind, predicts random rows with them in the engines that the exports are for, and compares
# with `model-tools predict`. An engine that is not there fails the check.
set -eu
cd "$(dirname "$0")/.."
venv=target/venv-exports
test -x "$venv/bin/python" || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r model-tools/tests/exports/requirements.txt
cargo build --locked --package model-tools
if [ $# -eq 0 ]; then
    set -- python c sql spark-sql onnx pmml sklearn
fi
"$venv/bin/python" model-tools/tests/exports/check.py target/debug/model-tools "$@"
