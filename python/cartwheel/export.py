"""Fitted models for other programs: ONNX for any runtime, JSON of trees for the eye and for scripts.

    python -m cartwheel.export model.cwm --onnx model.onnx
    python -m cartwheel.export model.cwm --json trees.json

Nothing is imported from such files: a model file (.cwm) is the only one that Cartwheel loads, and it holds no code.
"""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

import numpy as np

from . import _core


def _pipeline(model) -> _core.Pipeline:
    return getattr(model, "pipeline_", model)


def to_json(model) -> str:
    """The trees of a decision tree or a forest, as JSON: {"model", "features", "levels", "trees": [[node, ...], ...]}.

    Node 0 is the root. A row goes to `left` where its value of column `feature` is at most `threshold` (null: wherever it has
    a value), else to `right`; where the value is missing, `missing_left` decides. Of a column of categories, rows of `levels`
    (places in levels[feature]) go away from where the missing ones go, all others with them. A leaf has no `feature`; its
    `probability` is P(y = 1), and a forest's is the mean over its trees.

    model: an estimator, or a Pipeline.
    """
    fitted = _pipeline(model).describe()
    if "trees" not in fitted:
        raise _core.ParameterError(f"a {fitted['model']} has no trees; export it by to_onnx")
    for tree in fitted["trees"]:
        for node in tree:
            if math.isinf(node.get("threshold", 0.0)):
                node["threshold"] = None
    kept = ("model", "features", "levels", "trees")
    return json.dumps({key: fitted[key] for key in kept}, allow_nan=False)


class _Graph:
    """An ONNX graph while it grows. Numbers are doubles between the input and the probabilities."""

    def __init__(self):
        from onnx import helper, numpy_helper

        self.helper, self.numpy_helper = helper, numpy_helper
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(self.numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator: str, *inputs: str, output: str | None = None, domain: str = "", **attributes) -> str:
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(operator, list(inputs), [output], domain=domain, **attributes))
        return output

    def to_double(self, value: str) -> str:
        return self.add("Cast", value, to=11)

    def to_float(self, value: str) -> str:
        return self.add("Cast", value, to=1)


def _indicators(graph: _Graph, missing: str, columns) -> str:
    """1 where one of `columns` is missing, as doubles [rows x indicators]."""
    return graph.to_double(graph.add("Gather", missing, graph.constant(np.asarray(columns, dtype=np.int64)), axis=1))


def _linear(graph: _Graph, x: str, fitted: dict) -> str:
    missing = graph.add("IsNaN", x)
    coefficients = np.asarray(fitted["coefficients"], dtype=np.float64)
    means = np.asarray(fitted["column_means"], dtype=np.float64)
    filled = graph.add("Where", missing, graph.constant(means), graph.to_double(x))
    score = graph.add("MatMul", filled, graph.constant(coefficients[: len(means), None]))
    if fitted["indicators"]:
        more = graph.add("MatMul", _indicators(graph, missing, fitted["indicators"]),
                         graph.constant(coefficients[len(means):, None]))
        score = graph.add("Add", score, more)
    return graph.add("Sigmoid", graph.add("Add", score, graph.constant(np.float64(fitted["intercept"]))))


def _bayes(graph: _Graph, x: str, fitted: dict) -> str:
    cut = np.float64(fitted["binarize"] if fitted["binarize"] is not None else 0.0)
    set_, clear = (np.reshape(np.asarray(fitted[name]), (2, -1)) for name in ("feature_log_prob", "feature_log_clear"))
    prior = fitted["class_log_prior"]
    gain = (set_[1] - set_[0]) - (clear[1] - clear[0])
    bits = graph.to_double(graph.add("Greater", graph.to_double(x), graph.constant(cut)))
    columns = len(fitted["features"])
    score = graph.add("MatMul", bits, graph.constant(gain[:columns, None]))
    if fitted["indicators"]:
        more = graph.add("MatMul", _indicators(graph, graph.add("IsNaN", x), fitted["indicators"]),
                         graph.constant(gain[columns:, None]))
        score = graph.add("Add", score, more)
    base = np.float64(prior[1] - prior[0] + (clear[1] - clear[0]).sum())
    return graph.add("Sigmoid", graph.add("Add", score, graph.constant(base)))


def _trees(graph: _Graph, x: str, fitted: dict) -> str:
    if any(fitted["levels"]):
        raise _core.ParameterError("this model splits columns of categories, which ONNX's trees cannot; export it by to_json")
    names = ("nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_modes", "nodes_values", "nodes_truenodeids",
             "nodes_falsenodeids", "nodes_missing_value_tracks_true", "target_treeids", "target_nodeids", "target_ids",
             "target_weights")
    lists: dict[str, list] = {name: [] for name in names}
    trees = fitted["trees"]
    for t, tree in enumerate(trees):
        for n, node in enumerate(tree):
            leaf = "feature" not in node
            row = (t, n, node.get("feature", 0), "LEAF" if leaf else "BRANCH_LEQ", float(node.get("threshold", 0.0)),
                   node.get("left", 0), node.get("right", 0), int(node.get("missing_left", False)))
            for name, value in zip(names, row):
                lists[name].append(value)
            if leaf:
                for name, value in zip(names[8:], (t, n, 0, node["probability"] / len(trees))):
                    lists[name].append(value)
    total = graph.add("TreeEnsembleRegressor", x, domain="ai.onnx.ml", n_targets=1, aggregate_function="SUM",
                      post_transform="NONE", **lists)
    return graph.to_double(total)


def to_onnx(model):
    """The model as an onnx.ModelProto (pip install onnx). Probabilities are the model's to 1e-6.

    Input `x`: float [rows x features], NaN for missing values: the columns of Pipeline.feature_names, which for a model of
    sessions are its extractor's. Outputs: `label`, int64 [rows], 1 where P(y = 1) is at least the threshold, and
    `probabilities`, float [rows x 2].

    model: an estimator, or a Pipeline whose steps, if any, are standard scalers.
    """
    import onnx

    pipeline = _pipeline(model)
    fitted = pipeline.describe()
    features = pipeline.feature_names
    graph = _Graph()
    x = "x"
    for step in fitted["steps"]:
        if step["name"] != "standard_scaler":
            raise _core.ParameterError(f"step {step['name']} cannot be exported to ONNX; only standard_scaler can")
        centred = graph.add("Sub", graph.to_double(x), graph.constant(np.asarray(step["mean"], dtype=np.float64)))
        x = graph.to_float(graph.add("Div", centred, graph.constant(np.asarray(step["scale"], dtype=np.float64))))
    makers = {"logistic_regression": _linear, "bernoulli_nb": _bayes, "decision_tree": _trees, "random_forest": _trees}
    positive = makers[fitted["model"]](graph, x, fitted)
    negative = graph.add("Sub", graph.constant(np.float64(1.0)), positive)
    graph.add("Cast", graph.add("Concat", negative, positive, axis=1), output="probabilities", to=1)
    decision = graph.add("GreaterOrEqual", positive, graph.constant(np.float64(fitted["threshold"])))
    graph.add("Squeeze", graph.add("Cast", decision, to=7), graph.constant(np.array([1])), output="label")

    make = graph.helper.make_tensor_value_info
    proto = graph.helper.make_model(
        graph.helper.make_graph(
            graph.nodes, "cartwheel", [make("x", onnx.TensorProto.FLOAT, [None, len(features)])],
            [make("label", onnx.TensorProto.INT64, [None]), make("probabilities", onnx.TensorProto.FLOAT, [None, 2])],
            graph.constants),
        producer_name="cartwheel", producer_version=_core.__version__, ir_version=8,
        opset_imports=[graph.helper.make_opsetid("", 16), graph.helper.make_opsetid("ai.onnx.ml", 1)])
    graph.helper.set_model_props(proto, {"model": fitted["model"], "features": json.dumps(features)})
    onnx.checker.check_model(proto)
    return proto


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cartwheel.export", description="Writes a model file as ONNX or JSON.")
    parser.add_argument("model", help="a model file (.cwm)")
    kinds = parser.add_mutually_exclusive_group(required=True)
    kinds.add_argument("--onnx", metavar="FILE")
    kinds.add_argument("--json", metavar="FILE", help="trees alone")
    arguments = parser.parse_args()
    pipeline = _core.Pipeline.load(arguments.model)
    if arguments.onnx:
        with open(arguments.onnx, "wb") as file:
            file.write(to_onnx(pipeline).SerializeToString())
    else:
        with open(arguments.json, "w", encoding="utf-8") as file:
            file.write(to_json(pipeline))


if __name__ == "__main__":
    main()
