"""What is exported scores as the model does."""

import json
import subprocess
import sys

import cartwheel
import numpy as np
import onnx
import onnxruntime
import pytest

MODELS = ["bernoulli_nb", "logistic_regression", "decision_tree", "random_forest"]


def scores_by_onnx(proto, x):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(["label", "probabilities"], {"x": x})


def expect_same_scores(pipeline, x, scores):
    label, probabilities = scores_by_onnx(cartwheel.to_onnx(pipeline), x)
    np.testing.assert_allclose(probabilities[:, 1], scores, atol=1e-6, rtol=0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-6)
    clear = np.abs(scores - pipeline.threshold) > 1e-6
    np.testing.assert_array_equal(label[clear], (scores >= pipeline.threshold)[clear])


def expect_same_scores_of_sessions(pipeline, sessions):
    rows = np.arange(len(sessions), dtype=np.uint32)
    names, columns = pipeline.features(sessions._core.rows, rows)
    assert names == pipeline.feature_names
    expect_same_scores(pipeline, np.column_stack(columns), pipeline.predict_rows(sessions._core.rows, rows))


@pytest.mark.parametrize("extractor", ["V1", "V2"])
@pytest.mark.parametrize("model", MODELS)
def test_onnx_scores_sessions(model, extractor, sessions):
    expect_same_scores_of_sessions(cartwheel.fit(sessions, model, extractor=extractor), sessions)


@pytest.mark.parametrize("model", MODELS)
def test_onnx_scores_a_real_shop(model, real_log):
    sessions = cartwheel.SessionTable(real_log, label="window")
    expect_same_scores_of_sessions(cartwheel.fit(sessions, model, extractor="V2"), sessions)


ESTIMATORS = [cartwheel.BernoulliNB(), cartwheel.LogisticRegression(), cartwheel.DecisionTreeClassifier(random_state=0),
              cartwheel.RandomForestClassifier(20, random_state=0)]


@pytest.fixture
def gaps():
    """Rows with missing values, some columns without any."""
    random = np.random.default_rng(2)
    x = random.normal(size=(500, 6)).astype(np.float32)
    y = (x[:, 0] + 0.5 * x[:, 1] + random.normal(size=500) > 0).astype(int)
    x[random.random((500, 6)) < [0, 0.3, 0.1, 0, 0.05, 0]] = np.nan
    return x, y


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_onnx_scores_missing_values(estimator, gaps):
    x, y = gaps
    estimator.fit(x, y)
    expect_same_scores(estimator.pipeline_, x, estimator.predict_proba(x)[:, 1])


def leaf_of(tree, row):
    node = tree[0]
    while "feature" in node:
        value = row[node["feature"]]
        if np.isnan(value):
            left = node["missing_left"]
        else:
            left = node["threshold"] is None or value <= np.float32(node["threshold"])
        node = tree[node["left" if left else "right"]]
    return node


@pytest.mark.parametrize("estimator", ESTIMATORS[2:], ids=lambda e: type(e).__name__)
def test_json_has_the_trees(estimator, gaps):
    x, y = gaps
    estimator.fit(x, y)
    document = json.loads(cartwheel.to_json(estimator))
    scores = [np.mean([leaf_of(tree, row)["probability"] for tree in document["trees"]]) for row in x[:100]]
    np.testing.assert_allclose(scores, estimator.predict_proba(x[:100])[:, 1], atol=1e-12)
    assert len(document["features"]) == 6


def test_what_cannot_be_exported_is_an_error(gaps):
    import pandas as pd

    with pytest.raises(cartwheel.ParameterError, match="no trees"):
        cartwheel.to_json(cartwheel.BernoulliNB().fit(*gaps))
    texts = cartwheel.DecisionTreeClassifier().fit(pd.DataFrame({"a": ["x", "y"] * 20}), [0, 1] * 20)
    with pytest.raises(cartwheel.ParameterError, match="categories"):
        cartwheel.to_onnx(texts)
    assert '"levels"' in cartwheel.to_json(texts)


def test_a_model_file_is_exported_from_the_shell(gaps, tmp_path):
    forest = cartwheel.RandomForestClassifier(5, random_state=0).fit(*gaps)
    forest.save(tmp_path / "m.cwm")
    for kind in ("onnx", "json"):
        subprocess.run([sys.executable, "-m", "cartwheel.export", tmp_path / "m.cwm", f"--{kind}", tmp_path / f"m.{kind}"],
                       check=True)
    x, _ = gaps
    _, probabilities = scores_by_onnx(onnx.load(tmp_path / "m.onnx"), x)
    np.testing.assert_allclose(probabilities[:, 1], forest.predict_proba(x)[:, 1], atol=1e-6)
    assert (tmp_path / "m.json").read_text() == cartwheel.to_json(forest)
