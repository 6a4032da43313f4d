#!/bin/sh
# Serves the model in test_dir/model as the platform would, until Ctrl-C.
#
#   ./serve_local.sh [IMAGE]     in a container of IMAGE, or without docker by the program built here
#
# PORT is the port on this machine, 8080 if it is not set.
set -eu

cd "$(dirname "$0")"
port=${PORT:-8080}
if ! ls test_dir/model/*.cbor > /dev/null 2>&1; then
    echo "there is no model in $PWD/test_dir/model: run ./train_local.sh first" >&2
    exit 1
fi

if [ $# -gt 0 ]; then
    exec docker run --rm -v "$PWD/test_dir:/opt/ml" -p "$port:8080" "$1" serve
fi
exec cargo run --release --locked --quiet --manifest-path ../../Cargo.toml --bin sagelet -- \
    serve --prefix test_dir --port "$port"
