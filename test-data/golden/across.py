#!/usr/bin/python3
"""Write across.json: what scipy says about seeds, and baycomp about several data sets.

Run it in this folder. It needs scipy 1.17.1, and baycomp 1.0.3 (https://github.com/janezd/baycomp) on the
PYTHONPATH. baycomp draws at random: its probabilities are from 400,000 draws, exact to about 0.002.
"""

import json

import baycomp
import numpy as np
import scipy
from scipy import stats

RANDOM = np.random.default_rng(1947)

# Demsar 2006, table 6, as in statistics.py: C4.5 and C4.5 with m and cf, on 14 data sets.
C45 = [0.763, 0.599, 0.954, 0.628, 0.882, 0.936, 0.661, 0.583, 0.775, 1.000, 0.940, 0.619, 0.972, 0.957]
BOTH = [0.798, 0.569, 0.967, 0.657, 0.898, 0.931, 0.685, 0.625, 0.875, 1.000, 0.962, 0.669, 0.975, 0.970]


def welch_cases():
    for name, first, second in [
        ("five seeds", [0.9163, 0.9181, 0.9172, 0.9159, 0.9190], [0.9140, 0.9155, 0.9131, 0.9162, 0.9149]),
        ("three seeds", [0.91, 0.92, 0.915], [0.90, 0.93, 0.88]),
        ("unequal spreads and numbers", RANDOM.normal(0.9, 0.001, 10), RANDOM.normal(0.89, 0.02, 4)),
        ("far apart", RANDOM.normal(0.9, 0.002, 5), RANDOM.normal(0.8, 0.001, 5)),
    ]:
        result = stats.ttest_ind(first, second, equal_var=False)
        interval = result.confidence_interval(0.95)
        yield {
            "name": name,
            "first": first,
            "second": second,
            "p": result.pvalue,
            "degrees": result.df,
            "low": interval.low,
            "high": interval.high,
        }


def signed_rank_cases():
    for name, first, second, region in [
        ("Demsar's C4.5 with both against plain", BOTH, C45, 1),
        ("the same, turned", C45, BOTH, 1),
        ("a narrow region", BOTH, C45, 0.05),
        ("no region", BOTH[:9], C45[:9], 0),
        ("five, equivalent", [0.913, 0.884, 0.957, 0.701, 0.822], [0.911, 0.885, 0.956, 0.703, 0.821], 0.5),
        ("five, undecided", [0.913, 0.884, 0.957, 0.701, 0.822], [0.921, 0.861, 0.951, 0.733, 0.811], 0.5),
    ]:
        posterior = baycomp.SignedRankTest(
            np.array(second), np.array(first), rope=region / 100, nsamples=400_000, random_state=1
        )
        worse, equivalent, better = posterior.probs()
        yield {
            "name": name,
            "first": first,
            "second": second,
            "region": region,
            "worse": worse,
            "equivalent": equivalent,
            "better": better,
        }


def main():
    golden = {
        "source": f"scipy {scipy.__version__}, baycomp 1.0.3, numpy {np.__version__}",
        "generator": "test-data/golden/across.py",
        "welch": list(welch_cases()),
        "signed_rank": list(signed_rank_cases()),
    }
    with open("across.json", "w") as file:
        json.dump(golden, file, default=lambda array: array.tolist(), allow_nan=False)
        file.write("\n")


main()
