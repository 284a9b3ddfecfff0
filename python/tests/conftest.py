"""Logs that several tests use."""

import os
import pathlib

import cartwheel
import pytest


@pytest.fixture(scope="session")
def events_csv(tmp_path_factory):
    path = tmp_path_factory.mktemp("events") / "events.csv"
    cartwheel.generate_events(path, events=20_000, seed=7, days=60)
    return path


@pytest.fixture(scope="session")
def log(events_csv):
    return cartwheel.read_events(events_csv)


@pytest.fixture(scope="session")
def sessions(log):
    return cartwheel.SessionTable(log, label="window")


@pytest.fixture(scope="session")
def real_log():
    path = pathlib.Path(os.environ.get("CARTWHEEL_SOURCE_DIR", "."), "../shared/data/store_2016-08_09.csv")
    if not path.exists():
        pytest.skip(f"no data at {path}")
    return cartwheel.read_events(path)
