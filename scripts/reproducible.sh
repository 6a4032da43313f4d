#!/usr/bin/env bash
# Shows that a commit gives the same binary wherever it is built: compares the binaries of this checkout with
# those built from scratch in another directory, with a longer path, and with another home of cargo.
#
#   scripts/reproducible.sh [ARCHITECTURE…]     x86_64 or aarch64, this machine's if none is given
#
# The toolchain is the same for both; another one gives another digest.
set -euo pipefail

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- "$(uname -m)"
sources=(Cargo.toml Cargo.lock src model-tools/Cargo.toml scripts/static.sh)
[ -z "$(git status --porcelain -- "${sources[@]}")" ] \
    || { echo "reproducible: what is built here is not what was committed" >&2; exit 1; }

elsewhere="$PWD/target/reproducible/a longer path"
rm -rf "$elsewhere" && mkdir -p "$elsewhere/home/registry"
trap 'rm -rf "$elsewhere"' EXIT
git archive HEAD | tar -x -f - -C "$elsewhere"
# The paths of dependencies differ too. What was downloaded is the same files.
home=${CARGO_HOME:-$HOME/.cargo}
cp -R "$home/registry/cache" "$home/registry/index" "$elsewhere/home/registry/"

# GNU's name of the program, or Perl's, which macOS has.
digest() {
    local binary="$1/target/static/$architecture/sagelet"
    if command -v sha256sum > /dev/null; then sha256sum "$binary"; else shasum -a 256 "$binary"; fi | cut -d ' ' -f 1
}

for architecture in "$@"; do
    # What Linux calls aarch64, macOS calls arm64.
    [ "$architecture" != arm64 ] || architecture=aarch64
    scripts/static.sh "$architecture" >&2
    env -u CARGO_TARGET_DIR CARGO_HOME="$elsewhere/home" "$elsewhere/scripts/static.sh" "$architecture" >&2
    here=$(digest .)
    there=$(digest "$elsewhere")
    if [ "$here" != "$there" ]; then
        echo "reproducible: two builds of $(git rev-parse HEAD) differ: $here and $there" >&2
        exit 1
    fi
    echo "$here  $architecture $(git rev-parse HEAD)"
done
