"""Bernoulli naive Bayes on columns of 0 and 1. Timed: fit, from float32 in memory (packing to bits counted), once and for
the six combinations of the published grid (which Cartwheel fits from one pass). scikit-learn is also given the rows in
sparse form, made beforehand. Checked: log P(bit | class) equal to 1e-12."""
import measure

GRID = [(fit_prior, alpha) for fit_prior in (True, False) for alpha in (0.1, 0.5, 1.0)]


def dense(x):
    return x, 0.0


def sparse(x):
    import scipy.sparse

    return scipy.sparse.csr_matrix(x), None


# {peer: function of the dense rows that gives (x, binarize)}
PEERS = {"scikit-learn": dense, "scikit-learn (sparse)": sparse}


def work(peer):
    def run(train, columns, log_prob):
        import numpy as np
        from sklearn.naive_bayes import BernoulliNB

        x = np.fromfile(train + ".x", dtype=np.float32).reshape(-1, columns)
        y = np.fromfile(train + ".y", dtype=np.uint8)
        x, binarize = PEERS[peer](x)
        model, fit, peak = measure.timed(lambda: BernoulliNB(binarize=binarize).fit(x, y))
        _, grid, _ = measure.timed(lambda: [BernoulliNB(alpha=alpha, fit_prior=fit_prior, binarize=binarize).fit(x, y)
                                            for fit_prior, alpha in GRID])
        difference = np.abs(np.fromfile(log_prob).reshape(2, -1) - model.feature_log_prob_).max()
        return {"seconds": {"fit": fit, "grid of six": grid}, "peak_bytes": peak, "difference": float(difference)}

    return run


def make_data(options, rows, columns):
    import numpy as np

    path = options.data / f"bits-{rows}-{columns}"
    if not path.with_suffix(".y").exists():
        random = np.random.default_rng(3)
        y = random.random(rows) < 0.2
        share = random.random((2, columns), dtype=np.float32) * 0.4
        with open(path.with_suffix(".x"), "wb") as file:
            for part in np.array_split(y, max(1, rows // 50_000)):
                bits = random.random((len(part), columns), dtype=np.float32) < share[part.astype(int)]
                bits.astype(np.float32).tofile(file)
        y.astype("uint8").tofile(path.with_suffix(".y"))
    return str(path)


def compare():
    options = measure.arguments(__doc__, rows=1_000_000, columns=500)
    report = measure.Report(options, "Bernoulli naive Bayes")
    settings = {"train": make_data(options, options.rows, options.columns), "columns": options.columns,
                "log_prob": options.data / "log_prob"}
    case = f"{options.rows} x {options.columns} bits"
    for threads in options.threads:
        commands = {measure.CARTWHEEL: lambda _: measure.cartwheel_job(options, "bayes", threads=threads, **settings)}
        for peer in measure.wanted(options, PEERS):
            commands[peer] = lambda _, peer=peer: measure.peer_job(peer, **settings)
        results = measure.run_in_turn(options, commands, threads)
        report.add(case, threads, results, "fit", difference=measure.first_of(results, "difference"))
        report.add(case, threads, results, "grid of six", memory=False)


measure.main({peer: work(peer) for peer in PEERS}, compare)
