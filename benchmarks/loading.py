#!/usr/bin/python3
"""Times the first pass over a folder of JPEG files in turns, and what a second process takes, and writes loading.json.

Python reads them with torch.utils.data.DataLoader, Pillow and two workers; Catwalk decodes them into its cache. Both
see files that the operating system has in memory. Then stride-conv is trained on them at 96x96, and the flight recorder of
the JVM tells how long the engine waited for batches. Needs Debian's python3-torch and python3-pil, and a JDK from 17 on.

Usage: loading.py CATWALK FOLDER CACHE
  CATWALK  the command that starts Catwalk, in one argument
  FOLDER   made by photos.py
  CACHE    a folder for decoded images; it is cleared
"""

import csv
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset


ROUNDS = 3


class Photos(Dataset):
    def __init__(self, folder):
        self.files = sorted(
            os.path.join(path, name) for path, _, names in os.walk(folder) for name in names if name.endswith(".jpg"))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with Image.open(self.files[index]) as image:
            pixels = numpy.asarray(image.convert("RGB"))
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1)


def python_seconds(photos):
    torch.set_num_threads(1)
    start = time.monotonic()
    count = sum(len(batch) for batch in DataLoader(photos, batch_size=128, num_workers=2))
    assert count == len(photos)
    return time.monotonic() - start


def catwalk_seconds(*arguments):
    start = time.monotonic()
    subprocess.run(shlex.split(sys.argv[1]) + list(arguments), check=True, capture_output=True)
    return time.monotonic() - start


def waiting(folder, cache):
    """Returns multiply-accumulates of an image, seconds of two epochs, and how many of them the engine waited for batches."""
    with tempfile.TemporaryDirectory() as work:
        recording, out = os.path.join(work, "wait.jfr"), os.path.join(work, "run")
        options = f"-XX:StartFlightRecording=filename={recording},jdk.ThreadPark#enabled=true,jdk.ThreadPark#threshold=0ns"
        subprocess.run(
            shlex.split(sys.argv[1]) + [
                "train", "stride-conv", "--dataset", folder, "--cache", cache, "--image-size", "96x96", "--epochs", "2",
                "--threads", "1", "--in-process", "--no-latency", "--out", out],
            env={**os.environ, "CATWALK_OPTS": options}, check=True, capture_output=True)
        events = json.loads(subprocess.run(
            ["jfr", "print", "--json", "--stack-depth", "20", "--events", "jdk.ThreadPark", recording],
            check=True, capture_output=True, text=True).stdout)["recording"]["events"]
        waited = sum(
            float(event["values"]["duration"].removeprefix("PT").removesuffix("S"))
            for event in events
            if any(frame["method"]["type"]["name"].endswith("BatchQueue")
                   for frame in event["values"]["stackTrace"]["frames"]))
        with open(os.path.join(out, "results.json")) as file:
            cost = json.load(file)["trials"][0]["efficiency"]["multiply_accumulates"]
        with open(os.path.join(out, "trials", "stride-conv", "1-0", "history.csv")) as file:
            return cost, sum(float(epoch["seconds"]) for epoch in csv.DictReader(file)), waited


if __name__ == "__main__":
    folder, cache = sys.argv[2], sys.argv[3]
    photos = Photos(folder)
    for file in photos.files:
        with open(file, "rb") as content:
            content.read()
    first, python = [], []
    for _ in range(ROUNDS):
        catwalk_seconds("data", "--clear", "--cache", cache)
        first.append(catwalk_seconds("data", folder, "--cache", cache))
        python.append(python_seconds(photos))
    result = {"images": len(photos), "catwalk_first_seconds": first, "python_seconds": python}
    result["catwalk_second_seconds"] = min(catwalk_seconds("data", folder, "--cache", cache) for _ in range(3))
    result["images_a_second"] = {
        "catwalk": len(photos) / statistics.median(first), "python": len(photos) / statistics.median(python)}
    result["catwalk_of_python"] = statistics.median(theirs / ours for ours, theirs in zip(first, python))
    result["multiply_accumulates"], result["epochs_seconds"], result["waited_seconds"] = waiting(folder, cache)
    print(json.dumps(result, indent=2))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "loading.json"), "w") as out:
        json.dump(result, out, indent=2)
        out.write("\n")
