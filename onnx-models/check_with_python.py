#!/usr/bin/python3
"""Checks that readers other than ours take the files of the zoo, and give the labels that Catwalk gives.

For every file: onnx.checker with full_check; Python ONNX Runtime and OpenCV's DNN module on 1,000 test images,
against what ONNX Runtime for Java answers (catwalk verify --predictions). OpenCV does not know all recurrent
operators, so it reads those networks in the unrolled variant, one image at a time.

Needs Debian's python3-numpy, python3-onnx, python3-onnxruntime and python3-opencv; what is missing is skipped.

Usage: check_with_python.py [CATWALK [ZOO]]
  CATWALK  the launcher; default: catwalk in the checkout
  ZOO      folder of the files, with unrolled/ in it; default: zoo/fashion-mnist beside this script
"""

import glob
import gzip
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

IMAGES = 1000
TOLERANCE = 1e-4
HERE = os.path.dirname(os.path.abspath(__file__))


class Failure(Exception):
    """Says why a file does not pass."""


def test_images():
    import numpy
    path = os.path.join(HERE, "..", "test-data", "fashion-mnist", "t10k-images-idx3-ubyte.gz")
    with gzip.open(path) as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 1, 28, 28)
    return pixels[:IMAGES]


def normalized(mean, std):
    import numpy
    pixels = test_images().astype(numpy.float32) / numpy.float32(255)
    return (pixels - numpy.float32(mean)) / numpy.float32(std)


def compared(ours, theirs):
    import numpy
    flips = int((ours.argmax(1) != theirs.argmax(1)).sum())
    largest = float(numpy.abs(ours - theirs).max())
    text = f"{flips} of {len(ours)} labels differ, largest difference of a logit {largest:.1e}"
    if flips or not largest <= TOLERANCE:
        raise Failure(text)
    return text


def expected(csv):
    import numpy
    return numpy.loadtxt(csv, numpy.float32, delimiter=",", skiprows=1, max_rows=IMAGES)[:, 2:]


def check_onnx(model, csv, mean, std):
    import onnx
    onnx.checker.check_model(onnx.load(model), full_check=True)
    return f"{onnx.__version__}: valid"


def check_onnxruntime(model, csv, mean, std):
    import numpy
    import onnxruntime
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    images = normalized(mean, std)
    batch = entry.shape[0] if isinstance(entry.shape[0], int) else IMAGES
    answers = [session.run(["logits"], {entry.name: images[i:i + batch]})[0] for i in range(0, IMAGES, batch)]
    return f"{onnxruntime.__version__}: " + compared(expected(csv), numpy.concatenate(answers))


def check_cv2(model, csv, mean, std):
    import cv2
    import numpy
    net = cv2.dnn.readNetFromONNX(model)
    answers = []
    for image in normalized(mean, std):
        net.setInput(image[None])
        answers.append(net.forward().reshape(-1))
    return f"{cv2.__version__}: " + compared(expected(csv), numpy.stack(answers))


CHECKS = {"onnx": check_onnx, "onnxruntime": check_onnxruntime, "cv2": check_cv2}


def in_own_process(reader, model, csv, mean, std):
    """onnx and onnxruntime in one process fill the error stream with schema errors."""
    run = subprocess.run([sys.executable, os.path.abspath(__file__), "--one", reader, model, csv, mean, std],
                         capture_output=True, text=True)
    lines = (run.stdout if run.returncode == 0 else run.stderr).strip().splitlines()
    lines = [line for line in lines if line.strip("> ")]
    return run.returncode == 0, f"{reader}: {lines[-1]}" if lines else f"{reader} ended with {run.returncode}"


def main():
    catwalk = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "catwalk")
    zoo = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "zoo", "fashion-mnist")
    missing = [name for name in ("numpy", *CHECKS) if importlib.util.find_spec(name) is None]
    for name in missing:
        print(f"skipped: Python has no {name}")
    files = sorted(glob.glob(os.path.join(zoo, "*.onnx")))
    unrolled = sorted(glob.glob(os.path.join(zoo, "unrolled", "*.onnx")))
    if not files:
        print(f"no .onnx file in {zoo}")
        return 1
    if "numpy" in missing:
        print(f"0 passed, 0 failed, {len(files + unrolled)} skipped")
        return 0
    rolled_only = {os.path.basename(file) for file in unrolled}
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        answers = {}
        for file in files + unrolled:
            name = os.path.basename(file)
            if name not in answers:  # an unrolled file is held against the one that it is a variant of
                answers[name] = os.path.join(folder, name + ".csv")
                subprocess.run([catwalk, "verify", file, "--predictions", answers[name]], check=True,
                               stdout=subprocess.DEVNULL)
            shown = subprocess.run([catwalk, "verify", file, "--show", "--json"], check=True, capture_output=True)
            entries = json.loads(shown.stdout)
            readers = [reader for reader in CHECKS
                       if reader != "cv2" or file in unrolled or name not in rolled_only]
            said, good, left = [], True, False
            for reader in readers:
                if reader in missing:
                    said.append(f"{reader} skipped")
                    left = True
                    continue
                right, text = in_own_process(reader, file, answers[name],
                                             entries["preprocessing.mean"], entries["preprocessing.std"])
                good &= right
                said.append(text)
            word = "FAILED" if not good else "skipped" if left else "passed"
            passed, failed, skipped = (passed + (word == "passed"), failed + (word == "FAILED"),
                                       skipped + (word == "skipped"))
            print(f"{word} {os.path.relpath(file, zoo)}: " + "; ".join(said), flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if len(sys.argv) > 1 and sys.argv[1] == "--one":
    try:
        print(CHECKS[sys.argv[2]](*sys.argv[3:]))
    except Failure as failure:
        sys.exit(str(failure))
else:
    sys.exit(main())
