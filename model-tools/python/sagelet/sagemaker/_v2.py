"""For version 2 of the SDK: subclasses of its Model and Predictor."""

from sagemaker.base_deserializers import BaseDeserializer
from sagemaker.base_serializers import BaseSerializer
from sagemaker.model import Model
from sagemaker.predictor import Predictor

from sagelet.sagemaker import _forms

# The SDK asks whether a serializer is one of its own.
BaseSerializer.register(_forms.RowsSerializer)
BaseDeserializer.register(_forms.PredictionsDeserializer)


class SageletPredictor(Predictor):
    """Predictor whose rows go out as CSV, and whose predictions come back as a numpy array."""

    def __init__(self, endpoint_name, sagemaker_session=None, serializer=None, deserializer=None, **others):
        super().__init__(
            endpoint_name,
            sagemaker_session=sagemaker_session,
            serializer=serializer or _forms.RowsSerializer(),
            deserializer=deserializer or _forms.PredictionsDeserializer(),
            **others,
        )


class SageletModel(Model):
    """Model in sagelet's image; takes every argument of `sagemaker.model.Model`."""

    def __init__(self, model_data, role=None, image_uri=None, predictor_cls=SageletPredictor, **others):
        super().__init__(
            image_uri=image_uri, model_data=model_data, role=role, predictor_cls=predictor_cls, **others
        )
