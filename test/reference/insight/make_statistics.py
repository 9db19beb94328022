"""Reference data for the statistics of main/insight: make_statistics.py OUT.json

Needs scikit-learn, SciPy and statsmodels (PyPI). The tests read the JSON file only.
"""

import json
import sys

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy.optimize import minimize_scalar
from scipy.stats import binom, bootstrap
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, f1_score, log_loss, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

random = np.random.RandomState(11)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def calibration(rows, sureness):
    truth = random.normal(0, 1.5, rows)
    labels = (random.rand(rows) < sigmoid(truth)).astype(int)
    logits = (truth * sureness).round(6)
    probabilities = sigmoid(logits)
    observed, predicted = calibration_curve(labels, probabilities, n_bins=10)
    found = minimize_scalar(
        lambda inverse: log_loss(labels, sigmoid(logits * inverse)),
        bounds=(0.01, 100),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return {
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "observed": observed.tolist(),
        "predicted": predicted.tolist(),
        "temperature": 1 / found.x,
        "loss": log_loss(labels, probabilities),
        "lossScaled": found.fun,
    }


def auc_interval(rows):
    labels = random.randint(0, 2, rows)
    scores = sigmoid(random.normal(labels * 1.2, 1)).round(6)
    interval = bootstrap(
        (labels, scores),
        lambda y, p: roc_auc_score(y, p),
        paired=True,
        vectorized=False,
        n_resamples=20_000,
        method="percentile",
        random_state=3,
    ).confidence_interval
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "value": roc_auc_score(labels, scores),
        "low": interval.low,
        "high": interval.high,
    }


def calibration_error(y, p):
    bins = np.clip(np.ceil(p * 10) - 1, 0, 9)
    return sum(abs(p[bins == b].sum() - y[bins == b].sum()) for b in range(10)) / len(y)


def metric_intervals(labels, scores):
    """Percentile bootstrap intervals of the other metrics on the pictures of `auc_interval`."""
    labels, scores = np.array(labels), np.array(scores)
    metrics = {
        "f1": lambda y, p: f1_score(y, p > 0.5),
        "f1OfClass0": lambda y, p: f1_score(y, p > 0.5, pos_label=0),
        "averagePrecision": average_precision_score,
        "calibrationError": calibration_error,
    }
    found = {}
    for name, metric in metrics.items():
        interval = bootstrap(
            (labels, scores),
            metric,
            paired=True,
            vectorized=False,
            n_resamples=20_000,
            method="percentile",
            random_state=3,
        ).confidence_interval
        found[name] = {"value": metric(labels, scores), "low": interval.low, "high": interval.high}
    return found


pairs = [(14, 5), (5, 14), (0, 0), (7, 7), (1, 0), (120, 80), (0, 40)]
bounds = [(0, 59), (0, 58), (3, 200), (17, 18), (250, 2000), (1, 1)]
calibrations = [calibration(400, 2.5), calibration(150, 0.4)]
auc = auc_interval(120)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(
        {
            "versions": {
                "scikit-learn": sklearn.__version__,
                "scipy": scipy.__version__,
                "statsmodels": statsmodels.__version__,
            },
            "mcnemar": [
                {"a": a, "b": b, "p": mcnemar([[9, a], [b, 9]], exact=True).pvalue}
                for a, b in pairs
            ],
            "binomial": [
                {"k": k, "n": n, "p": p, "cdf": binom.cdf(k, n, p)}
                for k, n, p in [(0, 59, 0.05), (3, 80, 0.05), (900, 2000, 0.5), (5, 5, 0.3), (40, 5000, 0.01)]
            ],
            # One-sided at 95% is the upper end of the two-sided interval at 90%.
            "upperBound": [
                {"k": k, "n": n, "bound": proportion_confint(k, n, alpha=0.1, method="beta")[1]}
                for k, n in bounds
            ],
            "calibration": calibrations,
            "auc": auc,
            "metricIntervals": metric_intervals(auc["labels"], auc["scores"]),
        },
        file,
    )
