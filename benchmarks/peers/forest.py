"""Random forests: 100 trees, sqrt(columns) columns a node, --leaf rows at least in a leaf, a new seed in each round. Timed:
fit (binning and copying to a library's own form included, float32 row-major in memory beforehand; Cartwheel is given
its columns), prediction of the test rows, and of one row. Compared: AUC on test rows that nobody was fitted on.

scikit-learn is exact; LightGBM (boosting = rf) and XGBoost (XGBRFClassifier, hist) bin to 255 values as Cartwheel does, and
draw 63.2% of the rows without replacement, which is what a bootstrap holds of them. LightGBM has no unlimited depth:
as many leaves as rows, and 131,072 (its most) at most, stand for it.

Not alike: XGBoost and LightGBM make a leaf of a node whose drawn columns are all constant in it, where scikit-learn and
Cartwheel draw further. So at unlimited depth their trees are much smaller, and pruned in a way (on the generated log, 730
leaves a tree and 8,200); with --leaf 20 all have about as many leaves, and their AUC can be compared.

--scale makes the generated, the dense and the one-hot data smaller: --scale 0.05 --trees 20 --rounds 2 takes minutes for all."""
import measure

DISTINCT_SHARE = 0.632


def sklearn_model(seed, threads, max_depth, trees, leaf, rows, columns, positives):
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(trees, max_depth=max_depth or None, min_samples_leaf=leaf, n_jobs=threads, random_state=seed)


def lightgbm_model(seed, threads, max_depth, trees, leaf, rows, columns, positives):
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        boosting_type="rf", n_estimators=trees, max_depth=max_depth or -1, num_leaves=2**max_depth if max_depth else min(rows, 131_072),
        subsample=DISTINCT_SHARE, subsample_freq=1, colsample_bynode=int(columns**0.5) / columns, min_child_samples=leaf,
        min_child_weight=0, min_split_gain=0, reg_lambda=0, max_bin=255, n_jobs=threads, random_state=seed, verbose=-1)


def xgboost_model(seed, threads, max_depth, trees, leaf, rows, columns, positives):
    from xgboost import XGBRFClassifier

    row_weight = positives * (1 - positives)  # of a row, where the score is the share of positives
    return XGBRFClassifier(
        n_estimators=trees, max_depth=max_depth, tree_method="hist", max_bin=255, subsample=DISTINCT_SHARE,
        colsample_bynode=int(columns**0.5) / columns, min_child_weight=0 if leaf == 1 else 0.999 * leaf * row_weight, reg_lambda=0, n_jobs=threads, random_state=seed)


PEERS = {"scikit-learn": sklearn_model, "lightgbm": lightgbm_model, "xgboost": xgboost_model}


def read(name, columns):
    import numpy as np

    return np.fromfile(name + ".x", dtype=np.float32).reshape(-1, columns), np.fromfile(name + ".y", dtype=np.uint8)


def work(peer):
    def run(train, test, columns, seed, threads, max_depth, trees, leaf, scores):
        x, y = read(train, columns)
        x_test, _ = read(test, columns)
        model = PEERS[peer](seed, threads, max_depth, trees, leaf, *x.shape, y.mean())
        _, fit, peak = measure.timed(lambda: model.fit(x, y))
        probability, predict, _ = measure.timed(lambda: model.predict_proba(x_test)[:, 1])
        _, predict_one, _ = measure.timed(lambda: model.predict_proba(x_test[:1]))
        probability.astype("float64").tofile(scores)
        return {"seconds": {"fit": fit, "predict": predict, "predict one row": predict_one}, "peak_bytes": peak}

    return run


# --- Data: NAME.x [rows x columns] float32 and NAME.y, for training and for test ------------------------------------


def write(folder, name, x, y):
    x.astype("float32").tofile(folder / f"{name}.x")
    y.astype("uint8").tofile(folder / f"{name}.y")


def write_split(folder, x, y, test_rows):
    write(folder, "train", x[:-test_rows], y[:-test_rows])
    write(folder, "test", x[-test_rows:], y[-test_rows:])
    return x.shape[1]


def sessions_of_log(options, folder, path, short="leave_out"):
    """V1 features of a log; the last third of its sessions is the test."""
    name = str(folder / "all")
    made = measure.run_process(measure.cartwheel_job(options, "features", threads=0, events=path, out=name, short=short))
    columns = len(made["columns"])
    return write_split(folder, *read(name, columns), made["rows"] // 3)


def store(options, folder):
    return sessions_of_log(options, folder, options.store) if options.store.exists() else None


def generated(options, folder):
    return sessions_of_log(options, folder, measure.generated_log(options, int(900_000 * options.scale)))


def generated_all_sessions(options, folder):
    """The short ones too."""
    return sessions_of_log(options, folder, measure.generated_log(options, int(900_000 * options.scale)), short="keep")


def dense(options, folder, rows=1_000_000, columns=50):
    """Normal columns; the label leans on a few of them, and on products of two."""
    import numpy as np

    random = np.random.default_rng(1)
    rows = int(rows * options.scale)
    x = random.standard_normal((rows + rows // 5, columns), dtype=np.float32)
    lean = x[:, :5].sum(axis=1) + 2 * x[:, 5] * x[:, 6] + np.where(x[:, 7] > 1, 2 * x[:, 8], 0)
    y = random.random(len(x)) < 1 / (1 + np.exp(-lean))
    return write_split(folder, x, y, rows // 5)


def one_hot(options, folder, rows=100_000, names=20, levels=25):
    """20 categories of 25 levels, some common and most rare, as 500 columns of 0 and 1."""
    import numpy as np

    random = np.random.default_rng(2)
    rows = int(rows * options.scale)
    share = 1 / np.arange(1, levels + 1)
    codes = random.choice(levels, size=(rows + rows // 5, names), p=share / share.sum())
    weight = random.standard_normal((names, levels)) * 0.7
    lean = sum(weight[name, codes[:, name]] for name in range(names)) + weight[0, codes[:, 0]] * weight[1, codes[:, 1]]
    y = random.random(len(codes)) < 1 / (1 + np.exp(-lean))
    x = (codes[:, :, None] == np.arange(levels)).reshape(len(codes), names * levels)
    return write_split(folder, x, y, rows // 5)


CASES = {"store": store, "generated": generated, "generated, short sessions too": generated_all_sessions,
         "dense": dense, "one-hot": one_hot}


def text_of_mean(values):
    """A mean over seeds, and its standard error."""
    import numpy as np

    error = np.std(values, ddof=1) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return f"{np.mean(values):+.4f} +- {error:.4f}"


def compare():
    import numpy as np
    from sklearn.metrics import roc_auc_score

    options = measure.arguments(__doc__, depths="0,10", scale=1.0, trees=100, leaf=1,
                                store=measure.ROOT.parent / "shared/data/store_2016-08_09.csv")
    report = measure.Report(options, f"Random forests of {options.trees} trees")
    for case in options.cases or CASES:
        folder = options.data / f"forest {case} {options.scale}".replace(" ", "-").replace(",", "")
        folder.mkdir(exist_ok=True)
        columns = CASES[case](options, folder)
        if columns is None:
            print(f"{case}: skipped, {options.store} is not there\n")
            continue
        labels = np.fromfile(folder / "test.y", dtype=np.uint8)
        rows = (folder / "train.y").stat().st_size
        for max_depth in map(int, options.depths.split(",")):
            for threads in options.threads:
                common = {"train": folder / "train", "test": folder / "test", "columns": columns, "threads": threads,
                          "max_depth": max_depth, "trees": options.trees, "leaf": options.leaf, "scores": folder / "scores"}
                makers = {measure.CARTWHEEL: lambda **more: measure.cartwheel_job(options, "forest", **more)}
                for peer in measure.wanted(options, PEERS):
                    makers[peer] = lambda peer=peer, **more: measure.peer_job(peer, **more)
                auc = {}

                def note_auc(name, result):
                    auc.setdefault(name, []).append(roc_auc_score(labels, np.fromfile(folder / "scores")))

                commands = {name: lambda seed, make=make: make(seed=seed, **common) for name, make in makers.items()}
                results = measure.run_in_turn(options, commands, threads, after=note_auc)
                title = f"{case}, {rows} x {columns}, depth {max_depth or 'unlimited'}" + f", leaf {options.leaf}" * (options.leaf > 1)
                own = auc.get(measure.CARTWHEEL, [])
                behind = {name: np.subtract(own[:len(values)], values) for name, values in auc.items() if name != measure.CARTWHEEL}
                report.add(title, threads, results, "fit", auc={name: float(np.mean(values)) for name, values in auc.items()},
                           **{"ours - theirs": {name: text_of_mean(values) for name, values in behind.items()}})
                report.add(title, threads, results, "predict", count=len(labels), memory=False)
                report.add(title, threads, results, "predict one row", memory=False)


measure.main({peer: work(peer) for peer in PEERS}, compare)
