#!/bin/sh
# Checks that each promise of docs/promises.md is held by a test that can fail: each patch in tests/mutants breaks one
# promise, and its first line names the test that notices.
#
#   scripts/mutants.sh [NAME…]     all patches, or those of these names
#
# The named tests have to pass without the patches, and each has to fail with its own. Patches are applied to a copy of the
# committed and changed files in target/mutants, so that the working tree is never touched; dependencies come from the
# target folder that `make test` uses. One patch costs one incremental build.
set -eu

cd "$(dirname "$0")/.."
root=$PWD
tree=$root/target/mutants
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"

applied=
# A patch that is left in place would be built into the next run.
trap '[ -z "$applied" ] || patch --quiet --reverse --strip 1 < "tests/mutants/$applied.patch"' EXIT

say() { printf 'mutants: %s\n' "$*"; }

# The files of the working tree, with their times, so that cargo builds only what differs.
mkdir -p "$tree"
git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read --files-from - | tar -x -C "$tree"
cd "$tree"

if [ $# -eq 0 ]; then
    for patch in tests/mutants/*.patch; do
        name=${patch##*/}
        set -- "$@" "${name%.patch}"
    done
fi

# test_of NAME: the arguments of `cargo test` that choose the test.
test_of() { sed -n '1s/^test: //p' "tests/mutants/$1.patch"; }

# runs NAME: builds and runs the test of a patch. The test has to be there: a filter that fits nothing passes too.
runs() {
    # The words of the line are arguments.
    # shellcheck disable=SC2046
    timeout 300 cargo test --locked --quiet --workspace $(test_of "$1") -- --exact \
        > "$root/target/mutants.log" 2>&1
}

built() {
    # shellcheck disable=SC2046
    cargo test --locked --quiet --workspace --no-run $(test_of "$1" | sed 's/ [^ ]*$//') \
        > "$root/target/mutants.log" 2>&1
}

failed() {
    cat "$root/target/mutants.log"
    say "$*"
    exit 1
}

for name; do
    runs "$name" || failed "$name: the test fails without the patch: $(test_of "$name")"
    grep -q '^test result: ok. 1 passed' "$root/target/mutants.log" || failed "$name: there is no such test: $(test_of "$name")"
done
say "$# tests pass without their patches"

for name; do
    patch="tests/mutants/$name.patch"
    patch --quiet --strip 1 < "$patch" || failed "$name: the patch does not apply any more"
    applied=$name
    if ! built "$name"; then
        failed "$name: the program does not compile with the patch"
    fi
    if runs "$name"; then survived=yes; else survived=; fi
    # Gives the file a new time, so that cargo sees the change.
    patch --quiet --reverse --strip 1 < "$patch"
    applied=
    [ -z "$survived" ] || failed "$name: the test passes with the patch, so it holds nothing: $(test_of "$name")"
    say "$name: noticed"
done
