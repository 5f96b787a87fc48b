#!/usr/bin/python3
"""Write training.json: steps of optimizers and cross-entropies, as PyTorch computes them.

Run it in this folder; it needs python3-torch (2.6.0). Inputs are multiples of 1/64, exact in single
precision; results are single precision.
"""

import json

import torch
from torch.nn.functional import cross_entropy

WEIGHTS = [0.5, -1.25, 2.0, -0.015625]
BIASES = [0.25, -0.75]
LEARNING_RATES = [0.01, 0.02, 0.04, 0.02, 0.005]


def exact(tensor):
    return torch.round(tensor * 64) / 64


def steps(make):
    """Take five steps with given gradients; the first group of parameters decays, the second does not."""
    weights = torch.tensor(WEIGHTS, requires_grad=True)
    biases = torch.tensor(BIASES, requires_grad=True)
    optimizer = make(weights, biases)
    gradients = exact(torch.randn(len(LEARNING_RATES), 6, generator=torch.Generator().manual_seed(1)))
    after = []
    for gradient, rate in zip(gradients, LEARNING_RATES):
        weights.grad, biases.grad = gradient[:4].clone(), gradient[4:].clone()
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        after.append(torch.cat([weights, biases]).tolist())
    return {"gradients": gradients.tolist(), "after": after}


def adamw(decay):
    return lambda weights, biases: torch.optim.AdamW(
        [{"params": [weights], "weight_decay": decay}, {"params": [biases], "weight_decay": 0.0}],
        betas=(0.9, 0.999),
        eps=1e-8,
    )


def sgd(momentum):
    # PyTorch's SGD has no decoupled decay, so there is none here.
    return lambda weights, biases: torch.optim.SGD(
        [weights, biases], lr=1.0, momentum=momentum, nesterov=momentum > 0
    )


def answer(logits, loss, **given):
    loss.backward()
    return {
        **given,
        "logits": logits.flatten().tolist(),
        "loss": loss.item(),
        "gradient": logits.grad.flatten().tolist(),
    }


def smoothed(smoothing):
    random = torch.Generator().manual_seed(2)
    logits = exact(torch.randn(4, 5, generator=random) * 3).requires_grad_(True)
    labels = torch.tensor([0, 4, 2, 2])
    loss = cross_entropy(logits, labels, label_smoothing=smoothing)
    return answer(logits, loss, smoothing=smoothing, labels=labels.tolist())


def weighted():
    random = torch.Generator().manual_seed(3)
    logits = exact(torch.randn(4, 5, generator=random) * 3).requires_grad_(True)
    labels = torch.tensor([0, 4, 2, 2])
    weights = torch.tensor([0.5, 2.0, 1.25, 3.0, 0.25])
    loss = cross_entropy(logits, labels, weight=weights)
    return answer(logits, loss, labels=labels.tolist(), weights=weights.tolist())


def mixed(smoothing):
    random = torch.Generator().manual_seed(4)
    logits = exact(torch.randn(4, 5, generator=random) * 3).requires_grad_(True)
    labels, others = torch.tensor([0, 4, 2, 2]), torch.tensor([1, 0, 4, 2])
    shares = torch.tensor([0.75, 0.5, 0.875, 1.0])
    targets = torch.zeros(4, 5)
    for row in range(4):
        targets[row, labels[row]] += shares[row]
        targets[row, others[row]] += 1 - shares[row]
    loss = cross_entropy(logits, targets, label_smoothing=smoothing)
    return answer(
        logits, loss, smoothing=smoothing, labels=labels.tolist(), others=others.tolist(), shares=shares.tolist())


def main():
    golden = {
        "source": f"torch {torch.__version__.split('+')[0]}",
        "generator": "test-data/golden/training.py",
        "optimizers": {
            "weights": WEIGHTS,
            "biases": BIASES,
            "learning_rates": LEARNING_RATES,
            "adamw": steps(adamw(0.0)),
            "adamw with decay 0.5": steps(adamw(0.5)),
            "sgd": steps(sgd(0.0)),
            "sgd with nesterov momentum 0.9": steps(sgd(0.9)),
        },
        "weighted": weighted(),
        "mixed": [mixed(smoothing) for smoothing in (0.0, 0.1)],
        "cross_entropies": [smoothed(smoothing) for smoothing in (0.0, 0.1, 0.5)],
    }
    with open("training.json", "w") as file:
        json.dump(golden, file, allow_nan=False, indent=None)
        file.write("\n")


main()
