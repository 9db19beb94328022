"""Writes difference.json: Newcombe's interval of the difference of two proportions, by statsmodels."""

import json
from pathlib import Path

import statsmodels
from statsmodels.stats.proportion import confint_proportions_2indep

counts = [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (1180, 1200, 260, 300), (5, 10, 5, 10), (40, 50, 48, 50)]

differences = []
for hits1, total1, hits2, total2 in counts:
    low, high = confint_proportions_2indep(hits1, total1, hits2, total2, compare="diff", method="newcomb")
    differences.append({"first": [hits1, total1], "second": [hits2, total2], "low": float(low), "high": float(high)})

Path(__file__).with_name("difference.json").write_text(
    json.dumps({"versions": {"statsmodels": statsmodels.__version__}, "differences": differences}) + "\n"
)
