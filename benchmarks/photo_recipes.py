"""Compares what catwalk trains on photos, with its defaults, with a support vector machine on histograms.

    /usr/bin/python3 benchmarks/photo_recipes.py sets out [CATWALK [BACKBONE]]  # sets: what photo_sets.py made
    /usr/bin/python3 benchmarks/photo_recipes.py sets out --table               # the means, with 95 % intervals over the splits

For each set and split, out/NAME.json gets the test accuracy of the machine (radial, C = 10, on gradient and color
histograms) and, where CATWALK is given, of each network of `catwalk compare --all --dataset DIR --labels TABLE`, the one that
the validation images choose, and the seconds; with a backbone, such as that of coco_backbone.py, also what `linear` and
`mlp` on its features reach, instead of networks from scratch. What is there is not measured again, so that it can be stopped
and continued. Needs Debian's python3-sklearn and python3-pil.
"""
import csv
import functools
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import stats
from sklearn.svm import SVC

CELL = 8
ANGLES = 9
LEVELS = 16


@functools.cache
def histograms(path):
    """Square roots of shares: of angles in each cell by the strength of the gradient, of strengths, and of each color."""
    with Image.open(path) as image:
        pixels = np.asarray(image, np.float64).reshape(image.height, image.width, -1)
    gray = pixels.mean(2)
    down, right = np.gradient(gray)
    strength = np.hypot(down, right)
    angle = (np.arctan2(down, right) % np.pi / np.pi * ANGLES).astype(int) % ANGLES
    columns = gray.shape[1] // CELL
    cell = (np.arange(gray.shape[0]) // CELL)[:, None] * columns + np.arange(gray.shape[1]) // CELL
    angles = np.bincount((cell * ANGLES + angle).ravel(), strength.ravel(), cell.max() * ANGLES + ANGLES)
    parts = [angles / (angles.sum() + 1e-6), np.histogram(strength, LEVELS, (0, 128))[0] / gray.size]
    parts += [np.histogram(pixels[:, :, c], LEVELS, (0, 256))[0] / gray.size for c in range(pixels.shape[2])]
    return np.sqrt(np.concatenate(parts))


def machine(folder, table):
    rows = list(csv.DictReader(table.open()))
    features = np.array([histograms(folder / row["path"]) for row in rows])
    labels = np.array([row["label"] for row in rows])
    train = np.array([row["split"] == "train" for row in rows])
    model = SVC(C=10).fit(features[train], labels[train])
    return float(model.score(features[~train], labels[~train]))


def networks(catwalk, folder, table, run, *what):
    start = time.monotonic()
    images = ["--dataset", folder, "--labels", table]
    subprocess.run([catwalk, "compare", *what, *images, "--out", run, "--force"], check=True)
    seconds = time.monotonic() - start
    trials = [one for one in json.loads((run / "results.json").read_text())["trials"] if one["status"] == "done"]
    chosen = max(trials, key=lambda one: one["metrics"]["validation"]["accuracy"])
    return {
        "seconds": seconds,
        "cpu_seconds": sum(one["efficiency"]["cpu_seconds"] for one in trials),
        "chosen": chosen["classifier"],
        "accuracy": chosen["metrics"]["test"]["accuracy"],
        "networks": {one["classifier"]: one["metrics"]["test"]["accuracy"] for one in trials},
    }


def measure(sets, out, catwalk=None, backbone=None):
    # The first split of each set first, and those at random, so that what was measured when it is stopped is balanced.
    for table in sorted(sets.glob("*-*-*.csv"), key=lambda table: (table.stem[-1], "picture" in table.stem, table.stem)):
        file = out / f"{table.stem}.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        folder = sets / table.stem.split("-")[0]
        if "machine" not in known:
            known["machine"] = machine(folder, table)
        run = out / "runs" / table.stem
        if backbone and "backbone" not in known:
            heads = ["linear", "mlp", "--backbone", backbone]
            known["backbone"] = networks(catwalk, folder, table, run.with_name(run.name + "-backbone"), *heads)
        elif catwalk and not backbone and "networks" not in known:
            known |= networks(catwalk, folder, table, run)
        file.write_text(json.dumps(known, indent=2) + "\n")
        print(table.stem, known, flush=True)


def interval(values):
    mean = np.mean(values)
    if len(values) < 2:
        return f"{100 * mean:.1f}"
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return f"{100 * mean:.1f} ± {100 * half:.1f}"


def table(out):
    print("| set | split | machine | chosen network | splits | on a backbone | splits |\n|---|---|--:|--:|--:|--:|--:|")
    measured = {}
    for file in sorted(out.glob("*-*-*.json")):
        name, kind, _ = file.stem.split("-")
        measured.setdefault((name, kind), []).append(json.loads(file.read_text()))
    for (name, kind), splits in measured.items():
        row = [name, kind, interval([one["machine"] for one in splits])]
        for chosen in [one for one in splits if "accuracy" in one], [one["backbone"] for one in splits if "backbone" in one]:
            row += [interval([one["accuracy"] for one in chosen]) if chosen else "–", str(len(chosen))]
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    sets, out = Path(sys.argv[1]), Path(sys.argv[2])
    if "--table" in sys.argv:
        table(out)
    else:
        out.mkdir(parents=True, exist_ok=True)
        measure(sets, out, *sys.argv[3:])
