#!/bin/sh
# Endpoints and jobs of SageMaker, through the aws client. docs/deploy.md tells the whole way.
#
#   scripts/endpoint.sh COMMAND
#
# Settings come from the environment, so `make create-endpoint ENDPOINT=… IMAGE_URI=…` is the same:
#   create-endpoint   ENDPOINT IMAGE_URI ROLE MODEL_DATA, and one of
#                       an instance        INSTANCE_TYPE (ml.m5.large; ml.c7g.large is Graviton, with an arm64
#                                          image) INSTANCES (1)
#                       autoscaling too    MAX_INSTANCES MIN_INSTANCES (1) TARGET (requests a minute for each
#                                          instance: 30000 for each of its virtual processors)
#                       serverless         SERVERLESS=1 MEMORY (1024 MB) CONCURRENCY (10)
#                       components         COMPONENT (a name) COMPONENT_MEMORY (256 MB) COPIES (1), create alone
#                     MULTI_MODEL=1: MODEL_DATA is a prefix that holds many .tar.gz
#   update-endpoint   ENDPOINT and what changes; everything else stays as it is, the number of instances too. With
#                       DEPLOYMENT (all-at-once, canary, linear) WAIT_SECONDS (300) STEP_PERCENT (10 for a canary,
#                       25 for linear) ALARMS (names; those of create-alarms if unset): an alarm rolls it back
#   rollback-endpoint ENDPOINT: back to the configuration before; CONFIG names another one
#   prune-endpoint    ENDPOINT: deletes the configurations and models that are not in service
#   create-alarms     ENDPOINT; ALARM_ERRORS (0.01, share of answers with 5xx) ALARM_REFUSALS (0.05, with 4xx)
#                     ALARM_LATENCY_MS (100, for 99 of 100 requests) ALARM_TOPIC (SNS topic to tell)
#   invoke            ENDPOINT PAYLOAD; CONTENT_TYPE (text/csv) ACCEPT TARGET_MODEL COMPONENT
#   delete-endpoint   ENDPOINT: with its components, scaling, alarms, and the configurations and models made here for
#                     it; also what is left where some of it is gone already
#   batch-transform   JOB IMAGE_URI ROLE MODEL_DATA ROWS OUTPUT; INSTANCE_TYPE INSTANCES CONTENT_TYPE
#   train-job         JOB IMAGE_URI ROLE TRAINING OUTPUT; INSTANCE_TYPE HYPERPARAMETERS (fit_intercept=true or JSON)
# MODEL_DATA is the S3 address of a model.tar.gz, or on instances of a bare .cbor file.
# ENV="SAGELET_LOG=json …" sets variables of docs/configuration.md in the container; ENV_FILE names a file with one
# per line, for values with blanks. On an update they replace the variables that there are.
# DRY_RUN=1 prints the calls that would change anything instead of making them; what is only looked up is looked up.
set -eu

verb=${1:-}
# One name for a model and its configuration; an update makes new ones, since neither can be changed.
stamp=$(date -u +%Y%m%d%H%M%S)
variant=AllTraffic
# The client can wait for endpoints and jobs, but not for inference components: those are asked after, for an hour.
poll_seconds=5
polls=720

say() { printf '%s: %s\n' "$verb" "$*" >&2; }
fail() { say "$@"; exit 1; }

needs() {
    for name in "$@"; do
        eval "value=\${$name:-}"
        [ -n "$value" ] || { say "$name is not set; scripts/endpoint.sh says at its top what each command takes"; exit 64; }
    done
    command -v aws > /dev/null || fail "there is no aws client on the path: pip install awscli"
}

# A call that changes something.
call() {
    if [ -z "${DRY_RUN:-}" ]; then
        "$@" > /dev/null
        return
    fi
    line=
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./:=,@-]*) line="$line '$word'" ;;
            *) line="$line $word" ;;
        esac
    done
    printf '%s\n' "${line# }"
}

wait_for() { [ -n "${DRY_RUN:-}" ] || aws sagemaker wait "$@"; }

# The variables of the container, one NAME=VALUE per line.
variables() {
    {
        set -f
        # shellcheck disable=SC2086  # one word a variable
        printf '%s\n' ${ENV:-}
        if [ -n "${ENV_FILE:-}" ]; then cat "$ENV_FILE"; fi
    } | grep -v -E '^[[:space:]]*(#.*)?$' || true
}

# Sets environment to the variables as a JSON object, if ENV or ENV_FILE is set.
look_for_variables() {
    environment=
    [ -n "${ENV+set}${ENV_FILE+set}" ] || return 0
    [ -z "${ENV_FILE:-}" ] || [ -r "$ENV_FILE" ] || fail "ENV_FILE=$ENV_FILE cannot be read"
    wrong=$(variables | grep -v '^[A-Za-z_][A-Za-z0-9_]*=' | head -n 1)
    [ -z "$wrong" ] || { say "ENV: \"$wrong\" is no variable: expected NAME=VALUE (values with blanks go into ENV_FILE; where ENV is" \
        "your shell's own, env -u ENV make … leaves it out)"; exit 64; }
    environment="{$(variables | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^\([^=]*\)=\(.*\)$/"\1":"\2"/' | paste -s -d , -)}"
}

# Sets container to the container of a model, as JSON.
look_for_container() {
    case $MODEL_DATA in
        *.cbor)
            if [ -n "${SERVERLESS:-}${MULTI_MODEL:-}" ] || [ "$verb" = batch-transform ]; then
                fail "$MODEL_DATA: here SageMaker takes a .tar.gz alone"
            fi
            data="\"ModelDataSource\":{\"S3DataSource\":{\"S3Uri\":\"$MODEL_DATA\",\"S3DataType\":\"S3Object\",\"CompressionType\":\"None\"}}"
            ;;
        *) data="\"ModelDataUrl\":\"$MODEL_DATA\"" ;;
    esac
    [ -z "${MULTI_MODEL:-}" ] || data=$data,'"Mode":"MultiModel"'
    [ -z "$environment" ] || data=$data,'"Environment":'$environment
    container="{\"Image\":\"$IMAGE_URI\",$data}"
}

create_model() {
    look_for_container
    call aws sagemaker create-model --model-name "$1" --execution-role-arn "$ROLE" --primary-container "$container"
}

create_config() {
    if [ -n "${SERVERLESS:-}" ]; then
        call aws sagemaker create-endpoint-config --endpoint-config-name "$1" --production-variants \
            "VariantName=$variant,ModelName=$1,ServerlessConfig={MemorySizeInMB=${MEMORY:-1024},MaxConcurrency=${CONCURRENCY:-10}}"
    elif [ -n "${COMPONENT:-}" ]; then
        # The models come with the components: the variant is but instances for them.
        call aws sagemaker create-endpoint-config --endpoint-config-name "$1" --execution-role-arn "$ROLE" \
            --production-variants \
            "VariantName=$variant,InstanceType=$INSTANCE_TYPE,InitialInstanceCount=${INSTANCES:-1},RoutingConfig={RoutingStrategy=LEAST_OUTSTANDING_REQUESTS}"
    else
        call aws sagemaker create-endpoint-config --endpoint-config-name "$1" --production-variants \
            "VariantName=$variant,ModelName=$1,InstanceType=$INSTANCE_TYPE,InitialInstanceCount=${INSTANCES:-1},InitialVariantWeight=1"
    fi
}

create_component() {
    call aws sagemaker create-inference-component --inference-component-name "$COMPONENT" --endpoint-name "$ENDPOINT" \
        --variant-name "$variant" --runtime-config "CopyCount=${COPIES:-1}" --specification \
        "ModelName=$1,ComputeResourceRequirements={NumberOfCpuCoresRequired=1,MinMemoryRequiredInMb=${COMPONENT_MEMORY:-256}}"
    [ -n "${DRY_RUN:-}" ] || component_in_service
}

component_in_service() {
    for _ in $(seq "$polls"); do
        status=$(aws sagemaker describe-inference-component --inference-component-name "$COMPONENT" --output text \
            --query '[InferenceComponentStatus, FailureReason]')
        case $status in
            InService*) return ;;
            Failed*) fail "$COMPONENT is not in service: $status" ;;
        esac
        sleep "$poll_seconds"
    done
    fail "$COMPONENT is not in service: $status"
}

# Sets TARGET, the requests a minute that an instance (or a component's copy, which has one processor) should have.
#
# A request is taken to cost a millisecond of one processor: a hundred times what sagelet itself needs for a row, since
# the platform's proxy, TLS and kernel share the instance. Half of that is left free, for what arrives before a new
# instance serves. 60 s / 1 ms / 2 = 30000 for each processor.
look_for_target() {
    [ -z "${TARGET:-}" ] || return 0
    processors=2
    size=${INSTANCE_TYPE##*.}
    case $size in
        [0-9]*xlarge) processors=$((4 * ${size%xlarge})) ;;
        xlarge) processors=4 ;;
    esac
    [ -z "${COMPONENT:-}" ] || processors=1
    TARGET=$((30000 * processors))
}

scale() {
    look_for_target
    if [ -n "${COMPONENT:-}" ]; then
        set -- "inference-component/$COMPONENT" sagemaker:inference-component:DesiredCopyCount \
            SageMakerInferenceComponentInvocationsPerCopy
    else
        set -- "endpoint/$ENDPOINT/variant/$variant" sagemaker:variant:DesiredInstanceCount \
            SageMakerVariantInvocationsPerInstance
    fi
    call aws application-autoscaling register-scalable-target --service-namespace sagemaker --resource-id "$1" \
        --scalable-dimension "$2" --min-capacity "${MIN_INSTANCES:-1}" --max-capacity "$MAX_INSTANCES"
    call aws application-autoscaling put-scaling-policy --service-namespace sagemaker --resource-id "$1" \
        --scalable-dimension "$2" --policy-name sagelet-requests --policy-type TargetTrackingScaling \
        --target-tracking-scaling-policy-configuration \
        "TargetValue=$TARGET,PredefinedMetricSpecification={PredefinedMetricType=$3}"
}

create_endpoint() {
    needs ENDPOINT IMAGE_URI ROLE MODEL_DATA
    [ -z "${SERVERLESS:-}" ] || [ -z "${MAX_INSTANCES:-}${COMPONENT:-}${MULTI_MODEL:-}" ] \
        || fail "a serverless endpoint scales by itself, has one model and no components"
    create_model "$ENDPOINT-$stamp"
    create_config "$ENDPOINT-$stamp"
    call aws sagemaker create-endpoint --endpoint-name "$ENDPOINT" --endpoint-config-name "$ENDPOINT-$stamp"
    wait_for endpoint-in-service --endpoint-name "$ENDPOINT"
    if [ -n "${COMPONENT:-}" ]; then create_component "$ENDPOINT-$stamp"; fi
    if [ -n "${MAX_INSTANCES:-}" ]; then scale; fi
    say "$ENDPOINT is in service"
}

# The configuration in service, and why a later one is not.
serves() {
    aws sagemaker describe-endpoint --endpoint-name "$ENDPOINT" --output text \
        --query '[EndpointConfigName, FailureReason]'
}

# An update that fails is rolled back: the endpoint is in service again, with what it had before.
check_update() {
    [ -z "${DRY_RUN:-}" ] || return 0
    found=$(serves)
    [ "$(echo "$found" | cut -f 1)" = "$1" ] || fail "$ENDPOINT was not updated, and serves as before: $found"
}

# ours NAME…: those that this script made for the endpoint. Others may be in use elsewhere.
ours() {
    for name in "$@"; do
        number=${name#"$ENDPOINT-"}
        case $number in
            "$name" | *[!0-9]*) ;;
            *) [ ${#number} -ne ${#stamp} ] || echo "$name" ;;
        esac
    done
}

# Sets configs and models: what was made for the endpoint and is still there.
look_for_ours() {
    configs=$(aws sagemaker list-endpoint-configs --name-contains "$ENDPOINT-" --output text \
        --query 'EndpointConfigs[].EndpointConfigName')
    models=$(aws sagemaker list-models --name-contains "$ENDPOINT-" --output text --query 'Models[].ModelName')
    # shellcheck disable=SC2086  # one word a name
    configs=$(ours $configs) models=$(ours $models)
}

# delete_ours [KEEP…]: deletes configurations and models, but neither the configurations KEEP nor their models, which
# have the same names. What an earlier command that was interrupted left behind is among them.
delete_ours() {
    look_for_ours
    for name in $configs; do
        is_kept "$name" "$@" || call aws sagemaker delete-endpoint-config --endpoint-config-name "$name"
    done
    for name in $models; do
        is_kept "$name" "$@" || call aws sagemaker delete-model --model-name "$name"
    done
}

# is_kept NAME KEEP…
is_kept() {
    name_in_question=$1
    shift
    for kept in "$@"; do
        [ "$name_in_question" != "$kept" ] || return 0
    done
    return 1
}

# scaling_of RESOURCE: the dimensions in which it scales by itself.
scaling_of() {
    aws application-autoscaling describe-scalable-targets --service-namespace sagemaker \
        --resource-ids "$1" --query 'ScalableTargets[].ScalableDimension' --output text
}

stop_scaling() {
    dimensions=$(scaling_of "$1")
    for dimension in $dimensions; do
        call aws application-autoscaling deregister-scalable-target --service-namespace sagemaker \
            --resource-id "$1" --scalable-dimension "$dimension"
    done
}

# list_components [FILTER]: the endpoint's components, those of a status perhaps.
list_components() {
    aws sagemaker list-inference-components --endpoint-name-equals "$ENDPOINT" --output text \
        --query "InferenceComponents[${1:-}].InferenceComponentName"
}

# An endpoint cannot go before its components have gone.
delete_components() {
    components=$(list_components "?InferenceComponentStatus!='Deleting'")
    for component in $components; do
        stop_scaling "inference-component/$component"
        call aws sagemaker delete-inference-component --inference-component-name "$component"
    done
    [ -n "${DRY_RUN:-}" ] || no_components_left
}

no_components_left() {
    for _ in $(seq "$polls"); do
        components=$(list_components)
        [ -n "$components" ] || return 0
        sleep "$poll_seconds"
    done
    fail "these components do not go: $components"
}

# In the order that SageMaker asks for. Parts that are gone, or going, are passed over.
delete_endpoint() {
    needs ENDPOINT
    status=$(aws sagemaker list-endpoints --name-contains "$ENDPOINT" --output text \
        --query "Endpoints[?EndpointName=='$ENDPOINT'].EndpointStatus")
    look_for_ours
    [ -n "$status$configs$models" ] || fail "there is no endpoint $ENDPOINT, and nothing that was made for it"
    if [ -n "$status" ]; then delete_components; fi
    stop_scaling "endpoint/$ENDPOINT/variant/$variant"
    case $status in
        "" | Deleting) ;;
        *) call aws sagemaker delete-endpoint --endpoint-name "$ENDPOINT" ;;
    esac
    if [ -n "$status" ]; then wait_for endpoint-deleted --endpoint-name "$ENDPOINT"; fi
    delete_ours
    delete_alarms
    say "$ENDPOINT is gone"
}

# The answer goes to standard output, what is around it to standard error.
invoke() {
    needs ENDPOINT PAYLOAD
    set -- aws sagemaker-runtime invoke-endpoint --endpoint-name "$ENDPOINT" --body "fileb://$PAYLOAD" \
        --content-type "${CONTENT_TYPE:-text/csv}" ${ACCEPT:+--accept "$ACCEPT"} \
        ${TARGET_MODEL:+--target-model "$TARGET_MODEL"} ${COMPONENT:+--inference-component-name "$COMPONENT"}
    if [ -n "${DRY_RUN:-}" ]; then
        call "$@" /dev/stdout
        return
    fi
    answer=$(mktemp)
    trap 'rm -f "$answer"' EXIT
    "$@" "$answer" >&2
    cat "$answer"
}

# Waits for a job, and says how it ended: job_end transform|training NAME QUERY-OF-STATUS QUERY-OF-RESULT
job_end() {
    [ -z "${DRY_RUN:-}" ] || return 0
    aws sagemaker wait "$1-job-completed-or-stopped" "--$1-job-name" "$2" || true
    status=$(aws sagemaker "describe-$1-job" "--$1-job-name" "$2" --output text \
        --query "[$3, FailureReason]")
    case $status in
        Completed*) aws sagemaker "describe-$1-job" "--$1-job-name" "$2" --query "$4" --output text ;;
        *) fail "$2 ended as $status" ;;
    esac
}

batch_transform() {
    needs JOB IMAGE_URI ROLE MODEL_DATA ROWS OUTPUT
    # Another name than an endpoint's model would have, so that no deletion of an endpoint called JOB takes it along.
    model=$JOB-transform-$stamp
    create_model "$model"
    call aws sagemaker create-transform-job --transform-job-name "$JOB-$stamp" --model-name "$model" \
        --transform-input "DataSource={S3DataSource={S3DataType=S3Prefix,S3Uri=$ROWS}},ContentType=${CONTENT_TYPE:-text/csv},SplitType=Line" \
        --transform-output "S3OutputPath=$OUTPUT,Accept=${CONTENT_TYPE:-text/csv},AssembleWith=Line" \
        --transform-resources "InstanceType=$INSTANCE_TYPE,InstanceCount=${INSTANCES:-1}" --batch-strategy MultiRecord
    job_end transform "$JOB-$stamp" TransformJobStatus TransformOutput.S3OutputPath
    call aws sagemaker delete-model --model-name "$model"
}

train_job() {
    needs JOB IMAGE_URI ROLE TRAINING OUTPUT
    call aws sagemaker create-training-job --training-job-name "$JOB-$stamp" --role-arn "$ROLE" \
        --algorithm-specification "TrainingImage=$IMAGE_URI,TrainingInputMode=File" \
        --input-data-config "ChannelName=training,ContentType=text/csv,DataSource={S3DataSource={S3DataType=S3Prefix,S3Uri=$TRAINING}}" \
        --output-data-config "S3OutputPath=$OUTPUT" ${HYPERPARAMETERS:+--hyper-parameters "$HYPERPARAMETERS"} \
        ${environment:+--environment "$environment"} \
        --resource-config "InstanceType=$INSTANCE_TYPE,InstanceCount=${INSTANCES:-1},VolumeSizeInGB=10" \
        --stopping-condition MaxRuntimeInSeconds=3600
    job_end training "$JOB-$stamp" TrainingJobStatus ModelArtifacts.S3ModelArtifacts
}

# shellcheck source=scripts/endpoint/alarms.sh
. "$(dirname "$0")/endpoint/alarms.sh"
# shellcheck source=scripts/endpoint/update.sh
. "$(dirname "$0")/endpoint/update.sh"

case $verb in create-endpoint | update-endpoint | batch-transform | train-job) look_for_variables ;; esac
# An update keeps what it is not given.
[ "$verb" = update-endpoint ] || : "${INSTANCE_TYPE:=ml.m5.large}"
case $verb in
    create-endpoint) create_endpoint ;;
    update-endpoint) update_endpoint ;;
    rollback-endpoint) rollback_endpoint ;;
    prune-endpoint) prune_endpoint ;;
    create-alarms) create_alarms ;;
    invoke) invoke ;;
    delete-endpoint) delete_endpoint ;;
    batch-transform) batch_transform ;;
    train-job) train_job ;;
    *)
        echo "usage: scripts/endpoint.sh create-endpoint|update-endpoint|rollback-endpoint|prune-endpoint|create-alarms|invoke|delete-endpoint|batch-transform|train-job" >&2
        exit 64
        ;;
esac
