# What the steps of the rehearsal share. Every step reads it first, from the top of the checkout.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

work=$PWD/target/rehearsal
export PATH=$work/venv/bin:$PATH
# An image may have this many bytes unpacked, and this many to pull.
image_bytes=2500000
pull_bytes=1350000
# Seconds that a program may take to start or to end: many, since this machine may have other things to do.
patience=120
# The engine of isolated.sh.
export DOCKER_HOST=unix://$work/docker/socket
# No configuration and no credentials of this machine: docker's are written here, AWS's are moto's.
export DOCKER_CONFIG=$work/docker-config
export AWS_CONFIG_FILE=$work/no-aws-config AWS_SHARED_CREDENTIALS_FILE=$work/no-aws-credentials
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_EC2_METADATA_DISABLED=true
export AWS_ENDPOINT_URL=http://127.0.0.1:5555 AWS_PAGER=""
unset AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN

trap 'echo "FAILED   line $LINENO of $0: $BASH_COMMAND" >&2' ERR

section() { printf '\n-- %s\n' "$*"; }

# proof WHAT COMMAND FIGURE: said once it is shown. A figure that is empty, or begins with its unit,
# is a command that failed.
proof() {
    case $3 in "" | " "*) fail "$1: $2 gave nothing" ;; esac
    printf 'ok       %-46s %-44s %s\n' "$1" "$2" "$3" | tee -a "$work/proofs"
}

# not_run WHAT REASON
not_run() { printf 'NOT RUN  %-46s %s\n' "$1" "$2" | tee -a "$work/proofs"; }

fail() { printf 'FAILED   %s\n' "$*" >&2; exit 1; }

# equal WHAT COMMAND ACTUAL EXPECTED
equal() {
    [ "$3" = "$4" ] || fail "$1: $2 gave \"$3\", not \"$4\""
    proof "$1" "$2" "$3"
}

# at_most WHAT COMMAND ACTUAL BOUND UNIT
at_most() {
    awk "BEGIN { exit !($3 <= $4) }" || fail "$1: $2 gave $3 $5, more than $4"
    proof "$1" "$2" "$3 $5 (at most $4)"
}

# refuses WHAT TEXT COMMAND…: the command fails and says TEXT.
refuses() {
    local what=$1 text=$2 said shown
    shift 2
    shown=$*
    # The settings in front of the program are for the test alone.
    shown=${shown##* scripts/} shown=${shown##* examples/}
    if said=$("$@" 2>&1); then fail "$what: $* succeeded"; fi
    case $said in
        *"$text"*) proof "$what" "${shown:0:44}" "\"$text\"" ;;
        *) fail "$what: $* said \"$said\"" ;;
    esac
}

# until_true COMMAND…: asks again until it is true; there is no event to wait for.
until_true() {
    local deadline=$((SECONDS + patience))
    until "$@" > /dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# Starts what answers in the place of AWS, anew for each step that asks for it.
start_moto() {
    moto_server --host 127.0.0.1 --port 5555 > "$work/moto.log" 2>&1 &
    moto=$!
    trap 'kill "$moto" 2> /dev/null || true' EXIT
    until_true curl --silent --fail "$AWS_ENDPOINT_URL/moto-api/data.json" \
        || { tail -n 20 "$work/moto.log" >&2; fail "moto did not start"; }
}
