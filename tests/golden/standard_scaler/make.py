"""Writes standard_scaler.json: columns of float32 numbers, and what scikit-learn's StandardScaler learns from them.

Made with scikit-learn 1.2.1 and numpy 1.24.4. Missing values are null. Run: python make.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.preprocessing import StandardScaler

assert sklearn.__version__ == "1.2.1", sklearn.__version__
ROWS = 300
random = np.random.default_rng(20160801)


def with_missing(values, share):
    return np.where(random.random(ROWS) < share, np.nan, values)


columns = {
    "normal": random.normal(size=ROWS),
    "price": np.round(random.lognormal(3, 1.5, size=ROWS), 2),
    "count": random.integers(0, 4, size=ROWS),
    "large_offset": 1e6 + random.random(ROWS),
    "tiny": random.normal(size=ROWS) * 1e-30,
    "huge": random.normal(size=ROWS) * 1e30,
    "missing": with_missing(random.normal(5, 2, size=ROWS), 0.3),
    "constant": np.full(ROWS, 0.1),
    "constant_and_missing": with_missing(np.full(ROWS, 123456.78), 0.5),
    "zero": np.zeros(ROWS),
    "one_different": np.where(np.arange(ROWS) == 17, 1.0, 0.0),
}
x = np.column_stack(list(columns.values())).astype(np.float32).astype(np.float64)
scaler = StandardScaler().fit(x)
result = {
    "scikit_learn": sklearn.__version__,
    "columns": [
        {
            "name": name,
            "values": [None if np.isnan(v) else float(v) for v in x[:, j]],
            "mean": float(scaler.mean_[j]),
            "scale": float(scaler.scale_[j]),
        }
        for j, name in enumerate(columns)
    ],
}
path = pathlib.Path(__file__).with_name("standard_scaler.json")
path.write_text(json.dumps(result, indent=None, separators=(",", ":")).replace("},{", "},\n{") + "\n")
