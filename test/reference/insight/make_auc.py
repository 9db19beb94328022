"""Reference data for the interval of a ROC AUC in main/insight: make_auc.py OUT.json

Needs scikit-learn and confidenceinterval (PyPI), which implements DeLong's method. The tests read the JSON file only.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from confidenceinterval import roc_auc_score
from sklearn.metrics import roc_auc_score as area

random = np.random.RandomState(5)


def case(rows, shift, ties):
    labels = random.randint(0, 2, rows)
    values = random.normal(labels * shift, 1)
    values = values.round(1) if ties else values.round(6)
    auc, (low, high) = roc_auc_score(labels.tolist(), values.tolist(), confidence_level=0.95)
    # The package computes in float32.
    assert abs(auc - area(labels, values)) < 1e-6
    return {
        "labels": labels.tolist(),
        "values": values.tolist(),
        "value": float(auc),
        "low": float(low),
        "high": float(high),
    }


with open(sys.argv[1], "w") as file:
    json.dump(
        {
            "versions": {name: version(name) for name in ("scikit-learn", "confidenceinterval", "numpy")},
            "cases": [case(60, 0.8, False), case(300, 0.3, True), case(40, -1.5, False)],
        },
        file,
    )
    file.write("\n")
