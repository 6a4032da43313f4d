"""Makes the LIBLINEAR part of the corpus, with LIBLINEAR's own predictions.

    python make_liblinear.py    with liblinear-official 2.50.0, numpy 2.4.6
"""

import json
from pathlib import Path

import numpy as np
from liblinear.liblinearutil import predict, problem, parameter, save_model, train

FOLDER = Path("liblinear")
ROWS = 6

random = np.random.RandomState(20)
X = random.normal(size=(60, 4))
Y = X @ [2.0, -0.5, 4.0, 0.25] + 3.0
TWO = np.where(Y > np.median(Y), 7, -1)
THREE = np.digitize(Y, np.quantile(Y, [1 / 3, 2 / 3]))
SOLVERS = {
    "lr_two": (0, TWO, -1), "lr_three": (0, THREE, 1), "lr_l1_two": (6, TWO, 1), "svc_two": (2, TWO, 1), "svc_three": (1, THREE, 2),
    "crammer_singer_two": (4, TWO, 1), "crammer_singer_three": (4, THREE, -1), "svr": (11, Y, 1), "svr_dual": (12, Y, -1),
}

FOLDER.mkdir(exist_ok=True)
for name, (solver, target, bias) in SOLVERS.items():
    model = train(problem(target, X), parameter(f"-s {solver} -B {bias} -q"))
    save_model(str(FOLDER / f"{name}.model"), model)
    probabilities = name.startswith("lr")
    labels, _, values = predict([], X[:ROWS], model, "-b 1 -q" if probabilities else "-q")
    told = {"rows": X[:ROWS].tolist(), "predictions": labels}
    if probabilities:
        # LIBLINEAR orders them by its labels; of two, an artifact has the one that a score above 0 means last.
        told["probabilities"] = [list(reversed(row)) if len(row) == 2 else row for row in values]
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")
oneclass = train(problem(np.ones(60), X), parameter("-s 21 -q"))
save_model(str(FOLDER / "refused_one_class.model"), oneclass)
