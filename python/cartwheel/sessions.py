"""From raw events to columns: event logs, sessions, features; tables are pandas frames."""

from __future__ import annotations

import os
import re
from typing import Any, Iterable, Mapping

import numpy as np
import pandas as pd

from . import _core

_TYPES = ["view", "cart", "remove_from_cart", "purchase", "other"]
_MICROSECONDS = {"s": 10**6, "m": 60 * 10**6, "min": 60 * 10**6, "h": 3600 * 10**6, "d": 24 * 3600 * 10**6,
                 "w": 7 * 24 * 3600 * 10**6}


def microseconds(duration) -> int:
    """The length of "30d", "12h", "30min" or of a timedelta."""
    if isinstance(duration, str):
        found = re.fullmatch(r"\s*(\d+)\s*([a-z]+)\s*", duration)
        if not found or found[2] not in _MICROSECONDS:
            raise _core.ParameterError(f"{duration!r} is no duration; write a number and one of {', '.join(_MICROSECONDS)}")
        return int(found[1]) * _MICROSECONDS[found[2]]
    return int(pd.Timedelta(duration).total_seconds() * 10**6)


def _times(values) -> pd.Series:
    return pd.Series(np.asarray(values).view("datetime64[us]")).dt.tz_localize("UTC")


def _account(entries) -> pd.DataFrame:
    return pd.DataFrame(entries, columns=["name", "count", "note"])


class EventLog:
    """Events in memory."""

    def __init__(self, core: _core.EventLog):
        self._core = core

    def __len__(self) -> int:
        return len(self._core)

    @property
    def account(self) -> pd.DataFrame:
        """What became of the rows that were read: counts by name."""
        return _account(self._core.account)

    def frame(self) -> pd.DataFrame:
        """One row an event: time, type, product, category_id, category_code, brand, user, session, price."""
        columns = self._core.columns()
        frame = {"time": _times(columns["time"]), "type": pd.Categorical.from_codes(columns["type"].astype(np.int8), _TYPES)}
        for name in ("product", "category_id", "category_code", "brand", "user", "session"):
            codes, texts = columns[name]
            frame[name] = pd.Categorical.from_codes(codes.astype(np.int64) - 1, pd.Index(texts[1:], dtype=object))
        price = columns["price"].astype(np.float64)
        price[columns["price"] == np.iinfo(np.int64).min] = np.nan
        frame["price"] = price / 10_000
        return pd.DataFrame(frame)


def read_events(files: str | os.PathLike | Iterable[str | os.PathLike], *, delimiter: str = ",",
                column_names: Mapping[str, str] | None = None, on_bad_row: str = "fail", threads: int = 0) -> EventLog:
    """Reads event logs: CSV (also .gz and .zst), caches (.cwlog), folders and patterns.

    column_names: the library's name of a column -> the file's, such as {"event_time": "timestamp"}.
    on_bad_row: "fail" at the first bad row, or "skip" them, counted in the account.
    """
    if isinstance(files, (str, os.PathLike)):
        files = [files]
    return EventLog(_core.read_events([os.fspath(file) for file in files], delimiter, dict(column_names or {}), on_bad_row,
                                      threads))


class SessionTable:
    """One row a session: its first `size` events, and what it is to be told by.

    label: "future" (a target within `horizon` after the window; sessions with one in the window are left out), "window" (a
    target in the window) or "session" (either). target: "cart", "purchase" or both.
    """

    def __init__(self, log: EventLog, *, size: int = 3, label: str = "future", target: Iterable[str] = ("cart", "purchase"),
                 horizon="24h", gap="30min", short_sessions: str = "leave_out"):
        target = [target] if isinstance(target, str) else list(target)
        self._core = _core.build_sessions(log._core, size, label, target, microseconds(horizon), microseconds(gap),
                                          short_sessions)

    def __len__(self) -> int:
        return len(self._core)

    @property
    def account(self) -> pd.DataFrame:
        """What became of the sessions: counts by name."""
        return _account(self._core.account)

    @property
    def label(self) -> np.ndarray:
        """[sessions]: 0 or 1; a view."""
        return self._core.columns()["label"]

    def frame(self) -> pd.DataFrame:
        """One row a session: session, start, window_end, label_time, event_count, label; in order of start."""
        columns = self._core.columns()
        frame = {"session": columns["session"]}
        frame |= {name: _times(columns[name]) for name in ("start", "window_end", "label_time")}
        frame |= {name: columns[name] for name in ("event_count", "label")}
        return pd.DataFrame(frame)

    def _rows(self, rows) -> np.ndarray:
        if rows is None:
            return np.arange(len(self), dtype=np.uint32)
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise _core.DataError(f"a row lies outside of the table, which has {len(self)}")
        return np.ascontiguousarray(rows, dtype=np.uint32)


class FeatureExtractor:
    """Turns sessions into columns. name: "V1" (15 columns) or "V2" (also time, prices, priors and history); parameters as
    docs/features.md has them."""

    def __init__(self, name: str = "V1", **parameters: Any):
        self._core = _core.make_feature_extractor(name, parameters)

    @property
    def parameters(self) -> dict:
        return self._core.parameters

    def definitions(self) -> pd.DataFrame:
        """What each column means, after fit_transform."""
        return pd.DataFrame(self._core.definitions(), columns=["name", "definition", "fitted"])

    def fit_transform(self, sessions: SessionTable, rows=None, train_end=None) -> pd.DataFrame:
        """Learns from training rows, and gives their columns as of each row's start.

        rows: numbers or a mask; all by default. train_end: a time after which nothing may be looked at; the log's end by
        default.
        """
        end = sessions._core.log_end if train_end is None else int(pd.Timestamp(train_end).value // 1000)
        return _frame(self._core.fit_transform(sessions._core.rows, sessions._rows(rows), end))

    def transform(self, sessions: SessionTable, rows=None) -> pd.DataFrame:
        """The columns of any rows, with what was learned."""
        return _frame(self._core.transform(sessions._core.rows, sessions._rows(rows)))


def _frame(matrix) -> pd.DataFrame:
    names, columns = matrix
    return pd.DataFrame(dict(zip(names, columns)), copy=False)
