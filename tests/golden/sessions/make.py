"""Writes store_2016-08_09.json: how many sessions, positives and how much price the shared store data has in its windows.

Only sums over many rows are kept, none of the rows themselves. Made with pandas 1.5.3.
Run: python make.py EVENTS.csv (the data lies outside the repository, in ../shared/data).
"""
import json
import pathlib
import sys

import pandas as pd

assert pd.__version__ == "1.5.3", pd.__version__
HORIZON = pd.Timedelta(hours=24)
GAP = pd.Timedelta(minutes=30)
CASES = [  # (name, sessions by inactivity, k, label, short sessions)
    ("window", False, 3, "window", "leave_out"),
    ("future", False, 3, "future", "leave_out"),
    ("session", False, 3, "session", "leave_out"),
    ("future_keep", False, 5, "future", "keep"),
    ("inactivity", True, 3, "window", "leave_out"),
]


def read_log(path):
    log = pd.read_csv(path, usecols=["event_time", "event_type", "price", "user_id", "user_session"], dtype=str)
    log["event_time"] = pd.to_datetime(log["event_time"], utc=True)
    log["price"] = (log["price"].astype(float) * 10_000).round().astype("Int64")
    return log.sort_values("event_time", kind="stable")  # ties stay in the order of the file


def figures(log, by_inactivity, k, label, short):
    if by_inactivity:
        pause = log.groupby("user_id")["event_time"].diff()
        number = (pause > GAP).groupby(log["user_id"]).cumsum()
        log = log.assign(user_session=log["user_id"] + "/" + number.astype(str))
    log = log.dropna(subset=["user_session"])
    by_session = log.groupby("user_session")
    start = by_session["event_time"].transform("first")
    position = by_session.cumcount()
    in_window = position < k
    if short == "keep":
        in_window &= log["event_time"] <= start + HORIZON
    held = in_window.groupby(log["user_session"]).transform("sum")
    window_end = log["event_time"].where(in_window).groupby(log["user_session"]).transform("max")
    window_end = window_end.where((held == k) | (short == "leave_out"), start + HORIZON)
    is_target = log["event_type"].isin(["cart", "purchase"])
    in_time = log["event_time"] <= window_end + HORIZON
    log = log.assign(
        start=start,
        window_end=window_end,
        held=held,
        target_in_window=is_target & in_window,
        target_after=is_target & ~in_window & in_time,
        window_price=log["price"].where(in_window),
    )
    sessions = log.groupby("user_session").agg(
        start=("start", "first"),
        window_end=("window_end", "first"),
        held=("held", "first"),
        target_in_window=("target_in_window", "any"),
        target_after=("target_after", "any"),
        price=("window_price", "sum"),
    )
    result = {"sessions": len(sessions)}
    kept = sessions
    if short == "leave_out":
        kept = sessions[sessions["held"] == k]
        result["too_short"] = len(sessions) - len(kept)
    if label == "future":
        result["target_in_window"] = int(kept["target_in_window"].sum())
        kept = kept[~kept["target_in_window"]]
    result["kept"] = len(kept)
    positive = {
        "window": kept["target_in_window"],
        "future": kept["target_after"],
        "session": kept["target_in_window"] | kept["target_after"],
    }[label]
    label_time = kept["window_end"] + (pd.Timedelta(0) if label == "window" else HORIZON)
    result["label_not_complete"] = int((label_time > log["event_time"].max()).sum())
    result["window_events"] = int(kept["held"].sum())
    days = kept.assign(positive=positive).groupby(kept["start"].dt.strftime("%Y-%m-%d"))
    result["days"] = [
        [day, len(rows), int(rows["positive"].sum()), int(rows["price"].sum())] for day, rows in days
    ]  # day of the start, sessions, positives, sum of the windows' prices in 1/10,000
    return result


log = read_log(sys.argv[1])
result = {name: figures(log, *case) for name, *case in CASES}
path = pathlib.Path(__file__).with_name("store_2016-08_09.json")
path.write_text(json.dumps(result).replace(', ["', ',\n["').replace('}, "', '},\n"') + "\n")
