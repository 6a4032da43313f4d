#!/bin/sh
# Predicts 1,000 random rows with scikit-learn and with sagelet, in every format that can carry them.
# SAGELET_SEED chooses other rows.
set -eu
cd "$(dirname "$0")/.."
venv=target/venv-agreement
test -x "$venv/bin/python" || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/agreement/requirements.txt
cargo build --locked --workspace
"$venv/bin/python" scripts/agreement/check.py target/debug/sagelet target/debug/model-tools
