"""Trains, serves and transforms with the SageMaker Python SDK in local mode: in containers on this machine.

    make image
    pip install "sagemaker<3"          # and docker with its compose
    python examples/deploy/local_mode.py sagelet

Needs no account and no credentials. Prints the predictions of the endpoint, and then those of the batch
transform, of examples/diabetes/payload.csv.
"""

import pathlib
import sys
import tempfile

import boto3
import sagemaker.deserializers
import sagemaker.estimator
import sagemaker.local
import sagemaker.serializers

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent
PAYLOAD = EXAMPLES / "diabetes" / "payload.csv"
# The SDK wants the form of an ARN, and in local mode asks nobody about it.
ROLE = "arn:aws:iam::123456789012:role/SageMaker"


def local_session(directory):
    session = sagemaker.local.LocalSession(boto3.Session(region_name="us-west-2"))
    session.config = {"local": {"local_code": True, "container_root": str(directory)}}
    return session


def train(image, directory):
    estimator = sagemaker.estimator.Estimator(
        image_uri=image,
        role=ROLE,
        instance_count=1,
        instance_type="local",
        output_path=f"file://{directory}/output",
        hyperparameters={"fit_intercept": "true"},
        sagemaker_session=local_session(directory),
    )
    estimator.fit({"training": f"file://{EXAMPLES}/local_test/test_dir/input/data/training"})
    return estimator


def serve(estimator):
    predictor = estimator.deploy(
        initial_instance_count=1,
        instance_type="local",
        serializer=sagemaker.serializers.CSVSerializer(),
        # Without a format it asks for JSON.
        deserializer=sagemaker.deserializers.StringDeserializer(accept="text/csv"),
    )
    try:
        return predictor.predict(PAYLOAD.read_text(encoding="utf-8"))
    finally:
        predictor.delete_endpoint()


def transform(estimator, directory):
    transformer = estimator.transformer(
        instance_count=1,
        instance_type="local",
        strategy="MultiRecord",
        assemble_with="Line",
        accept="text/csv",
        output_path=f"file://{directory}/transformed",
    )
    rows = directory / "rows"
    rows.mkdir()
    (rows / PAYLOAD.name).write_bytes(PAYLOAD.read_bytes())
    transformer.transform(f"file://{rows}", content_type="text/csv", split_type="Line")
    transformer.wait()
    return (directory / "transformed" / f"{PAYLOAD.name}.out").read_text(encoding="utf-8")


def main(image):
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        estimator = train(image, directory)
        endpoint = serve(estimator)
        transformed = transform(estimator, directory)
    # The SDK writes the containers' logs and its own dots to the same place: these are lines of their own.
    print("\nendpoint", *endpoint.split())
    print("transform", *transformed.split())


if __name__ == "__main__":
    main(sys.argv[1])
