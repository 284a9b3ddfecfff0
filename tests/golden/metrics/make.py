"""Golden figures of binary metrics, made with scikit-learn 1.2.1 and numpy 1.24.4.

Run with that version installed: python make.py > metrics.json
The seed is 20240501. Scores are heavily tied on purpose: that is where definitions differ.
"""
import json
import math
import warnings

import numpy as np
import sklearn
from sklearn import metrics

assert sklearn.__version__ == "1.2.1", sklearn.__version__
warnings.filterwarnings("ignore")  # 0/0 is 0, which scikit-learn says aloud
random = np.random.RandomState(20240501)


def signal(y, noise):
    return 1 / (1 + np.exp(-(2 * y - 1 + noise * random.randn(len(y)))))


def inputs():
    y = (random.rand(500) < 0.3).astype(int)
    yield "eleven distinct scores", y, np.round(signal(y, 2), 1)
    yield "three distinct scores, one of them 0.5", y, np.round(signal(y, 2) * 2) / 2
    yield "all scores distinct", y[:300], signal(y[:300], 1.5)
    y = (random.rand(400) < 0.05).astype(int)
    yield "rare positives, votes of 20 trees", y, np.round(signal(y, 1) * 20) / 20
    yield "worse than chance", y, np.round(1 - signal(y, 1), 2)
    y = (random.rand(60) < 0.5).astype(int)
    yield "one score for all", y, np.full(60, 0.25)
    yield "certain, and sometimes wrong", y, np.where(random.rand(60) < 0.1, 1 - y, y).astype(float)
    yield "no positive", np.zeros(40, int), np.round(random.rand(40), 1)
    yield "no negative", np.ones(40, int), np.round(random.rand(40), 1)
    yield "one row of each class", np.array([0, 1]), np.array([0.2, 0.9])
    yield "a single positive row", np.array([1]), np.array([0.7])
    yield "tiny probabilities", y, np.where(y == 1, 1e-17, 1e-9)


def at_cut(y, decision, threshold):
    return {
        "threshold": threshold,  # null: the default cut
        "confusion": metrics.confusion_matrix(y, decision, labels=[0, 1]).ravel().tolist(),
        "precision": metrics.precision_score(y, decision, zero_division=0),
        "recall": metrics.recall_score(y, decision, zero_division=0),
        "f1": metrics.f1_score(y, decision, zero_division=0),
        "f_half": metrics.fbeta_score(y, decision, beta=0.5, zero_division=0),
        "f_2": metrics.fbeta_score(y, decision, beta=2.0, zero_division=0),
        "accuracy": metrics.accuracy_score(y, decision),
    }


def case(name, y, score):
    both = 0 < y.sum() < len(y)
    two_columns = np.column_stack([1 - score, score])
    cuts = [at_cut(y, two_columns.argmax(axis=1), None)]  # as predict() of a classifier does
    cuts += [at_cut(y, (score >= t).astype(int), t) for t in (0.1, 0.3, float(np.median(score)), 2.0)]
    # average_precision_score gives -0.0 or NaN without a positive, depending on the version: our rule is 0.
    average_precision = metrics.average_precision_score(y, score) if y.any() else 0.0
    result = {
        "name": name,
        "y": y.tolist(),
        "score": score.tolist(),
        "cuts": cuts,
        "average_precision": average_precision,
        "roc_auc": metrics.roc_auc_score(y, score) if both else None,
        "log_loss": metrics.log_loss(y, score, labels=[0, 1]),
        "brier": metrics.brier_score_loss(y, score, pos_label=1),
    }
    assert all(math.isfinite(result[k]) for k in ("average_precision", "log_loss", "brier"))
    return result


cases = [case(*i) for i in inputs()]
print(json.dumps({"scikit-learn": sklearn.__version__, "numpy": np.__version__, "seed": 20240501, "cases": cases}))
