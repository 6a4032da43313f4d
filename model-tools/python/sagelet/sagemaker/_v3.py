"""For version 3 of the SDK, which has resources in the place of Model and Predictor."""

import time

from sagemaker.core import resources, shapes

from sagelet.sagemaker import _forms

VARIANT = "AllTraffic"


class SageletPredictor:
    """An endpoint: rows go out as CSV, and predictions come back as a numpy array."""

    def __init__(self, endpoint, serializer=None, deserializer=None):
        self.endpoint = endpoint
        self.serializer = serializer or _forms.RowsSerializer()
        self.deserializer = deserializer or _forms.PredictionsDeserializer()

    @property
    def endpoint_name(self):
        return self.endpoint.endpoint_name

    def predict(self, data):
        accept = self.deserializer.ACCEPT
        answer = self.endpoint.invoke(
            body=self.serializer.serialize(data),
            content_type=self.serializer.CONTENT_TYPE,
            accept=accept if isinstance(accept, str) else ", ".join(accept),
        )
        return self.deserializer.deserialize(answer.body, answer.content_type)

    def delete_endpoint(self, delete_endpoint_config=True):
        """Deletes the endpoint, and its configuration unless that is asked to stay."""
        config = self._config() if delete_endpoint_config else None
        self.endpoint.delete()
        if config is not None:
            config.delete()

    def _config(self):
        return resources.EndpointConfig.get(endpoint_config_name=self.endpoint.endpoint_config_name)


class SageletModel:
    """A model in sagelet's image.

    model_data  S3 address of a model.tar.gz
    role        ARN of the execution role
    image_uri   what `make build-push` printed
    env         variables of docs/configuration.md
    """

    def __init__(self, model_data, role, image_uri, env=None, name=None, session=None, region=None):
        self.model_data = model_data
        self.role = role
        self.image_uri = image_uri
        self.env = env or {}
        self.name = name or f"sagelet-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}"
        self._where = {"session": session, "region": region}
        self.model = None

    def create(self):
        """Makes the model, which `deploy` does by itself."""
        container = shapes.ContainerDefinition(
            image=self.image_uri, model_data_url=self.model_data, **({"environment": self.env} if self.env else {})
        )
        self.model = resources.Model.create(
            model_name=self.name, primary_container=container, execution_role_arn=self.role, **self._where
        )
        return self.model

    def deploy(
        self,
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name=None,
        serializer=None,
        deserializer=None,
        wait=True,
    ):
        """Makes an endpoint, and returns its predictor; waits until it is in service unless `wait` is false."""
        if self.model is None:
            self.create()
        endpoint_name = endpoint_name or self.name
        variant = shapes.ProductionVariant(
            variant_name=VARIANT,
            model_name=self.name,
            initial_instance_count=initial_instance_count,
            instance_type=instance_type,
            initial_variant_weight=1.0,
        )
        resources.EndpointConfig.create(
            endpoint_config_name=endpoint_name, production_variants=[variant], **self._where
        )
        endpoint = resources.Endpoint.create(
            endpoint_name=endpoint_name, endpoint_config_name=endpoint_name, **self._where
        )
        if wait:
            endpoint.wait_for_status("InService")
        return SageletPredictor(endpoint, serializer, deserializer)

    def delete_model(self):
        if self.model is not None:
            self.model.delete()
            self.model = None
