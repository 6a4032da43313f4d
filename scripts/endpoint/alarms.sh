# Alarms of an endpoint, and updates that they roll back. scripts/endpoint.sh reads this file.
# shellcheck shell=sh disable=SC2154,SC2034  # what is set and used there

alarm_names="${ENDPOINT:-}-sagelet-errors ${ENDPOINT:-}-sagelet-refusals ${ENDPOINT:-}-sagelet-latency"

# alarm KIND METRIC THRESHOLD STATISTIC…: goes off in the second minute in which METRIC is above THRESHOLD. No requests
# are no reason to.
alarm() {
    set -- "$@" ${ALARM_TOPIC:+--alarm-actions "$ALARM_TOPIC"}
    name=$ENDPOINT-sagelet-$1 metric=$2 threshold=$3
    shift 3
    call aws cloudwatch put-metric-alarm --alarm-name "$name" --namespace AWS/SageMaker --metric-name "$metric" \
        --dimensions "Name=EndpointName,Value=$ENDPOINT" "Name=VariantName,Value=$variant" \
        --comparison-operator GreaterThanThreshold --threshold "$threshold" --period 60 --evaluation-periods 2 \
        --treat-missing-data notBreaching "$@"
}

# A request counts as 1 or 0 in the first two, so that the average is the share; latency is in microseconds.
create_alarms() {
    needs ENDPOINT
    serves > /dev/null
    alarm errors Invocation5XXErrors "${ALARM_ERRORS:-0.01}" --statistic Average
    # A model that takes other columns than the one before answers with 400, not with 500.
    alarm refusals Invocation4XXErrors "${ALARM_REFUSALS:-0.05}" --statistic Average
    alarm latency ModelLatency "$((${ALARM_LATENCY_MS:-100} * 1000))" --extended-statistic p99
    say "alarms of $ENDPOINT: $alarm_names"
}

# Those of create_alarms that there are.
our_alarms() {
    # shellcheck disable=SC2086  # one word a name
    aws cloudwatch describe-alarms --alarm-names $alarm_names --output text --query 'MetricAlarms[].AlarmName'
}

delete_alarms() {
    found=$(our_alarms)
    # shellcheck disable=SC2086
    [ -z "$found" ] || call aws cloudwatch delete-alarms --alarm-names $found
}

# Sets deployment to how an update shifts the traffic, as JSON; empty if that is left to SageMaker.
look_for_deployment() {
    deployment=
    [ -n "${DEPLOYMENT:-}${ALARMS:-}" ] || return 0
    [ -z "${SERVERLESS:-}" ] || fail "a serverless endpoint has no second fleet to shift traffic to: DEPLOYMENT and ALARMS are for instances"
    watched=${ALARMS:-$(our_alarms)}
    [ -n "$watched" ] || fail "an update with DEPLOYMENT watches alarms, and $ENDPOINT has none: make create-alarms" \
        "ENDPOINT=$ENDPOINT, or name others with ALARMS"
    look_for_routing
    # shellcheck disable=SC2086
    watched=$(printf '{"AlarmName":"%s"}\n' $watched | paste -s -d , -)
    deployment="{\"BlueGreenUpdatePolicy\":{\"TrafficRoutingConfiguration\":{$routing}},\"AutoRollbackConfiguration\":{\"Alarms\":[$watched]}}"
}

# Sets routing: how much of the new fleet takes traffic at first, and how long the alarms are watched at each step.
look_for_routing() {
    case ${DEPLOYMENT:-all-at-once} in
        all-at-once) routing='"Type":"ALL_AT_ONCE"' ;;
        canary) part_of_fleet CANARY CanarySize "${STEP_PERCENT:-10}" ;;
        linear) part_of_fleet LINEAR LinearStepSize "${STEP_PERCENT:-25}" ;;
        *) say "DEPLOYMENT=$DEPLOYMENT is unknown: expected all-at-once, canary or linear"; exit 64 ;;
    esac
    routing=$routing,'"WaitIntervalInSeconds"':${WAIT_SECONDS:-300}
}

# part_of_fleet TYPE KEY PERCENT
part_of_fleet() {
    [ "${INSTANCES:-1}" -ge 2 ] \
        || fail "DEPLOYMENT=$DEPLOYMENT needs 2 instances or more, and $ENDPOINT has ${INSTANCES:-1}: INSTANCES=2, or DEPLOYMENT=all-at-once"
    routing="\"Type\":\"$1\",\"$2\":{\"Type\":\"CAPACITY_PERCENT\",\"Value\":$3}"
}
