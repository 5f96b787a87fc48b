"""Measures what a backbone is worth: networks that Catwalk has trained on some classes, and heads on few images of others.

    /usr/bin/python3 benchmarks/backbone_gain.py CATWALK test-data/fashion-mnist OUT   # a folder of IDX files
    /usr/bin/python3 benchmarks/backbone_gain.py CATWALK SETS/scenes OUT               # a set that photo_sets.py made
    /usr/bin/python3 benchmarks/backbone_gain.py OUT                                   # the means and gains of all

Two of the three networks that `catwalk compare` takes for few images are trained on every second class. Their files are the
backbones of `linear` and `mlp`, which are trained on 20, 50 and 200 images of each other class, or on as many as there are,
beside all three from scratch: five draws, each with a seed of its own; of a set of photos five from its splits at random, and
five by picture. All test images of these classes judge. The epoch is chosen by the loss, since a fifth of 100 images says
little of accuracy.

OUT/NAME-IMAGES-DRAW.json gets the test accuracies. What is there is not measured again, so that it can be stopped and
continued. The gain is that over the network from scratch with the higher mean, with the 95 % interval over the draws. Needs
Debian's python3-numpy and python3-scipy.
"""
import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy
from scipy import stats

NARROW = {"name": "resnet", "variant": "narrow", "hyperparameters": {"width": 16, "depth": 1}}
BODIES, HEADS = (NARROW, "small-conv"), ("linear", "mlp")
NETWORKS = ("wide-deep", *BODIES)
EACH, DRAWS = (20, 50, 200), (1, 2, 3, 4, 5)


def drawn(labels, classes, each, draw):
    """The indices of so many images of each class, or of all that there are."""
    random = numpy.random.default_rng(draw)
    places = [numpy.flatnonzero(labels == one) for one in classes]
    return numpy.concatenate([random.choice(own, min(each, len(own)), False) for own in places])


class Idx:
    """A data set as IDX files: the first part of a task is what the backbones learn, the others are drawn."""

    def __init__(self, folder, out):
        self.out = out
        self.parts = {part: self.read(folder, part) for part in ("train", "t10k")}
        self.tasks = [folder.name]

    @staticmethod
    def read(folder, part):
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
            images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
            return images, numpy.frombuffer(file.read(), numpy.uint8, offset=8)

    def write(self, name, classes, each=None, draw=None):
        folder = self.out / "images" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "classes.txt").write_text("".join(f"class {one}\n" for one in classes))
        for part, (images, labels) in self.parts.items():
            few = part == "train" and each
            chosen = drawn(labels, classes, each, draw) if few else numpy.flatnonzero(numpy.isin(labels, classes))
            numbers = numpy.array([classes.index(one) for one in labels[chosen]], numpy.uint8)
            with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb", compresslevel=1) as file:
                file.write(numpy.array([0x803, len(chosen), 28, 28], ">i4").tobytes() + images[chosen].tobytes())
            with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz", "wb", compresslevel=1) as file:
                file.write(numpy.array([0x801, len(chosen)], ">i4").tobytes() + numbers.tobytes())
        return {"name": str(folder), "mirrored": True}

    def known(self):
        return self.write("known", list(range(0, 10, 2)))

    def few(self, task, each, draw):
        return self.write(f"{each}-{draw}", list(range(1, 10, 2)), each, draw)


class Photos:
    """A folder of photos with a table of labels for each split; tables of fewer rows are written."""

    def __init__(self, folder, out):
        self.folder, self.out = folder, out
        self.classes = sorted(one.name for one in folder.iterdir() if one.is_dir())
        self.tasks = [f"{folder.name}-{kind}" for kind in ("random", "picture")]

    def write(self, name, source, classes, each=None, draw=None):
        with self.folder.with_name(source + ".csv").open() as file:
            rows = list(csv.DictReader(file))
        labels = numpy.array([one["label"] if one["split"] == "train" else "" for one in rows])
        train = set(drawn(labels, classes, each or len(rows), draw))
        table = self.out / "tables" / f"{name}.csv"
        table.parent.mkdir(exist_ok=True)
        with table.open("w") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            tested = {i for i, one in enumerate(rows) if one["split"] != "train" and one["label"] in classes}
            writer.writerows(one for i, one in enumerate(rows) if i in train | tested)
        return {"name": str(self.folder), "labels": str(table), "mirrored": True}

    def known(self):
        return self.write(f"{self.folder.name}-known", f"{self.folder.name}-random-1", self.classes[::2], draw=0)

    def few(self, task, each, draw):
        return self.write(f"{task}-{each}-{draw}", f"{task}-{draw}", self.classes[1::2], each, draw)


def run(catwalk, out, classifiers, **keys):
    """Runs what is not done yet of an experiment with one thread, and returns the test accuracies."""
    if not (out / "results.json").exists():
        file = out.with_suffix(".yaml")  # JSON is YAML
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"classifiers": classifiers, "threads": 1, "jobs": 1, **keys}))
        command = [catwalk, "compare", "--config", file, "--out", out, "--no-latency", "--force"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    trials = json.loads((out / "results.json").read_text())["trials"]
    names = [one["classifier"] + ("" if one["variant"] == "default" else "@" + one["variant"]) for one in trials]
    return {name: one["metrics"]["test"]["accuracy"] for name, one in zip(names, trials)}


def measure(catwalk, folder, out):
    source = (Idx if (folder / "train-labels-idx1-ubyte.gz").exists() else Photos)(folder, out)
    known = out / "runs" / f"{folder.name}-known"
    accuracies = run(catwalk, known, BODIES, dataset=source.known())
    heads = [
        {"name": head, "variant": f"on-{body.split('@')[0]}", "backbone": str(known / "trials" / body / "1-0" / "model.onnx")}
        for body in accuracies
        for head in HEADS
    ]
    for draw in DRAWS:
        for task in source.tasks:
            for each in EACH:
                name = f"{task}-{each}-{draw}"
                file = out / f"{name}.json"
                if not file.exists():
                    few = run(
                        catwalk, out / "runs" / name, [*NETWORKS, *heads], dataset=source.few(task, each, draw),
                        seeds=[draw], split={"hold_out": 0.2}, recipe={"select_by": "loss"}, export=False,
                    )
                    file.write_text(json.dumps({"known": accuracies, "accuracies": few}, indent=2) + "\n")
                print(name, json.loads(file.read_text())["accuracies"], flush=True)


def interval(values):
    if len(values) < 2:
        return f"{100 * numpy.mean(values):.1f}"
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return f"{100 * numpy.mean(values):.1f} ± {100 * half:.1f}"


def table(out):
    measured = {}
    for file in sorted(out.glob("*-*-*.json")):
        task, each, _ = file.stem.rsplit("-", 2)
        measured.setdefault((task, int(each)), []).append(json.loads(file.read_text())["accuracies"])
    print("| set | images of a class | draws | network | accuracy | gain |\n|---|--:|--:|---|--:|--:|")
    for (task, each), draws in sorted(measured.items()):
        scratch = [name for name in draws[0] if "@on-" not in name]
        best = max(scratch, key=lambda one: numpy.mean([draw[one] for draw in draws]))
        for name in draws[0]:
            if name == best or "@on-" in name:
                gain = interval([draw[name] - draw[best] for draw in draws]) if name != best else ""
                print(f"| {task} | {each} | {len(draws)} | {name} | {interval([draw[name] for draw in draws])} | {gain} |")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        table(Path(sys.argv[1]))
    else:
        measure(sys.argv[1], *(Path(one).resolve() for one in sys.argv[2:]))
