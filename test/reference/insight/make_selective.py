"""Reference data for main/insight/selective.ts: make_selective.py OUT.json

Needs NumPy and SciPy. Clopper-Pearson bounds are quantiles of the beta distribution here, where Twofold sums binomial
probabilities. The tests read the JSON file only.
"""

import json
import sys

import numpy as np
import scipy
from scipy.stats import beta

random = np.random.RandomState(15)


def upper(wrong, answers, delta):
    return 1.0 if wrong >= answers else float(beta.ppf(1 - delta, wrong + 1, answers - wrong))


def counts(risk, delta, most):
    """For 0, 1, 2, ... errors (from 20 on in steps of 5%) the fewest answers whose upper bound is at most `risk`."""
    found, errors, answers = [], 0, 1
    while True:
        while upper(errors, answers, delta) > risk:
            answers += 1
        if answers >= most:
            return found
        found.append(answers)
        errors += max(1, errors // 20)


def select(confidences, wrong, risk, delta):
    """How many of the most confident are answered, and how many of them wrongly: the last set before a test fails."""
    order = np.argsort(-confidences, kind="stable")
    best = (0, 0)
    for count in counts(risk, delta, len(order)) + [len(order)]:
        chosen = confidences >= confidences[order[count - 1]]
        if upper(int(wrong[chosen].sum()), int(chosen.sum()), delta) > risk:
            break
        best = (int(chosen.sum()), int(wrong[chosen].sum()))
    return best


def case(name, pictures, rate, digits, risk=0.05, delta=0.05):
    """Pictures of which those of confidence c are wrong at a rate of rate(c); predicted as class 1, then as class 0."""
    confidences = (0.5 + 0.5 * random.beta(2, 0.6, pictures)).clip(0.5000001, 1).round(digits)
    is_one = random.rand(pictures) < 0.5
    wrong = random.rand(pictures) < rate(confidences)
    # As Twofold sees them: 1 - (1 - c) is not always c.
    probabilities = np.where(is_one, confidences, 1 - confidences)
    seen = np.where(is_one, probabilities, 1 - probabilities)
    return {
        "name": name,
        "risk": risk,
        "delta": delta,
        "probabilities": probabilities.tolist(),
        "labels": (is_one ^ wrong).astype(int).tolist(),
        "selected": [
            dict(zip(("answered", "wrong"), select(seen[side], wrong[side], risk, delta)))
            for side in (~is_one, is_one)
        ],
    }


with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(
        {
            "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
            "counts": [
                {"risk": risk, "delta": delta, "most": most, "counts": counts(risk, delta, most)}
                for risk, delta, most in [(0.05, 0.05, 3000), (0.01, 0.05, 2000), (0.2, 0.1, 400), (0.05, 0.05, 59)]
            ],
            "cases": [
                case("more confident pictures are right more often", 700, lambda c: 1.3 * (1 - c), 9),
                case("few pictures", 130, lambda c: 0.01, 9),
                case("equal confidences", 500, lambda c: 0.4 * (1 - c), 2),
                case("the most confident are wrong", 900, lambda c: np.where(c > 0.99, 0.4, 0.005), 9),
                case("another risk", 300, lambda c: 1 - c, 6, risk=0.2, delta=0.1),
            ],
        },
        file,
    )
