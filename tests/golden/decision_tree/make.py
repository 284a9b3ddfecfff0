"""Fits scikit-learn's DecisionTreeClassifier to 100 made-up data sets and writes the trees, nodes in breadth-first order;
what pruning makes of them; and the text of some.

Values are multiples of 1/8, so scikit-learn's 1e-7 threshold between values never matters. The data themselves are made
again by the test (tests/support/counter_data.hpp); a checksum guards that. Run:  python make.py
"""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier, export_text

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[1] / "support"))
from counter_data import make_counter_data  # noqa: E402

assert sklearn.__version__ == "1.2.1", sklearn.__version__

LEVELS = [[997, 991, 983], [997], [997, 251, 60, 13, 2], [251, 241], [997, 991, 983, 977], [60, 997, 50, 991]]
WEIGHTS = [None, "balanced", None, [1, 3], None, [5, 2]]


def breadth_first(tree):
    order = [0]
    for node in order:
        if tree.children_left[node] >= 0:
            order += [tree.children_left[node], tree.children_right[node]]
    return order


cases = []
for i in range(100):
    levels = LEVELS[i % len(LEVELS)]
    rows = 50 + 37 * i % 200
    noise = [60, 300, 700][i % 3]
    x, y = make_counter_data(1000 + i, rows, levels, noise)
    options = {
        "criterion": ["gini", "entropy"][i // 2 % 2],
        "max_depth": [3, 0, 4, 2, 6][i % 5],
        "min_samples_split": [2, 20, 2, 0.1][i // 3 % 4],
        "min_samples_leaf": [5, 8, 3, 0.05, 1, 12, 7][i % 7],
        "min_impurity_decrease": [0.0, 0.0, 0.004, 0.01][i // 5 % 4],
        "class_weight": WEIGHTS[i // 4 % len(WEIGHTS)],
    }
    weight = options["class_weight"]
    settings = dict(
        criterion=options["criterion"],
        max_depth=options["max_depth"] or None,
        min_samples_split=options["min_samples_split"],
        min_samples_leaf=options["min_samples_leaf"],
        min_impurity_decrease=options["min_impurity_decrease"],
        class_weight={0: weight[0], 1: weight[1]} if isinstance(weight, list) else weight,
        random_state=0,
    )
    model = DecisionTreeClassifier(**settings).fit(x / 8.0, y)
    tree = model.tree_
    path = DecisionTreeClassifier(**settings).cost_complexity_pruning_path(x / 8.0, y)
    alphas = path.ccp_alphas
    cut = len(alphas) // 2  # prune half of the way, between two alphas that differ
    while cut + 1 < len(alphas) and alphas[cut + 1] - alphas[cut] < 1e-9:
        cut += 1
    alpha = float(alphas[cut] + alphas[cut + 1]) / 2 if cut + 1 < len(alphas) else float(alphas[-1]) + 1
    pruned = DecisionTreeClassifier(ccp_alpha=alpha, **settings).fit(x / 8.0, y).tree_
    order = breadth_first(tree)
    paths = model.decision_path(x / 8.0)
    counts = np.asarray(paths.sum(axis=0)).ravel().astype(int)
    positives = np.asarray(paths[y == 1].sum(axis=0)).ravel().astype(int)
    assert (counts == tree.n_node_samples).all()
    cases.append({
        "seed": 1000 + i, "rows": rows, "levels": levels, "noise": noise, "options": options,
        "checksum": int(x.sum() + y.sum()),
        "feature": [int(max(tree.feature[n], -1)) for n in order],
        "threshold": [float(tree.threshold[n]) if tree.feature[n] >= 0 else 0.0 for n in order],
        "counts": [[int(counts[n]), int(positives[n])] for n in order],
        "impurity": [float("%.14g" % tree.impurity[n]) for n in order],
        "path": [[float("%.14g" % v) for v in values] for values in (alphas, path.impurities)],
        "pruned_by": alpha,
        "pruned": [[int(max(pruned.feature[n], -1)), int(pruned.n_node_samples[n])] for n in breadth_first(pruned)],
        "text": export_text(model, max_depth=2, decimals=3, show_weights=i % 2 == 0,
                            feature_names=["x%d" % c for c in range(len(levels))]) if i % 10 < 2 else "",
        "importances": [float("%.14g" % v) for v in model.feature_importances_],
    })

with open(here / "decision_tree.json", "w") as out:
    out.write('{"made_by": "make.py, scikit-learn %s",\n"cases": [\n' % sklearn.__version__)
    out.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
    out.write("\n]}\n")
