"""From events to columns."""

import cartwheel
import numpy as np
import pandas as pd
import pytest


def test_a_log_is_the_files_rows(events_csv, log):
    ours, theirs = log.frame(), pd.read_csv(events_csv)
    assert len(log) == len(ours) == len(theirs)
    assert (ours["time"] == pd.to_datetime(theirs["event_time"], utc=True)).all()
    assert (ours["type"].astype(str) == theirs["event_type"]).all()
    np.testing.assert_allclose(ours["price"], theirs["price"], atol=1e-9)
    assert (ours["session"].astype(str) == theirs["user_session"].astype(str)).all()
    assert (ours["brand"].isna() == theirs["brand"].isna()).all()
    assert log.account.set_index("name")["count"].iloc[0] == len(log)


def test_sessions_are_labelled_by_the_definition(log, sessions):
    events = log.frame().sort_values("time", kind="stable")
    first = events.groupby("session", observed=True, sort=False).head(3)
    sizes = first.groupby("session", observed=True).size()
    whole = sizes.index[sizes == 3]
    target = first[first["session"].isin(whole)].groupby("session", observed=True)["type"].agg(
        lambda types: int(types.isin(["cart", "purchase"]).any()))
    frame = sessions.frame()
    assert len(frame) == len(sessions) == len(whole)
    assert frame.set_index("session")["label"].astype(int).sort_index().equals(
        target.rename("label").set_axis(target.index.astype(str)).rename_axis("session").sort_index().astype(int))
    assert frame["start"].is_monotonic_increasing
    np.testing.assert_array_equal(sessions.label, frame["label"])


def test_an_extractor_learns_and_transforms(sessions):
    rows = np.arange(len(sessions)) < len(sessions) // 2
    extractor = cartwheel.FeatureExtractor("V2", groups="base,priors")
    training = extractor.fit_transform(sessions, rows, train_end=sessions.frame()["label_time"][rows].max())
    rest = extractor.transform(sessions, ~rows)
    assert len(training) == rows.sum() and len(rest) == (~rows).sum()
    assert list(training) == list(rest) == list(extractor.definitions()["name"])
    assert set(training.dtypes.astype(str)) == {"float32"}


def test_a_model_of_sessions_scores_them(sessions, tmp_path):
    pipeline = cartwheel.fit(sessions, "random_forest", n_estimators=10, max_depth=6)
    rows = np.arange(len(sessions), dtype=np.uint32)
    scores = pipeline.predict_rows(sessions._core.rows, rows)
    pipeline.save(tmp_path / "m.cwm")
    loaded = cartwheel.Pipeline.load(tmp_path / "m.cwm")
    np.testing.assert_array_equal(loaded.predict_rows(sessions._core.rows, rows), scores)
    assert scores[sessions.label == 1].mean() > scores[sessions.label == 0].mean()


@pytest.mark.parametrize("wrong, error", [
    (lambda log, s: cartwheel.read_events("nowhere.csv"), cartwheel.DataError),
    (lambda log, s: cartwheel.SessionTable(log, label="past"), cartwheel.ParameterError),
    (lambda log, s: cartwheel.SessionTable(log, target=["view"]), cartwheel.ParameterError),
    (lambda log, s: cartwheel.SessionTable(log, horizon="soon"), cartwheel.ParameterError),
    (lambda log, s: cartwheel.FeatureExtractor("V7"), cartwheel.ParameterError),
    (lambda log, s: cartwheel.FeatureExtractor("V1").fit_transform(s, [len(s)]), cartwheel.DataError),
    (lambda log, s: cartwheel.FeatureExtractor("V1").transform(s), cartwheel.ParameterError),
], ids=["file", "label", "target", "horizon", "extractor", "row", "unfitted"])
def test_errors_are_value_errors(log, sessions, wrong, error):
    with pytest.raises(error) as caught:
        wrong(log, sessions)
    assert isinstance(caught.value, ValueError)


def test_a_view_outlives_its_table(log):
    label = cartwheel.SessionTable(log, label="window").label
    np.testing.assert_array_equal(label, cartwheel.SessionTable(log, label="window").label)
