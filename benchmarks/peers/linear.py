"""Logistic regression: the time to one objective. Each solver runs with tolerance after tolerance, from loose to tight,
until its objective is within 1e-6 (relative) of the best known; what counts is the time of that one fit. The objective
is computed here from the coefficients, in float64, the same way for all: C * sum of log losses + penalty, intercept free.

Columns are standardised for all. scikit-learn gets float64 (its default), its liblinear intercept_scaling = 100, so that
the penalty that it puts on the intercept does not matter; liblinear's own program gets the rows in its own sparse form,
made beforehand, and -R (intercept free). The best known objective is that of the tightest of Cartwheel's fits and, for
l2 and none, of newton-cholesky; a negative gap would show one that is better."""
import measure

GAP = 1e-6
TOLERANCES = [10.0**-k for k in range(1, 13)]
MOST_ITERATIONS = 100_000
L1_RATIO = {"l1": 1.0, "elasticnet": 0.5, "l2": 0.0, "none": 0.0}
C = 1.0


def objective(x, y, coefficients, penalty):
    import numpy as np

    w, b = coefficients[:-1], coefficients[-1]
    margin = np.where(y == 1, 1.0, -1.0) * (x @ w + b)
    loss = C * np.logaddexp(0.0, -margin).sum()
    if penalty == "none":
        return loss
    ratio = L1_RATIO[penalty]
    return loss + ratio * np.abs(w).sum() + (1 - ratio) * 0.5 * (w @ w)


def sklearn_solver(solver):
    def prepare(x, y, penalty):
        import warnings

        import numpy as np
        from sklearn.linear_model import LogisticRegression

        warnings.simplefilter("ignore")  # of stopping early: the objective tells

        def fit(tolerance):
            model = LogisticRegression(
                solver=solver, C=np.inf if penalty == "none" else C, l1_ratio=L1_RATIO[penalty], tol=tolerance,
                max_iter=MOST_ITERATIONS, intercept_scaling=100.0, random_state=0)
            model.fit(x, y)
            return np.append(model.coef_[0], model.intercept_[0])

        return fit

    return prepare


def liblinear_program(x, y, penalty):
    import numpy as np
    import scipy.sparse
    from liblinear.liblinearutil import parameter, problem, train

    given = problem(y.astype(float), scipy.sparse.csr_matrix(x), bias=1)
    solver = {"l1": 6, "l2": 0}[penalty]

    def fit(tolerance):
        model = train(given, parameter(f"-s {solver} -c {C} -B 1 -R -e {tolerance} -q"))
        weights, intercept = model.get_decfun()
        return np.append(weights, intercept) * (1.0 if model.label[0] == 1 else -1.0)

    return fit


# {peer: (what makes its fit, the penalties it has)}
PEERS = {
    "lbfgs": (sklearn_solver("lbfgs"), ["l2", "none"]),
    "newton-cholesky": (sklearn_solver("newton-cholesky"), ["l2", "none"]),
    "liblinear": (sklearn_solver("liblinear"), ["l1", "l2"]),
    "saga": (sklearn_solver("saga"), ["l1", "elasticnet", "l2"]),
    "liblinear's own": (liblinear_program, ["l1", "l2"]),
}


def read(train, columns):
    import numpy as np

    x = np.fromfile(train + ".x", dtype=np.float32).reshape(-1, columns).astype(np.float64)
    return x, np.fromfile(train + ".y", dtype=np.uint8)


def work(peer):
    def run(train, columns, penalty, best, tolerances):
        x, y = read(train, columns)
        fit = PEERS[peer][0](x, y, penalty)
        for tolerance in tolerances:
            coefficients, seconds, peak = measure.timed(lambda: fit(tolerance))
            found = objective(x, y, coefficients, penalty)
            if best is None or found <= best * (1 + GAP):
                return {"seconds": {"fit": seconds}, "peak_bytes": peak, "objective": found, "tol": tolerance}
        return {"error": "gap not reached"}

    return run


def make_data(options, rows, columns):
    """Columns that hang together, half of them continuous and half rare yes/no ones, standardised; the label leans on a
    fifth of them."""
    import numpy as np

    path = options.data / f"linear-{rows}-{columns}"
    if not path.with_suffix(".y").exists():
        random = np.random.default_rng(columns)
        common = random.standard_normal((rows, 4))
        x = common @ random.standard_normal((4, columns)) * 0.4 + random.standard_normal((rows, columns))
        x[:, ::2] = x[:, ::2] > 1.5
        x = (x - x.mean(axis=0)) / x.std(axis=0)
        weights = np.where(random.random(columns) < 0.2, random.standard_normal(columns), 0.0) * (2 / columns**0.5 + 0.2)
        y = random.random(rows) < 1 / (1 + np.exp(-(x @ weights - 1.5)))
        x.astype("float32").tofile(path.with_suffix(".x"))
        y.astype("uint8").tofile(path.with_suffix(".y"))
    return str(path)


def compare():
    options = measure.arguments(__doc__, sizes="10000x38,100000x38,1000000x38,10000x500,100000x500")
    report = measure.Report(options, f"Logistic regression to a relative objective gap of {GAP}, C = {C}")
    tolerances = ",".join(map(str, TOLERANCES))
    for rows, columns in (map(int, size.split("x")) for size in options.sizes.split(",")):
        train = make_data(options, rows, columns)
        for penalty in options.cases or L1_RATIO:
            peers = [peer for peer in measure.wanted(options, PEERS) if penalty in PEERS[peer][1]]
            own = {"train": train, "columns": columns, "penalty": penalty, "C": C}
            settings = {"train": train, "columns": columns, "penalty": penalty}
            tightest = [measure.run_process(measure.cartwheel_job(options, "linear", threads=0, tolerances=1e-12, best="inf",
                                                                  **own))]
            if penalty in ("l2", "none"):
                tightest.append(measure.run_process(measure.peer_job("newton-cholesky", best=None, tolerances=[1e-12],
                                                                     **settings)))
            best = min(result["objective"] for result in tightest if "error" not in result)
            for threads in options.threads:
                commands = {measure.CARTWHEEL: lambda _: measure.cartwheel_job(
                    options, "linear", threads=threads, tolerances=tolerances, best=best * (1 + GAP), **own)}
                for peer in peers:
                    commands[peer] = lambda _, peer=peer: measure.peer_job(peer, best=best, tolerances=TOLERANCES,
                                                                           **settings)
                results = measure.run_in_turn(options, commands, threads)
                objectives = measure.first_of(results, "objective")
                report.add(f"{rows} x {columns}, {penalty}", threads, results, "fit", memory=False,
                           gap={name: found / best - 1 for name, found in objectives.items()},
                           tol=measure.first_of(results, "tol"))


measure.main({peer: work(peer) for peer in PEERS}, compare)
