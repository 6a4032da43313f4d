#!/bin/sh
# Prints the version, which is written down in Cargo.toml alone.
set -eu
sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../Cargo.toml" | head -n 1
