"""Reference data for main/insight: make_insight.py OUT.json

Needs scikit-learn (Debian: python3-sklearn) and cleanlab 2.9.0 (PyPI). The tests read the JSON file only.
"""

import json
import sys

import cleanlab
import numpy as np
import sklearn
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

random = np.random.RandomState(7)


def probe_cases():
    """More rows than columns and fewer, with a column that never changes."""
    for rows, columns, c in [(60, 8, 1.0), (60, 8, 0.01), (12, 30, 0.1)]:
        x = random.gamma(2, 1, (rows, columns)).astype("float32")
        x[:, 2] = 0.5
        y = (x[:, 0] - x[:, 1] + random.normal(0, 1, rows) > 0).astype(int)
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=c, tol=1e-10, max_iter=100_000)
        )
        model.fit(x.astype("float64"), y)
        yield {
            "x": x.round(6).tolist(),
            "y": y.tolist(),
            "c": c,
            "probabilities": model.predict_proba(x.astype("float64"))[:, 1].tolist(),
        }


def label_errors(rows, noise):
    truth = random.randint(0, 2, rows)
    labels = np.where(random.rand(rows) < noise, 1 - truth, truth)
    ones = 1 / (1 + np.exp(-random.normal((truth * 2 - 1) * 1.5, 1.2)))
    probabilities = np.stack([1 - ones, ones], 1)
    scores = get_label_quality_scores(labels, probabilities, method="self_confidence")
    return {
        "labels": labels.tolist(),
        "probabilities": ones.tolist(),
        "selfConfidence": scores.tolist(),
        "errors": np.flatnonzero(
            find_label_issues(labels, probabilities, filter_by="confident_learning")
        ).tolist(),
    }


vectors = random.gamma(2, 1, (20, 6))
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(
        {
            "versions": {
                "scikit-learn": sklearn.__version__,
                "cleanlab": cleanlab.__version__,
            },
            "probe": list(probe_cases()),
            "labelErrors": [label_errors(200, 0.08), label_errors(40, 0.3)],
            "cosine": {
                "vectors": vectors.tolist(),
                "similarity": cosine_similarity(vectors).tolist(),
            },
        },
        file,
    )
