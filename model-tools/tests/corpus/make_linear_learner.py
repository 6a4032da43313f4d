"""Makes files laid out as SageMaker's Linear Learner lays out its `model_algo-1`, with what MXNet predicts beside each.

    python make_linear_learner.py    with Python 3.11, mxnet 1.9.1, numpy 1.23.5

They are not artifacts of Linear Learner: none could be had. What is known of those is the names of the members, that the
weights are called fc0_weight and fc0_bias and the label out_label, and that MXNet loads and runs them on rows as they
come. Graph and parameters are written by MXNet's own Module, as the algorithm, which is built on it, does.
"""

import gzip
import io
import json
import tarfile
import tempfile
import zipfile
from pathlib import Path

import mxnet as mx
import numpy as np

FOLDER = Path("linear-learner")
FOLDER.mkdir(exist_ok=True)
ROWS = [[0.5, -1.25, 3.0], [2.0, 0.0, -0.75], [-4.5, 8.125, 0.0625]]
mx.random.seed(20)


def outputs(score):
    label = mx.sym.Variable("out_label")
    return {
        "regressor": lambda: mx.sym.LinearRegressionOutput(score, label, name="out"),
        "binary": lambda: mx.sym.LogisticRegressionOutput(score, label, name="out"),
        "multiclass": lambda: mx.sym.SoftmaxOutput(score, label, name="out"),
        # Predictions beside a loss that needs the label.
        "regressor_with_loss": lambda: mx.sym.Group([mx.sym.BlockGrad(score), mx.sym.MakeLoss(mx.sym.square(score - label))]),
        "refused_open": lambda: mx.sym.BlockGrad(score),
        "refused_relu": lambda: mx.sym.LinearRegressionOutput(mx.sym.Activation(score, act_type="relu", name="steps"), label, name="out"),
    }


def write(name, additions):
    hidden = 3 if name == "multiclass" else 1
    score = mx.sym.FullyConnected(mx.sym.Variable("data"), name="fc0", num_hidden=hidden)
    symbol = outputs(score)[name]()
    shape = (len(ROWS),) if name == "multiclass" else (len(ROWS), 1)
    labels = [("out_label", shape)] if "out_label" in symbol.list_arguments() else None
    module = mx.mod.Module(symbol, data_names=["data"], label_names=["out_label"] if labels else None)
    module.bind(data_shapes=[("data", (len(ROWS), 3))], label_shapes=labels)
    module.init_params(mx.init.Normal(1.0))
    weights, _ = module.get_params()
    module.set_params({**weights, "fc0_bias": mx.nd.array(np.linspace(0.5, 1.0, hidden))}, {})
    with tempfile.TemporaryDirectory() as folder:
        module.save_checkpoint(f"{folder}/mx-mod", 0)
        with zipfile.ZipFile(FOLDER / f"{name}.zip", "w") as archive:  # called model_algo-1 where it comes from
            archive.writestr(zipfile.ZipInfo("additional-params.json"), json.dumps(additions))
            archive.writestr(zipfile.ZipInfo("manifest.json"), "{}")
            for file in ("mx-mod-symbol.json", "mx-mod-0000.params"):
                archive.writestr(zipfile.ZipInfo(file), Path(folder, file).read_bytes())
    if name.startswith("refused"):
        return
    module.forward(mx.io.DataBatch([mx.nd.array(ROWS)], label=None), is_train=False)
    found = module.get_outputs()[0].asnumpy().astype(float)
    told = {"rows": ROWS, "predictions": found[:, 0].tolist(), "tolerance": 1e-6}  # MXNet computes with 32 bits
    if name == "binary":
        told |= {"predictions": (found[:, 0] > 0.5).astype(int).tolist(), "probabilities": np.hstack([1 - found, found]).tolist()}
    if name == "multiclass":
        told |= {"predictions": found.argmax(axis=1).tolist(), "probabilities": found.tolist()}
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")


write("regressor", {})
write("regressor_with_loss", {"predictor_type": "regressor"})
write("binary", {"predictor_type": "binary_classifier"})
write("multiclass", {})
write("refused_open", {})
write("refused_relu", {})

# What the platform keeps: model.tar.gz with the file under the name that it has there.
member = tarfile.TarInfo("model_algo-1")
content = (FOLDER / "binary.zip").read_bytes()
member.size = len(content)
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as file:
    file.addfile(member, io.BytesIO(content))
(FOLDER / "binary_packed.gz").write_bytes(gzip.compress(archive.getvalue(), mtime=0))
(FOLDER / "binary_packed.json").write_text((FOLDER / "binary.json").read_text())
