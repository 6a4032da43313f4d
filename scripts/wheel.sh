#!/bin/sh
# Builds the wheel of one architecture: target/wheels/sagelet-VERSION-py3-none-….whl, with the Python package `sagelet`
# and the static programs `model-tools` and `sagelet`.
#
#   scripts/wheel.sh [ARCHITECTURE]     x86_64 or aarch64, this machine's if it is not given
#
# The programs need no C library, so one wheel is for all of Linux: glibc's and musl's. Needs python3 with venv, which
# gets maturin from PyPI into target/venv-wheel.
set -eu

cd "$(dirname "$0")/.."
architecture=${1:-$(uname -m)}
# What Linux calls aarch64, macOS calls arm64.
[ "$architecture" != arm64 ] || architecture=aarch64
PROGRAMS="sagelet model-tools" scripts/static.sh "$architecture"

venv=$PWD/target/venv-wheel
[ -x "$venv/bin/maturin" ] || {
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "maturin>=1.9,<2"
}
# maturin takes the programs of one crate, model-tools, and whatever lies here.
scripts=model-tools/python/sagelet.data/scripts
rm -rf "$scripts"
mkdir -p "$scripts" target/wheels
cp "target/static/$architecture/sagelet" "$scripts"
# maturin takes licences from beside the project file, whatever they are called after LICENSE.
cp LICENSE LICENSE-APACHE LICENSE-MIT model-tools/python
cp scripts/musl-licence.txt model-tools/python/LICENSE-musl
rm -f target/wheels/sagelet-*"$architecture".whl
# With the same flags cargo finds model-tools built already.
flags=$(scripts/static.sh "$architecture" flags)
out=$PWD/target/wheels
cd model-tools/python
CARGO_ENCODED_RUSTFLAGS=$flags "$venv/bin/maturin" build --quiet --release --locked \
    --target "$architecture-unknown-linux-musl" --compatibility manylinux2014 musllinux_1_1 --out "$out"
for wheel in "$out"/sagelet-*"$architecture".whl; do
    printf 'wheel: %s is %s bytes\n' "target/wheels/${wheel##*/}" "$(($(wc -c < "$wheel")))" >&2
done
