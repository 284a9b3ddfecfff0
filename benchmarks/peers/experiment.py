"""The published experiment from end to end: CSV to the table of dated F1 scores. Four models, 24 combinations, chosen by
F1 on the validation week; the threshold is the best one of that week for a model fitted on the train weeks; fitted again
on train + validation; judged on the test weeks. Timed: everything from the file to the table. For Cartwheel that is
the whole process of `intent_cli run` (published.toml), its model files and account included; for the peers all but
start-up, imports and the start of worker processes.

`pandas + scikit-learn` is the script that one would write: read_csv, groupby, GridSearchCV on all cores. `fastest mix` is
the best that we could put together: Polars reads and aggregates; XGBoost grows the forests of depth 10 and of unlimited
depth (its trees have no criterion, so it fits half as many forests); scikit-learn does the rest, each penalty by its
fastest solver.

`differs` is the largest difference to Cartwheel of a (batch, model)'s F1 at the tuned threshold, for naive Bayes, which
has no freedom; `mean_differs` that of the mean over all batches and models: forests draw other random numbers, and a
tie between combinations may be broken otherwise."""
import json
import pathlib
import resource
import shutil
import subprocess
import time

import measure
from sessions import CODES, FEATURES, K, TARGETS, pandas_features, polars_features, read_columns

CONFIG = pathlib.Path(__file__).with_name("published.toml")
TRAIN, VALIDATION, TEST, STEP = 30, 7, 14, 14  # days
MODELS = ["bernoulli_nb", "logistic_regression", "decision_tree", "random_forest"]


def pandas_table(path, threads):
    """The sessions of a log, in order of their start: V1 features, label, start and end of the window."""
    import pandas as pd

    log = pd.read_csv(path)
    log["event_time"] = pd.to_datetime(log["event_time"], format="%Y-%m-%d %H:%M:%S UTC")
    log = log.sort_values("event_time", kind="stable").rename(columns={"user_session": "session"})
    log["is_target"] = log["event_type"].isin(TARGETS)
    table = pandas_features(log).set_index("session")
    window = log.groupby("session", sort=False).head(K).groupby("session", sort=False)["event_time"]
    table = table.join(window.agg(start="first", end="last")).sort_values("start", kind="stable")
    return table, log["event_time"].iloc[0], log["event_time"].iloc[-1]


def polars_table(path, threads):
    """The same by Polars."""
    import polars as pl

    log, _ = read_columns(path)
    window = log.lazy().filter(pl.col("session").cum_count().over("session") <= K)
    times = window.group_by("session").agg(start=pl.col("event_time").first(), end=pl.col("event_time").last()).collect()
    table = polars_features(log).join(times, on="session").sort("start").to_pandas()
    return table, log["event_time"].min(), log["event_time"].max()


def scikit_learn_searches(threads):
    """{model: (estimator, grid)}, as the documentation of scikit-learn would have it."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import BernoulliNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    saga = [{"logisticregression__solver": ["saga"], "logisticregression__l1_ratio": [1.0, 0.5]}]
    return {
        "bernoulli_nb": (make_pipeline(StandardScaler(), BernoulliNB()),
                         {"bernoullinb__fit_prior": [True, False], "bernoullinb__alpha": [0.1, 0.5, 1.0]}),
        "logistic_regression": (make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
                                saga + [{"logisticregression__C": [1.0, float("inf")]}]),
        "decision_tree": (DecisionTreeClassifier(random_state=0),
                          {"criterion": ["entropy", "gini"], "min_samples_leaf": [5, 15, 20]}),
        "random_forest": (RandomForestClassifier(random_state=0),
                          {"criterion": ["entropy", "gini"], "n_estimators": [50, 100], "max_depth": [None, 10]}),
    }


def fastest_searches(threads):
    """The same with what is fastest for each. liblinear's penalty takes in the intercept, which moves F1 a little."""
    from xgboost import XGBRFClassifier

    searches = scikit_learn_searches(threads)
    estimator, _ = searches["logistic_regression"]
    searches["logistic_regression"] = (estimator, [
        {"logisticregression__solver": ["liblinear"], "logisticregression__l1_ratio": [1.0]},
        {"logisticregression__solver": ["saga"], "logisticregression__l1_ratio": [0.5]},
        {"logisticregression__solver": ["lbfgs"], "logisticregression__C": [1.0, float("inf")]}])
    searches["random_forest"] = (
        XGBRFClassifier(tree_method="hist", max_bin=255, subsample=0.632, colsample_bynode=int(len(FEATURES)**0.5) / len(FEATURES),
                        reg_lambda=0, n_jobs=1, random_state=0),
        {"n_estimators": [50, 100], "max_depth": [0, 10]})
    return searches


def best_threshold(y, probability):
    import numpy as np
    from sklearn.metrics import precision_recall_curve

    precision, recall, thresholds = precision_recall_curve(y, probability)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    return thresholds[f1[:-1].argmax()]


def judge(table, first, last, searches, threads):
    """[{batch, model_name, f1_score, f1_score_optimized}]"""
    import numpy as np
    import pandas as pd
    from sklearn.base import clone
    from sklearn.metrics import f1_score
    from sklearn.model_selection import GridSearchCV

    x, y = table[FEATURES].to_numpy(), table["label"].to_numpy()
    start, end = table["start"], table["end"]
    days = lambda n: pd.Timedelta(n, "D")
    begin, result = pd.Timestamp(first).normalize(), []
    while begin + days(TRAIN + VALIDATION + TEST) <= pd.Timestamp(last).normalize() + days(1):
        cuts = [begin, begin + days(TRAIN), begin + days(TRAIN + VALIDATION), begin + days(TRAIN + VALIDATION + TEST)]
        # A window that goes on after the cut is not known before it.
        train, validation, final = (np.flatnonzero((start >= a) & (start < b) & (end <= b))
                                    for a, b in [cuts[:2], cuts[1:3], (cuts[0], cuts[2])])
        test = np.flatnonzero((start >= cuts[2]) & (start < cuts[3]))
        for name, (estimator, grid) in searches.items():
            search = GridSearchCV(estimator, grid, scoring="f1", cv=[(train, validation)], refit=False, n_jobs=threads).fit(x, y)
            model = clone(estimator).set_params(**search.best_params_)
            if "n_jobs" in model.get_params():
                model.set_params(n_jobs=threads)
            threshold = best_threshold(y[validation], model.fit(x[train], y[train]).predict_proba(x[validation])[:, 1])
            probability = model.fit(x[final], y[final]).predict_proba(x[test])[:, 1]
            result.append({"batch": str(cuts[2].date()), "model_name": name, "f1_score": f1_score(y[test], probability > 0.5),
                           "f1_score_optimized": f1_score(y[test], probability >= threshold)})
        begin += days(STEP)
    return result


def work(read, searches):
    def run(path, threads):
        import warnings

        import numpy as np
        from sklearn.model_selection import GridSearchCV

        warnings.simplefilter("ignore")
        for estimator, grid in searches(threads).values():  # imports, and worker processes, which stay
            few = np.random.default_rng(0).normal(size=(60, 2))
            GridSearchCV(estimator, [{name: values[:1] for name, values in (grid if isinstance(grid, dict) else grid[0]).items()}],
                         cv=2 * threads, n_jobs=threads).fit(few, np.arange(60) % 2)

        def all_of_it():
            start = time.perf_counter()
            table = read(path, threads)
            read_in = time.perf_counter() - start
            return judge(*table, searches(threads), threads), read_in

        (table, read_in), seconds, peak = measure.timed(all_of_it)
        return {"seconds": {"all": seconds, "reading and features": read_in}, "peak_bytes": peak, "batches": table}

    return run


def cartwheel(path, threads, program, out):
    shutil.rmtree(out, ignore_errors=True)
    command = [program, "run", CONFIG, path, "--out", out, "--threads", str(threads), "--format", "json", "--quiet"]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    printed = json.loads(done.stdout)
    table = [row for row in printed["result"] if row["model_name"] in MODELS]
    return {"seconds": {"all": seconds, "reading and features": sum_before_search(printed["seconds"])},
            "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
            "batches": [{key: row[key] for key in ("batch", "model_name", "f1_score", "f1_score_optimized")} for row in table]}


def sum_before_search(seconds):
    return sum(seconds.get(stage, 0.0) for stage in ("read", "sessions"))


PEERS = {"pandas + scikit-learn": work(pandas_table, scikit_learn_searches),
         "fastest mix": work(polars_table, fastest_searches)}


def differences(own, theirs):
    """(largest difference of naive Bayes' F1, difference of the mean F1 of all), both at the tuned threshold."""
    def scores(rows):
        return {(row["batch"], row["model_name"]): row["f1_score_optimized"] for row in rows}

    own, theirs = scores(own), scores(theirs)
    assert own.keys() == theirs.keys(), (sorted(own), sorted(theirs))
    return (max(abs(own[key] - theirs[key]) for key in own if key[1] == "bernoulli_nb"),
            sum(theirs.values()) / len(own) - sum(own.values()) / len(own))


def compare():
    options = measure.arguments(__doc__, events="885000")
    report = measure.Report(options, "The published experiment, from CSV to the table of F1 scores")
    for events in map(int, options.events.split(",")):
        path = measure.generated_log(options, events)
        for threads in options.threads:
            program = options.build / "examples/intent_cli/intent_cli"
            commands = {measure.CARTWHEEL: lambda _: measure.peer_job(measure.CARTWHEEL, path=path, threads=threads, program=program,
                                                                      out=options.data / "experiment")}
            for peer in measure.wanted(options, PEERS):
                commands[peer] = lambda _, peer=peer: measure.peer_job(peer, path=path, threads=threads)
            results = measure.run_in_turn(options, commands, threads)
            tables = measure.first_of(results, "batches")
            differs = {peer: differences(tables[measure.CARTWHEEL], table) for peer, table in tables.items()}
            for stage in ("all", "reading and features"):
                report.add(f"{events} events", threads, results, stage,
                           differs={peer: each for peer, (each, _) in differs.items()},
                           mean_differs={peer: mean for peer, (_, mean) in differs.items()})


measure.main(PEERS | {measure.CARTWHEEL: cartwheel}, compare)
