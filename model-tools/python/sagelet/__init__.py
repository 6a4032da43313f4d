"""Linear models out of a notebook into one static server, with a proof.

    conversion = sagelet.convert(estimator, "model.tar.gz", check=X[:100])
    with sagelet.serve(conversion) as server:
        server.predict(X[:5])

The wheel brings the programs `model-tools` and `sagelet`, and this package calls them. `sagelet.sagemaker` has a model
class for the SageMaker Python SDK.
"""

from sagelet._convert import Conversion, convert, inspect
from sagelet._programs import Error
from sagelet._report import Report, report
from sagelet._serve import Server, serve

__all__ = ["Conversion", "Error", "Report", "Server", "convert", "inspect", "report", "serve"]
