"""Experiments: batches in order of time, a grid search on temporal folds, tuned thresholds, scores on what comes after."""

from __future__ import annotations

import io
import json
import os
from typing import Any, Iterator, Mapping, NamedTuple

import numpy as np
import pandas as pd

from . import _core
from .sessions import SessionTable, microseconds


class Fold(NamedTuple):
    """Rows of the session table on both sides of a cut in time. Sessions whose label was not known at train_end do not train;
    `purged` says how many."""

    train: np.ndarray
    validation: np.ndarray
    train_end: pd.Timestamp
    purged: int


class Batch(NamedTuple):
    """One dated experiment. `final` trains on train and validation, and is tested on what comes next."""

    name: str
    folds: list[Fold]
    final: Fold


def _fold(core) -> Fold:
    train, validation, end, purged = core
    return Fold(train, validation, pd.Timestamp(end, unit="us", tz="UTC"), purged)


class TemporalSplit:
    """Cuts sessions into batches by their start: train, validation, test; then on by `step`. Durations are texts such as "7d",
    or timedeltas."""

    def __init__(self, train="30d", validation="7d", test="14d", step="14d", gap="0d", folds: int = 1, window="0d",
                 group_user: bool = False):
        self._core = _core.BatchOptions()
        for name, value in (("train", train), ("validation", validation), ("test", test), ("step", step), ("gap", gap),
                            ("window", window)):
            setattr(self._core, name, microseconds(value))
        self._core.folds = folds
        self._core.group_user = group_user
        self._core.check()

    def batches(self, sessions: SessionTable) -> list[Batch]:
        return [Batch(name, [_fold(fold) for fold in folds], _fold(final))
                for name, folds, final in _core.make_batches(sessions._core.rows, self._core)]

    def split(self, sessions: SessionTable, y=None, groups=None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(training rows, test rows) of each batch, as scikit-learn's splitters give them."""
        for batch in self.batches(sessions):
            yield batch.final.train, batch.final.validation


class Result:
    """What an experiment found."""

    def __init__(self, core: _core.ExperimentResult):
        self._core = core

    @property
    def batches(self) -> pd.DataFrame:
        """One row a (batch, model), and the dummies: F1 at both cuts, threshold, average precision, ROC AUC, ..."""
        rows = json.loads(self._core.batches_json())
        return pd.DataFrame(rows)

    @property
    def search(self) -> pd.DataFrame:
        """One row a combination tried: its scores on the folds."""
        return pd.read_csv(io.StringIO(self._core.search_csv()))

    @property
    def models(self) -> dict[tuple[str, str], _core.Pipeline]:
        """The final models, by (batch, model)."""
        return {(batch, model): pipeline for batch, model, pipeline in self._core.models()}

    def write(self, folder: str | os.PathLike) -> None:
        """Writes batches.csv, batches.json, search.csv and models/ as `intent_cli run --out` does."""
        self._core.write(os.fspath(folder))

    def __str__(self) -> str:
        return self._core.text()


def _lists(grids: Mapping[str, Mapping[str, Any]]) -> dict:
    """Grids in which a single value stands for the list of it."""
    return {name: {key: list(value) if isinstance(value, (list, tuple, np.ndarray)) else [value]
                   for key, value in grid.items()} for name, grid in grids.items()}


def run(sessions: SessionTable, models: Mapping[str, Mapping[str, Any]], *, split: TemporalSplit | None = None,
        extractors: Mapping[str, Mapping[str, Any]] | None = None, steps: Mapping[str, Mapping[str, Any]] | None = None,
        metric: str = "f1", seed: int = 0, threads: int = 0) -> Result:
    """Runs batches x models: search on each batch's folds, threshold on out-of-fold scores, final fit, scores on test.

    models: name -> grid, such as {"random_forest": {"max_depth": [4, 8]}}. extractors: likewise, {"V1": {}} by default.
    """
    return Result(_core.run_experiment(sessions._core.rows, (split or TemporalSplit())._core, _lists(extractors or {"V1": {}}),
                                       _lists(steps or {}), _lists(models), metric, seed, threads))


class GridSearch:
    """The same as an object: settings first, sessions later."""

    def __init__(self, models: Mapping[str, Mapping[str, Any]], *, split: TemporalSplit | None = None,
                 extractors: Mapping[str, Mapping[str, Any]] | None = None,
                 steps: Mapping[str, Mapping[str, Any]] | None = None, metric: str = "f1", seed: int = 0, threads: int = 0):
        self.models = models
        self.settings = {"split": split, "extractors": extractors, "steps": steps, "metric": metric, "seed": seed,
                         "threads": threads}

    def fit(self, sessions: SessionTable) -> GridSearch:
        self.result_ = run(sessions, self.models, **self.settings)
        self.batches_ = self.result_.batches
        self.search_ = self.result_.search
        return self


def fit(sessions: SessionTable, model: str, *, extractor: str = "V1", extractor_parameters: Mapping[str, Any] | None = None,
        validation="7d", seed: int = 0, threads: int = 0, **parameters: Any) -> _core.Pipeline:
    """One model for use, as `intent_cli fit` makes it: fitted on all sessions, its threshold chosen on the last stretch."""
    return _core.fit_sessions(sessions._core.rows, model, parameters, extractor, dict(extractor_parameters or {}),
                              microseconds(validation), seed, threads)
