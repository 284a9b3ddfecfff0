"""Experiments, as pandas frames."""

import cartwheel
import numpy as np
import pandas as pd
import pytest

SPLIT = {"train": "28d", "validation": "7d", "test": "7d", "step": "14d"}


def test_batches_keep_to_time(sessions):
    start = sessions.frame()["start"]
    batches = cartwheel.TemporalSplit(**SPLIT, folds=2).batches(sessions)
    assert len(batches) >= 1
    for batch in batches:
        assert len(batch.folds) == 2
        for fold in [*batch.folds, batch.final]:
            assert start[fold.train].max() < fold.train_end <= start[fold.validation].min()
    for train, test in cartwheel.TemporalSplit(**SPLIT).split(sessions):
        assert start[train].max() < start[test].min()


def test_an_experiment_gives_frames(sessions, tmp_path):
    models = {"bernoulli_nb": {"alpha": [0.5, 1.0]}, "decision_tree": {"max_depth": [3, 6], "min_samples_leaf": 5}}
    search = cartwheel.GridSearch(models, split=cartwheel.TemporalSplit(**SPLIT)).fit(sessions)
    assert isinstance(search.batches_, pd.DataFrame) and isinstance(search.search_, pd.DataFrame)
    tried = search.search_
    names = set(search.batches_[search.batches_.columns[1]])
    assert {"bernoulli_nb", "decision_tree", "base_rate"} <= names
    assert len(tried) == 4 * len(cartwheel.TemporalSplit(**SPLIT).batches(sessions))
    again = cartwheel.run(sessions, models, split=cartwheel.TemporalSplit(**SPLIT), threads=1)
    pd.testing.assert_frame_equal(again.batches, search.batches_)
    rows = np.arange(len(sessions), dtype=np.uint32)
    for pipeline in again.models.values():
        assert np.isfinite(pipeline.predict_rows(sessions._core.rows, rows)).all()
    again.write(tmp_path / "out")
    assert (tmp_path / "out/batches.csv").exists()
    assert "bernoulli_nb" in str(again)


@pytest.mark.parametrize("change", [{"models": {"svm": {}}}, {"models": {"decision_tree": {"max_dpeth": [3]}}},
                                    {"metric": "f7"}, {"extractors": {"V9": {}}}], ids=lambda c: next(iter(c)))
def test_misspelt_names_are_errors(sessions, change):
    settings = {"models": {"decision_tree": {}}, "split": cartwheel.TemporalSplit(**SPLIT), **change}
    with pytest.raises(cartwheel.ParameterError):
        cartwheel.run(sessions, **settings)
