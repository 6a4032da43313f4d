#!/usr/bin/env bash
# Two builds of the last commit in two directories give one digest.
. scripts/rehearsal/common.sh

CARGO_NET_OFFLINE=true scripts/reproducible.sh x86_64 aarch64 > "$work/digests" 2> "$work/reproducible.log" \
    || { tail -n 5 "$work/reproducible.log" >&2; fail "make reproducible"; }
while read -r digest architecture _; do
    proof "$architecture: two builds, one digest" "scripts/reproducible.sh" "sha256 ${digest:0:16}…"
done < "$work/digests"
