#!/bin/sh
# Trains every family with every penalty, and checks the optimality conditions of the artifacts with 40 digits.
set -eu
cd "$(dirname "$0")/.."
venv=target/venv-agreement-train
test -x "$venv/bin/python" || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/agreement/train-requirements.txt
cargo build --locked
"$venv/bin/python" scripts/agreement/optimality.py target/debug/sagelet
