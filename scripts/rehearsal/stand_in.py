"""Stands in for SageMaker's two services: moto does the work, and this is in front of it.

    stand_in.py PORT MOTO-PORT CONTAINER-PORT RECORD

- Every call is checked against the service's model as botocore has it, and written to the file RECORD.
- What moto lacks is answered here: UpdateEndpoint, the number of instances, inference components and their scaling,
  instance types that came after it.
- What the platform refuses because of the order is refused: deleting an endpoint that has components, or the
  configuration of an endpoint. Components are on their way in and out for as long as they are asked after once.
- An update to a model of which the data is called "broken" is rolled back, and so is one that watches an alarm which
  has gone off. One that watches an alarm that there is not, shifts part of a fleet of one instance, or changes the type
  of instances that scale by themselves, is refused.
- InvokeEndpoint goes to the container's /invocations, as the platform sends it.
"""

import http.client
import http.server
import json
import sys

import boto3
import botocore.session
from botocore.validate import ParamValidator

PORT, MOTO, CONTAINER = (int(argument) for argument in sys.argv[1:4])
RECORD = sys.argv[4]
JSON = "application/x-amz-json-1.1"
ARN = "arn:aws:sagemaker:us-west-2:123456789012:"
SERVICES = {
    prefix: botocore.session.get_session().get_service_model(name)
    for prefix, name in {"SageMaker": "sagemaker", "AnyScaleFrontendService": "application-autoscaling"}.items()
}

cloudwatch = boto3.client("cloudwatch", endpoint_url=f"http://127.0.0.1:{MOTO}")

configs = {}  # in use, by the name of the endpoint
variants = {}  # by the name of the configuration
instances = {}  # how many there should be, by the name of the endpoint
scaling = set()  # resources that scale by themselves
reasons = {}  # for an update that failed, by the name of the endpoint
components = {}
scaled = {}  # components
broken = set()  # names of models, which are those of their configurations


def watched(body):
    """The alarms of an update."""
    names = body.get("DeploymentConfig", {}).get("AutoRollbackConfiguration", {}).get("Alarms", [])
    return [alarm["AlarmName"] for alarm in names]


def alarm_states(names):
    alarms = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}


def update_endpoint(body):
    endpoint, config = body["EndpointName"], body["EndpointConfigName"]
    gone_off = [name for name, state in alarm_states(watched(body)).items() if state == "ALARM"]
    reasons.pop(endpoint, None)
    if config in broken:
        reasons[endpoint] = "The model did not pass the ping health check"
    elif gone_off:
        reasons[endpoint] = f"Alarms are in ALARM state: {gone_off}"
    else:
        configs[endpoint] = config
        if not body.get("RetainAllVariantProperties"):
            instances[endpoint] = variants[config].get("InitialInstanceCount")
    return {"EndpointArn": ARN + "endpoint/" + endpoint}


def set_capacity(body):
    instances[body["EndpointName"]] = body["DesiredWeightsAndCapacities"][0]["DesiredInstanceCount"]
    return {"EndpointArn": ARN + "endpoint/" + body["EndpointName"]}


def wrong_update(body):
    """What the platform has against an update, or nothing."""
    endpoint = body["EndpointName"]
    if endpoint not in configs:
        return "Could not find the endpoint"
    if missing := set(watched(body)) - set(alarm_states(watched(body))):
        return f"These alarms do not exist: {missing}"
    before, after = (variants[config].get("InstanceType") for config in (configs[endpoint], body["EndpointConfigName"]))
    if before != after and f"endpoint/{endpoint}/variant/AllTraffic" in scaling:
        return "The instance type of a variant that is a scalable target cannot be changed"
    routing = body.get("DeploymentConfig", {}).get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    if routing.get("Type") in ("CANARY", "LINEAR") and instances[endpoint] < 2:
        return "The canary or step is more than half of the fleet"
    return ""


def create_component(body):
    components[body["InferenceComponentName"]] = {**body, "InferenceComponentStatus": "Creating"}
    return {"InferenceComponentArn": ARN + "inference-component/" + body["InferenceComponentName"]}


def describe_component(body):
    component = components.get(body["InferenceComponentName"])
    if component is None:
        return None
    seen = dict(component)
    component["InferenceComponentStatus"] = "InService"
    return seen


def list_components(body):
    found = [dict(each) for each in components.values() if each["EndpointName"] == body["EndpointNameEquals"]]
    for each in found:
        if each["InferenceComponentStatus"] == "Deleting":
            del components[each["InferenceComponentName"]]
    return {"InferenceComponents": found}


def delete_component(body):
    component = components.get(body["InferenceComponentName"])
    if component is None or component["InferenceComponentStatus"] == "Deleting":
        return None
    component["InferenceComponentStatus"] = "Deleting"
    return {}


def scale_component(operation, body):
    """What autoscaling says of the copies of components."""
    if operation == "RegisterScalableTarget":
        scaled[body["ResourceId"]] = body
    elif operation == "DeregisterScalableTarget":
        del scaled[body["ResourceId"]]
    elif operation == "PutScalingPolicy":
        return {"PolicyARN": "arn:aws:autoscaling:us-west-2:123456789012:scalingPolicy:one", "Alarms": []}
    elif operation == "DescribeScalableTargets":
        return {"ScalableTargets": [scaled[resource] for resource in body["ResourceIds"] if resource in scaled]}
    return {}


HERE = {
    "UpdateEndpoint": update_endpoint,
    "UpdateEndpointWeightsAndCapacities": set_capacity,
    "CreateInferenceComponent": create_component,
    "DescribeInferenceComponent": describe_component,
    "ListInferenceComponents": list_components,
    "DeleteInferenceComponent": delete_component,
}


INSTANCE_TYPES = SERVICES["SageMaker"].shape_for("ProductionVariantInstanceType").enum


def complaint(service, operation, body):
    """What botocore's model of the service has against a body; botocore itself does not look at instance types."""
    report = ParamValidator().validate(body, SERVICES[service].operation_model(operation).input_shape)
    if report.has_errors():
        return report.generate_report()
    types = {variant.get("InstanceType") for variant in body.get("ProductionVariants", [])} - {None}
    return f"Invalid instance types: {types - set(INSTANCE_TYPES)}" if types - set(INSTANCE_TYPES) else ""


def out_of_order(operation, body):
    """Why the platform would not take this call now."""
    if operation == "DeleteEndpoint" and any(
        component["EndpointName"] == body["EndpointName"] for component in components.values()
    ):
        return "Cannot delete an endpoint that has inference components"
    if operation == "DeleteEndpointConfig" and body["EndpointConfigName"] in configs.values():
        return "Cannot delete a configuration that an endpoint uses"
    return wrong_update(body) if operation == "UpdateEndpoint" else ""


def note(operation, body):
    """Keeps what is asked for later of a call that moto has taken."""
    if operation == "CreateModel" and "broken" in json.dumps(body["PrimaryContainer"]):
        broken.add(body["ModelName"])
    elif operation == "CreateEndpointConfig":
        variants[body["EndpointConfigName"]] = body["ProductionVariants"][0]
    elif operation == "CreateEndpoint":
        configs[body["EndpointName"]] = body["EndpointConfigName"]
        instances[body["EndpointName"]] = variants[body["EndpointConfigName"]].get("InitialInstanceCount")
    elif operation == "DeleteEndpoint":
        configs.pop(body["EndpointName"], None)
    elif operation == "RegisterScalableTarget":
        scaling.add(body["ResourceId"])
    elif operation == "DeregisterScalableTarget":
        scaling.discard(body["ResourceId"])


def for_moto(body):
    """A body that moto takes: with an instance type that it knows, and a model where components bring theirs."""
    known = {"ModelName": body.get("EndpointConfigName")}
    taken = [
        {**known, **variant, **({"InstanceType": "ml.m5.large"} if "InstanceType" in variant else {})}
        for variant in body.get("ProductionVariants", [])
    ]
    return json.dumps({**body, "ProductionVariants": taken} if taken else body).encode()


def after_moto(operation, parameters, answer):
    """An answer of moto's with what was kept from it put right."""
    answer = json.loads(answer)
    if operation == "DescribeEndpoint":
        answer["EndpointConfigName"] = configs[parameters["EndpointName"]]
        answer["FailureReason"] = reasons.get(parameters["EndpointName"])
        answer["ProductionVariants"][0]["DesiredInstanceCount"] = instances[parameters["EndpointName"]]
    if operation == "DescribeEndpointConfig":
        answer["ProductionVariants"] = [variants[parameters["EndpointConfigName"]]]
    # moto answers with fields that nobody set, and the SDK finds them incomplete.
    return json.dumps({name: value for name, value in answer.items() if value not in (None, {})}).encode()


def refusal(message):
    return 400, JSON, json.dumps({"__type": "ValidationException", "message": message}).encode()


def forward(port, method, path, headers, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), answer.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/invocations"):
            headers = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
            self.answer(*forward(CONTAINER, "POST", "/invocations", headers, body))
        else:
            self.answer(*self.call(body))

    def call(self, body):
        service, operation = self.headers["X-Amz-Target"].split(".")
        parameters = json.loads(body)
        if fault := complaint(service, operation, parameters) or out_of_order(operation, parameters):
            return refusal(fault)
        with open(RECORD, "a", encoding="utf-8") as record:
            record.write(json.dumps({"call": operation, "parameters": parameters}, sort_keys=True) + "\n")
        if operation in HERE:
            answer = HERE[operation](parameters)
            return refusal("Could not find it") if answer is None else (200, JSON, json.dumps(answer).encode())
        if "inference-component/" in str(parameters.get("ResourceId", parameters.get("ResourceIds"))):
            return 200, JSON, json.dumps(scale_component(operation, parameters)).encode()
        headers = {name: value for name, value in self.headers.items() if name != "Content-Length"}
        status, content_type, answer = forward(MOTO, "POST", self.path, headers, for_moto(parameters))
        if status == 200:
            note(operation, parameters)
        if status == 200 and operation.startswith("Describe"):
            answer = after_moto(operation, parameters, answer)
        return status, content_type, answer

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type or JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, "text/plain", b"")

    def log_message(self, format, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
