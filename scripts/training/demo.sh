#!/usr/bin/env bash
# Fits a public data set that ships with scikit-learn (breast cancer, 569 rows of 30 columns), says how good the model is
# on rows that it was not fitted to, serves it, and sends it a row. Needs python3 with pip, and curl.
set -euo pipefail
cd "$(dirname "$0")/../.."

sagelet=${1:-target/release/sagelet}
job=target/train-demo
port=${PORT:-8089}
mkdir -p "$job/input/data/train" "$job/input/config"

if [ ! -s "$job/input/data/train/breast_cancer.csv" ]; then
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$job" scikit-learn
    python3 -m zipfile -e "$job"/scikit_learn-*.whl "$job/wheel"
    # The first line says how many rows and columns there are.
    tail -n +2 "$job/wheel/sklearn/datasets/data/breast_cancer.csv" > "$job/input/data/train/breast_cancer.csv"
    rm -r "$job/wheel"
fi
cat > "$job/input/config/hyperparameters.json" << 'END'
{"predictor_type": "binary_classifier", "label": "31", "wd": "0.01", "validation_split": "0.2"}
END

"$sagelet" train --prefix "$job"
"$sagelet" serve --prefix "$job" --host 127.0.0.1 --port "$port" &
server=$!
trap 'kill "$server"' EXIT
row=$(head -n 1 "$job/input/data/train/breast_cancer.csv" | cut -d, -f1-30)
set -x
curl --silent --show-error --retry 20 --retry-connrefused --retry-delay 1 --data-binary "$row" \
    --header 'Content-Type: text/csv' "http://127.0.0.1:$port/invocations"
