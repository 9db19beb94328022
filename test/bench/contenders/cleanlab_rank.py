"""Ranks labels by cleanlab, the most suspect first: cleanlab_rank.py TASKS.json, prints a list of rows for each task."""

import json
import sys

import numpy as np
from cleanlab.rank import get_label_quality_scores

with open(sys.argv[1]) as file:
    tasks = json.load(file)
ranked = []
for task in tasks:
    ones = np.array(task["probabilities"])
    scores = get_label_quality_scores(
        np.array(task["labels"]), np.stack([1 - ones, ones], axis=1), method="self_confidence"
    )
    ranked.append(np.argsort(scores, kind="stable").tolist())
print(json.dumps(ranked))
