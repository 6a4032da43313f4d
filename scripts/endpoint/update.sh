# Updates of an endpoint, and the ways back. scripts/endpoint.sh reads this file.
# shellcheck shell=sh disable=SC2154,SC2034  # what is set and used there

# variant_of CONFIG FIELD: one field of what serves in a configuration, empty if it has none.
variant_of() {
    aws sagemaker describe-endpoint-config --endpoint-config-name "$1" --output text \
        --query "ProductionVariants[0].$2 || ''"
}

# model_in_service OUTPUT FIELD: one field of the model in service.
model_in_service() {
    aws sagemaker describe-model --model-name "$model" --output "$1" --query "$2"
}

# Sets in_service and type_in_service, the configuration in service and its instance type, empty if it is serverless.
look_for_service() {
    found=$(serves)
    in_service=$(echo "$found" | cut -f 1)
    type_in_service=$(variant_of "$in_service" InstanceType)
}

# What an update is not given stays as it is: the model,
keep_model() {
    model=$(variant_of "$in_service" ModelName)
    [ -n "$model" ] || fail "$ENDPOINT holds components, which are updated by themselves: aws sagemaker update-inference-component"
    [ -n "${IMAGE_URI:-}" ] || IMAGE_URI=$(model_in_service text PrimaryContainer.Image)
    [ -n "${ROLE:-}" ] || ROLE=$(model_in_service text ExecutionRoleArn)
    if [ -z "${MODEL_DATA:-}" ]; then
        MODEL_DATA=$(model_in_service text \
            'PrimaryContainer.[ModelDataUrl, ModelDataSource.S3DataSource.S3Uri][?@] | [0]')
        MULTI_MODEL=$(model_in_service text "PrimaryContainer.Mode == 'MultiModel' && '1' || ''")
    fi
    [ -z "${ENV+set}${ENV_FILE+set}" ] || return 0
    environment=$(model_in_service json PrimaryContainer.Environment | tr -d '\n')
    case $environment in null | "{}") environment= ;; esac
}

# and what it runs on. retain is set if SageMaker should keep the number of instances, which is asked for here too,
# because it may grow between the two calls.
keep_capacity() {
    retain=
    if [ -z "$type_in_service${INSTANCE_TYPE:-}" ]; then
        SERVERLESS=1
        : "${MEMORY:=$(variant_of "$in_service" ServerlessConfig.MemorySizeInMB)}"
        : "${CONCURRENCY:=$(variant_of "$in_service" ServerlessConfig.MaxConcurrency)}"
    elif [ -z "${SERVERLESS:-}" ]; then
        : "${INSTANCE_TYPE:=$type_in_service}"
        if [ -n "$type_in_service" ] && [ -z "${INSTANCES:-}" ]; then
            retain=--retain-all-variant-properties
            INSTANCES=$(aws sagemaker describe-endpoint --endpoint-name "$ENDPOINT" --output text \
                --query 'ProductionVariants[0].DesiredInstanceCount')
        fi
    fi
}

# look_for_scaling TYPE: sets in_the_way if the endpoint scales by itself and gets another instance type, which
# SageMaker refuses.
look_for_scaling() {
    in_the_way=
    [ "$1" != "$type_in_service" ] || return 0
    in_the_way=$(scaling_of "endpoint/$ENDPOINT/variant/$variant")
    [ -z "$in_the_way" ] || [ -n "${MAX_INSTANCES:-}" ] || fail "$ENDPOINT scales by itself, and SageMaker changes no" \
        "instance type while it does: with MAX_INSTANCES, the scaling is taken off and set up again"
}

update_endpoint() {
    needs ENDPOINT
    [ -z "${COMPONENT:-}" ] || fail "a component is updated by itself: aws sagemaker update-inference-component"
    # Nothing is made for an endpoint that is not there.
    look_for_service
    keep_model
    keep_capacity
    if [ -n "${SERVERLESS:-}" ]; then look_for_scaling ""; else look_for_scaling "$INSTANCE_TYPE"; fi
    look_for_deployment
    create_model "$ENDPOINT-$stamp"
    create_config "$ENDPOINT-$stamp"
    move_to "$ENDPOINT-$stamp"
    if [ -n "${MAX_INSTANCES:-}" ]; then scale; fi
    # What was in service until now stays, for rollback-endpoint.
    delete_ours "$ENDPOINT-$stamp" "$in_service"
    say "$ENDPOINT is in service; make rollback-endpoint ENDPOINT=$ENDPOINT goes back to $in_service"
}

# move_to CONFIG: the endpoint, with retain, deployment and in_the_way as they are set.
move_to() {
    [ -z "$in_the_way" ] || stop_scaling "endpoint/$ENDPOINT/variant/$variant"
    call aws sagemaker update-endpoint --endpoint-name "$ENDPOINT" --endpoint-config-name "$1" \
        ${retain:+"$retain"} ${deployment:+--deployment-config "$deployment"}
    wait_for endpoint-in-service --endpoint-name "$ENDPOINT"
    check_update "$1"
}

# The newest configuration of ours that is older than the one in service. Its time is the end of its name.
config_before() {
    look_for_ours
    for name in $configs; do
        [ "${name##*-}" -ge "${in_service##*-}" ] || echo "$name"
    done | sort | tail -n 1
}

rollback_endpoint() {
    needs ENDPOINT
    look_for_service
    if [ -n "${CONFIG:-}" ]; then
        before=$CONFIG
    else
        # shellcheck disable=SC2086  # no other than ours has a time to compare
        [ -n "$(ours $in_service)" ] || fail "$in_service was not made here: CONFIG= names the one to go back to"
        before=$(config_before)
        [ -n "$before" ] || fail "there is no configuration of $ENDPOINT from before $in_service: CONFIG= names one"
    fi
    type=$(variant_of "$before" InstanceType)
    look_for_scaling "$type"
    deployment=
    retain=
    # Between instances and serverless there is no number to keep.
    if [ -n "$type" ] && [ -n "$type_in_service" ]; then retain=--retain-all-variant-properties; fi
    INSTANCE_TYPE=$type
    move_to "$before"
    if [ -n "${MAX_INSTANCES:-}" ]; then scale; fi
    say "$ENDPOINT is in service with $before; $in_service stays until make prune-endpoint ENDPOINT=$ENDPOINT"
}

prune_endpoint() {
    needs ENDPOINT
    look_for_service
    delete_ours "$in_service"
    say "what is left of $ENDPOINT is what is in service"
}
