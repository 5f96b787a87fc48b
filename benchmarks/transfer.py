#!/usr/bin/python3
"""Measures what --init is worth: a network trained on half of the classes of Fashion-MNIST, tuned on few images of the others.

Five times, 20 training images of each of the other five classes are drawn; all test images of these classes judge. Four
trainings see the same images with the same recipe: from random weights, from the weights of the first half, from these at a
tenth of the learning rate, and from these with the body frozen. The epoch is chosen by the loss, since a tenth of 100 images
says little of accuracy. Writes transfer.json.

Usage: transfer.py CATWALK DATA_FOLDER [CLASSIFIER]
  CATWALK      the launcher, catwalk in the checkout or bin/catwalk of the packed program
  DATA_FOLDER  test-data/fashion-mnist
  CLASSIFIER   conv-maxpool without it
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from statistics import mean, stdev

import numpy

catwalk, data = os.path.abspath(sys.argv[1]), sys.argv[2]
name = sys.argv[3] if len(sys.argv) > 3 else "conv-maxpool"
here = os.path.dirname(os.path.abspath(__file__))
FIRST, SECOND = (0, 2, 4, 6, 8), (1, 3, 5, 7, 9)
NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
DRAWS, EACH = 5, 20
# Student's t, 97.5 %, four degrees of freedom.
T = 2.776


def read(part):
    with gzip.open(os.path.join(data, f"{part}-images-idx3-ubyte.gz")) as file:
        images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(os.path.join(data, f"{part}-labels-idx1-ubyte.gz")) as file:
        return images, numpy.frombuffer(file.read(), numpy.uint8, offset=8)


def write(folder, part, images, labels, classes):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "classes.txt"), "w") as file:
        file.write("".join(f"{NAMES[label]}\n" for label in classes))
    numbers = numpy.array([classes.index(label) for label in labels], numpy.uint8)
    with gzip.open(os.path.join(folder, f"{part}-images-idx3-ubyte.gz"), "wb") as file:
        file.write(numpy.array([0x803, len(images), 28, 28], ">i4").tobytes() + images.tobytes())
    with gzip.open(os.path.join(folder, f"{part}-labels-idx1-ubyte.gz"), "wb") as file:
        file.write(numpy.array([0x801, len(images)], ">i4").tobytes() + numbers.tobytes())


def run(*arguments):
    subprocess.run([catwalk, *arguments, "--no-latency"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


with tempfile.TemporaryDirectory() as work:
    train, test = read("train"), read("t10k")
    first = os.path.join(work, "first")
    for part, (images, labels) in (("train", train), ("t10k", test)):
        chosen = numpy.isin(labels, FIRST)
        write(first, part, images[chosen], labels[chosen], FIRST)
    start = os.path.join(work, "start")
    run("train", name, "--dataset", first, "--augment", "all", "--out", start)
    ways = {
        "random": [],
        "init": ["--init", start],
        "init, rate 0.1": ["--init", start, "--init-rate", "0.1"],
        "init, body frozen": ["--init", start, "--init-rate", "0"],
    }
    accuracies = {way: [] for way in ways}
    for draw in range(1, DRAWS + 1):
        random = numpy.random.default_rng(draw)
        few = numpy.concatenate([random.choice(numpy.flatnonzero(train[1] == label), EACH, False) for label in SECOND])
        second = os.path.join(work, f"second-{draw}")
        write(second, "train", train[0][few], train[1][few], SECOND)
        chosen = numpy.isin(test[1], SECOND)
        write(second, "t10k", test[0][chosen], test[1][chosen], SECOND)
        for way, options in ways.items():
            out = os.path.join(work, f"{draw}-{way}")
            run("train", name, "--dataset", second, "--augment", "all", "--epochs", "40", "--batch-size", "18",
                "--select-by", "loss", "--seed", str(draw), "--out", out, *options)
            with open(os.path.join(out, "results.json")) as file:
                trial = json.load(file)["trials"][0]
            accuracies[way].append(trial["metrics"]["test"]["accuracy"])
            print(draw, way, accuracies[way][-1], flush=True)


def interval(values):
    half = T * stdev(values) / len(values) ** 0.5
    return {"mean": round(mean(values), 4), "from": round(mean(values) - half, 4), "to": round(mean(values) + half, 4)}


result = {"classifier": name, "images_of_each_class": EACH, "accuracies": accuracies,
          "means": {way: interval(values) for way, values in accuracies.items()},
          "gain": {way: interval([a - b for a, b in zip(values, accuracies["random"])])
                   for way, values in accuracies.items() if way != "random"}}
with open(os.path.join(here, "transfer.json"), "w") as file:
    json.dump(result, file, indent=2)
    file.write("\n")
print(json.dumps(result["means"]), json.dumps(result["gain"]))
