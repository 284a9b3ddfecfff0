"""Writes steps.json: what scikit-learn's chi2, VarianceThreshold, PCA and IsotonicRegression make of small data.

Made with scikit-learn 1.2.1 and numpy 1.24.4. Run: python make.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold, chi2
from sklearn.isotonic import IsotonicRegression

assert sklearn.__version__ == "1.2.1", sklearn.__version__
ROWS = 200
random = np.random.default_rng(20160829)

y = (random.random(ROWS) < 0.3).astype(int)
latent = random.normal(size=(ROWS, 3))
columns = {
    "count": random.poisson(2 + 2 * y),
    "bit": (random.random(ROWS) < 0.2 + 0.5 * y).astype(float),
    "noise": random.integers(0, 5, size=ROWS),
    "amount": np.round(random.lognormal(1, 0.5, size=ROWS), 2),
    "zero": np.zeros(ROWS),
}
counts = np.column_stack(list(columns.values())).astype(np.float32).astype(np.float64)
dense = (latent @ random.normal(size=(3, 6)) + 0.3 * random.normal(size=(ROWS, 6)) + np.arange(6)).astype(np.float32)
dense = dense.astype(np.float64)
pca = PCA(svd_solver="full").fit(dense)
# The sign of a component is free: its largest loading is made positive.
signs = np.sign(pca.components_[np.arange(6), np.abs(pca.components_).argmax(axis=1)])
score = np.round(np.clip(0.3 + 0.2 * y + 0.25 * random.normal(size=ROWS), 0, 1), 2)
grid = np.round(np.linspace(0, 1, 41), 3)
isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(score, y)
observed, predicted = calibration_curve(y, score, n_bins=10)

result = {
    "scikit_learn": sklearn.__version__,
    "y": y.tolist(),
    "names": list(columns),
    "counts": counts.T.tolist(),
    "chi2": np.nan_to_num(chi2(counts, y)[0]).tolist(),
    "variance": VarianceThreshold().fit(counts[:, :4]).variances_.tolist(),
    "dense": dense.T.tolist(),
    "explained_variance": pca.explained_variance_.tolist(),
    "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
    "components": (pca.components_ * signs[:, None]).tolist(),
    "transformed": (pca.transform(dense) * signs).T.tolist(),
    "score": score.tolist(),
    "grid": grid.tolist(),
    "isotonic": isotonic.predict(grid).tolist(),
    "reliability_observed": observed.tolist(),
    "reliability_predicted": predicted.tolist(),
}
path = pathlib.Path(__file__).with_name("steps.json")
path.write_text(json.dumps(result, separators=(",", ":")).replace('],"', '],\n"') + "\n")
