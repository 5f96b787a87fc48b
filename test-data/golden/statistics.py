#!/usr/bin/python3
"""Write statistics.json: what scipy, statsmodels and baycomp say about comparisons of classifiers.

Run it in this folder. It needs Debian's python3-scipy, python3-statsmodels and python3-sklearn, and
baycomp 1.0.3 (https://github.com/janezd/baycomp) on the PYTHONPATH. No library has the corrected
resampled t-test: it is written out below from Nadeau and Bengio, "Inference for the Generalization
Error", Machine Learning 52, 2003. The first paired case is the example "Statistical comparison of models
using grid search" of scikit-learn 1.4's documentation, which prints t = 0.750, a one-sided p of 0.227, a
95 % interval of -0.016445 to 0.036445, and P(equivalent) = 0.432.
"""

import json

import baycomp
import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import stats
from scipy.stats import studentized_range
from sklearn.datasets import make_moons
from sklearn.metrics import f1_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC
from statsmodels.stats.contingency_tables import cochrans_q, mcnemar
from statsmodels.stats.multitest import multipletests

RANDOM = np.random.default_rng(2003)

# Demsar, "Statistical Comparisons of Classifiers over Multiple Data Sets", 2006, table 6: AUC of C4.5,
# with m, with cf, with both, on 14 data sets. The paper's average ranks are 3.143, 2.000, 2.893, 1.964.
# They rank 0.9751 above its neighbour 0.975, hence its fourth digit.
DEMSAR = [
    [0.763, 0.768, 0.771, 0.798],
    [0.599, 0.591, 0.590, 0.569],
    [0.954, 0.971, 0.968, 0.967],
    [0.628, 0.661, 0.654, 0.657],
    [0.882, 0.888, 0.886, 0.898],
    [0.936, 0.931, 0.916, 0.931],
    [0.661, 0.668, 0.609, 0.685],
    [0.583, 0.583, 0.563, 0.625],
    [0.775, 0.838, 0.866, 0.875],
    [1.000, 1.000, 1.000, 1.000],
    [0.940, 0.962, 0.965, 0.962],
    [0.619, 0.666, 0.614, 0.669],
    [0.972, 0.981, 0.9751, 0.975],
    [0.957, 0.978, 0.946, 0.970],
]


def mcnemar_cases():
    for first, second in [(0, 0), (1, 0), (5, 5), (25, 15), (9, 3), (121, 59), (310, 210), (2000, 1900), (3, 400)]:
        table = [[50, first], [second, 50]]
        yield {"first": first, "second": second, "p": mcnemar(table, exact=True).pvalue}


def holm_cases():
    for p in [[0.01], [0.04, 0.01, 0.03], [0.5, 0.6, 0.7, 0.001], [0.02, 0.02, 0.02], RANDOM.random(21) ** 4]:
        yield {"p": p, "adjusted": multipletests(p, method="holm")[1]}


def cochran_cases():
    for models, images in [(2, 50), (3, 40), (7, 500)]:
        correct = (RANDOM.random((images, models)) < np.linspace(0.6, 0.75, models)).astype(int)
        result = cochrans_q(correct)
        yield {"correct": correct.T, "statistic": result.statistic, "p": result.pvalue}


def nadeau_bengio(differences, test_share):
    count = len(differences)
    error = np.sqrt((1 / count + test_share) * np.var(differences, ddof=1))
    t = np.mean(differences) / error
    low, high = stats.t.interval(0.95, count - 1, np.mean(differences), error)
    return {"t": t, "p": 2 * stats.t.sf(abs(t), count - 1), "low": low, "high": high}


def paired_case(name, first, second, folds, region):
    first, second = np.asarray(first), np.asarray(second)
    runs = len(first) // folds
    worse, equivalent, better = baycomp.two_on_single(second, first, rope=region / 100, runs=runs)
    return {
        "name": name,
        "first": first,
        "second": second,
        "folds": folds,
        "region": region,
        "difference": np.mean(first - second),
        **nadeau_bengio(first - second, 1 / (folds - 1)),
        "worse": worse,
        "equivalent": equivalent,
        "better": better,
    }


def paired_cases():
    moons, classes = make_moons(noise=0.352, random_state=1, n_samples=100)
    splits = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    rbf = cross_val_score(SVC(kernel="rbf", random_state=0), moons, classes, cv=splits, scoring="roc_auc")
    linear = cross_val_score(SVC(kernel="linear", random_state=0), moons, classes, cv=splits, scoring="roc_auc")
    yield paired_case("scikit-learn's example", rbf, linear, 10, 1)

    for name, count, folds, gain, noise, region in [
        ("clearly better", 5, 5, 0.031, 0.003, 0.5),
        ("clearly worse", 10, 5, -0.02, 0.004, 0.5),
        ("equivalent", 10, 10, 0.0003, 0.002, 0.5),
        ("undecided", 5, 5, 0.004, 0.006, 0.5),
        ("two folds", 2, 2, 0.01, 0.002, 0.1),
        ("a region of two points", 20, 10, 0.015, 0.008, 2),
    ]:
        second = 0.9 + RANDOM.normal(0, 0.01, count)
        yield paired_case(name, second + gain + RANDOM.normal(0, noise, count), second, folds, region)


def nemenyi_cases():
    for count in [2, 3, 4, 5, 7, 10, 20]:
        for level in [0.1, 0.05, 0.01]:
            q = studentized_range.ppf(1 - level, count, np.inf)
            yield {"count": count, "level": level, "q": q, "survival": studentized_range.sf(q, count, np.inf)}


def friedman_cases():
    many = RANDOM.normal(0, 1, (30, 7)) + np.arange(7) / 5
    for name, scores in [("Demsar's table 6", DEMSAR), ("seven on thirty", many), ("with ties", np.round(many[:6]))]:
        scores = np.asarray(scores)
        data_sets, count = scores.shape
        statistic, p = stats.friedmanchisquare(*scores.T)
        q = studentized_range.ppf(0.95, count, np.inf) / np.sqrt(2)
        yield {
            "name": name,
            "scores": scores,
            "ranks": stats.rankdata(-scores, axis=1).mean(axis=0),
            "friedman": statistic,
            "p": p,
            "difference": q * np.sqrt(count * (count + 1) / (6 * data_sets)),
        }


def spread_cases():
    for values in [[0.91, 0.92], [0.912, 0.917, 0.909, 0.915, 0.911]]:
        error = stats.sem(values)
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
        yield {"values": values, "mean": np.mean(values), "deviation": np.std(values, ddof=1), "low": low, "high": high}


def bootstrap_case():
    labels = RANDOM.choice(4, 300, p=[0.4, 0.3, 0.2, 0.1])
    predicted = np.where(RANDOM.random(300) < 0.75, labels, RANDOM.choice(4, 300))

    def macro_f1(truth, answers):
        return f1_score(truth, answers, labels=range(4), average="macro", zero_division=0)

    interval = stats.bootstrap(
        (labels, predicted), macro_f1, paired=True, vectorized=False, n_resamples=20000, method="percentile", rng=1
    ).confidence_interval
    return {"labels": labels, "predicted": predicted, "low": interval.low, "high": interval.high}


def main():
    golden = {
        "source": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, baycomp 1.0.3,"
        f" scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "generator": "test-data/golden/statistics.py",
        "mcnemar": list(mcnemar_cases()),
        "holm": list(holm_cases()),
        "cochran": list(cochran_cases()),
        "paired": list(paired_cases()),
        "nemenyi": list(nemenyi_cases()),
        "friedman": list(friedman_cases()),
        "spread": list(spread_cases()),
        "bootstrap": bootstrap_case(),
    }
    with open("statistics.json", "w") as file:
        json.dump(golden, file, default=lambda array: array.tolist(), allow_nan=False)
        file.write("\n")


main()
