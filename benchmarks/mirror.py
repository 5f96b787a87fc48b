#!/usr/bin/env python3
"""Asks ONNX files about the validation images of their trials and about the mirror images of these, and writes benchmarks/mirror.json:
the share that is right, of the plain answers and of the means of both.

    python3 benchmarks/mirror.py test-data/fashion-mnist RUN/trials/CLASSIFIER/SEED-0...

It needs numpy and onnxruntime. Images are in the format of MNIST; each file normalizes them as its signature says.
"""
import gzip
import json
import sys
from pathlib import Path

import numpy
import onnxruntime

BATCH = 250


def read(file, offset):
    return numpy.frombuffer(gzip.decompress(file.read_bytes()), numpy.uint8, offset=offset)


def answers(session, images):
    name = session.get_inputs()[0].name
    parts = [session.run(None, {name: images[at:at + BATCH]})[0] for at in range(0, len(images), BATCH)]
    return numpy.concatenate(parts)


def asked(trial, images, labels):
    chosen = json.loads((trial / "split.json").read_text())["validation"]
    norm = json.loads((trial / "model.signature.json").read_text())["normalization"]
    inputs = ((images[chosen] / 255 - norm["mean"][0]) / norm["std"][0]).astype(numpy.float32)
    session = onnxruntime.InferenceSession(trial / "model.onnx", providers=["CPUExecutionProvider"])
    plain = answers(session, inputs)
    both = plain + answers(session, numpy.ascontiguousarray(inputs[..., ::-1]))
    right = [float(numpy.mean(logits.argmax(1) == labels[chosen])) for logits in (plain, both)]
    classifier = trial.parent.name
    print(f"{classifier} {trial.name}: {100 * right[0]:.2f} % and {100 * right[1]:.2f} % of {len(chosen)} images")
    return {"classifier": classifier, "trial": trial.name, "images": len(chosen), "plain": right[0], "mean": right[1]}


def main(folder, trials):
    images = read(folder / "train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = read(folder / "train-labels-idx1-ubyte.gz", 8)
    found = [asked(Path(trial), images, labels) for trial in trials]
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
