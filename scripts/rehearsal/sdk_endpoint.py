"""Deploys with `sagelet.sagemaker` and whichever version of the SageMaker SDK is installed, predicts, and deletes.

    sdk_endpoint.py PAYLOAD

Prints a line for each way to predict: its name and the predictions. The services are where AWS_ENDPOINT_URL_… says.
"""

import sys

import numpy
import pandas
from sagelet.sagemaker import SageletModel

try:
    from sagemaker.deserializers import StringDeserializer
    from sagemaker.serializers import CSVSerializer
except ImportError:
    from sagemaker.core.deserializers import StringDeserializer
    from sagemaker.core.serializers import CSVSerializer

IMAGE = "123456789012.dkr.ecr.us-west-2.amazonaws.com/sagelet:1"
ROLE = "arn:aws:iam::123456789012:role/SageMaker"
NAMES = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]


def main(payload):
    rows = numpy.loadtxt(payload, delimiter=",")
    frame = pandas.DataFrame(rows, columns=NAMES)
    model = SageletModel(
        model_data="s3://models/diabetes/model.tar.gz", role=ROLE, image_uri=IMAGE, env={"SAGELET_LOG": "json"}
    )
    predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_name="sdk")
    # The SDK writes dots of its own to the same place: these are lines of their own.
    print("\narray", *predictor.predict(rows).tolist())
    print("frame", *predictor.predict(frame).tolist())
    print("backwards", *predictor.predict(frame[NAMES[::-1]]).tolist())
    predictor.serializer = CSVSerializer()
    predictor.deserializer = StringDeserializer(accept="text/csv")
    print("csv", *predictor.predict(rows).split())
    # The platform takes the configuration of a live endpoint away too, which the stand-in does not allow.
    predictor.delete_endpoint(delete_endpoint_config=False)
    model.delete_model()


main(sys.argv[1])
