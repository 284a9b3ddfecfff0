"""Writes store_2016-08_09.json: what `intent_cli eda` must find in the shared store data, by pandas and scikit-learn.

Counts and shares alone are kept; of products, only how many there are and the counts of the most viewed.
Run: python make.py EVENTS.csv (the data lies outside the repository, in ../shared/data).
"""
import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
from sklearn.metrics import mutual_info_score

assert pd.__version__ == "1.5.3", pd.__version__
K = 3
HORIZON = pd.Timedelta(hours=24)
COLUMNS = ["product_id", "category_id", "category_code", "brand", "price", "user_id", "user_session"]
TARGETS = ["cart", "purchase"]
SHARES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
SIZES = 20
BINS = 32


def read_log(path):
    log = pd.read_csv(path, dtype=str, keep_default_na=False).replace("", None)
    log["time"] = pd.to_datetime(log["event_time"], utc=True)
    log["price"] = (log["price"].astype(float) * 10_000).round().astype("Int64")
    return log


def distribution(values):
    """Quantiles are values that occur: the smallest with at least that share of all values at or below it."""
    values = np.sort(values.to_numpy().astype(np.int64))
    ranks = [max(1, math.ceil(round(share * 1000) * len(values) / 1000)) for share in SHARES]
    return {"count": len(values), "mean": float(values.mean()), "quantiles": [int(values[r - 1]) for r in ranks]}


def wilson(successes, trials):
    if trials == 0 or successes > trials:
        return [None, None]
    z = 1.959963984540054
    p = successes / trials
    middle = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return [max(0.0, middle - half), min(1.0, middle + half)]


def path_prefix(code, level):
    """Levels are parted by "/" where the code has one, else by "."; an empty last part is none."""
    separator = "/" if "/" in code else "."
    parts = code.rstrip(separator).split(separator)
    return separator.join(parts[:level]) if len(parts) >= level else None


def ratio_table(log, key, name_kept, min_views=10, top=15):
    counts = pd.crosstab(key.fillna(""), log["event_type"]).reindex(columns=["view", "cart", "purchase"], fill_value=0)
    kept = counts[counts["view"] >= min_views].reset_index()
    kept = kept.sort_values(["view", kept.columns[0]], ascending=[False, True])  # code points order UTF-8 as bytes do
    rows = []
    for name, view, cart, purchase in kept.head(top).itertuples(index=False):
        rows.append([name if name_kept else None, view, cart, purchase, cart / view if view else None, *wilson(cart, view)])
    return {"kept": len(kept), "left_out": len(counts) - len(kept), "carts": int(kept["cart"].sum()), "top": rows}


def seasons(log, sessions, labelled, by):
    events = by(log["time"]).value_counts()
    starts = by(sessions["start"]).value_counts()
    rows = labelled.groupby(by(labelled["start"]))["future"]
    table = pd.DataFrame({"events": events, "sessions": starts, "labelled": rows.size(), "positives": rows.sum()})
    table = table.fillna(0).astype(int).sort_index()
    return [[str(key), *map(int, row)] for key, row in zip(table.index, table.to_numpy())]


def features_v1(window):
    """Extractor V1 on the first K events of each session."""
    by = window.groupby("user_session")
    columns = {"event_count": by.size(), "weekday": by["time"].first().dt.dayofweek, "hour": by["time"].first().dt.hour}
    price = (window["price"].astype(float) / 10_000).groupby(window["user_session"])
    columns["price_mean"] = price.mean().fillna(0)
    columns["price_std"] = price.std().fillna(0)
    for name in ["category_code", "category_id", "brand"]:
        columns[name + "_nunique"] = by[name].nunique()
        columns[name + "_count"] = by[name].count()
    columns["product_nunique"] = by["product_id"].nunique()
    frame = pd.DataFrame(columns)
    frame["category_ratio"] = (frame["category_code_nunique"] / frame["category_code_count"]).fillna(0)
    frame["brand_ratio"] = (frame["brand_nunique"] / frame["brand_count"]).fillna(0)
    frame["product_ratio"] = frame["product_nunique"] / K
    return frame.astype(np.float32)


def association(column, label):
    if column.nunique() > BINS:
        bins = (column.rank(method="min").astype(int) - 1) * BINS // len(column)
    else:
        bins = pd.factorize(column)[0]
    pearson = None if column.nunique() == 1 else float(np.corrcoef(column.astype(float), label)[0, 1])
    return [pearson, mutual_info_score(label, bins) / math.log(2)]


def entropy(share):
    return -sum(p * math.log2(p) for p in [share, 1 - share])


def explore(log):
    result = {"types": log["event_type"].value_counts().to_dict()}
    result["distinct"] = {name: int(log[name].nunique()) for name in COLUMNS if name != "price"}
    result["missing"] = {name: int(log[name].isna().sum()) for name in COLUMNS}
    result["first"], result["last"] = (f(log["time"]).strftime("%Y-%m-%d %H:%M:%S") for f in (min, max))

    code = log["category_code"]
    tables = {"category": (code, True), "brand": (log["brand"], True), "product": (log["product_id"], False)}
    for level in [1, 2, 3, 4]:
        prefix = code.map(lambda text: path_prefix(text, level), na_action="ignore")
        tables[f"category_level_{level}"] = (prefix[prefix.notna()], True)
    result["ratios"] = {name: ratio_table(log.loc[key.index], key, kept) for name, (key, kept) in tables.items()}

    ordered = log.sort_values("time", kind="stable")  # ties stay in the order of the file
    ordered = ordered[ordered["user_session"].notna()].copy()
    by = ordered.groupby("user_session")
    ordered["position"] = by.cumcount() + 1
    ordered["target"] = ordered["event_type"].isin(TARGETS)
    ordered["in_window"] = ordered["position"] <= K
    sessions = pd.DataFrame({"start": by["time"].first(), "end": by["time"].last(), "size": by.size()})
    sessions["first_target"] = ordered[ordered["target"]].groupby("user_session")["position"].min()
    long_enough = sessions[sessions["size"] >= K].copy()
    long_enough["window_end"] = ordered[ordered["position"] == K].set_index("user_session")["time"]
    marked = ordered.join(long_enough["window_end"], on="user_session")
    later = marked["target"] & ~marked["in_window"] & (marked["time"] <= marked["window_end"] + HORIZON)
    long_enough["window"] = (marked["target"] & marked["in_window"]).groupby(marked["user_session"]).any()
    long_enough["future"] = later.groupby(marked["user_session"]).any()
    long_enough["session"] = long_enough["window"] | long_enough["future"]
    long_enough["known"] = long_enough["window_end"] + HORIZON <= log["time"].max()
    candidates = long_enough[~long_enough["window"]]
    too_short = len(sessions) - len(long_enough)

    def balance(rows, label, known):
        return [len(rows), int((~known).sum()), int(rows.loc[known, label].sum())]

    always = pd.Series(True, index=long_enough.index)
    result["labels"] = {
        "too_short": too_short,
        "target_in_window": len(long_enough) - len(candidates),
        "future": balance(candidates, "future", candidates["known"]),
        "window": balance(long_enough, "window", always),
        "session": balance(long_enough, "session", long_enough["known"]),
    }
    labelled = candidates[candidates["known"]]
    result["seasons"] = {
        "day": seasons(log, sessions, labelled, lambda time: time.dt.strftime("%Y-%m-%d")),
        "weekday": seasons(log, sessions, labelled, lambda time: time.dt.dayofweek),
        "hour": seasons(log, sessions, labelled, lambda time: time.dt.hour),
    }
    targets = ordered[ordered["target"]]
    result["sizes"] = [
        [k, int((sessions["size"] == k).sum()), int((sessions["size"] >= k).sum()), int((targets["position"] <= k).sum()),
         int((sessions["first_target"] <= k).sum())] for k in range(1, SIZES + 1)]
    result["sessions"], result["targets"] = len(sessions), len(targets)
    result["target_sessions"] = int(sessions["first_target"].notna().sum())
    several = sessions[sessions["size"] >= 2]
    result["events_per_session"] = distribution(sessions["size"])
    result["duration"] = distribution((several["end"] - several["start"]).dt.total_seconds().astype("int64"))
    result["gap"] = distribution(by["time"].diff().dropna().dt.total_seconds().astype("int64"))

    result["anomalies"] = {
        "negative_price": int((log["price"] < 0).sum()),
        "zero_price": int((log["price"] == 0).sum()),
        "several_users": int((by["user_id"].nunique() > 1).sum()),
        "over_a_day": int((sessions["end"] - sessions["start"] > pd.Timedelta(days=1)).sum()),
        "exact_repeats": int(log[["time", "event_type", *COLUMNS]].duplicated().sum()),
        "out_of_order": int((log["time"] < log["time"].cummax()).sum()),
    }
    result["features"] = {}
    for name, rows in [("future", labelled), ("window", long_enough)]:
        window = ordered[ordered["in_window"] & ordered["user_session"].isin(rows.index)]
        features = features_v1(window)
        label = rows[name].reindex(features.index).astype(int)
        result["features"][name] = {column: association(features[column], label) for column in features}
        result["features"][name]["label_entropy"] = entropy(label.mean())
    return result


result = explore(read_log(sys.argv[1]))
path = pathlib.Path(__file__).with_name("store_2016-08_09.json")
path.write_text(json.dumps(result, ensure_ascii=False).replace(', "', ',\n"').replace("], [", "],\n[") + "\n")
