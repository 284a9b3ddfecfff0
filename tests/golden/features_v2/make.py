#!/usr/bin/env python3
"""Writes the figures that extractor V2 is compared with: its definitions (docs/features.md), computed with pandas.

usage: make.py [STORE.csv]

Without an argument, expected_future.csv and expected_window.csv: every feature of every session of
../features_v1/log.csv.
With the real store's log (data/store_2016-08_09.csv), store.json: sums, checksums and a few values of the columns of
2,000 of its sessions, none of them an id or a row of that log.
"""

import json
import pathlib
import sys

import numpy as np
import pandas as pd

FOLDER = pathlib.Path(__file__).resolve().parent
SIZE = 3  # events in a window, and session_size
LEVELS = 4  # of the category path
HORIZON = pd.Timedelta("24h")
TARGETS = ["cart", "purchase"]
CHOICES = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0]
SPACES = [f"category_level_{level + 1}" for level in range(LEVELS)] + ["product", "category_id", "brand", "category_price"]


def read_log(path):
    log = pd.read_csv(path, dtype={"product_id": str, "category_id": str, "user_id": str, "user_session": str})
    log["time"] = pd.to_datetime(log.event_time, utc=True).dt.tz_localize(None)
    log["position"] = np.arange(len(log))
    log = log.sort_values(["time", "position"], kind="stable").reset_index(drop=True)
    log["order"] = np.arange(len(log))
    log["amount"] = (log.price * 10_000).round()  # 1/10,000 of a unit
    log["target"] = log.event_type.isin(TARGETS)
    log["view"] = log.event_type == "view"
    log["owner"] = log.user_session.fillna("user " + log.user_id).fillna(log.order.map(str))
    add_keys(log)
    return log


def price_band(amount):
    if np.isnan(amount):
        return None
    if amount <= 0:
        return "1"
    octave = int(amount).bit_length()
    return str(2 * octave + (int(amount) >> (octave - 2) & 1 if octave > 1 else 0))


def path_levels(code):
    if not isinstance(code, str):
        return [None] * LEVELS
    separator = "/" if "/" in code else "."
    parts = code.rstrip(separator).split(separator)
    return [separator.join(parts[: level + 1]) for level in range(LEVELS - 1)] + [separator.join(parts)]


def add_keys(log):
    paths = {code: path_levels(code) for code in log.category_code.unique()}
    for level in range(LEVELS):
        log[f"category_level_{level + 1}"] = log.category_code.map(lambda code, l=level: paths[code][l])
    log["product"] = log.product_id
    band = log.amount.map(price_band)
    path = log[f"category_level_{LEVELS}"]
    log["band"] = band
    log["category_price"] = np.where(path.isna() | band.isna(), None, path.astype(str) + "|" + band.astype(str))


def session_table(log, label):
    """One row a session with SIZE events, by start; windows are event rows `order` [rows x SIZE]."""
    in_session = log[log.user_session.notna()]
    rank = in_session.groupby("user_session").cumcount()
    window = in_session[rank < SIZE]
    events = window.groupby("user_session").order.agg(list)
    events = events[events.map(len) == SIZE]
    places = np.array(events.tolist())
    has_target = log.target.to_numpy()[places].any(axis=1)
    if label == "future":
        places = places[~has_target]
    places = places[np.argsort(places[:, 0])]
    time = log.time.to_numpy()
    start, end = time[places[:, 0]], time[places[:, -1]]
    label_time = end if label == "window" else end + HORIZON.to_timedelta64()
    return places, start, label_time


def column(log, name, places):
    return log[name].to_numpy()[places]


def base_group(log, places, out):
    start = log.time.iloc[places[:, 0]]
    out["event_count"] = np.full(len(places), SIZE)
    out["weekday"] = start.dt.weekday.to_numpy()
    out["hour"] = start.dt.hour.to_numpy()
    price = pd.DataFrame(column(log, "price", places))
    out["price_mean"] = price.mean(axis=1).fillna(0)
    out["price_std"] = price.std(axis=1, ddof=1).fillna(0)
    found = {}
    for name, key in [("category_code", "category_code"), ("category_id", "category_id"), ("brand", "brand"), ("product", "product")]:
        values = pd.DataFrame(column(log, key, places))
        found[name] = values.nunique(axis=1), values.count(axis=1)
    for name in ["category_code", "category_id", "brand"]:
        out[f"{name}_nunique"], out[f"{name}_count"] = found[name]
    out["product_nunique"] = found["product"][0]
    out["category_ratio"] = (found["category_code"][0] / found["category_code"][1]).fillna(0)
    out["brand_ratio"] = (found["brand"][0] / found["brand"][1]).fillna(0)
    out["product_ratio"] = found["product"][0] / SIZE


def time_group(log, places, out):
    seconds = column(log, "time", places).astype("datetime64[us]").astype(np.int64) / 1e6
    gaps = np.diff(seconds, axis=1)
    out["duration"] = np.log1p(seconds[:, -1] - seconds[:, 0])
    out["gap_mean"] = np.log1p(gaps.mean(axis=1))
    out["gap_min"] = np.log1p(gaps.min(axis=1))
    out["gap_max"] = np.log1p(gaps.max(axis=1))
    for gap in range(1, SIZE):
        out[f"gap_{gap}"] = np.log1p(gaps[:, gap - 1])
    for name, function in [("sin", np.sin), ("cos", np.cos)]:
        out[f"weekday_{name}"] = function(2 * np.pi * out["weekday"] / 7)
        out[f"hour_{name}"] = function(2 * np.pi * out["hour"] / 24)


def price_group(log, places, train_end, out):
    price = pd.DataFrame(column(log, "price", places))
    filled_back, filled = price.bfill(axis=1), price.ffill(axis=1)
    out["price_first"] = filled_back[0]
    out["price_last"] = filled[SIZE - 1]
    out["price_min"] = price.min(axis=1)
    out["price_max"] = price.max(axis=1)
    out["price_trend"] = out["price_last"] - out["price_first"]
    known = log[log.time <= train_end]
    median = pd.Series(known.price.median(), index=log.index)
    for level in range(LEVELS):
        key = f"category_level_{level + 1}"
        own = log[key].map(known.groupby(key).price.median())
        median = own.fillna(median)
    ratio = pd.DataFrame((log.price / median.where(median > 0)).to_numpy()[places])
    out["price_to_median_mean"] = ratio.mean(axis=1)
    out["price_to_median_last"] = ratio.ffill(axis=1)[SIZE - 1]


def path_group(log, places, out):
    def text(name):
        return pd.DataFrame(column(log, name, places)).fillna("").to_numpy()

    product, category, brand, band = text("product"), text("category_id"), text("brand"), text("band")
    repeats, returns, last = np.zeros((3, len(places)), int)
    for i in range(1, SIZE):
        again = (product[:, :i] == product[:, [i]]).any(axis=1) & (product[:, i] != "")
        stays = product[:, i] == product[:, i - 1]
        repeats += again
        returns += again & ~stays
        last = (again & stays).astype(int)
    out["product_repeats"], out["product_returns"], out["last_product_repeats"] = repeats, returns, last
    for name, values in [("product", product), ("category", category), ("brand", brand), ("price_band", band)]:
        out[f"{name}_switches"] = (values[:, 1:] != values[:, :-1]).sum(axis=1)


def events_group(log, places, label, out):
    if label != "future":
        return
    types = column(log, "event_type", places)
    for name in ["view", "remove_from_cart"]:
        out[f"{name}_count"] = (types == name).sum(axis=1)
    out["other_count"] = (~np.isin(types, ["view", "cart", "remove_from_cart", "purchase"])).sum(axis=1)


def counts_before(events, key):
    """Of each event: views and targets of its key (or of all events) among events before it."""
    groups = events.groupby(key) if key else events
    views, targets = groups.view.cumsum() - events.view, groups.target.cumsum() - events.target
    return views.to_numpy(float), targets.to_numpy(float)


def fit_smoothing(known, space):
    trials = known[known.view | known.target]
    all_views, all_targets = counts_before(trials, None)
    with_key = trials[space].notna().to_numpy()
    views, targets = np.zeros((2, len(trials)))
    keyed = trials[with_key]
    everyone, own = counts_before(keyed, space), counts_before(keyed, ["owner", space])
    views[with_key], targets[with_key] = everyone[0] - own[0], everyone[1] - own[1]
    used = with_key & (all_views > 0) & (all_targets > 0)
    base = all_targets[used] / all_views[used]
    hit, views, targets = trials.target.to_numpy()[used], views[used], targets[used]
    losses = []
    for m in CHOICES:
        c, v = targets + m * base, views + m
        losses.append(-np.log(np.where(hit, c, v) / (c + v)).sum())
    return CHOICES[int(np.argmin(losses))]


def counts_as_of(known, space, keys, times):
    """Views and targets of the keys among events strictly earlier than the times."""
    before = known[[space, "time", "view", "target"]] if space else known[["time", "view", "target"]].assign(all="")
    space = space or "all"
    before = before[before[space].notna()]
    totals = before.assign(views=before.groupby(space).view.cumsum(), targets=before.groupby(space).target.cumsum())
    asked = pd.DataFrame({space: keys, "time": times, "row": np.arange(len(keys))}).sort_values("time", kind="stable")
    asked[space] = asked[space].astype(object)
    found = pd.merge_asof(asked, totals[[space, "time", "views", "targets"]], on="time", by=space, allow_exact_matches=False)
    found = found.sort_values("row")
    return found.views.fillna(0).to_numpy(float), found.targets.fillna(0).to_numpy(float)


def priors_group(log, places, train_end, is_training, smoothing, out):
    known = log[log.time <= train_end]
    rows = len(places)
    after_end = train_end + pd.Timedelta("1us")  # strictly earlier than this is: up to the train end
    start = log.time.iloc[places[:, 0]].reset_index(drop=True)
    as_of = start.where(is_training, after_end)
    times = as_of.repeat(SIZE).reset_index(drop=True)
    flat = places.ravel()
    all_views, all_targets = counts_as_of(known, None, np.full(len(flat), "", object), times)
    with np.errstate(all="ignore"):
        base = np.where(all_views > 0, all_targets / all_views, np.nan)
    of_category = base
    popularity = None
    for number, space in enumerate(SPACES):
        m = smoothing if smoothing else fit_smoothing(known, space)
        keys = log[space].to_numpy()[flat]
        missing = pd.isna(keys)
        views, targets = counts_as_of(known, space, np.where(missing, "", keys), times)
        prior = np.where((views == 0) & (targets == 0), of_category, (targets + m * base) / (views + m))
        if number < LEVELS:
            of_category = np.where(missing, base, prior)
        prior = pd.DataFrame(np.where(missing, np.nan, prior).reshape(rows, SIZE))
        out[f"prior_{space}_mean"] = prior.mean(axis=1)
        out[f"prior_{space}_max"] = prior.max(axis=1)
        if space == "product":
            with np.errstate(all="ignore"):
                share = np.where(missing | (all_views == 0), np.nan, np.log1p(10_000 * views / all_views))
            popularity = pd.DataFrame(share.reshape(rows, SIZE)).mean(axis=1)
    out["product_popularity"] = popularity


def history_group(log, places, train_end, is_training, out):
    events = log[log.user_id.notna()].copy()
    users = events.groupby("user_id")
    events["events"] = users.cumcount() + 1
    session = events.user_session.fillna("")
    before = users.user_session.shift().fillna("")
    pause = events.time - users.time.shift()
    first = events.events == 1
    events["new_visit"] = first | ((session != before) if (session != "").any() else (pause > pd.Timedelta("30min")))
    events["visits"] = events.groupby("user_id").new_visit.cumsum()
    events["targets"] = users.target.cumsum()
    events["purchases"] = (events.event_type == "purchase").groupby(events.user_id).cumsum()
    events["last_target"] = events.time.where(events.target).groupby(events.user_id).ffill()
    by_user = {user: group for user, group in events.groupby("user_id")}
    last_known = log[log.time <= train_end].order.max()
    names = ["visits", "events", "targets", "purchases", "target_share", "since_last", "since_target"]
    values = np.full((len(places), len(names)), np.nan)
    for row, first_event in enumerate(places[:, 0]):
        user, start = log.user_id.iat[first_event], log.time.iat[first_event]
        if not isinstance(user, str):
            continue
        values[row, :4] = 0
        own = by_user[user]
        # A row that starts up to the train end, but is no training row, meets the history as it stands there.
        until = first_event if is_training[row] or start > train_end else last_known + 1
        past = own[own.order < until]
        if past.empty:
            continue
        now = past.iloc[-1]
        day = pd.Timedelta("1D")
        values[row, :6] = [now.visits, now.events, now.targets, now.purchases, now.targets / now.events,
                           np.log1p(max((start - now.time) / day, 0))]
        if now.targets > 0:
            values[row, 6] = np.log1p(max((start - now.last_target) / day, 0))
    for name, column_of in zip(names, values.T):
        out[f"history_{name}"] = column_of


def features(log, label, train_end, smoothing=None, chosen=None):
    places, start, label_time = session_table(log, label)
    if chosen is not None:
        places, start, label_time = places[chosen], start[chosen], label_time[chosen]
    is_training = label_time <= train_end.to_datetime64()
    out = {}
    base_group(log, places, out)
    time_group(log, places, out)
    price_group(log, places, train_end, out)
    path_group(log, places, out)
    events_group(log, places, label, out)
    priors_group(log, places, train_end, is_training, smoothing, out)
    history_group(log, places, train_end, is_training, out)
    table = pd.DataFrame({name: np.asarray(values, float) for name, values in out.items()})
    return table, is_training, log.user_session.to_numpy()[places[:, 0]]


def write_small():
    log = read_log(FOLDER.parent / "features_v1" / "log.csv")
    train_end = (log.time.min() + (log.time.max() - log.time.min()) * 0.6).floor("1s")
    for label in ["future", "window"]:
        table, is_training, sessions = features(log, label, train_end)
        table.insert(0, "training", is_training.astype(int))
        table.insert(0, "user_session", sessions)
        table.insert(0, "train_end", train_end.strftime("%Y-%m-%d %H:%M:%S"))
        table.to_csv(FOLDER / f"expected_{label}.csv", index=False, float_format="%.8g")


def write_store(path):
    log = read_log(path)
    train_end = pd.Timestamp("2016-08-29")
    result = {"train_end": "2016-08-29", "labels": {}}
    for label in ["future", "window", "session"]:
        places, _, _ = session_table(log, label)
        chosen = np.arange(0, len(places), len(places) // 2000)[:2000]
        table, is_training, _ = features(log, label, train_end, chosen=chosen)
        columns = {}
        for name, values in table.items():
            known = values.dropna()
            weights = known.index.to_numpy() % 97 + 1
            columns[name] = {
                "missing": int(values.isna().sum()),
                "integers": bool((known == known.round()).all()),
                "sum": float(known.sum()),
                "weighted_sum": float((known * weights).sum()),
                "samples": [None if np.isnan(v) else v for v in values.iloc[::250]],
            }
        result["labels"][label] = {"stride": len(places) // 2000, "training_rows": int(is_training.sum()), "columns": columns}
    (FOLDER / "store.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        write_small()
    else:
        write_store(sys.argv[1])
