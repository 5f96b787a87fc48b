#!/usr/bin/python3
"""Write evaluation.json: predictions, and what scikit-learn and scipy say about them.

Run it in this folder; it needs python3-sklearn 1.4 (scikit-learn 1.4.2, scipy, numpy).
Logits are multiples of 1/64, exact in single precision. A metric that scikit-learn refuses or
leaves undefined is null, or 0 where its zero_division=0 says so.
"""

import json
import math
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn import metrics

warnings.filterwarnings("ignore", category=UserWarning)
warnings.filterwarnings("ignore", category=RuntimeWarning)


def exact(logits):
    return np.round(np.asarray(logits) * 64) / 64


def drawn(seed, images, shares, signal):
    """Draw labels by their shares, and normal logits that favour the truth by `signal`."""
    random = np.random.default_rng(seed)
    labels = random.choice(len(shares), size=images, p=shares)
    logits = random.normal(0, 1.5, (images, len(shares)))
    logits[np.arange(images), labels] += signal
    return labels, exact(logits)


def cases():
    yield "balanced", *drawn(1, 200, [0.1] * 10, 2.5)
    yield "imbalanced", *drawn(2, 150, [0.7, 0.2, 0.06, 0.04], 1.0)
    labels, logits = drawn(3, 90, [0.25] * 4, 2.0)
    logits[:, 2] -= 20
    yield "a class never predicted", labels, logits
    yield "a class absent in truth", *drawn(4, 90, [0.3, 0.4, 0, 0.3], 0.5)
    labels, logits = drawn(5, 90, [0.5, 0.5, 0, 0], 2.0)
    logits[:, 3] -= 20
    yield "a class absent in truth and never predicted", labels, logits
    yield "binary", *drawn(6, 80, [0.4, 0.6], 0.8)
    labels, logits = drawn(7, 120, [0.2] * 5, 1.0)
    yield "ties in scores", labels, np.round(logits)
    yield "all scores equal", np.arange(60) % 5, np.zeros((60, 5))
    labels = np.arange(50) % 5
    yield "perfect", labels, exact(np.eye(5)[labels] * 4)
    mistaken = (labels + 1 + np.arange(50) // 5 % 3) % 5
    yield "all wrong", labels, exact(np.eye(5)[mistaken] * 3 + np.eye(5)[labels])
    yield "one class in truth and in predictions", np.zeros(10, int), exact([[2, 0, 0]] * 10)
    yield "one image", np.array([1]), exact([[0.5, 1.5, -1]])


def roc_auc(labels, probabilities, c):
    if len(set(labels == c)) < 2:
        return None
    return metrics.roc_auc_score(labels == c, probabilities[:, c])


def roc_auc_macro(labels, probabilities, per_class):
    defined = [value for value in per_class if value is not None]
    if not defined:
        return None
    if len(defined) == len(per_class) > 2:
        return metrics.roc_auc_score(labels, probabilities, multi_class="ovr", labels=range(len(per_class)))
    return np.mean(defined)


def top2(labels, logits, classes):
    # Among equal scores scikit-learn takes the highest class first, we the lowest: count classes backwards.
    if classes == 2:
        return 1.0
    return metrics.top_k_accuracy_score(classes - 1 - labels, logits[:, ::-1], k=2, labels=range(classes))


def averages(labels, predicted, classes, average):
    same = dict(labels=range(classes), average=average, zero_division=0)
    f = {beta: metrics.fbeta_score(labels, predicted, beta=beta, **same) for beta in (1, 0.5, 2)}
    return {
        "precision": metrics.precision_score(labels, predicted, **same),
        "recall": metrics.recall_score(labels, predicted, **same),
        "f1": f[1],
        "f05": f[0.5],
        "f2": f[2],
    }


def softmax(logits):
    """Round each sum once, so that equal logits in another order are ties, which they are not in scipy."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / np.array([[math.fsum(row)] for row in powers])


def expected(labels, logits):
    images, classes = logits.shape
    predicted = logits.argmax(axis=1)
    probabilities = softmax(logits)
    correct = int(np.sum(labels == predicted))
    wilson = binomtest(correct, images).proportion_ci(0.95, method="wilson")
    per_class_auc = [roc_auc(labels, probabilities, c) for c in range(classes)]
    kappa = metrics.cohen_kappa_score(labels, predicted)
    return {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "accuracy_low": wilson.low,
        "accuracy_high": wilson.high,
        "confusion": metrics.confusion_matrix(labels, predicted, labels=range(classes)),
        "macro": averages(labels, predicted, classes, "macro"),
        "micro": averages(labels, predicted, classes, "micro"),
        "weighted": averages(labels, predicted, classes, "weighted"),
        "per_class": averages(labels, predicted, classes, None),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
        "matthews": metrics.matthews_corrcoef(labels, predicted),
        "kappa": 0.0 if np.isnan(kappa) else kappa,
        "log_loss": metrics.log_loss(labels, probabilities, labels=range(classes)),
        "top2_accuracy": top2(labels, logits, classes),
        "roc_auc": per_class_auc,
        "roc_auc_macro": roc_auc_macro(labels, probabilities, per_class_auc),
    }


def main():
    golden = {
        "source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
        "generator": "test-data/golden/evaluation.py",
        "cases": [
            {
                "name": name,
                "classes": logits.shape[1],
                "labels": labels,
                "logits": logits.reshape(-1),
                "expected": expected(labels, logits),
            }
            for name, labels, logits in cases()
        ],
    }
    with open("evaluation.json", "w") as file:
        json.dump(golden, file, default=lambda array: array.tolist(), allow_nan=False, indent=None)
        file.write("\n")


main()
