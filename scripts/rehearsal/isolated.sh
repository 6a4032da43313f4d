#!/usr/bin/env bash
# Runs steps of the rehearsal in the namespaces that scripts/rehearse.sh made: starts the docker engine and ends it.
. scripts/rehearsal/common.sh

ip link set lo up
rm -rf "$DOCKER_CONFIG"
mkdir -p "$DOCKER_CONFIG" "$work/docker"

# The addresses of ECR are this machine, and docker finds certificates of registries under /etc/docker. Both
# are changed in this mount namespace alone.
account=123456789012
{
    echo "127.0.0.1 localhost"
    for host in $account.dkr.ecr.{us-west-2,eu-central-1}.amazonaws.com $account.dkr.ecr.cn-north-1.amazonaws.com.cn; do
        echo "127.0.0.1 $host"
    done
} > "$work/hosts"
mount --bind "$work/hosts" /etc/hosts
mkdir -p /etc/docker
mount -t tmpfs tmpfs /etc/docker

# Its own data, socket and pid file: an engine that this machine may have is not touched. The bridge needs no
# packet filter, since nothing leaves this network namespace.
# What a rehearsal that was killed left behind would keep it from starting.
rm -rf "$work/docker/pid" "$work/docker/exec" "$work/docker/socket"
dockerd --host "$DOCKER_HOST" --data-root "$work/docker/data" --exec-root "$work/docker/exec" \
    --pidfile "$work/docker/pid" --iptables=false > "$work/docker/log" 2>&1 &
engine=$!
end_engine() {
    docker ps --quiet | xargs --no-run-if-empty docker rm --force > /dev/null 2>&1 || true
    kill "$engine" 2> /dev/null || true
    wait "$engine" 2> /dev/null || true
}
trap end_engine EXIT
until_true docker version || { tail -n 20 "$work/docker/log" >&2; fail "the docker engine did not start"; }

# Images of an earlier rehearsal are of an earlier source; the base with Rust stays.
docker images --quiet sagelet | sort -u | xargs --no-run-if-empty docker image rm --force > /dev/null

for step in "$@"; do
    section "$step ($SECONDS s)"
    bash "scripts/rehearsal/$step.sh"
done
