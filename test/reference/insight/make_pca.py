"""Reference data for main/insight/pca.ts: make_pca.py OUT.json

Needs scikit-learn (Debian: python3-sklearn). The tests read the JSON file only.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from sklearn.decomposition import PCA

random = np.random.RandomState(14)


def case(name, x, count):
    x = x.astype(np.float32).round(4)
    pca = PCA(count, svd_solver="full").fit(x.astype(np.float64))
    return {
        "name": name,
        "x": [[round(float(v), 4) for v in row] for row in x],
        "variances": pca.explained_variance_.tolist(),
        "ratios": pca.explained_variance_ratio_.tolist(),
        "scores": pca.transform(x.astype(np.float64)).round(6).tolist(),
    }


# Positive and far from the origin, as square roots of activations are.
vectors = np.sqrt(np.abs(random.normal(0, 1, (90, 5)) @ random.normal(0, 1, (5, 24)) + random.normal(0, 0.3, (90, 24))))
cases = [
    case("more rows than columns", vectors, 2),
    case("fewer rows than columns", np.sqrt(np.abs(random.normal(1, 1, (9, 40)))), 2),
    case("nearly equal variances", random.normal(0, 1, (200, 6)) * [1, 0.995, 0.99, 0.5, 0.5, 0.5], 2),
    case("three rows", np.sqrt(np.abs(random.normal(1, 1, (3, 10)))), 2),
]
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(
        {"versions": {name: version(name) for name in ("scikit-learn", "numpy")}, "cases": cases}, file
    )
    file.write("\n")
