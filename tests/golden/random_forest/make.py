"""The mean AUC over ten seeds of scikit-learn's RandomForestClassifier on three made-up data sets.

The data are made again by the test (tests/support/counter_data.hpp). Run:  python make.py
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

TRAIN, TEST, SEEDS = 1000, 3000, 10
CASES = [
    {"seed": 1, "levels": [997, 991, 983, 977, 971, 967], "noise": 500, "n_estimators": 60, "criterion": "gini",
     "max_depth": 0, "min_samples_leaf": 1, "max_features": "sqrt"},
    {"seed": 2, "levels": [997, 2, 60, 13, 5, 251, 3, 2, 991, 7], "noise": 900, "n_estimators": 60,
     "criterion": "entropy", "max_depth": 10, "min_samples_leaf": 3, "max_features": "sqrt"},
    {"seed": 3, "levels": [7, 5, 3, 2, 11, 13, 4, 6], "noise": 700, "n_estimators": 60, "criterion": "gini",
     "max_depth": 5, "min_samples_leaf": 1, "max_features": "log2"},
]

for case in CASES:
    x, y = make_counter_data(case["seed"], TRAIN + TEST, case["levels"], case["noise"])
    aucs = []
    for seed in range(SEEDS):
        model = RandomForestClassifier(
            n_estimators=case["n_estimators"], criterion=case["criterion"], max_depth=case["max_depth"] or None,
            min_samples_leaf=case["min_samples_leaf"], max_features=case["max_features"], random_state=seed)
        model.fit(x[:TRAIN], y[:TRAIN])
        aucs.append(roc_auc_score(y[TRAIN:], model.predict_proba(x[TRAIN:])[:, 1]))
    case["mean_auc"] = float(np.mean(aucs))
    case["label_sum"] = int(y.sum())

document = {"sklearn": sklearn.__version__, "train": TRAIN, "test": TEST, "seeds": SEEDS, "cases": CASES}
(here / "random_forest.json").write_text(json.dumps(document, indent=1) + "\n")
