#!/usr/bin/env bash
# The guide's train_local, serve_local and predict against a container, and a container with nothing but what
# it needs: no network, no writable file, no right, any user, 64 MB.
. scripts/rehearsal/common.sh

image=sagelet:rehearsal
docker image inspect "$image" > /dev/null 2>&1 || image=sagelet:prebuilt
docker image inspect "$image" > /dev/null 2>&1 \
    || PREBUILT=1 scripts/image.sh "$image" > "$work/image-amd64.log" 2>&1
local_test=examples/local_test
payload=examples/diabetes/payload.csv
expected=$work/expected-predictions

answers() { curl --silent --fail --output /dev/null "$@"; }
# Where a container has no network but its own loopback, its namespace is entered to ask it.
inside() { nsenter --net="/proc/$(docker inspect --format '{{.State.Pid}}' "$1")/ns/net" "${@:2}"; }
digest() { sha256sum | cut -c 1-16; }
predictions_inside() {
    inside "$1" curl --silent --fail --data-binary "@$payload" -H 'Content-Type: text/csv' localhost:8080/invocations | digest
}
exit_code() { docker inspect --format '{{.State.ExitCode}}' "$1"; }
stop() { docker stop --time "$patience" "$1" > /dev/null; }

# The guide's three commands.
"$local_test/train_local.sh" "$image" > "$work/train.log" 2>&1 || { cat "$work/train.log" >&2; fail "train_local.sh"; }
equal "train_local.sh: the model of the example" "cmp model.cbor" \
    "$(digest < "$local_test/test_dir/model/model.cbor")" \
    "$(digest < examples/diabetes/model.cbor)"
PORT=8181 "$local_test/serve_local.sh" "$image" > "$work/serve.log" 2>&1 &
serve_local=$!
until_true answers localhost:8181/ping || { cat "$work/serve.log" >&2; fail "serve_local.sh: no answer to /ping"; }
PORT=8181 "$local_test/predict.sh" "$PWD/$payload" > "$expected" 2> "$work/predict.log"
equal "predict.sh: one prediction a row" "wc -l" "$(wc -l < "$expected")" "$(wc -l < "$payload")"
difference=$(paste -d , "$expected" examples/diabetes/expected.csv | awk -F , '
    { d = ($1 - $2) / $2; if (d < 0) d = -d; if (d > most) most = d } END { print most }')
at_most "predict.sh: relative difference to scikit-learn" "paste, awk" "$difference" 1e-9 ""
docker ps --quiet --filter "ancestor=$image" | xargs docker stop --time "$patience" > /dev/null
wait "$serve_local"
proof "serve_local.sh: ends with exit code 0 on SIGTERM" "docker stop" "0"

# As little as possible.
model=$PWD/examples/diabetes/model.cbor
docker run --detach --name least --network none --read-only --user 12345:54321 --memory 64m --memory-swap 64m \
    --cap-drop ALL --security-opt no-new-privileges --pids-limit 64 \
    --volume "$model:/opt/ml/model/model.cbor:ro" "$image" serve > /dev/null
until_true inside least curl --silent --fail localhost:8080/ping || { docker logs least >&2; fail "no answer to /ping"; }
pid=$(docker inspect --format '{{.State.Pid}}' least)
equal "read-only, no network, uid 12345: predicts" "docker run --read-only --network none …" \
    "$(predictions_inside least)" \
    "$(digest < "$expected")"
equal "its network" "nsenter … ip -brief link" "$(inside least ip -brief link | awk '{ print $1 }' | paste -sd ' ')" lo
equal "its user" "/proc/PID/status" "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" 12345
equal "its process is PID 1" "/proc/PID/status" "$(awk '/^NSpid:/ { print $NF }' "/proc/$pid/status")" 1
cgroup=$(find /sys/fs/cgroup -type d -name "$(docker inspect --format '{{.Id}}' least)" -path '*memory*' | head -n 1)
if [ -r "$cgroup/memory.max_usage_in_bytes" ]; then
    at_most "64 MB: most memory it took" "memory.max_usage_in_bytes" "$(cat "$cgroup/memory.max_usage_in_bytes")" 64000000 bytes
else
    not_run "64 MB: most memory it took" "this kernel has no memory.max_usage_in_bytes for the container"
fi
docker exec least sagelet ping
proof "docker exec … sagelet ping" "docker exec" "exit code 0"
health() { [ "$(docker inspect --format '{{.State.Health.Status}}' least)" = healthy ]; }
until_true health || fail "HEALTHCHECK: $(docker inspect --format '{{json .State.Health}}' least)"
proof "HEALTHCHECK" "docker inspect" healthy
stop least
equal "SIGTERM as PID 1" "docker stop" "$(exit_code least)" 0
docker rm least > /dev/null

# The commands of the platform: `serve` and `train` as arguments, or as programs where an entry point is set aside.
for name in serve train; do
    docker run --rm --entrypoint "$name" "$image" --help > "$work/$name-help.log" 2>&1 || fail "--entrypoint $name"
    proof "a bare $name is found on PATH" "docker run --entrypoint $name" "$(head -n 1 "$work/$name-help.log")"
done
mkdir -p "$work/empty"
docker run --rm --volume "$work/empty:/opt/ml" "$image" train > "$work/no-data.log" 2>&1 && fail "train without data succeeded"
equal "train without data: the reason is written" "output/failure" "$(grep -c . "$work/empty/output/failure" | sed 's/[1-9][0-9]*/yes/')" yes

# SAGEMAKER_BIND_TO_PORT.
docker run --detach --name bound --network none --env SAGEMAKER_BIND_TO_PORT=9191 \
    --volume "$model:/opt/ml/model/model.cbor:ro" "$image" serve > /dev/null
until_true inside bound curl --silent --fail localhost:9191/ping || fail "SAGEMAKER_BIND_TO_PORT"
proof "SAGEMAKER_BIND_TO_PORT=9191" "curl localhost:9191/ping" 200
stop bound && docker rm bound > /dev/null

# A model as Kubernetes mounts it from a ConfigMap: behind two links, one of them hidden.
rm -rf "$work/config-map" && mkdir -p "$work/config-map/..2026"
cp "$model" "$work/config-map/..2026/model.cbor"
ln -s ..2026 "$work/config-map/..data"
ln -s ..data/model.cbor "$work/config-map/model.cbor"
docker run --detach --name links --network none --user 65534:65534 --volume "$work/config-map:/opt/ml/model:ro" "$image" > /dev/null
until_true inside links curl --silent --fail localhost:8080/ping || { docker logs links >&2; fail "a ConfigMap's links"; }
proof "a model as a ConfigMap brings it" "curl localhost:8080/ping" 200
stop links && docker rm links > /dev/null

# arm64 under user emulation: the emulator is lent to the container, so the kernel of this machine need not know it.
if ! docker image inspect sagelet:arm64 > /dev/null 2>&1; then
    not_run "arm64: the container serves" "the step image was not run"
    exit
fi
docker run --detach --name arm64 --platform linux/arm64 --network none --read-only --user 12345:54321 \
    --volume /usr/bin/qemu-aarch64-static:/qemu:ro --volume "$model:/opt/ml/model/model.cbor:ro" \
    --entrypoint /qemu sagelet:arm64 /usr/local/bin/sagelet serve > /dev/null
until_true inside arm64 curl --silent --fail localhost:8080/ping || { docker logs arm64 >&2; fail "arm64: no answer to /ping"; }
equal "arm64: the container predicts the same" "docker run --platform linux/arm64" \
    "$(predictions_inside arm64)" \
    "$(digest < "$expected")"
stop arm64
equal "arm64: SIGTERM as PID 1" "docker stop" "$(exit_code arm64)" 0
docker rm arm64 > /dev/null
