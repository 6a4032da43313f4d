#!/usr/bin/env bash
# Endpoints and jobs, with the aws client and with boto3. moto answers for SageMaker behind stand_in.py, which
# checks every call against botocore's model of the service; what is invoked is a container of ours.
. scripts/rehearsal/common.sh

export AWS_DEFAULT_REGION=us-west-2
export AWS_ENDPOINT_URL_SAGEMAKER=http://127.0.0.1:5556
export AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=$AWS_ENDPOINT_URL_SAGEMAKER
export AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING=$AWS_ENDPOINT_URL_SAGEMAKER
export IMAGE_URI=123456789012.dkr.ecr.us-west-2.amazonaws.com/sagelet:1 ROLE=arn:aws:iam::123456789012:role/SageMaker
payload=$PWD/examples/diabetes/payload.csv
record=$work/calls
python=$work/venv/bin/python

with_aws() { # with_aws VERB NAME [SETTING=VALUE…]
    env ENDPOINT="$2" JOB="$2" PAYLOAD="$payload" "${@:3}" make --no-print-directory "$1"
}

# The same in boto3's words: ENDPOINT_SETTING=value is --endpoint-setting value.
with_boto3() {
    local options=() setting name value
    for setting in IMAGE_URI="$IMAGE_URI" ROLE="$ROLE" PAYLOAD="$payload" "${@:3}"; do
        name=--$(tr 'A-Z_' 'a-z-' <<< "${setting%%=*}") value=${setting#*=}
        # shellcheck disable=SC2206  # some settings are a word for each
        case $name in
            --serverless | --multi-model | --dry-run) options+=("$name") ;;
            --hyperparameters) options+=(--hyperparameter "$value") ;;
            --env | --alarms) options+=("$name" $value) ;;
            *) options+=("$name" "$value") ;;
        esac
    done
    "$python" examples/deploy/deploy.py "$1" "$2" "${options[@]}"
}

# The calls that were recorded, without what is looked up, the clock and the region's default.
changes() {
    grep -v -E '"call": "(Describe|List)' "$record" | sed -E 's/-[0-9]{14}/-STAMP/g'
    rm -f "$record"
}

# both WHAT NAME VERB SETTING…: with both clients; they make the same calls.
both() {
    local what=$1 name=$2 verb=$3
    shift 3
    rm -f "$record"
    with_aws "$verb" "$name" "$@" > "$work/aws.out" 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "$what: make $verb"; }
    changes > "$work/aws.calls"
    undo "$name" "$verb" "$@"
    with_boto3 "$verb" "$name" "$@" > "$work/boto3.out" 2> "$work/boto3.log" || { cat "$work/boto3.log" >&2; fail "$what: deploy.py $verb"; }
    changes > "$work/boto3.calls"
    diff "$work/aws.calls" "$work/boto3.calls" >&2 || fail "$what: the aws client and boto3 make different calls"
    proof "$what" "make $verb, deploy.py $verb" "$(names "$work/aws.calls")"
}

# names FILE: those of the calls in it, in order.
names() { "$python" -c 'import json, sys; print(*(json.loads(line)["call"] for line in sys.stdin))' < "$1"; }

# deleted WHAT NAME CALLS: delete-endpoint makes these calls in this order, after make and after deploy.py have made
# it by SETTINGS and PREPARE, a function, has done something to it.
settings=() prepare=true
deleted() {
    local client
    for client in aws boto3; do
        with_aws create-endpoint "$2" "${settings[@]}" > "$work/aws.out" 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "$1: create"; }
        "$prepare" "$2"
        rm -f "$record"
        "with_$client" delete-endpoint "$2" > "$work/aws.out" 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "$1 with $client"; }
        changes > "$work/$client.calls"
        sleep 1 # names have seconds in them
    done
    diff "$work/aws.calls" "$work/boto3.calls" >&2 || fail "$1: the aws client and boto3 make different calls"
    equal "$1" "make delete-endpoint, deploy.py delete-endpoint" "$(names "$work/aws.calls")" "$3"
    nothing_left "$1"
}

# nothing_left WHAT: no endpoint, configuration, model or scaling is there any more.
nothing_left() {
    local kind left=
    for kind in endpoints endpoint-configs models; do
        left+=$(aws sagemaker "list-$kind" --query '*[0][].*[]' --output text)
    done
    left+=$(aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName' --output text)
    left+=$(aws application-autoscaling describe-scalable-targets --service-namespace sagemaker --query 'ScalableTargets[].ResourceId' --output text)
    [ -z "$left" ] || fail "$1: left behind: $left"
}

# What the first client made is not in the second one's way.
undo() {
    case $2 in
        create-endpoint)
            with_boto3 delete-endpoint "$1" "${@:3}" > "$work/undo.log" 2>&1 || { cat "$work/undo.log" >&2; fail "undo $1"; }
            sleep 1 # names have seconds in them
            ;;
    esac
    rm -f "$record"
}

start_moto
"$python" scripts/rehearsal/stand_in.py 5556 5555 8282 "$record" > "$work/stand_in.log" 2>&1 &
stand_in=$!
trap 'kill "$moto" "$stand_in" 2> /dev/null || true' EXIT
until_true curl --silent --fail "$AWS_ENDPOINT_URL_SAGEMAKER" || { cat "$work/stand_in.log" >&2; fail "stand_in.py"; }

archive=s3://models/diabetes/model.tar.gz
both "endpoint on an instance" one create-endpoint MODEL_DATA=$archive
both "endpoint on Graviton" graviton create-endpoint MODEL_DATA=$archive INSTANCE_TYPE=ml.c7g.large
both "endpoint of a bare .cbor" bare create-endpoint MODEL_DATA=s3://models/diabetes/model.cbor
both "serverless endpoint" serverless create-endpoint MODEL_DATA=$archive SERVERLESS=1 MEMORY=2048 CONCURRENCY=5
both "endpoint with variables" variables create-endpoint MODEL_DATA=$archive ENV="SAGELET_LOG=json SAGELET_SLOW_MILLISECONDS=250"
both "multi-model endpoint" many create-endpoint MODEL_DATA=s3://models/ MULTI_MODEL=1
both "endpoint that scales" scaled create-endpoint MODEL_DATA=$archive MAX_INSTANCES=4
both "endpoint of components that scale" parts create-endpoint MODEL_DATA=$archive COMPONENT=diabetes MAX_INSTANCES=3

image=sagelet:rehearsal
docker image inspect "$image" > /dev/null 2>&1 || image=sagelet:prebuilt
docker image inspect "$image" > /dev/null 2>&1 || PREBUILT=1 scripts/image.sh "$image" > "$work/image-amd64.log" 2>&1
docker run --detach --name endpoint --publish 8282:8080 \
    --volume "$PWD/examples/diabetes/model.cbor:/opt/ml/model/model.cbor:ro" "$image" serve > /dev/null
until_true curl --silent --fail localhost:8282/ping || fail "the container does not serve"
curl --silent --fail --data-binary "@$payload" -H 'Content-Type: text/csv' localhost:8282/invocations > "$work/direct"
for client in aws boto3; do
    "with_$client" invoke one > "$work/invoked" 2> "$work/invoke.log" || { cat "$work/invoke.log" >&2; fail "invoke"; }
    equal "invoke with $client: the container's predictions" "cmp" \
        "$(sha256sum < "$work/invoked" | cut -c 1-16)" "$(sha256sum < "$work/direct" | cut -c 1-16)"
done
docker rm --force endpoint > /dev/null

# update WHAT NAME VERB SETTING…: with one client and then with the other; they make the same calls. What is in service,
# and what PREPARE has done to it, is all there is before each.
update() {
    local what=$1 name=$2 verb=$3 client
    shift 3
    for client in aws boto3; do
        sleep 1 # names have seconds in them
        with_aws prune-endpoint "$name" 2> "$work/update.log" || { cat "$work/update.log" >&2; fail "$what: prune"; }
        "$prepare" "$name"
        rm -f "$record"
        "with_$client" "$verb" "$name" "$@" > "$work/update.out" 2> "$work/update.log" || { cat "$work/update.log" >&2; fail "$what: $verb with $client"; }
        changes > "$work/$client.calls"
    done
    diff "$work/aws.calls" "$work/boto3.calls" >&2 || fail "$what: the aws client and boto3 make different calls"
    proof "$what" "make $verb, deploy.py $verb" "$(names "$work/aws.calls")"
}
# asked CALL FIELD…: a field of the last client's call.
asked() {
    "$python" -c 'import functools, json, sys
calls = [json.loads(line) for line in open(sys.argv[1])]
found = next(each["parameters"] for each in calls if each["call"] == sys.argv[2])
print(functools.reduce(lambda value, key: value[int(key) if key.isdigit() else key], sys.argv[3:], found))' \
        "$work/boto3.calls" "$@"
}
in_service() { aws sagemaker describe-endpoint --endpoint-name "$1" --query EndpointConfigName --output text; }
made_for() { aws sagemaker "list-$2" --name-contains "$1-" --output text \
    --query "length((EndpointConfigs || Models)[?starts_with(EndpointConfigName || ModelName, '$1-')])"; }
# what is not given stays, and the one before stays for a rollback.
update "update of an endpoint: the model alone" one update-endpoint MODEL_DATA=s3://models/diabetes/next.tar.gz IMAGE_URI= ROLE=
equal "… image and role stay" "the record of calls" \
    "$(asked CreateModel PrimaryContainer Image) $(asked CreateModel ExecutionRoleArn)" "$IMAGE_URI $ROLE"
update "update: variables of the container" one update-endpoint \
    ENV="SAGELET_LOG=json SAGEMAKER_INFERENCE_OUTPUT=predicted_label,probability"
equal "… reach the model" "the record of calls" "$(asked CreateModel PrimaryContainer Environment)" \
    "{'SAGELET_LOG': 'json', 'SAGEMAKER_INFERENCE_OUTPUT': 'predicted_label,probability'}"
update "update: the instance type" one update-endpoint INSTANCE_TYPE=ml.c7g.large
equal "… the variables stay" "the record of calls" "$(asked CreateModel PrimaryContainer Environment SAGELET_LOG)" json
printf '# for batch jobs\nSAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT=application/json;q=0.5, text/csv\n' > "$work/variables"
sleep 1 # names have seconds in them
with_aws update-endpoint one ENV_FILE="$work/variables" 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "ENV_FILE"; }
equal "ENV_FILE: a value with a blank" "aws sagemaker describe-model" \
    "$(aws sagemaker describe-model --model-name "$(in_service one)" --query PrimaryContainer.Environment.SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT --output text)" \
    "application/json;q=0.5, text/csv"
equal "the one before stays, older ones go" "aws sagemaker list-…" "$(made_for one endpoint-configs) $(made_for one models)" "2 2"
refuses "ENV without a value" "is no variable" env ENDPOINT=one ENV=SAGELET_LOG scripts/endpoint.sh update-endpoint

# Capacity.
prepare=grow
grow() {
    aws sagemaker update-endpoint-weights-and-capacities --endpoint-name "$1" \
        --desired-weights-and-capacities "VariantName=AllTraffic,DesiredInstanceCount=3" > "$work/grow.log"
}
update "update of an endpoint that has grown to 3" scaled update-endpoint MODEL_DATA=s3://models/diabetes/next.tar.gz
equal "… it still has 3 instances" "aws sagemaker describe-endpoint" \
    "$(aws sagemaker describe-endpoint --endpoint-name scaled --query 'ProductionVariants[0].DesiredInstanceCount')" 3
prepare=true
refuses "another instance type while it scales" "SageMaker changes no instance type" \
    env ENDPOINT=scaled INSTANCE_TYPE=ml.m5.xlarge scripts/endpoint.sh update-endpoint
refuses "… with boto3" "SageMaker changes no instance type" \
    with_boto3 update-endpoint scaled INSTANCE_TYPE=ml.m5.xlarge
prepare=retype
retype() { with_aws update-endpoint "$1" INSTANCE_TYPE=ml.m5.large MAX_INSTANCES=4 2> "$work/retype.log"; sleep 1; }
update "… with MAX_INSTANCES" scaled update-endpoint INSTANCE_TYPE=ml.m5.xlarge MAX_INSTANCES=5
equal "… TARGET follows the processors" "the record of calls" \
    "$(asked PutScalingPolicy TargetTrackingScalingPolicyConfiguration TargetValue)" 120000.0
prepare=true
update "update of a serverless endpoint" serverless update-endpoint MODEL_DATA=s3://models/diabetes/next.tar.gz
equal "… memory and concurrency stay" "the record of calls" \
    "$(asked CreateEndpointConfig ProductionVariants 0 ServerlessConfig)" "{'MaxConcurrency': 5, 'MemorySizeInMB': 2048}"

# Alarms, and updates that they roll back.
for client in aws boto3; do
    refuses "a canary without alarms, $client" "watches alarms" \
        "with_$client" update-endpoint scaled MODEL_DATA=$archive DEPLOYMENT=canary
    "with_$client" create-alarms scaled ALARM_LATENCY_MS=50 > "$work/alarms.out" 2>&1 || { cat "$work/alarms.out" >&2; fail "create-alarms"; }
    aws cloudwatch describe-alarms --query 'MetricAlarms[].{
        name: AlarmName, metric: MetricName, threshold: Threshold, statistic: Statistic || ExtendedStatistic,
        dimensions: Dimensions, periods: EvaluationPeriods, missing: TreatMissingData}' > "$work/alarms.$client"
    [ $client = boto3 ] || aws cloudwatch delete-alarms --alarm-names scaled-sagelet-{errors,refusals,latency}
done
diff "$work/alarms.aws" "$work/alarms.boto3" >&2 || fail "create-alarms: the aws client and boto3 make different alarms"
proof "alarms" "make create-alarms, deploy.py create-alarms" "$("$python" -c 'import json, sys
for alarm in json.load(sys.stdin):
    print(alarm["metric"], alarm["threshold"], end="  ")' < "$work/alarms.aws")"
update "update: a canary" scaled update-endpoint MODEL_DATA=$archive DEPLOYMENT=canary WAIT_SECONDS=120
equal "… of 10 % of the fleet, watched by the alarms" "the record of calls" \
    "$(asked UpdateEndpoint DeploymentConfig BlueGreenUpdatePolicy TrafficRoutingConfiguration)" \
    "{'CanarySize': {'Type': 'CAPACITY_PERCENT', 'Value': 10}, 'Type': 'CANARY', 'WaitIntervalInSeconds': 120}"
update "update: in linear steps" scaled update-endpoint MODEL_DATA=$archive DEPLOYMENT=linear STEP_PERCENT=50
update "update: all at once, watched" scaled update-endpoint MODEL_DATA=$archive DEPLOYMENT=all-at-once ALARMS=scaled-sagelet-errors
refuses "an alarm that there is not" "These alarms do not exist" \
    with_aws update-endpoint scaled MODEL_DATA=$archive ALARMS=other
refuses "a canary of one instance" "needs 2 instances" \
    env ENDPOINT=one DEPLOYMENT=canary ALARMS=scaled-sagelet-errors scripts/endpoint.sh update-endpoint
refuses "a canary without servers" "no second fleet" \
    env ENDPOINT=serverless DEPLOYMENT=canary scripts/endpoint.sh update-endpoint
aws cloudwatch set-alarm-state --alarm-name scaled-sagelet-refusals --state-value ALARM --state-reason rehearsal
before=$(in_service scaled)
for client in aws boto3; do
    sleep 1
    refuses "an alarm rolls the update back, $client" "Alarms are in ALARM state" \
        "with_$client" update-endpoint scaled MODEL_DATA=$archive DEPLOYMENT=canary
    equal "… what is in service stays" "aws sagemaker describe-endpoint" "$(in_service scaled)" "$before"
done

# Back.
prepare=regret
regret() {
    with_aws update-endpoint "$1" MODEL_DATA=s3://models/diabetes/regretted.tar.gz 2> "$work/regret.log"
    regretted=$(in_service "$1")
}
update "rollback" one rollback-endpoint
[ "$(in_service one)" != "$regretted" ] || fail "rollback: nothing changed"
with_aws rollback-endpoint one CONFIG="$regretted" 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "rollback to CONFIG"; }
equal "rollback to the configuration CONFIG" "aws sagemaker describe-endpoint" "$(in_service one)" "$regretted"
update "prune" one prune-endpoint
prepare=true
equal "… what is in service is left" "aws sagemaker list-…" "$(made_for one endpoint-configs) $(made_for one models)" "1 1"
for client in aws boto3; do
    refuses "a rollback to nothing, $client" "from before" "with_$client" rollback-endpoint one
done

in_use=$(in_service one)
for client in aws boto3; do
    sleep 1
    refuses "an update that is rolled back, $client" "one was not updated, and serves as before" \
        "with_$client" update-endpoint one MODEL_DATA=s3://models/broken.tar.gz
    equal "… what is in service stays" "aws sagemaker describe-endpoint-config" \
        "$(aws sagemaker describe-endpoint-config --endpoint-config-name "$in_use" --query EndpointConfigName --output text)" "$in_use"
done

for name in graviton bare serverless variables many; do with_boto3 delete-endpoint "$name"; done
for name in one scaled; do with_aws delete-endpoint "$name" 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "delete $name"; }; done

# DRY_RUN=1 deletes nothing, and says in which order it would.
rm -f "$record"
equal "DRY_RUN=1: how components would go" "make delete-endpoint" \
    "$(with_aws delete-endpoint parts DRY_RUN=1 2> /dev/null | awk '{ print $3 }' | paste -sd ' ')" \
    "deregister-scalable-target delete-inference-component delete-endpoint delete-endpoint-config delete-model"
equal "DRY_RUN=1: the same with boto3" "deploy.py delete-endpoint --dry-run" \
    "$(with_boto3 delete-endpoint parts DRY_RUN=1 | cut -d '"' -f 2 | paste -sd ' ')" \
    "DeregisterScalableTarget DeleteInferenceComponent DeleteEndpoint DeleteEndpointConfig DeleteModel"
equal "DRY_RUN=1: deletes nothing" "the record of calls" "$(changes | wc -l)" 0
with_aws delete-endpoint parts 2> "$work/aws.log" || { cat "$work/aws.log" >&2; fail "delete parts"; }
nothing_left "delete-endpoint"
proof "after delete-endpoint: nothing is left" "aws sagemaker list-…" "no endpoint, configuration, model, scaling, alarm"

# The order, and what is done where a part is gone already.
settings=(MODEL_DATA="$archive" MAX_INSTANCES=3)
deleted "deleted: scaling, endpoint, the rest" scaled \
    "DeregisterScalableTarget DeleteEndpoint DeleteEndpointConfig DeleteModel"
settings=(MODEL_DATA="$archive" MAX_INSTANCES=3 COMPONENT=diabetes)
deleted "deleted: components first" parts \
    "DeregisterScalableTarget DeleteInferenceComponent DeleteEndpoint DeleteEndpointConfig DeleteModel"
prepare=delete_component
delete_component() {
    aws application-autoscaling deregister-scalable-target --service-namespace sagemaker --resource-id inference-component/diabetes \
        --scalable-dimension sagemaker:inference-component:DesiredCopyCount
    aws sagemaker delete-inference-component --inference-component-name diabetes
}
deleted "deleted: a component is going already" parts "DeleteEndpoint DeleteEndpointConfig DeleteModel"
settings=(MODEL_DATA="$archive")
prepare=delete_endpoint
delete_endpoint() { aws sagemaker delete-endpoint --endpoint-name "$1"; }
deleted "deleted: the endpoint is gone already" one "DeleteEndpointConfig DeleteModel"
prepare=delete_model
delete_model() { aws sagemaker delete-model --model-name "$(aws sagemaker list-models --query 'Models[0].ModelName' --output text)"; }
deleted "deleted: the model is gone already" one "DeleteEndpoint DeleteEndpointConfig"

both "batch transform" rows batch-transform MODEL_DATA=$archive ROWS=s3://rows/in/ OUTPUT=s3://rows/out/
both "training job" fit train-job TRAINING=s3://rows/training/ OUTPUT=s3://models/ HYPERPARAMETERS=fit_intercept=true ENV=SAGELET_LOG=json

rm -f "$record"
equal "DRY_RUN=1: prints the calls" "make create-endpoint" \
    "$(with_aws create-endpoint dry MODEL_DATA=$archive DRY_RUN=1 2> /dev/null | awk '{ print $3 }' | paste -sd ' ')" \
    "create-model create-endpoint-config create-endpoint"
[ ! -e "$record" ] || fail "DRY_RUN=1 made calls: $(cat "$record")"
proof "DRY_RUN=1: makes none" "the record of calls" "empty"
refuses "a parameter that the service does not know" "Invalid" \
    "$python" examples/deploy/deploy.py create-endpoint dry --image-uri x --role short --model-data $archive --dry-run
refuses "an instance type that is none" "Invalid instance types" \
    env ENDPOINT=e INSTANCE_TYPE=ml.none.large MODEL_DATA=$archive scripts/endpoint.sh create-endpoint
refuses "serverless with a bare .cbor" "SageMaker takes a .tar.gz alone" \
    env ENDPOINT=e SERVERLESS=1 MODEL_DATA=s3://models/model.cbor scripts/endpoint.sh create-endpoint
refuses "no role" "ROLE is not set" env --unset ROLE ENDPOINT=e scripts/endpoint.sh create-endpoint
refuses "an endpoint that is not there" "there is no endpoint none" env ENDPOINT=none scripts/endpoint.sh delete-endpoint
refuses "… with boto3" "there is no endpoint none" "$python" examples/deploy/deploy.py delete-endpoint none
refuses "an update of none" "Could not find" with_aws update-endpoint none MODEL_DATA=$archive
