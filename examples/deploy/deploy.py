"""Endpoints and jobs of SageMaker with boto3: the same calls as scripts/endpoint.sh makes with the aws client.

    python examples/deploy/deploy.py create-endpoint diabetes --image-uri … --role … --model-data s3://…/model.tar.gz
    python examples/deploy/deploy.py invoke diabetes --payload examples/diabetes/payload.csv
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
    return {"Image": options.image_uri, **data, **({"Mode": "MultiModel"} if options.multi_model else {})}


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
        serverless = {"MemorySizeInMB": options.memory, "MaxConcurrency": options.concurrency}
        return {"VariantName": VARIANT, "ModelName": model, "ServerlessConfig": serverless}
    instances = {
        "VariantName": VARIANT,
        "InstanceType": options.instance_type,
        "InitialInstanceCount": options.instances,
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


def scale(calls, options):
    """Lets the number of instances, or of a component's copies, follow the requests."""
    if options.component:
        resource = f"inference-component/{options.component}"
        dimension = "sagemaker:inference-component:DesiredCopyCount"
        metric = "SageMakerInferenceComponentInvocationsPerCopy"
    else:
        resource = f"endpoint/{options.name}/variant/{VARIANT}"
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
            "TargetValue": options.target,
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


def update_endpoint(calls, options):
    if options.component:
        sys.exit("a component is updated by itself: update_inference_component")
    # Nothing is made for an endpoint that is not there.
    calls.sagemaker.describe_endpoint(EndpointName=options.name)
    name = stamped(options.name)
    create_model(calls, options, name)
    create_config(calls, options, name)
    # What autoscaling has grown an endpoint to is kept.
    retain = {"RetainAllVariantProperties": True} if options.max_instances else {}
    calls.make(calls.sagemaker, "update_endpoint", EndpointName=options.name, EndpointConfigName=name, **retain)
    calls.wait("endpoint_in_service", EndpointName=options.name)
    check_update(calls, options.name, name)
    if options.max_instances:
        scale(calls, options)
    delete_ours(calls, options.name, keep=name)


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


def delete_ours(calls, endpoint, keep=None):
    """Deletes configurations and models, but not those called `keep`.

    What an earlier command that was interrupted left behind is among them.
    """
    configs, models = ours(calls, endpoint)
    for name in configs:
        if name != keep:
            calls.make(calls.sagemaker, "delete_endpoint_config", EndpointConfigName=name)
    for name in models:
        if name != keep:
            calls.make(calls.sagemaker, "delete_model", ModelName=name)


def stop_scaling(calls, resource):
    targets = calls.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
    for target in targets["ScalableTargets"]:
        calls.make(
            calls.autoscaling,
            "deregister_scalable_target",
            ServiceNamespace="sagemaker",
            ResourceId=resource,
            ScalableDimension=target["ScalableDimension"],
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
    stop_scaling(calls, f"endpoint/{options.name}/variant/{VARIANT}")
    if status and status != "Deleting":
        calls.make(calls.sagemaker, "delete_endpoint", EndpointName=options.name)
    if status:
        calls.wait("endpoint_deleted", EndpointName=options.name)
    delete_ours(calls, options.name)


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
        TransformResources={"InstanceType": options.instance_type, "InstanceCount": options.instances},
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
            "InstanceType": options.instance_type,
            "InstanceCount": options.instances,
            "VolumeSizeInGB": 10,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )
    if job := job_end(calls, "training", name):
        print(job["ModelArtifacts"]["S3ModelArtifacts"])


COMMANDS = {
    "create-endpoint": create_endpoint,
    "update-endpoint": update_endpoint,
    "invoke": invoke,
    "delete-endpoint": delete_endpoint,
    "batch-transform": batch_transform,
    "train-job": train_job,
}
NEEDED = {
    "create-endpoint": ["image_uri", "role", "model_data"],
    "update-endpoint": ["image_uri", "role", "model_data"],
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
    parser.add_argument("--instance-type", default="ml.m5.large", help="ml.c7g.large is Graviton: an arm64 image")
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--max-instances", type=int, help="scale with the requests, up to this many")
    parser.add_argument("--min-instances", type=int, default=1)
    parser.add_argument("--target", type=float, default=1000.0, help="requests a minute that an instance should have")
    parser.add_argument("--serverless", action="store_true")
    parser.add_argument("--memory", type=int, default=1024, help="MB of a serverless endpoint")
    parser.add_argument("--concurrency", type=int, default=10, help="requests at once of a serverless endpoint")
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
    for needed in NEEDED[options.command]:
        if getattr(options, needed) is None:
            parser.error(f"{options.command} needs --{needed.replace('_', '-')}")
    return options


def main():
    options = arguments()
    COMMANDS[options.command](Calls(options.dry_run), options)


if __name__ == "__main__":
    main()
