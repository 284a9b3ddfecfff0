"""The library's models as scikit-learn's estimators for two classes. Missing values are NaN; the same data, parameters and
random_state give the same model for any n_jobs."""

from __future__ import annotations

import numbers
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from . import _core
from .frames import columns_of, is_frame


class _Classifier(ClassifierMixin, BaseEstimator):
    """What the estimators have in common: data on its way in, classes on their way out."""

    _model: ClassVar[str]
    _takes_categories: ClassVar[bool] = False

    def _core_parameters(self) -> dict[str, Any]:
        """The library's parameters, which have scikit-learn's names."""
        parameters = self.get_params(deep=False)
        for ours in ("n_jobs", "random_state"):
            parameters.pop(ours, None)
        if isinstance(parameters.get("class_weight"), dict):
            given = parameters["class_weight"]
            parameters["class_weight"] = [float(given.get(label, 1.0)) for label in self.classes_.tolist()]
        return parameters

    def _seed(self) -> int:
        state = getattr(self, "random_state", None)
        if isinstance(state, numbers.Integral):
            return int(state)
        return int(check_random_state(state).randint(2**31))

    def _threads(self) -> int:
        """scikit-learn's n_jobs: None and -1 are all cores."""
        jobs = getattr(self, "n_jobs", None)
        return 0 if jobs is None or jobs < 0 else int(jobs)

    def _columns(self, x, reset: bool):
        """(names, columns, rows) of the data, checked as scikit-learn checks it."""
        if is_frame(x):
            rows = x.num_rows if hasattr(x, "num_rows") else x.shape[0]
            validate_data(self, x, reset=reset, skip_check_array=True)
            if rows < 1:
                raise ValueError(f"Found array with 0 sample(s) (shape=({rows}, {self.n_features_in_})) while a minimum of 1 "
                                 f"is required by {type(self).__name__}.")
            columns = columns_of(x)
            if not self._takes_categories and any(isinstance(column, tuple) for column in columns):
                raise ValueError(f"{type(self).__name__} takes numbers, and trees alone take texts: encode them first")
        else:
            x = validate_data(self, x, reset=reset, dtype="numeric", ensure_all_finite="allow-nan")
            if x.dtype.kind not in "biuf" or x.dtype.itemsize > 8 or x.dtype == np.float16 or not x.dtype.isnative:
                x = x.astype(np.float64)
            rows, columns = x.shape[0], list(x.T)
        names = [str(name) for name in getattr(self, "feature_names_in_", range(len(columns)))]
        return names, columns, rows

    def fit(self, X, y, sample_weight=None):
        """Fits the model.

        X: [rows x columns] of numbers, or a table of pandas, Polars or Arrow; NaN and nulls are missing values.
        y: [rows] of two classes. sample_weight: [rows], at least 0.
        """
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        names, columns, rows = self._columns(X, reset=True)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if len(y) != rows:
            raise ValueError(f"Found input variables with inconsistent numbers of samples: [{rows}, {len(y)}]")
        if type_of_target(y) == "multiclass":
            raise ValueError("Only binary classification is supported. The type of the target is multiclass.")
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, np.empty((rows, 0)), dtype=np.float64, ensure_non_negative=True)
        self.classes_, codes = np.unique(y, return_inverse=True)
        counted = codes if weight is None else codes[weight > 0]
        if len(np.unique(counted)) < 2:
            raise ValueError(f"{type(self).__name__} needs two classes, but the data has one class alone")
        self.pipeline_ = _core.fit_table(self._model, self._core_parameters(), names, columns, codes.astype(np.uint8),
                                         weight, self._seed(), self._threads())
        self._after_fit(self.pipeline_.describe())
        return self

    def _after_fit(self, fitted: dict) -> None:
        pass

    def predict_proba(self, X) -> np.ndarray:
        """[rows x 2]: the probability of each class, in the order of classes_."""
        check_is_fitted(self)
        names, columns, rows = self._columns(X, reset=False)
        positive = self.pipeline_.predict_table(names, columns, rows, self._threads())
        return np.column_stack([1.0 - positive, positive])

    def predict(self, X) -> np.ndarray:
        """[rows]: the more probable class."""
        probability = self.predict_proba(X)
        return self.classes_[(probability[:, 1] > probability[:, 0]).astype(int)]

    def predict_log_proba(self, X) -> np.ndarray:
        """[rows x 2]: the logarithm of predict_proba."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def save(self, path) -> None:
        """Writes a model file (.cwm): `intent_cli table` and the C interface read it. Classes become 0 and 1."""
        check_is_fitted(self)
        self.pipeline_.save(path)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags


class BernoulliNB(_Classifier):
    """Naive Bayes on bits: a bit is set where the value is above `binarize`."""

    _model = "bernoulli_nb"

    def __init__(self, *, alpha=1.0, fit_prior=True, class_prior=None, binarize=0.0):
        self.alpha = alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior
        self.binarize = binarize

    def _after_fit(self, fitted):
        shape = (2, -1)
        self.feature_log_prob_ = np.reshape(fitted["feature_log_prob"], shape)
        self.class_log_prior_ = np.asarray(fitted["class_log_prior"])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # as scikit-learn's: bits of clouds of points say little
        return tags


class LogisticRegression(_Classifier):
    """Logistic regression to a certified optimum: l1, l2, elasticnet or no penalty. Columns are taken as given."""

    _model = "logistic_regression"

    def __init__(self, *, penalty="l2", C=1.0, l1_ratio=0.5, fit_intercept=True, class_weight=None, tol=1e-8, max_iter=1000,
                 n_jobs=None):
        self.penalty = penalty
        self.C = C
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.tol = tol
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    def _after_fit(self, fitted):
        self.coef_ = np.asarray([fitted["coefficients"][: self.n_features_in_]])
        self.intercept_ = np.asarray([fitted["intercept"]])
        self.n_iter_ = np.asarray([max(1, fitted["iterations"])])


class _Trees(_Classifier):
    _takes_categories = True

    def _after_fit(self, fitted):
        self.feature_importances_ = np.asarray(fitted["feature_importances"])


class DecisionTreeClassifier(_Trees):
    """CART: exact where a column has at most max_bins distinct values. Missing values go where the gain is better; texts of a
    table are categories, split natively."""

    _model = "decision_tree"

    def __init__(self, *, criterion="gini", max_depth=None, min_samples_split=2, min_samples_leaf=1, max_features=None,
                 min_impurity_decrease=0.0, ccp_alpha=0.0, class_weight=None, max_bins=65535, random_state=None):
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.min_impurity_decrease = min_impurity_decrease
        self.ccp_alpha = ccp_alpha
        self.class_weight = class_weight
        self.max_bins = max_bins
        self.random_state = random_state


class RandomForestClassifier(_Trees):
    """A random forest: the mean of bagged trees. Tree i depends on random_state and i alone."""

    _model = "random_forest"

    def __init__(self, n_estimators=100, *, criterion="gini", max_depth=None, min_samples_split=2, min_samples_leaf=1,
                 max_features="sqrt", min_impurity_decrease=0.0, ccp_alpha=0.0, bootstrap=True, max_samples=None,
                 oob_score=False, class_weight=None, max_bins=255, n_jobs=None, random_state=None):
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.min_impurity_decrease = min_impurity_decrease
        self.ccp_alpha = ccp_alpha
        self.bootstrap = bootstrap
        self.max_samples = max_samples
        self.oob_score = oob_score
        self.class_weight = class_weight
        self.max_bins = max_bins
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _after_fit(self, fitted):
        super()._after_fit(fitted)
        if self.oob_score:
            self.oob_score_ = fitted["oob_score"]
