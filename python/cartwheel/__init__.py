"""Cartwheel predicts purchase intent from e-commerce clickstreams.

Models with scikit-learn's interface (BernoulliNB, LogisticRegression, DecisionTreeClassifier, RandomForestClassifier), and the
whole way from raw events to honest scores (read_events, SessionTable, FeatureExtractor, TemporalSplit, GridSearch, run).
"""

from ._core import DataError, DeviceError, ParameterError, Pipeline, __version__, generate_events
from .estimators import BernoulliNB, DecisionTreeClassifier, LogisticRegression, RandomForestClassifier
from .experiments import GridSearch, Result, TemporalSplit, fit, run
from .export import to_json, to_onnx
from .sessions import EventLog, FeatureExtractor, SessionTable, read_events

__all__ = [
    "BernoulliNB",
    "DataError",
    "DecisionTreeClassifier",
    "DeviceError",
    "EventLog",
    "FeatureExtractor",
    "GridSearch",
    "LogisticRegression",
    "ParameterError",
    "Pipeline",
    "RandomForestClassifier",
    "Result",
    "SessionTable",
    "TemporalSplit",
    "__version__",
    "fit",
    "generate_events",
    "read_events",
    "run",
    "to_json",
    "to_onnx",
]
