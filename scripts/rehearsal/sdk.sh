#!/usr/bin/env bash
# sagelet.sagemaker out of the wheel, with version 2 and 3 of the SageMaker SDK: deploys to moto behind stand_in.py, and
# predicts with a real server.
. scripts/rehearsal/common.sh

export AWS_DEFAULT_REGION=us-west-2
export AWS_ENDPOINT_URL_SAGEMAKER=http://127.0.0.1:5556
export AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=$AWS_ENDPOINT_URL_SAGEMAKER
# The SDK would tell its makers of each call.
cat > "$work/sdk.yaml" <<YAML
SchemaVersion: "1.0"
SageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}
YAML
export SAGEMAKER_USER_CONFIG_OVERRIDE=$work/sdk.yaml SAGEMAKER_SUPPRESS_V2_WARNING=1
record=$work/sdk.calls
prefix=$work/served
mkdir -p "$prefix/model" && cp examples/diabetes/model.cbor "$prefix/model/"

start_moto
"$work/venv/bin/python" scripts/rehearsal/stand_in.py 5556 5555 8282 "$record" > "$work/stand_in.log" 2>&1 &
stand_in=$!
target/static/x86_64/sagelet serve --host 127.0.0.1 --port 8282 --prefix "$prefix" > "$work/sdk-server.log" 2>&1 &
server=$!
trap 'kill "$moto" "$stand_in" "$server" 2> /dev/null || true' EXIT
until_true curl --silent --fail "$AWS_ENDPOINT_URL_SAGEMAKER" || { cat "$work/stand_in.log" >&2; fail "stand_in.py"; }
until_true curl --silent --fail localhost:8282/ping || { cat "$work/sdk-server.log" >&2; fail "the server does not serve"; }
expected=$(paste -s -d ' ' <(curl --silent --data-binary @examples/diabetes/payload.csv -H 'Content-Type: text/csv' localhost:8282/invocations))

for environment in sdk sdk3; do
    rm -f "$record"
    python=$work/$environment/bin/python
    version=$("$python" -c 'import importlib.metadata; print(importlib.metadata.version("sagemaker"))')
    "$python" scripts/rehearsal/sdk_endpoint.py examples/diabetes/payload.csv > "$work/sdk.out" 2> "$work/sdk.log" \
        || { tail -n 30 "$work/sdk.log" >&2; fail "SDK $version: sdk_endpoint.py"; }
    for way in array frame backwards csv; do
        [ "$(sed -n "s/^$way //p" "$work/sdk.out")" = "$expected" ] || fail "SDK $version: $way: $(cat "$work/sdk.out")"
    done
    proof "SDK $version: deploys, predicts, deletes" "SageletModel(…).deploy(…)" "array, DataFrame in any order, CSVSerializer"
    equal "… the variables reach the model" "the record of calls" \
        "$(grep -c '"call": "CreateModel".*"SAGELET_LOG": "json"' "$record")" 1
done
