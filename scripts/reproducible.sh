#!/usr/bin/env bash
# Shows that a commit gives the same binary wherever it is built: builds it twice from scratch, in two
# directories with two lengths of path and two homes of cargo, and compares digests.
#
#   scripts/reproducible.sh [ARCHITECTURE]     x86_64 or aarch64, this machine's if not given
#
# What is built is the last commit. The toolchain is the same for both; another one gives another digest.
set -euo pipefail

cd "$(dirname "$0")/.."
architecture=${1:-$(uname -m)}
place=$PWD/target/reproducible
rm -rf "$place"

digest() {
    local directory=$1
    mkdir -p "$directory"
    git archive HEAD | tar --extract --directory "$directory"
    # A home of its own: the paths of dependencies differ too. What was downloaded is the same file.
    mkdir -p "$directory/home"
    cp -R "${CARGO_HOME:-$HOME/.cargo}/registry" "$directory/home/"
    (
        unset CARGO_TARGET_DIR
        CARGO_HOME=$directory/home "$directory/scripts/static.sh" "$architecture" >&2
    )
    sha256sum "$directory/target/static/$architecture/sagelet" | cut -d ' ' -f 1
}

first=$(digest "$place/one")
second=$(digest "$place/two/with/a longer path")
if [ "$first" != "$second" ]; then
    echo "reproducible: two builds of $(git rev-parse HEAD) differ: $first and $second" >&2
    exit 1
fi
echo "$first  $architecture $(git rev-parse HEAD)"
