"""The test AUC of scikit-learn's RandomForestClassifier on three made-up data sets: the mean over ten seeds.

The data themselves are made again by the test (tests/support/counter_data.hpp); a checksum guards that.
Run:  python make.py
"""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[1] / "support"))
from counter_data import make_counter_data  # noqa: E402

assert sklearn.__version__ == "1.2.1", sklearn.__version__

TRAIN, TEST = 1500, 4000
SETS = [
    {"seed": 1, "levels": [997, 991, 251, 50, 8, 3, 200, 60], "noise": 400, "options": {}},
    {"seed": 2, "levels": [65521, 65519, 65497, 65479, 65449, 65447], "noise": 250,
     "options": {"criterion": "entropy", "max_depth": 8}},
    {"seed": 3, "levels": [2, 2, 2, 12, 2, 2, 12, 2, 2, 40, 2, 40], "noise": 700,
     "options": {"min_samples_leaf": 5, "class_weight": "balanced", "max_samples": 0.5}},
]

results = []
for one in SETS:
    x, y = make_counter_data(one["seed"], TRAIN + TEST, one["levels"], one["noise"])
    aucs = []
    for seed in range(10):
        model = RandomForestClassifier(n_estimators=100, random_state=seed, **one["options"])
        model.fit(x[:TRAIN], y[:TRAIN])
        aucs.append(roc_auc_score(y[TRAIN:], model.predict_proba(x[TRAIN:])[:, 1]))
    results.append({**one, "train": TRAIN, "test": TEST, "checksum": int(x.sum() + y.sum()),
                    "mean_auc": round(float(np.mean(aucs)), 6), "auc_spread": round(float(np.std(aucs, ddof=1)), 6)})

with open(here / "random_forest.json", "w") as out:
    out.write('{"made_by": "make.py, scikit-learn %s",\n"sets": [\n' % sklearn.__version__)
    out.write(",\n".join(json.dumps(one) for one in results))
    out.write("\n]}\n")
