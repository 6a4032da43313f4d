#!/bin/sh
# Installs the wheel of this machine into a fresh virtual environment, and tries it there: its tests, and the notebook
# of the diabetes example from end to end. `make wheel` builds it first.
#
#   scripts/test-wheel.sh [PYTHON]     python3
set -eu

cd "$(dirname "$0")/.."
python=${1:-python3}
venv=$PWD/target/venv-test-wheel
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check target/wheels/sagelet-*"$(uname -m)".whl
"$venv/bin/pip" check
"$venv/bin/pip" install --quiet --disable-pip-version-check -r model-tools/python/tests/requirements.txt
# Away from the sources: what is imported is what was installed.
tests=$PWD/model-tools/python/tests
notebooks=$PWD/examples/notebook
cd target
"$venv/bin/python" -m pytest --quiet -p no:cacheprovider "$tests"
"$venv/bin/jupyter" nbconvert --log-level WARN --to notebook --execute --output-dir "$PWD" "$notebooks/diabetes.ipynb"
"$venv/bin/jupyter" nbconvert --log-level WARN --to html "$PWD/diabetes.ipynb"
echo "test-wheel: the notebook ran: target/diabetes.html" >&2
