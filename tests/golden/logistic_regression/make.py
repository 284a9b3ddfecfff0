"""Golden optima of penalised logistic regression.

Run:  python make.py > logistic_regression.json      (seed and data are here; about a minute; the output is stable)

optimum       The smallest value of the objective (C * sum of weighted log-losses + penalty, free intercept), found here in
              long double (64-bit mantissa) by coordinate descent and Newton steps on the support, and proved: the objective
              minus a dual lower bound (for penalty none: half the squared Newton decrement, which bounds what is left to
              first order) is at most `gap` of it. Cases that do not reach 1e-11 stop the script.
coefficients  scikit-learn 1.2.1's, where it comes within 1e-10 of the optimum in columns as given: newton-cg or saga, run
              to a tight tolerance. The test compares them to 1e-4 of the largest, times the column's scale: a value within
              1e-10 of a minimum does not pin the place better.
"""
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

assert sklearn.__version__ == "1.2.1", sklearn.__version__
warnings.filterwarnings("ignore")
R = np.longdouble
rng = np.random.default_rng(7)


def labels(x, noise):
    score = x[:, 0] - 0.8 * x[:, 1] + 0.5 * x[:, 2] + noise * rng.normal(size=len(x))
    y = (score > 0.2).astype(int)
    y[0], y[1] = 0, 1
    return y


def make_data():
    x = rng.normal(size=(80, 4))
    yield "plain", x, labels(x, 1.0), {}
    x = rng.normal(size=(70, 5))
    y = labels(x, 1.0)
    yield "balanced classes", x, y, {"class_weight": "balanced"}
    yield "given classes, no intercept", x, y, {"class_weight": [0.5, 4.0], "fit_intercept": False}
    x = rng.normal(size=(60, 5))
    x[:, 3] = x[:, 0] + 0.01 * rng.normal(size=60)
    x[:, 4] = 0.5 * x[:, 1] - 0.5 * x[:, 2] + 0.003 * rng.normal(size=60)
    yield "correlated", x, labels(x, 1.5), {}
    x = rng.normal(size=(64, 6))
    y = labels(x, 1.5)
    x[:, 4], x[:, 5] = 3.0, 0.0
    yield "constant and all-zero", x, y, {}
    x = rng.normal(size=(64, 5))
    y = labels(x, 1.5)
    yield "scales", x * np.array([1e-6, 1e-3, 1.0, 1e3, 1e6]), y, {}
    x = rng.normal(size=(12, 20))
    yield "fewer rows than columns", x, labels(x, 0.5), {}


def objective(z, s, c, l1, l2, beta):
    a = -s * (z @ beta)
    loss = np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
    return (c * loss).sum() + (l1 * np.abs(beta)).sum() + (l2 * beta**2).sum() / 2


def errors(z, s, beta):
    a = -s * (z @ beta)
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, e) / (1 + e)


def solve(a, b):
    """Float64 elimination with long double refinement."""
    d = 1 / np.sqrt(np.diag(a))
    unit = (d[:, None] * a * d).astype(float)
    x = np.zeros(len(b), R)
    for _ in range(6):
        x += d * np.linalg.solve(unit, (d * (b - a @ x)).astype(float)).astype(R)
    return x


def minimise(z, s, c, l1, l2):
    """Coordinate descent with exact one-dimensional Newton steps, then Newton on the support with signs held."""
    beta = np.zeros(z.shape[1], R)
    best = objective(z, s, c, l1, l2, beta)
    for _ in range(400):
        for j in range(len(beta)):
            p = errors(z, s, beta)
            g = -(c * s * p * z[:, j]).sum() + l2[j] * beta[j]
            h = (c * p * (1 - p) * z[:, j] ** 2).sum() + l2[j]
            if h == 0:
                continue
            target = h * beta[j] - g
            step = np.sign(target) * max(abs(target) - l1[j], R(0)) / h - beta[j]
            while abs(step) > 0:
                trial = beta.copy()
                trial[j] += step
                value = objective(z, s, c, l1, l2, trial)
                if value <= best:
                    beta, best = trial, value
                    break
                step /= 2
        for _ in range(12):
            on = (beta != 0) | (l1 == 0)
            p = errors(z, s, beta)
            g = -(z[:, on].T @ (c * s * p)) + l2[on] * beta[on] + l1[on] * np.sign(beta[on])
            h = z[:, on].T @ ((c * p * (1 - p))[:, None] * z[:, on]) + np.diag(l2[on])
            try:
                step = np.zeros(len(beta), R)
                step[on] = -solve(h, g)
            except np.linalg.LinAlgError:
                break
            # As far as the first coefficient that would change its sign; that one becomes 0.
            meets = (l1 > 0) & (beta * step < 0) & (np.abs(step) >= np.abs(beta))
            t = min([R(1)] + list(-beta[meets] / step[meets]))
            while t > 1e-9:
                trial = beta + t * step
                trial[meets & (np.abs(trial) <= 1e-15 * np.abs(step))] = 0
                value = objective(z, s, c, l1, l2, trial)
                if value <= best * (1 + R(1e-17)):  # rounding hides the last steps, which the gap needs
                    beta, best = trial, value
                    break
                t /= 2
        if gap(z, s, c, l1, l2, beta) < 1e-15:
            break
    return beta, best, gap(z, s, c, l1, l2, beta)


def gap(z, s, c, l1, l2, beta):
    """What the objective may still be above its minimum, as a share of it."""
    value = objective(z, s, c, l1, l2, beta)
    p = errors(z, s, beta)
    if not l1.any() and not l2.any():
        g = -(z.T @ (c * s * p))
        h = z.T @ ((c * p * (1 - p))[:, None] * z)
        return float(g @ solve(h, g) / 2 / value)
    dual = c * p
    if l1[-1] == 0 and l2[-1] == 0:  # the intercept: the dual must be balanced
        up, down = dual[s > 0].sum(), dual[s < 0].sum()
        dual = np.where(s > 0, dual * min(up, down) / up, dual * min(up, down) / down)
    u = np.abs(z.T @ (dual * s))
    if not l2.any():
        dual = dual * min(R(1), np.min(np.where(u > l1, l1 / np.maximum(u, R(1e-300)), 1)[l1 > 0]))
    q = dual / c
    bound = -(c * (q * np.log(q) + (1 - q) * np.log1p(-q))).sum()
    if l2.any():
        on = l2 > 0
        bound -= (np.maximum(u[on] - l1[on], 0) ** 2 / (2 * l2[on])).sum()
    return float((value - bound) / value)


def row_weights(y, settings):
    weight = settings.get("class_weight")
    if weight == "balanced":
        return np.where(y == 1, len(y) / (2 * y.sum()), len(y) / (2 * (len(y) - y.sum()))).astype(R)
    return np.array([weight[label] for label in y], R) if weight else np.ones(len(y), R)


def case_of(x, y, settings, penalty, C, ratio):
    intercept = settings.get("fit_intercept", True)
    wide = x.astype(R)
    centre = wide.mean(axis=0) * intercept
    scale = np.sqrt(((wide - centre) ** 2).mean(axis=0))
    kept = [j for j in range(x.shape[1]) if x[:, j].any() and not (intercept and np.ptp(x[:, j]) == 0)]
    z = ((wide - centre) / np.where(scale == 0, 1, scale))[:, kept]
    share = {"l1": (1, 0), "l2": (0, 1), "elasticnet": (ratio, 1 - ratio), "none": (0, 0)}[penalty]
    l1, l2 = R(share[0]) / scale[kept], R(share[1]) / scale[kept] ** 2
    if intercept:
        z = np.hstack([z, np.ones((len(y), 1), R)])
        l1, l2 = np.append(l1, R(0)), np.append(l2, R(0))
    s, c = np.where(y == 1, R(1), R(-1)), R(C) * row_weights(y, settings)
    beta, optimum, left = minimise(z, s, c, l1, l2)
    assert abs(left) < 1e-11, (penalty, C, ratio, left)
    out = dict(penalty=penalty, C=C, l1_ratio=ratio, optimum=float(optimum), gap=left)

    # scikit-learn, where it converges as far.
    weight = settings.get("class_weight")
    weight = {0: weight[0], 1: weight[1]} if isinstance(weight, list) else weight
    smooth = penalty in ("l2", "none")
    model = LogisticRegression(penalty=None if penalty == "none" else penalty, C=C, fit_intercept=intercept,
                               class_weight=weight, solver="newton-cg" if smooth else "saga",
                               l1_ratio=ratio if penalty == "elasticnet" else None, tol=1e-12,
                               max_iter=2000 if smooth else 5000, random_state=0).fit(x, y)
    b = model.coef_[0].astype(R)
    full = (wide - centre) @ b + R(model.intercept_[0]) + centre @ b
    value = (c * (np.maximum(-s * full, 0) + np.log1p(np.exp(-np.abs(full))))).sum()
    value += (share[0] * np.abs(b)).sum() + share[1] * (b**2).sum() / 2
    if float((value - optimum) / optimum) < 1e-10:
        out["coefficients"], out["intercept"] = model.coef_[0].tolist(), float(model.intercept_[0])
    return out


cases, close = [], 0
for name, x, y, settings in make_data():
    x = x.astype(np.float32).astype(float)
    fits = []
    for C in (1e-4, 1e-2, 1.0, 1e2, 1e4):
        for penalty, ratio in (("l1", 0.5), ("l2", 0.5), ("elasticnet", 0.5), ("elasticnet", 0.1)):
            fits.append(case_of(x, y, settings, penalty, C, ratio))
    if name != "fewer rows than columns":  # parted by a plane
        fits.append(case_of(x, y, settings, "none", 1.0, 0.5))
    close += sum("coefficients" in f for f in fits)
    print(name, len(fits), "max gap", max(abs(f["gap"]) for f in fits), file=sys.stderr)
    cases.append(dict(name=name, columns=x.shape[1], x=[np.float32(v).item() for v in x.ravel()], y=y.tolist(),
                      settings=settings, fits=fits))
print("scikit-learn as close in", close, "of", sum(len(c["fits"]) for c in cases), file=sys.stderr)
json.dump(dict(made_with="scikit-learn 1.2.1, numpy 1.24.4 (x86 long double)", cases=cases), sys.stdout, separators=(",", ":"))
