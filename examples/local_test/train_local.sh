#!/bin/sh
# Trains on test_dir/input as the platform would: the model goes to test_dir/model, a reason for failure to
# test_dir/output/failure.
#
#   ./train_local.sh [IMAGE]     in a container of IMAGE, or without docker by the program built here
set -eu

cd "$(dirname "$0")"
mkdir -p test_dir/model test_dir/output
rm -f test_dir/model/* test_dir/output/*

if [ $# -gt 0 ]; then
    exec docker run --rm -v "$PWD/test_dir:/opt/ml" "$1" train
fi
exec cargo run --release --locked --quiet --manifest-path ../../Cargo.toml --bin sagelet -- train --prefix test_dir
