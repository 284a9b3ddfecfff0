"""Writes log.csv, a small made-up event log, and expected.csv, its V1 features as plain pandas has them.

Made with pandas 1.5.3 and numpy 1.24.4; the seed is below. Run: python make.py
With a path, prints the features of another log instead (windows of 3 events): python make.py EVENTS.csv
"""
import pathlib
import sys

import numpy as np
import pandas as pd

assert pd.__version__ == "1.5.3", pd.__version__
SESSIONS = 160
CASES = [(3, 3), (5, 5), (5, 2)]  # (events in a window, session_size)


def make_log():
    random = np.random.default_rng(19)

    def text_or_missing(values, share):
        return "" if random.random() < share else random.choice(values)

    rows = []
    for session in range(SESSIONS):
        start = random.integers(0, 20 * 24 * 3600)
        for _ in range(random.integers(1, 9)):
            # Few offsets, so that ties in time are common.
            time = pd.Timestamp("2021-02-20", tz="UTC") + pd.Timedelta(seconds=int(start + 40 * random.integers(0, 6)))
            rows.append(
                {
                    "event_time": time.strftime("%Y-%m-%d %H:%M:%S UTC"),
                    "event_type": random.choice(["view", "view", "view", "cart", "remove_from_cart", "purchase"]),
                    "product_id": text_or_missing([f"p{i}" for i in range(9)], 0.03),
                    "category_id": text_or_missing(["2144", "2145", "2146"], 0.1),
                    "category_code": text_or_missing(["a.b", "a.c", "d", "e.f.g"], 0.3),
                    "brand": text_or_missing(["acme", "bolt", "cord"], 0.4),
                    "price": text_or_missing([f"{p:.2f}" for p in (0, 0.01, 3.5, 19.99, 120.1, 99999.99)], 0.2),
                    "user_id": f"u{session % 70}",
                    "user_session": f"s{session}",
                }
            )
    order = random.permutation(len(rows))  # the log is in no order of time
    return pd.DataFrame([rows[i] for i in order])


def read_log(path):
    text = ["event_type", "product_id", "category_id", "category_code", "brand", "user_id", "user_session"]
    log = pd.read_csv(path, dtype={name: str for name in text}, keep_default_na=False, na_values=[""])
    log["event_time"] = pd.to_datetime(log["event_time"], utc=True)
    return log


def v1(log, window_size, session_size):
    """One row a session of at least window_size events, by its id."""
    log = log.dropna(subset=["user_session"]).sort_values("event_time", kind="stable")
    enough = log.groupby("user_session")["event_time"].transform("size") >= window_size
    window = log[enough].groupby("user_session").head(window_size)
    by_session = window.groupby("user_session").head(session_size).groupby("user_session")
    features = pd.DataFrame({"event_count": by_session.size()})
    start = by_session["event_time"].first()
    features["weekday"] = start.dt.weekday
    features["hour"] = start.dt.hour
    features["price_mean"] = by_session["price"].mean()
    features["price_std"] = by_session["price"].std()
    for name, column in [("category_code", "category_code"), ("category_id", "category_id"), ("brand", "brand")]:
        features[f"{name}_nunique"] = by_session[column].nunique()
        features[f"{name}_count"] = by_session[column].count()
    features["product_nunique"] = by_session["product_id"].nunique()
    features["category_ratio"] = features["category_code_nunique"] / features["category_code_count"]
    features["brand_ratio"] = features["brand_nunique"] / features["brand_count"]
    features["product_ratio"] = features["product_nunique"] / session_size
    return features.fillna(0)


def main():
    if len(sys.argv) == 2:
        v1(read_log(sys.argv[1]), 3, 3).to_csv(sys.stdout)
        return
    folder = pathlib.Path(__file__).parent
    make_log().to_csv(folder / "log.csv", index=False)
    log = read_log(folder / "log.csv")
    tables = []
    for window_size, session_size in CASES:
        features = v1(log, window_size, session_size).reset_index()
        features.insert(0, "session_size", session_size)
        features.insert(0, "window_size", window_size)
        tables.append(features)
    pd.concat(tables).to_csv(folder / "expected.csv", index=False)


main()
