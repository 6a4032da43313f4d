#!/usr/bin/env bash
# The static binaries of both architectures: their sizes, and that they run.
. scripts/rehearsal/common.sh

for architecture in x86_64 aarch64; do
    binary=target/static/$architecture/sagelet
    at_most "$architecture: size of the binary" "wc -c" "$(wc -c < "$binary")" "$image_bytes" bytes
done

equal "x86_64: runs" "sagelet version" "$(target/static/x86_64/sagelet version)" "sagelet $(scripts/version.sh)"
equal "aarch64: runs, emulated" "qemu-aarch64-static sagelet version" \
    "$(qemu-aarch64-static target/static/aarch64/sagelet version)" "sagelet $(scripts/version.sh)"
