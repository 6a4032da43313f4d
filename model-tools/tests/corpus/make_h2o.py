"""Makes the H2O part of the corpus: MOJOs of generalised linear models, with H2O's own predictions beside each.

    python make_h2o.py    with h2o 3.46.0.6, Java 17 (later versions have no MOJO without a licence)
"""

import json
import warnings
import zipfile
from pathlib import Path

import h2o
import numpy as np
import pandas as pd
from h2o.estimators import H2OGeneralizedLinearEstimator as Glm, H2OGradientBoostingEstimator as Gbm

warnings.filterwarnings("ignore")
FOLDER = Path("h2o")
COUNT, ROWS = 120, 6
index = np.arange(COUNT)
x, z = np.sin(index * 1.7) * 2, 3 + np.cos(index * 2.3)
frame = pd.DataFrame({"x": x, "z": z})
frame["city"] = np.array(["Oslo", "Rome", "Lima\nCallao"], dtype=object)[(index * 7 + index // 4) % 3]
frame["rooms"] = (index * 5 + index // 3) % 4 + 1
noise = np.sin(index * 12.9898) * 0.7
frame["y"] = 1.5 * x - 0.8 * z + 2.0 * (frame["city"] == "Rome") + 0.3 * frame["rooms"] + noise
frame["count"] = np.floor(np.exp(0.3 * x + 0.4 + noise / 2) + 0.5).astype(int)
frame["positive"] = np.exp(0.2 * frame["y"]) + 0.5
frame["wins"] = np.where(frame["y"] + noise > frame["y"].mean(), "yes", "no")
frame["job"] = np.array(["clerk", "cook", "driver"], dtype=object)[np.digitize(frame["y"] + 3 * noise, [-1.0, 1.5])]
holes = frame.copy()
holes.loc[index % 9 == 4, "x"] = None
holes.loc[index % 11 == 5, "city"] = None

h2o.init(ip="127.0.0.1", nthreads=1, max_mem_size="1g")
KINDS = {"city": "enum", "rooms": "enum", "wins": "enum", "job": "enum"}
whole, holed = h2o.H2OFrame(frame, column_types=KINDS), h2o.H2OFrame(holes, column_types=KINDS, na_strings=["nan", ""])
INPUTS = ["x", "z", "city", "rooms"]
MODELS = {
    "gaussian": (Glm(family="gaussian", lambda_=0), "y", whole),
    "gaussian_filled_in": (Glm(family="gaussian", lambda_=0.01), "y", holed),
    "gaussian_all_levels": (Glm(family="gaussian", lambda_=0.01, solver="COORDINATE_DESCENT"), "y", whole),
    "gaussian_skipped": (Glm(family="gaussian", lambda_=0, missing_values_handling="skip"), "y", whole),
    "poisson": (Glm(family="poisson", lambda_=0), "count", whole),
    "gamma_log": (Glm(family="gamma", link="log", lambda_=0), "positive", whole),
    "tweedie_identity": (Glm(family="tweedie", tweedie_link_power=1, lambda_=0), "positive", whole),
    "negative_binomial": (Glm(family="negativebinomial", link="log", theta=0.5, lambda_=0), "count", whole),
    "binomial": (Glm(family="binomial", lambda_=0.001), "wins", whole),
    "multinomial": (Glm(family="multinomial", lambda_=0.001), "job", whole),
    "refused_gamma_inverse": (Glm(family="gamma", link="inverse", lambda_=0), "positive", whole),
    "refused_ordinal": (Glm(family="ordinal", lambda_=0.001), "job", whole),
    "refused_gbm": (Gbm(ntrees=2), "y", whole),
}
FOLDER.mkdir(exist_ok=True)
for name, (model, target, table) in MODELS.items():
    try:
        model.train(x=INPUTS, y=target, training_frame=table)
        model.download_mojo(str((FOLDER / f"{name}.zip").resolve()))
    except Exception as error:
        print(f"{name}: {error!r}"[:300])
        continue
    if name.startswith("refused"):
        continue
    source = holes if "filled" in name else frame
    told = model.predict(table[:ROWS, :]).as_data_frame(use_pandas=True)
    # The MOJO has its own order of columns: factors first.
    with zipfile.ZipFile(FOLDER / f"{name}.zip") as archive:
        ini = archive.read("model.ini").decode()
    order = ini.split("[columns]\n")[1].split("\n[")[0].split("\n")[:len(INPUTS)]
    rows = [[None if pd.isna(cell) else cell.item() if hasattr(cell, "item") else cell for cell in row] for row in source[order].head(ROWS).to_numpy(dtype=object)]
    expected = {"rows": rows}
    if name == "binomial":
        expected["predictions"] = told["yes"].tolist()
    elif name == "multinomial":
        expected["predictions"] = told["predict"].tolist()
        expected["probabilities"] = told.drop(columns="predict").to_numpy().tolist()
    else:
        expected["predictions"] = told["predict"].tolist()
    (FOLDER / f"{name}.json").write_text(json.dumps(expected) + "\n")
h2o.cluster().shutdown()
