"""The published grid of all four models (24 combinations), three temporal folds, then the winners fitted again on all
training rows. Timed for scikit-learn: GridSearchCV for each model, on V1 features that are there already, with the same
rows in the same folds, standardised inside each fold for naive Bayes and logistic regression. Timed for Cartwheel: the
whole experiment from the session table, so also the features, tuned thresholds, test scores and dummies.

`differs` is the largest difference of a fold's F1: naive Bayes and trees should agree, logistic regression as far as
scikit-learn's solvers converge, forests only on the average (their random numbers differ): `mean_differs`."""
import json

import measure

# saga needs up to a few thousand passes to converge; its default of 100 would stop it early.
MOST_ITERATIONS = 1000
# scikit-learn's own solvers for each penalty: (solver, C, l1_ratio), the fastest that have it.
LOGISTIC = {"l1": ("saga", 1.0, 1.0), "l2": ("lbfgs", 1.0, 0.0), "elasticnet": ("saga", 1.0, 0.5),
            "none": ("lbfgs", float("inf"), 0.0)}


def searches():
    """{model: (estimator, list of (Cartwheel's parameters, scikit-learn's))}"""
    from itertools import product

    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import BernoulliNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    def grid(prefix="", **values):
        combinations = [dict(zip(values, chosen)) for chosen in product(*values.values())]
        return [(chosen, {prefix + name: value for name, value in chosen.items()}) for chosen in combinations]

    logistic = [({"penalty": penalty}, {"logisticregression__solver": solver, "logisticregression__C": strength,
                                        "logisticregression__l1_ratio": ratio})
                for penalty, (solver, strength, ratio) in LOGISTIC.items()]
    forests = [(own | {"max_depth": "none" if own["max_depth"] is None else own["max_depth"]}, theirs) for own, theirs in
               grid(criterion=["entropy", "gini"], n_estimators=[50, 100], max_depth=[None, 10])]
    return {
        "bernoulli_nb": (make_pipeline(StandardScaler(), BernoulliNB()),
                         grid("bernoullinb__", fit_prior=[True, False], alpha=[0.1, 0.5, 1.0])),
        "logistic_regression": (make_pipeline(StandardScaler(), LogisticRegression(max_iter=MOST_ITERATIONS)), logistic),
        "decision_tree": (DecisionTreeClassifier(random_state=0),
                          grid(criterion=["entropy", "gini"], min_samples_leaf=[5, 15, 20])),
        "random_forest": (RandomForestClassifier(random_state=0), forests),
    }


def search(folds, columns, threads, model):
    import warnings

    import numpy as np
    from sklearn.model_selection import GridSearchCV

    warnings.simplefilter("ignore")
    x = np.fromfile(folds + ".x", dtype=np.float32).reshape(-1, columns)
    y = np.fromfile(folds + ".y", dtype=np.uint8)
    with open(folds + ".json") as file:
        rows = json.load(file)
    # GridSearchCV fits the winner on the rows it is given: those of the final fit, so the folds are counted in these.
    final = np.array(rows["final"])
    place = np.full(len(x), -1)
    place[final] = np.arange(len(final))
    cut = [(place[train], place[validation]) for train, validation in rows["folds"]]
    assert all((part >= 0).all() for fold in cut for part in fold), "a fold has rows that the final fit lacks"
    estimator, grid = searches()[model]
    single = [{name: [value] for name, value in theirs.items()} for _, theirs in grid]
    few = final[:200]  # starts the worker processes, which keep running: start-up and imports are not timed
    GridSearchCV(estimator, single[0], scoring="f1", cv=2 * threads, n_jobs=threads).fit(x[few], y[few])
    found, seconds, peak = measure.timed(
        lambda: GridSearchCV(estimator, single, scoring="f1", cv=cut, n_jobs=threads).fit(x[final], y[final]))
    scores = [[float(found.cv_results_[f"split{fold}_test_score"][i]) for fold in range(len(cut))]
              for i in range(len(grid))]
    table = [{"model": model, "parameters": own, "fold_scores": row} for (own, _), row in zip(grid, scores)]
    return {"seconds": {"grid": seconds}, "peak_bytes": peak, "search": table}


PEERS = {"scikit-learn": search}


def differences(own, theirs):
    """(largest difference of a fold's F1, difference of the mean F1) over all combinations."""
    import numpy as np

    def key(row):
        return json.dumps([row["model"], row["parameters"]], sort_keys=True)

    ours = {key(row): row["fold_scores"] for row in own}
    pairs = np.array([[ours[key(row)], row["fold_scores"]] for row in theirs])
    return float(np.abs(pairs[:, 0] - pairs[:, 1]).max()), float(abs(pairs[:, 0].mean() - pairs[:, 1].mean()))


def compare():
    options = measure.arguments(__doc__, events=874_000, short="leave_out", columns=15)
    events = measure.generated_log(options, options.events)
    folds = options.data / f"folds-{options.events}-{options.short}"
    own = {"events": events, "short": options.short}
    made = measure.run_process(measure.cartwheel_job(options, "grid", threads=0, folds=folds, **own))
    report = measure.Report(options, "The published grid, three temporal folds")
    case = f"{options.events} events, {made['rows']} sessions"
    models = options.cases or ["bernoulli_nb", "logistic_regression", "decision_tree", "random_forest"]
    for threads in options.threads:
        sums = {}
        for model in models:
            commands = {measure.CARTWHEEL: lambda _: measure.cartwheel_job(options, "grid", threads=threads, model=model,
                                                                           **own)}
            for peer in measure.wanted(options, PEERS):
                commands[peer] = lambda _, peer=peer: measure.peer_job(peer, folds=folds, columns=options.columns,
                                                                       threads=threads, model=model)
            results = measure.run_in_turn(options, commands, threads)
            tables = measure.first_of(results, "search")
            differs = {peer: differences(tables[measure.CARTWHEEL], table) for peer, table in tables.items()
                       if measure.CARTWHEEL in tables}
            report.add(f"{case}, {model}", threads, results, "grid", memory=False,
                       differs={peer: each for peer, (each, _) in differs.items()},
                       mean_differs={peer: mean for peer, (_, mean) in differs.items()})
            for name, rounds in results.items():
                sums.setdefault(name, []).append(rounds)
        whole = {name: [sum_of(rounds) for rounds in zip(*parts)] for name, parts in sums.items()}
        report.add(f"{case}, sum of the models", threads, whole, "grid", memory=False)


def sum_of(rounds):
    """The whole grid's seconds, from one round of each model."""
    failed = [result for result in rounds if "error" in result]
    return failed[0] if failed else {"seconds": {"grid": sum(result["seconds"]["grid"] for result in rounds)}}


measure.main(PEERS, compare)
