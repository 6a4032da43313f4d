"""Stands in for SageMaker's two services: moto does the work, and this is in front of it.

    stand_in.py PORT MOTO-PORT CONTAINER-PORT RECORD

- Every call is checked against the service's model as botocore has it, and written to the file RECORD.
- What moto lacks is answered here: UpdateEndpoint, inference components and their scaling, instance types that
  came after it.
- InvokeEndpoint goes to the container's /invocations, as the platform sends it.
"""

import http.client
import http.server
import json
import sys

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

configs = {}  # of endpoints that were updated
components = {}
scaled = {}  # components
without_model = set()  # names of configurations


def update_endpoint(body):
    configs[body["EndpointName"]] = body["EndpointConfigName"]
    return {"EndpointArn": ARN + "endpoint/" + body["EndpointName"]}


def create_component(body):
    components[body["InferenceComponentName"]] = body
    return {"InferenceComponentArn": ARN + "inference-component/" + body["InferenceComponentName"]}


def describe_component(body):
    component = components.get(body["InferenceComponentName"])
    return component and {**component, "InferenceComponentStatus": "InService"}


def delete_component(body):
    return {} if components.pop(body["InferenceComponentName"], None) else None


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
    "CreateInferenceComponent": create_component,
    "DescribeInferenceComponent": describe_component,
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


def for_moto(body):
    """A body that moto takes: with an instance type that it knows, and a model where components bring theirs."""
    variants = body.get("ProductionVariants", [])
    if any("ModelName" not in variant for variant in variants):
        without_model.add(body["EndpointConfigName"])
    known = {"ModelName": body.get("EndpointConfigName")}
    variants = [
        {**known, **variant, **({"InstanceType": "ml.m5.large"} if "InstanceType" in variant else {})}
        for variant in variants
    ]
    return json.dumps({**body, "ProductionVariants": variants} if variants else body).encode()


def after_moto(operation, parameters, answer):
    """An answer of moto's with what was kept from it put right."""
    answer = json.loads(answer)
    if operation == "DescribeEndpoint" and parameters["EndpointName"] in configs:
        answer["EndpointConfigName"] = configs[parameters["EndpointName"]]
    if operation == "DescribeEndpointConfig" and parameters["EndpointConfigName"] in without_model:
        for variant in answer["ProductionVariants"]:
            del variant["ModelName"]
    return json.dumps(answer).encode()


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
        if fault := complaint(service, operation, parameters):
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
