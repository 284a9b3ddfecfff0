#!/usr/bin/env python3
"""Measures what each group of extractor V2 adds on a log, and prints the table of docs/features.md.

usage: feature_ablation.py INTENT_CLI EVENTS.csv [SEEDS]

Runs examples/intent_cli/store_v2.toml and store_future.toml with each set of groups and each of SEEDS seeds (2 by
default). A cell is ROC AUC and F1 at the tuned threshold on the test weeks, mean over batches and seeds; each model's
hyper-parameters are chosen on the validation weeks, anew for each set.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "examples/intent_cli"
GROUPS = ["base", "time", "price", "path", "events", "priors", "history"]
MODELS = ["logistic_regression", "random_forest"]


def sets_of_groups():
    yield "base (the columns of V1)", ["base"]
    for group in GROUPS[1:]:
        yield f"base + {group}", ["base", group]
    for group in GROUPS:
        yield f"all but {group}", [name for name in GROUPS if name != group]
    yield "all", GROUPS


def config_with(name, groups):
    text = (EXAMPLES / name).read_text()
    text = re.sub(r"^groups = .*$", f"groups = {groups}".replace("'", '"'), text, flags=re.M)
    # One fold, and the fitted smoothing alone, so that the many runs stay quick.
    text = re.sub(r"^folds = .*$", "folds = 1", text, flags=re.M)
    text = re.sub(r"^smoothing = .*\n", "", text, flags=re.M)
    # The other models are behind these two with every set.
    for model in ["bernoulli_nb", "decision_tree"]:
        text = re.sub(rf"\[models\.{model}\]\n(.+\n)*", "", text)
    return text


def mean_scores(program, events, config, seeds):
    """{model: (roc_auc, f1_score_optimized)}"""
    scores = {model: [] for model in MODELS}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "config.toml"
        path.write_text(config)
        for seed in range(seeds):
            command = [program, "run", path, events, "--out", folder, "--seed", str(seed), "--quiet"]
            subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
            with open(pathlib.Path(folder) / "batches.csv") as table:
                for row in csv.DictReader(table):
                    if row["model_name"] in scores:
                        scores[row["model_name"]].append((float(row["roc_auc"]), float(row["f1_score_optimized"])))
    return {model: [sum(column) / len(column) for column in zip(*rows)] for model, rows in scores.items()}


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, events = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    seeds = int(sys.argv[3]) if len(sys.argv) == 4 else 2
    print("| groups | window: LR | window: forest | future: LR | future: forest |\n|---|---|---|---|---|")
    for name, groups in sets_of_groups():
        cells = []
        for config in ["store_v2.toml", "store_future.toml"]:
            scores = mean_scores(program, events, config_with(config, groups), seeds)
            cells += ["{:.3f} / {:.3f}".format(*scores[model]) for model in MODELS]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
