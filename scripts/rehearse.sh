#!/usr/bin/env bash
# Rehearses the way from a checkout to a running endpoint, on one machine and without a cloud: real binaries,
# a real docker engine, a real registry, the real aws client, and moto in the place of AWS.
#
#   scripts/rehearse.sh [STEP…]     binaries reproducible image container push endpoint templates monitoring
#                                   local-mode sdk figures
#
# Each step prints its proofs: what is shown, the command that shows it, and the figure. The first that fails
# ends the rehearsal. A step that cannot run here says "NOT RUN" and why, and is counted as such.
#
# Needs Debian or Ubuntu, root, and a way to their packages, PyPI and crates.io while it prepares. The steps
# themselves run in a network of their own that has nothing but loopback: ports of this machine are not taken,
# nothing is sent out, and every process ends with the rehearsal.
set -euo pipefail

cd "$(dirname "$0")/.."
steps=("$@")
[ $# -gt 0 ] || steps=(binaries reproducible image container push endpoint templates monitoring local-mode sdk figures)
for step in "${steps[@]}"; do
    [ -r "scripts/rehearsal/$step.sh" ] || { echo "rehearse: there is no step $step" >&2; exit 64; }
done
[ "$(uname -s)" = Linux ] || { echo "rehearse: needs Linux (Debian or Ubuntu), for its namespaces" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || { echo "rehearse: needs root, for a docker engine of its own" >&2; exit 1; }

mkdir -p target/rehearsal
exec 9> target/rehearsal/lock
flock --nonblock 9 || { echo "rehearse: another rehearsal runs in this checkout" >&2; exit 1; }
: > target/rehearsal/proofs
bash scripts/rehearsal/prepare.sh "${steps[@]}"
unshare --net --mount --pid --fork --kill-child --mount-proc bash scripts/rehearsal/isolated.sh "${steps[@]}" 9>&-

echo
printf 'rehearsal: %s passed, 0 failed, %s skipped\n' \
    "$(grep -c '^ok ' target/rehearsal/proofs || true)" "$(grep -c '^NOT RUN ' target/rehearsal/proofs || true)"
