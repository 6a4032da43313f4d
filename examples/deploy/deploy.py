"""Endpoints and jobs of SageMaker with boto3: the same calls as scripts/endpoint.sh makes with the aws client.

    python examples/deploy/deploy.py create-endpoint diabetes --image-uri … --role … --model-data s3://…/model.tar.gz
    python examples/deploy/deploy.py invoke diabetes --payload examples/diabetes/payload.csv
    python examples/deploy/deploy.py create-alarms diabetes
    python examples/deploy/deploy.py update-endpoint diabetes --model-data s3://…/next.tar.gz --deployment canary
    python examples/deploy/deploy.py rollback-endpoint diabetes
    python examples/deploy/deploy.py delete-endpoint diabetes

`--dry-run` prints the calls that would change anything, after botocore has checked their parameters against the
service's model. Needs boto3 alone.
"""

import argparse
import json
import re
import sys
import time

import boto3
from botocore.validate import validate_parameters

VARIANT = "AllTraffic"
INSTANCE_TYPE = "ml.m5.large"
# Requests a minute for each virtual processor of an instance: a request is taken to cost a millisecond, a hundred times
# what sagelet itself needs for a row, since the platform's proxy, TLS and kernel share the instance; and half is left
# free for what arrives before a new instance serves.
REQUESTS_PER_PROCESSOR = 30_000
# boto3 can wait for endpoints and jobs, but not for inference components: those are asked after, for an hour.
POLL_SECONDS = 5
POLLS = 720


class Calls:
    """The clients, and whether calls that change something are made or printed."""

    def __init__(self, dry_run):
        self.dry_run = dry_run
        self.sagemaker = boto3.client("sagemaker")
        self.runtime = boto3.client("sagemaker-runtime")
        self.autoscaling = boto3.client("application-autoscaling")
        self.cloudwatch = boto3.client("cloudwatch")

    def make(self, client, operation, **parameters):
        if not self.dry_run:
            return getattr(client, operation)(**parameters)
        name = client.meta.method_to_api_mapping[operation]
        validate_parameters(parameters, client.meta.service_model.operation_model(name).input_shape)
        print(json.dumps({name: parameters}, default=repr))
        return None

    def wait(self, waiter, **parameters):
        if not self.dry_run:
            self.sagemaker.get_waiter(waiter).wait(**parameters)

    def poll(self, is_so, complaint):
        if self.dry_run:
            return
        for _ in range(POLLS):
            if is_so():
                return
            time.sleep(POLL_SECONDS)
        sys.exit(complaint)


def container(options):
    """The container of a model: a bare .cbor file needs no archive, but only instances take it."""
    if options.model_data.endswith(".cbor"):
        if options.serverless or options.multi_model:
            sys.exit(f"{options.model_data}: here SageMaker takes a .tar.gz alone")
        source = {"S3Uri": options.model_data, "S3DataType": "S3Object", "CompressionType": "None"}
        data = {"ModelDataSource": {"S3DataSource": source}}
    else:
        data = {"ModelDataUrl": options.model_data}
    mode = {"Mode": "MultiModel"} if options.multi_model else {}
    variables = {"Environment": options.env} if options.env is not None else {}
    return {"Image": options.image_uri, **data, **mode, **variables}


def variable(text):
    """NAME=VALUE as a pair."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise argparse.ArgumentTypeError(f"{text!r} is no variable: expected NAME=VALUE")
    return name, value


def create_model(calls, options, name):
    calls.make(
        calls.sagemaker,
        "create_model",
        ModelName=name,
        ExecutionRoleArn=options.role,
        PrimaryContainer=container(options),
    )


def variant(options, model):
    """What serves the model: nothing that is paid for while it waits, instances, or instances for components."""
    if options.serverless:
        serverless = {"MemorySizeInMB": options.memory or 1024, "MaxConcurrency": options.concurrency or 10}
        return {"VariantName": VARIANT, "ModelName": model, "ServerlessConfig": serverless}
    instances = {
        "VariantName": VARIANT,
        "InstanceType": options.instance_type or INSTANCE_TYPE,
        "InitialInstanceCount": options.instances or 1,
    }
    if options.component:
        return {**instances, "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}}
    return {**instances, "ModelName": model, "InitialVariantWeight": 1.0}


def create_config(calls, options, name):
    role = {"ExecutionRoleArn": options.role} if options.component else {}
    calls.make(
        calls.sagemaker,
        "create_endpoint_config",
        EndpointConfigName=name,
        ProductionVariants=[variant(options, name)],
        **role,
    )


def create_component(calls, options, model):
    resources = {"NumberOfCpuCoresRequired": 1.0, "MinMemoryRequiredInMb": options.component_memory}
    calls.make(
        calls.sagemaker,
        "create_inference_component",
        InferenceComponentName=options.component,
        EndpointName=options.name,
        VariantName=VARIANT,
        Specification={"ModelName": model, "ComputeResourceRequirements": resources},
        RuntimeConfig={"CopyCount": options.copies},
    )
    calls.poll(lambda: component_in_service(calls, options.component), f"{options.component} is not in service")


def component_in_service(calls, component):
    description = calls.sagemaker.describe_inference_component(InferenceComponentName=component)
    if description["InferenceComponentStatus"] == "Failed":
        sys.exit(f"{component} is not in service: {description.get('FailureReason', 'no reason given')}")
    return description["InferenceComponentStatus"] == "InService"


def target(options):
    """Requests a minute that an instance, or a component's copy, should have."""
    if options.target:
        return options.target
    size = re.fullmatch(r".*\.(\d*)xlarge", options.instance_type or INSTANCE_TYPE)
    processors = 4 * int(size.group(1) or 1) if size else 2
    return float(REQUESTS_PER_PROCESSOR * (1 if options.component else processors))


def scale(calls, options):
    """Lets the number of instances, or of a component's copies, follow the requests."""
    if options.component:
        resource = f"inference-component/{options.component}"
        dimension = "sagemaker:inference-component:DesiredCopyCount"
        metric = "SageMakerInferenceComponentInvocationsPerCopy"
    else:
        resource = resource_of(options.name)
        dimension = "sagemaker:variant:DesiredInstanceCount"
        metric = "SageMakerVariantInvocationsPerInstance"
    scaled = {"ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": dimension}
    calls.make(
        calls.autoscaling,
        "register_scalable_target",
        **scaled,
        MinCapacity=options.min_instances,
        MaxCapacity=options.max_instances,
    )
    calls.make(
        calls.autoscaling,
        "put_scaling_policy",
        **scaled,
        PolicyName="sagelet-requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target(options),
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    )


def stamped(name):
    """One name for a model and its configuration: neither can be changed, so an update makes new ones."""
    return f"{name}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}"


def create_endpoint(calls, options):
    if options.serverless and (options.max_instances or options.component or options.multi_model):
        sys.exit("a serverless endpoint scales by itself, has one model and no components")
    name = stamped(options.name)
    create_model(calls, options, name)
    create_config(calls, options, name)
    calls.make(calls.sagemaker, "create_endpoint", EndpointName=options.name, EndpointConfigName=name)
    calls.wait("endpoint_in_service", EndpointName=options.name)
    if options.component:
        create_component(calls, options, name)
    if options.max_instances:
        scale(calls, options)


def in_service(calls, endpoint):
    """The name of the configuration in service, and the variant in it."""
    name = calls.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    return name, variant_of(calls, name)


def variant_of(calls, config):
    return calls.sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]


def keep_model(calls, options, variant):
    """What an update is not given stays as it is: the model,"""
    if "ModelName" not in variant:
        sys.exit(f"{options.name} holds components, which are updated by themselves: update_inference_component")
    model = calls.sagemaker.describe_model(ModelName=variant["ModelName"])
    container = model["PrimaryContainer"]
    options.image_uri = options.image_uri or container["Image"]
    options.role = options.role or model["ExecutionRoleArn"]
    if not options.model_data:
        source = container.get("ModelDataSource", {}).get("S3DataSource", {})
        options.model_data = container.get("ModelDataUrl") or source["S3Uri"]
        options.multi_model = container.get("Mode") == "MultiModel"
    if options.env is None:
        options.env = container.get("Environment") or None


def keep_capacity(calls, options, variant):
    """and what it runs on.

    Returns what asks SageMaker to keep the number of instances, which is asked for here too, because it may grow
    between the two calls.
    """
    if "ServerlessConfig" in variant and not options.instance_type:
        options.serverless = True
        options.memory = options.memory or variant["ServerlessConfig"]["MemorySizeInMB"]
        options.concurrency = options.concurrency or variant["ServerlessConfig"]["MaxConcurrency"]
    elif not options.serverless:
        options.instance_type = options.instance_type or variant["InstanceType"]
        if "InstanceType" in variant and not options.instances:
            endpoint = calls.sagemaker.describe_endpoint(EndpointName=options.name)
            options.instances = endpoint["ProductionVariants"][0]["DesiredInstanceCount"]
            return {"RetainAllVariantProperties": True}
    return {}


def in_the_way(calls, options, before, after):
    """Whether the endpoint scales by itself and gets another instance type, which SageMaker refuses."""
    if before == after or not scaling_of(calls, resource_of(options.name)):
        return False
    if not options.max_instances:
        sys.exit(
            f"{options.name} scales by itself, and SageMaker changes no instance type while it does: "
            "with --max-instances, the scaling is taken off and set up again"
        )
    return True


def update_endpoint(calls, options):
    if options.component:
        sys.exit("a component is updated by itself: update_inference_component")
    # Nothing is made for an endpoint that is not there.
    before, variant = in_service(calls, options.name)
    keep_model(calls, options, variant)
    retain = keep_capacity(calls, options, variant)
    after = None if options.serverless else options.instance_type
    scales = in_the_way(calls, options, variant.get("InstanceType"), after)
    deployment = deployment_config(calls, options)
    name = stamped(options.name)
    create_model(calls, options, name)
    create_config(calls, options, name)
    if scales:
        stop_scaling(calls, resource_of(options.name))
    move_to(calls, options.name, name, **retain, **deployment)
    if options.max_instances:
        scale(calls, options)
    # What was in service until now stays, for rollback-endpoint.
    delete_ours(calls, options.name, keep={name, before})


def move_to(calls, endpoint, config, **parameters):
    calls.make(calls.sagemaker, "update_endpoint", EndpointName=endpoint, EndpointConfigName=config, **parameters)
    calls.wait("endpoint_in_service", EndpointName=endpoint)
    check_update(calls, endpoint, config)


def config_before(calls, options, config):
    """The newest configuration made here that is older than `config`: its time is the end of its name."""
    configs, _ = ours(calls, options.name)
    if config not in configs:
        sys.exit(f"{config} was not made here: --config names the one to go back to")
    older = sorted(name for name in configs if name < config)
    if not older:
        sys.exit(f"there is no configuration of {options.name} from before {config}: --config names one")
    return older[-1]


def rollback_endpoint(calls, options):
    config, variant = in_service(calls, options.name)
    before = options.config or config_before(calls, options, config)
    types = variant.get("InstanceType"), variant_of(calls, before).get("InstanceType")
    if in_the_way(calls, options, *types):
        stop_scaling(calls, resource_of(options.name))
    # Between instances and serverless there is no number to keep.
    retain = {"RetainAllVariantProperties": True} if all(types) else {}
    move_to(calls, options.name, before, **retain)
    options.instance_type = types[1]
    if options.max_instances:
        scale(calls, options)


def prune_endpoint(calls, options):
    config, _ = in_service(calls, options.name)
    delete_ours(calls, options.name, keep={config})


def alarm_names(endpoint):
    return [f"{endpoint}-sagelet-{kind}" for kind in ("errors", "refusals", "latency")]


def create_alarms(calls, options):
    """Alarms that go off in the second minute in which a metric is above its threshold. No requests are no reason to."""
    calls.sagemaker.describe_endpoint(EndpointName=options.name)
    # A request counts as 1 or 0 in the first two, so that the average is the share; latency is in microseconds. A
    # model that takes other columns than the one before answers with 400, not with 500.
    metrics = [
        ("Invocation5XXErrors", options.alarm_errors, {"Statistic": "Average"}),
        ("Invocation4XXErrors", options.alarm_refusals, {"Statistic": "Average"}),
        ("ModelLatency", options.alarm_latency_ms * 1000.0, {"ExtendedStatistic": "p99"}),
    ]
    for name, (metric, threshold, statistic) in zip(alarm_names(options.name), metrics):
        calls.make(
            calls.cloudwatch,
            "put_metric_alarm",
            AlarmName=name,
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[
                {"Name": "EndpointName", "Value": options.name},
                {"Name": "VariantName", "Value": VARIANT},
            ],
            ComparisonOperator="GreaterThanThreshold",
            Threshold=threshold,
            Period=60,
            EvaluationPeriods=2,
            TreatMissingData="notBreaching",
            **statistic,
            **({"AlarmActions": [options.alarm_topic]} if options.alarm_topic else {}),
        )


def our_alarms(calls, endpoint):
    """Those of `create_alarms` that there are."""
    alarms = calls.cloudwatch.describe_alarms(AlarmNames=alarm_names(endpoint))["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in alarms]


def deployment_config(calls, options):
    """How an update shifts the traffic, and the alarms that roll it back; nothing if that is left to SageMaker."""
    if not options.deployment and not options.alarms:
        return {}
    if options.serverless:
        sys.exit("a serverless endpoint has no second fleet to shift traffic to")
    alarms = options.alarms or our_alarms(calls, options.name)
    if not alarms:
        sys.exit(f"an update with --deployment watches alarms, and {options.name} has none: create-alarms, or --alarms")
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": options.wait_seconds}
    if options.deployment in ("canary", "linear"):
        if options.instances < 2:
            sys.exit(f"--deployment {options.deployment} needs 2 instances or more: --instances 2")
        key, percent = {"canary": ("CanarySize", 10), "linear": ("LinearStepSize", 25)}[options.deployment]
        routing["Type"] = options.deployment.upper()
        routing[key] = {"Type": "CAPACITY_PERCENT", "Value": options.step_percent or percent}
    return {
        "DeploymentConfig": {
            "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing},
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in alarms]},
        }
    }


def check_update(calls, endpoint, config):
    """An update that fails is rolled back: the endpoint is in service again, with what it had before."""
    if calls.dry_run:
        return
    description = calls.sagemaker.describe_endpoint(EndpointName=endpoint)
    if description["EndpointConfigName"] != config:
        reason = description.get("FailureReason", "no reason given")
        sys.exit(f"{endpoint} was not updated, and serves as before: {reason}")


def listed(client, operation, key, **parameters):
    """Every element of a listing, over all of its pages."""
    pages = client.get_paginator(operation).paginate(**parameters)
    return [element for page in pages for element in page[key]]


def ours(calls, endpoint):
    """The configurations and models that were made here for an endpoint. Others may be in use elsewhere."""
    made_here = re.compile(re.escape(endpoint) + r"-\d{14}")

    def names(operation, kind):
        elements = listed(calls.sagemaker, operation, f"{kind}s", NameContains=f"{endpoint}-")
        return [element[f"{kind}Name"] for element in elements if made_here.fullmatch(element[f"{kind}Name"])]

    return names("list_endpoint_configs", "EndpointConfig"), names("list_models", "Model")


def delete_ours(calls, endpoint, keep=frozenset()):
    """Deletes configurations and models, but not those with a name in `keep`.

    What an earlier command that was interrupted left behind is among them.
    """
    configs, models = ours(calls, endpoint)
    for name in configs:
        if name not in keep:
            calls.make(calls.sagemaker, "delete_endpoint_config", EndpointConfigName=name)
    for name in models:
        if name not in keep:
            calls.make(calls.sagemaker, "delete_model", ModelName=name)


def resource_of(endpoint):
    """What autoscaling calls the instances of an endpoint."""
    return f"endpoint/{endpoint}/variant/{VARIANT}"


def scaling_of(calls, resource):
    found = calls.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
    return found["ScalableTargets"]


def stop_scaling(calls, resource):
    for scaled in scaling_of(calls, resource):
        calls.make(
            calls.autoscaling,
            "deregister_scalable_target",
            ServiceNamespace="sagemaker",
            ResourceId=resource,
            ScalableDimension=scaled["ScalableDimension"],
        )


def delete_components(calls, endpoint):
    """An endpoint cannot go before its components have gone."""

    def components():
        return listed(
            calls.sagemaker, "list_inference_components", "InferenceComponents", EndpointNameEquals=endpoint
        )

    for component in components():
        name = component["InferenceComponentName"]
        if component["InferenceComponentStatus"] != "Deleting":
            stop_scaling(calls, f"inference-component/{name}")
            calls.make(calls.sagemaker, "delete_inference_component", InferenceComponentName=name)
    calls.poll(lambda: not components(), f"the components of {endpoint} do not go")


def delete_endpoint(calls, options):
    """In the order that SageMaker asks for. Parts that are gone, or going, are passed over."""
    endpoints = listed(calls.sagemaker, "list_endpoints", "Endpoints", NameContains=options.name)
    status = next((found["EndpointStatus"] for found in endpoints if found["EndpointName"] == options.name), None)
    if not status and not any(ours(calls, options.name)):
        sys.exit(f"there is no endpoint {options.name}, and nothing that was made for it")
    if status:
        delete_components(calls, options.name)
    stop_scaling(calls, resource_of(options.name))
    if status and status != "Deleting":
        calls.make(calls.sagemaker, "delete_endpoint", EndpointName=options.name)
    if status:
        calls.wait("endpoint_deleted", EndpointName=options.name)
    delete_ours(calls, options.name)
    if alarms := our_alarms(calls, options.name):
        calls.make(calls.cloudwatch, "delete_alarms", AlarmNames=alarms)


def invoke(calls, options):
    optional = {
        "Accept": options.accept,
        "TargetModel": options.target_model,
        "InferenceComponentName": options.component,
    }
    with open(options.payload, "rb") as payload:
        answer = calls.make(
            calls.runtime,
            "invoke_endpoint",
            EndpointName=options.name,
            ContentType=options.content_type,
            Body=payload.read(),
            **{key: value for key, value in optional.items() if value},
        )
    if answer:
        sys.stdout.buffer.write(answer["Body"].read())


def job_end(calls, kind, name):
    """Waits for a job and returns its description; a job that failed ends the program with the reason."""
    if calls.dry_run:
        return None
    parameters = {f"{kind.capitalize()}JobName": name}
    calls.wait(f"{kind}_job_completed_or_stopped", **parameters)
    job = getattr(calls.sagemaker, f"describe_{kind}_job")(**parameters)
    status = job[f"{kind.capitalize()}JobStatus"]
    if status != "Completed":
        sys.exit(f"{name} ended as {status}: {job.get('FailureReason', 'no reason given')}")
    return job


def batch_transform(calls, options):
    name = stamped(options.name)
    # Another name than an endpoint's model would have, so that no deletion of an endpoint of this name takes it along.
    model = stamped(f"{options.name}-transform")
    create_model(calls, options, model)
    source = {"S3DataType": "S3Prefix", "S3Uri": options.rows}
    calls.make(
        calls.sagemaker,
        "create_transform_job",
        TransformJobName=name,
        ModelName=model,
        BatchStrategy="MultiRecord",
        TransformInput={
            "DataSource": {"S3DataSource": source},
            "ContentType": options.content_type,
            "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": options.output, "Accept": options.content_type, "AssembleWith": "Line"},
        TransformResources={
            "InstanceType": options.instance_type or INSTANCE_TYPE,
            "InstanceCount": options.instances or 1,
        },
    )
    if job := job_end(calls, "transform", name):
        print(job["TransformOutput"]["S3OutputPath"])
    calls.make(calls.sagemaker, "delete_model", ModelName=model)


def train_job(calls, options):
    name = stamped(options.name)
    source = {"S3DataType": "S3Prefix", "S3Uri": options.training}
    calls.make(
        calls.sagemaker,
        "create_training_job",
        TrainingJobName=name,
        RoleArn=options.role,
        AlgorithmSpecification={"TrainingImage": options.image_uri, "TrainingInputMode": "File"},
        InputDataConfig=[
            {"ChannelName": "training", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}
        ],
        OutputDataConfig={"S3OutputPath": options.output},
        HyperParameters=dict(pair.split("=", 1) for pair in options.hyperparameter),
        ResourceConfig={
            "InstanceType": options.instance_type or INSTANCE_TYPE,
            "InstanceCount": options.instances or 1,
            "VolumeSizeInGB": 10,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        **({"Environment": options.env} if options.env is not None else {}),
    )
    if job := job_end(calls, "training", name):
        print(job["ModelArtifacts"]["S3ModelArtifacts"])


COMMANDS = {
    "create-endpoint": create_endpoint,
    "update-endpoint": update_endpoint,
    "rollback-endpoint": rollback_endpoint,
    "prune-endpoint": prune_endpoint,
    "create-alarms": create_alarms,
    "invoke": invoke,
    "delete-endpoint": delete_endpoint,
    "batch-transform": batch_transform,
    "train-job": train_job,
}
NEEDED = {
    "create-endpoint": ["image_uri", "role", "model_data"],
    "update-endpoint": [],
    "rollback-endpoint": [],
    "prune-endpoint": [],
    "create-alarms": [],
    "invoke": ["payload"],
    "delete-endpoint": [],
    "batch-transform": ["image_uri", "role", "model_data", "rows", "output"],
    "train-job": ["image_uri", "role", "training", "output"],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("name", help="of the endpoint or job")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--image-uri", help="what `make build-push` printed")
    parser.add_argument("--role", help="ARN of the execution role")
    parser.add_argument("--model-data", help="S3 address of a model.tar.gz, or on instances of a .cbor file")
    parser.add_argument("--env", nargs="*", type=variable, metavar="NAME=VALUE", help="variables of the container")
    parser.add_argument("--instance-type", help=f"{INSTANCE_TYPE}; ml.c7g.large is Graviton: an arm64 image")
    parser.add_argument("--instances", type=int)
    parser.add_argument("--max-instances", type=int, help="scale with the requests, up to this many")
    parser.add_argument("--min-instances", type=int, default=1)
    parser.add_argument(
        "--target",
        type=float,
        help=f"requests a minute that an instance should have: {REQUESTS_PER_PROCESSOR} for each virtual processor",
    )
    parser.add_argument("--serverless", action="store_true")
    parser.add_argument("--memory", type=int, help="MB of a serverless endpoint: 1024")
    parser.add_argument("--concurrency", type=int, help="requests at once of a serverless endpoint: 10")
    parser.add_argument("--deployment", choices=["all-at-once", "canary", "linear"], help="rolled back by alarms")
    parser.add_argument("--alarms", nargs="+", metavar="NAME", help="those of create-alarms if not given")
    parser.add_argument("--wait-seconds", type=int, default=300, help="in which the alarms are watched, at each step")
    parser.add_argument("--step-percent", type=int, help="of the fleet: 10 for a canary, 25 for linear")
    parser.add_argument("--config", help="the configuration to go back to; the one before if not given")
    parser.add_argument("--alarm-errors", type=float, default=0.01, help="share of answers with 5xx")
    parser.add_argument("--alarm-refusals", type=float, default=0.05, help="share of answers with 4xx")
    parser.add_argument("--alarm-latency-ms", type=float, default=100, help="for 99 of 100 requests")
    parser.add_argument("--alarm-topic", help="ARN of an SNS topic to tell")
    parser.add_argument("--component", help="name of an inference component")
    parser.add_argument("--component-memory", type=int, default=256, help="MB")
    parser.add_argument("--copies", type=int, default=1, help="of the component")
    parser.add_argument("--multi-model", action="store_true", help="--model-data is a prefix of many .tar.gz")
    parser.add_argument("--payload", help="file to send")
    parser.add_argument("--content-type", default="text/csv")
    parser.add_argument("--accept")
    parser.add_argument("--target-model", help="of a multi-model endpoint, such as one.tar.gz")
    parser.add_argument("--rows", help="S3 prefix of the rows of a batch transform")
    parser.add_argument("--training", help="S3 prefix of the training channel")
    parser.add_argument("--output", help="S3 prefix of what a job writes")
    parser.add_argument("--hyperparameter", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    options.env = None if options.env is None else dict(options.env)
    for needed in NEEDED[options.command]:
        if getattr(options, needed) is None:
            parser.error(f"{options.command} needs --{needed.replace('_', '-')}")
    return options


def main():
    options = arguments()
    COMMANDS[options.command](Calls(options.dry_run), options)


if __name__ == "__main__":
    main()
