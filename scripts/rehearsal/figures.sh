#!/usr/bin/env bash
# Size and cold start, beside those of the guide's stack. Times depend on the machine and on what else it does:
# they are printed, and no bound is set on them.
. scripts/rehearsal/common.sh

# Assigned before it is printed: a command that fails inside of an argument would not end the script.
cold_start() { python3 scripts/rehearsal/cold_start.py "$@"; }

prefix=$work/served
mkdir -p "$prefix/model"
cp examples/diabetes/model.cbor "$prefix/model/"
exec_ms=$(cold_start 50 8484 target/static/x86_64/sagelet serve --host 127.0.0.1 --port 8484 --prefix "$prefix")
proof "cold start, from exec to 200 of /ping" "cold_start.py, median of 50" "$exec_ms ms"

for platform in amd64 arm64; do
    PREBUILT=1 scripts/image.sh "sagelet:figures-$platform" "linux/$platform" > "$work/image-$platform.log" 2>&1
done
image=sagelet:figures-amd64
size() { docker image inspect --format '{{.Size}}' "sagelet:figures-$1"; }
# As a registry holds it, compressed: to_pull amd64
to_pull() {
    local address=localhost:5000/figures:$1
    docker tag "sagelet:figures-$1" "$address"
    docker push "$address" > "$work/push.log"
    curl --silent --fail --header "Accept: application/vnd.docker.distribution.manifest.v2+json" \
        "localhost:5000/v2/figures/manifests/$1" \
        | python3 -c 'import json, sys; print(sum(layer["size"] for layer in json.load(sys.stdin)["layers"]))'
}
cat > "$work/registry-configuration" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: "$work/registry-of-figures"}}
http: {addr: "127.0.0.1:5000"}
YAML
docker-registry serve "$work/registry-configuration" > "$work/registry.log" 2>&1 &
registry=$!
trap 'kill "$registry" 2> /dev/null || true' EXIT
until_true curl --silent --fail localhost:5000/v2/ || { cat "$work/registry.log" >&2; fail "the registry did not start"; }
amd64=$(size amd64) arm64=$(size arm64) amd64_pull=$(to_pull amd64) arm64_pull=$(to_pull arm64)
proof "size of the image, amd64" "docker image inspect, docker push" "$amd64 bytes, $amd64_pull to pull"
proof "size of the image, arm64" "docker image inspect, docker push" "$arm64 bytes, $arm64_pull to pull"
# On the host's network: a published port has docker's proxy in front, which answers a second late if it was
# asked before the container had its address.
run_ms=$(cold_start 20 8485 docker run --rm --network host --env SAGEMAKER_BIND_TO_PORT=8485 \
    --volume "$PWD/examples/diabetes/model.cbor:/opt/ml/model/model.cbor:ro" "$image" serve)
proof "cold start, from docker run to 200 of /ping" "cold_start.py, median of 20" "$run_ms ms"

# The guide's stack, without a container: what its Dockerfile installs on top of its base image.
guide=$work/guide
mkdir -p "$work/guide-run"
"$guide/bin/python" - "$work/guide-run/model.pkl" <<'PYTHON'
import pickle, sys
import pandas, sklearn.linear_model
rows = pandas.read_csv("examples/diabetes/diabetes.csv", header=None)
model = sklearn.linear_model.LinearRegression().fit(rows.iloc[:, 1:].values, rows.iloc[:, 0].values)
pickle.dump(model, open(sys.argv[1], "wb"))
PYTHON
nginx=$(dpkg-query --show --showformat '${Installed-Size}\n' nginx nginx-common 2> /dev/null | awk '{ kb += $1 } END { print kb }')
packages=$(du --summarize --block-size 1000 "$guide/lib" | cut -f 1)
proof "guide's stack: installed size" "du, dpkg-query" "$((packages + nginx)) kB: Python packages $packages, nginx $nginx; without Python and Debian"
export MODEL=$work/guide-run/model.pkl
guide_ms=$(cold_start 10 8383 scripts/rehearsal/guide/serve "$guide" "$work/guide-run")
proof "guide's stack: cold start to 200 of /ping" "cold_start.py, median of 10" "$guide_ms ms"

# The README's table.
megabytes() { awk "BEGIN { printf \"%.2f MB\", $1 / 1e6 }"; }
cat <<TABLE

| | this image | the guide's stack |
| --- | --: | --: |
| size, unpacked | $(megabytes "$amd64") (amd64), $(megabytes "$arm64") (arm64) | $(((packages + nginx) / 1000)) MB on top of Debian and Python |
| size, to pull | $(megabytes "$amd64_pull") (amd64), $(megabytes "$arm64_pull") (arm64) | |
| cold start, from exec to the first 200 of \`/ping\` | $exec_ms ms | $(awk "BEGIN { printf \"%.1f s\", $guide_ms / 1000 }") |
| cold start, from \`docker run\` to the first 200 of \`/ping\` | $run_ms ms | |

$(rustc --version | cut -d ' ' -f 1-2), docker $(docker version --format '{{.Server.Version}}'), $(nginx -v 2>&1 | cut -d ' ' -f 3), $(nproc) cores; medians of 50, 20 and 10 (the guide's).
TABLE
