"""Golden figures of Bernoulli naive Bayes, made with scikit-learn 1.2.1 (numpy 1.24.4).

Run:  python make.py > bernoulli_nb.json      (seed and data are here; the output is stable)

Each case holds its rows (values that float32 holds exactly), labels, settings, and scikit-learn's predict_log_proba of the
first 30 rows. Tolerance in the test: 1e-12, relative above 1; scikit-learn computes log(1 - p) from p, which costs it a few
digits beyond that for tiny alphas, so tiny alphas are used only where no class has a bit set in all its rows.
"""
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.naive_bayes import BernoulliNB

assert sklearn.__version__ == "1.2.1", sklearn.__version__
warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240501)


def floats(rows, columns):
    x = np.round(rng.normal(size=(rows, columns)) * 8) / 8
    y = (x[:, 0] + x[:, 1] + rng.normal(size=rows) > 0.3).astype(int)
    return x, y


def bits(rows, columns, rare):
    p = np.where(np.arange(columns) % 3 == 0, rare, 0.4)
    x = (rng.random((rows, columns)) < p).astype(float)
    y = (x[:, 1] + x[:, 2] + 0.7 * rng.normal(size=rows) > 0.9).astype(int)
    return x, y


data = {
    "floats": (*floats(60, 5), 0.0),
    "floats above the mean of none": (*floats(70, 4), 0.625),
    "floats below zero": (*floats(50, 3), -0.25),
    "bits": (*bits(150, 9, 0.05), None),
    "more bits than rows": (*bits(24, 60, 0.02), None),
    "unbalanced": None,
}
x, y = bits(160, 6, 0.1)
y = ((np.arange(160) % 40) == 7).astype(int)
data["unbalanced"] = (x, y, None)

settings = [dict(alpha=a, fit_prior=f) for a in (0.1, 0.5, 1.0, 25.0) for f in (True, False)]
settings += [dict(alpha=1.0, class_prior=[0.8, 0.2]), dict(alpha=0.5, fit_prior=False, class_prior=[0.25, 0.75])]

cases = []
for name, (x, y, binarize) in data.items():
    # Binarised here, because scikit-learn takes no cut below 0.
    b = x if binarize is None else (x > binarize).astype(float)
    full = any((b[y == c].mean(axis=0) == 1).any() for c in (0, 1))
    fits = []
    for s in settings + ([] if full else [dict(alpha=0.0), dict(alpha=1e-12, fit_prior=False)]):
        model = BernoulliNB(binarize=None, **s).fit(b, y)
        fits.append(dict(settings=s, log_proba=model.predict_log_proba(b[:30]).ravel().tolist(),
                         feature_log_prob=model.feature_log_prob_.ravel().tolist(),
                         class_log_prior=model.class_log_prior_.tolist()))
    cases.append(dict(name=name, binarize=binarize, columns=x.shape[1], x=x.ravel().tolist(), y=y.tolist(), fits=fits))

json.dump(dict(made_with="scikit-learn 1.2.1", cases=cases), sys.stdout, separators=(",", ":"))
