"""Reference data for main/insight/k-means.ts: make_k_means.py OUT.json

Needs NumPy and scikit-learn. The clusters overlap a little, so that Lloyd's algorithm has something to do; the best of
200 starts is the optimum that any good start should find. The tests read the JSON file only.
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans

random = np.random.RandomState(14)
cases = []
# Numbers of clusters and columns that are and are not multiples of four.
for sizes, width in (([60, 45, 30, 20, 12], 10), ([50, 40, 30, 20], 8), ([40, 33, 27, 21, 16, 12, 9], 3)):
    centres = random.randn(len(sizes), width) * (9 / np.sqrt(width))
    x = np.concatenate([centre + random.randn(size, width) for centre, size in zip(centres, sizes)])
    x = x[random.permutation(len(x))].astype(np.float32)
    found = KMeans(len(sizes), n_init=200, random_state=0, tol=0, max_iter=1000).fit(x.astype(np.float64))
    counts = np.bincount(found.labels_)
    nearest = [
        int(min(np.flatnonzero(found.labels_ == at), key=lambda row: np.sum((x[row] - found.cluster_centers_[at]) ** 2)))
        for at in np.argsort(-counts, kind="stable")
    ]
    assert len(set(counts)) == len(sizes), "sizes must differ, since rows are sorted by them"
    cases.append({"rows": [[float(value) for value in row] for row in x], "clusters": len(sizes), "nearest": nearest})

with open(sys.argv[1], "w") as out:
    json.dump({"sklearn": sklearn.__version__, "cases": cases}, out)
    out.write("\n")
