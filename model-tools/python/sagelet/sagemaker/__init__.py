"""A model class for the SageMaker Python SDK, versions 2 and 3.

    from sagelet.sagemaker import SageletModel

    model = SageletModel(model_data="s3://…/model.tar.gz", role=role, image_uri=image_uri)
    predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    predictor.predict(X)
    predictor.delete_endpoint()

Rows go out as CSV (of a DataFrame with its names), and predictions come back as a numpy array; `deploy` takes any other
serializer and deserializer of the SDK. `env` sets variables of docs/configuration.md.
"""

try:
    from sagemaker.model import Model as _ModelOfVersion2  # noqa: F401
except ImportError:
    from sagelet.sagemaker._v3 import SageletModel, SageletPredictor
else:
    from sagelet.sagemaker._v2 import SageletModel, SageletPredictor

from sagelet.sagemaker._forms import PredictionsDeserializer, RowsSerializer

__all__ = ["PredictionsDeserializer", "RowsSerializer", "SageletModel", "SageletPredictor"]
