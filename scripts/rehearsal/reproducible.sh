#!/usr/bin/env bash
# Two builds of the last commit in two directories give one digest.
. scripts/rehearsal/common.sh

digest=$(CARGO_NET_OFFLINE=true scripts/reproducible.sh 2> "$work/reproducible.log") \
    || { tail -n 5 "$work/reproducible.log" >&2; fail "make reproducible"; }
proof "two builds of one commit, one digest" scripts/reproducible.sh "sha256 ${digest:0:16}…"
