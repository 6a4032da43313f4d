#!/usr/bin/env bash
# Size and cold start, beside those of the guide's stack. Times depend on the machine and on what else it does:
# they are printed, and no bound is set on them.
. scripts/rehearsal/common.sh

# Assigned before it is printed: a command that fails inside of an argument would not end the script.
cold_start() { python3 scripts/rehearsal/cold_start.py "$@"; }

prefix=$work/served
mkdir -p "$prefix/model"
cp examples/diabetes/model.cbor "$prefix/model/"
median=$(cold_start 50 8484 target/static/x86_64/sagelet serve --host 127.0.0.1 --port 8484 --prefix "$prefix")
proof "cold start, from exec to 200 of /ping" "cold_start.py, median of 50" "$median ms"

image=sagelet:prebuilt
docker image inspect "$image" > /dev/null 2>&1 || PREBUILT=1 scripts/image.sh "$image" > "$work/image-amd64.log" 2>&1
proof "size of the image" "docker image inspect" "$(docker image inspect --format '{{.Size}}' "$image") bytes"
# On the host's network: a published port has docker's proxy in front, which answers a second late if it was
# asked before the container had its address.
median=$(cold_start 20 8485 docker run --rm --network host --env SAGEMAKER_BIND_TO_PORT=8485 \
    --volume "$PWD/examples/diabetes/model.cbor:/opt/ml/model/model.cbor:ro" "$image" serve)
proof "cold start, from docker run to 200 of /ping" "cold_start.py, median of 20" "$median ms"

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
median=$(cold_start 10 8383 scripts/rehearsal/guide/serve "$guide" "$work/guide-run")
proof "guide's stack: cold start to 200 of /ping" "cold_start.py, median of 10" "$median ms"
