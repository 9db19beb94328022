"""Precision, recall and F1 of both classes, and picked thresholds, by scikit-learn and statsmodels.

python3 -m venv venv && venv/bin/pip install scikit-learn statsmodels && venv/bin/python make_figures.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix, jaccard_score, precision_recall_curve, precision_recall_fscore_support
from statsmodels.stats.proportion import proportion_confint

random = np.random.default_rng(7)
labels = random.integers(0, 2, 80)
# Some equal probabilities, as a model that is sure gives them.
probabilities = np.round(np.clip(random.normal(0.35 + 0.3 * labels, 0.22), 0.001, 0.999), 3)
probabilities[:6] = 0.4


def figures(threshold):
    predicted = (probabilities > threshold).astype(int)
    precision, recall, f1, _ = precision_recall_fscore_support(labels, predicted, labels=[0, 1])
    union = [int(((labels == c) | (predicted == c)).sum()) for c in (0, 1)]
    jaccard = [jaccard_score(labels, predicted, pos_label=c) for c in (0, 1)]
    bounds = [proportion_confint(round(j * n), n, method="wilson") for j, n in zip(jaccard, union)]
    return {
        "threshold": threshold,
        "confusion": confusion_matrix(labels, predicted).tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "f1Bounds": [[2 * b / (1 + b) for b in pair] for pair in bounds],
    }


def picked(positive):
    """What the best threshold gives for a class; scikit-learn's curve has every possible division."""
    score = probabilities if positive == 1 else 1 - probabilities
    precision, recall, _ = precision_recall_curve(labels == positive, score)
    # The last point, without any prediction of the class, has no precision.
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "bestF1": f1.max(),
        "recallAtPrecision80": recall[precision >= 0.8].max(),
        "precisionAtRecall90": precision[recall >= 0.9].max(),
    }


out = {
    "labels": labels.tolist(),
    "probabilities": probabilities.tolist(),
    "figures": [figures(t) for t in (0.3, 0.5, 0.7)],
    "picked": [picked(0), picked(1)],
}
Path(__file__).with_name("figures.json").write_text(json.dumps(out, indent=1) + "\n")
