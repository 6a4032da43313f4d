#!/usr/bin/env bash
# The SageMaker Python SDK in local mode: it trains, serves and transforms in containers of our image.
. scripts/rehearsal/common.sh

image=sagelet:prebuilt
docker image inspect "$image" > /dev/null 2>&1 || PREBUILT=1 scripts/image.sh "$image" > "$work/image-amd64.log" 2>&1
start_moto # who is asked for the account
# The SDK would tell its makers of each call.
cat > "$work/sdk.yaml" <<YAML
SchemaVersion: "1.0"
SageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}
YAML
SAGEMAKER_USER_CONFIG_OVERRIDE=$work/sdk.yaml AWS_DEFAULT_REGION=us-west-2 PATH=$work/sdk/bin:$PATH \
    "$work/sdk/bin/python" examples/deploy/local_mode.py "$image" > "$work/local-mode.out" 2> "$work/local-mode.log" \
    || { tail -n 30 "$work/local-mode.log" >&2; fail "local mode: $work/local-mode.log"; }

predictions() { awk -v of="$1" '$1 == of { for (i = 2; i <= NF; i++) print $i }' "$work/local-mode.out"; }
version=$("$work/sdk/bin/python" -c 'import importlib.metadata; print(importlib.metadata.version("sagemaker"))')
for what in endpoint transform; do
    difference=$(paste -d , <(predictions "$what") examples/diabetes/expected.csv | awk -F , '
        { d = ($1 - $2) / $2; if (d < 0) d = -d; if (d > most) most = d } END { print NR == 10 ? most + 0 : 1 }')
    at_most "SDK $version: train, then $what" "local_mode.py; to scikit-learn's" "$difference" 1e-9 "relative"
done
