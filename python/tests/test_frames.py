"""Tables of pandas, Polars and Arrow give the model that their numbers give, and are not copied on the way."""

import cartwheel
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from cartwheel.frames import columns_of

ROWS = 300


@pytest.fixture
def numbers():
    random = np.random.default_rng(5)
    table = {"a": random.normal(size=ROWS), "b": random.normal(size=ROWS).astype(np.float32),
             "c": random.integers(0, 9, ROWS), "d": random.integers(0, 2, ROWS).astype(bool)}
    y = (table["a"] + table["c"] / 4 + random.normal(size=ROWS) > 1).astype(int)
    return table, y


FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_table_is_its_numbers(kind, numbers):
    table, y = numbers
    x = np.column_stack(list(table.values()))
    frame = FRAMES[kind](table)
    plain = cartwheel.DecisionTreeClassifier(random_state=0).fit(x, y)
    fitted = cartwheel.DecisionTreeClassifier(random_state=0).fit(frame, y)
    assert fitted.pipeline_.feature_names == list(table)
    np.testing.assert_array_equal(fitted.predict_proba(frame), plain.predict_proba(x))


@pytest.mark.parametrize("kind", FRAMES)
def test_columns_of_numbers_are_not_copied(kind):
    memory = np.arange(float(ROWS))
    frame = {"pandas": lambda: pd.DataFrame({"a": memory}, copy=False),
             "polars": lambda: pl.DataFrame({"a": pl.Series(memory)}),
             "arrow": lambda: pa.table({"a": pa.array(memory)})}[kind]()
    first, second = columns_of(frame)[0], columns_of(frame)[0]
    assert np.shares_memory(first, second)
    if kind != "polars":  # which keeps its own copy of what it is made of
        assert np.shares_memory(first, memory)


@pytest.mark.parametrize("kind", FRAMES)
def test_nulls_are_missing_values(kind):
    a = [1.0, None, 3.0, 4.0, None, 6.0] * 20
    y = [0, 1, 0, 1, 1, 1] * 20
    x = np.array([[np.nan if value is None else value] for value in a])
    frame = FRAMES[kind]({"a": a})
    plain = cartwheel.LogisticRegression().fit(x, y)
    np.testing.assert_array_equal(cartwheel.LogisticRegression().fit(frame, y).predict_proba(frame), plain.predict_proba(x))


@pytest.mark.parametrize("kind", FRAMES)
def test_texts_are_categories_of_trees(kind):
    brands = ["x", "y", None, "z"] * 30
    y = [1, 0, 1, 0] * 30
    frame = FRAMES[kind]({"brand": brands})
    tree = cartwheel.DecisionTreeClassifier(random_state=0).fit(frame, y)
    unseen = FRAMES[kind]({"brand": ["z", "x", None, "new"]})
    assert tree.predict(unseen).tolist()[:3] == [0, 1, 1]
    with pytest.raises(ValueError, match="trees alone take texts"):
        cartwheel.LogisticRegression().fit(frame, y)


def test_a_category_of_pandas_and_a_dictionary_of_arrow():
    brands, y = ["x", "y", None, "z"] * 30, [1, 0, 1, 0] * 30
    plain = cartwheel.DecisionTreeClassifier(random_state=0).fit(pd.DataFrame({"brand": brands}), y)
    for frame in (pd.DataFrame({"brand": pd.Categorical(brands)}),
                  pa.table({"brand": pa.array(brands).dictionary_encode()}),
                  pl.DataFrame({"brand": pl.Series(brands, dtype=pl.Categorical)})):
        assert cartwheel.DecisionTreeClassifier(random_state=0).fit(frame, y).pipeline_.to_bytes() == plain.pipeline_.to_bytes()


def test_any_layout_of_an_array(numbers):
    table, y = numbers
    x = np.column_stack([table["a"], table["b"], table["c"]])
    expected = cartwheel.LogisticRegression().fit(x, y).predict_proba(x)
    for other in (np.asfortranarray(x), x[::-1][::-1], np.repeat(x, 2, axis=1)[:, ::2], x.astype(">f8")):
        np.testing.assert_array_equal(cartwheel.LogisticRegression().fit(other, y).predict_proba(other), expected)
