#!/bin/sh
# Runs the static binary of aarch64 on a machine of another architecture, for the tests: SAGELET_BINARY names it.
# Needs qemu-aarch64-static (Debian's qemu-user-static). A link to this file is a link to the program.
exec qemu-aarch64-static -0 "$0" "$(dirname "$(readlink -f "$0")")/../target/static/aarch64/sagelet" "$@"
