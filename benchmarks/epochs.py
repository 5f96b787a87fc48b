#!/usr/bin/python3
"""Times an epoch of Catwalk against the same training in Python PyTorch, in turns, and writes epochs.json.

Both train the same network with the same batch size, optimizer, schedule, augmentation, weight average and
clipping, on 5,400 images of Fashion-MNIST. Python does so in each way that somebody who wants speed would try:
float, channels-last, and autocast to bfloat16 (pytorch_epochs.py). The second of two epochs counts, when all
code is compiled. Needs Debian's python3-torch and libopenblas0-openmp.

Usage: epochs.py CATWALK DATA_FOLDER [ROUNDS [BEFORE [CLASSIFIERS]]]
  CATWALK      the launcher, catwalk in the checkout or bin/catwalk of the packed program
  DATA_FOLDER  test-data/fashion-mnist
  ROUNDS       of all ways in turns, 5 without it
  BEFORE       launcher of an older version, which takes part too, with one thread
  CLASSIFIERS  only these, with commas between them; the others stay in epochs.json as they are
"""

import csv
import glob
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

launchers = {"catwalk": sys.argv[1]}
data = sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
if len(sys.argv) > 4:
    launchers["before"] = sys.argv[4]
here = os.path.dirname(os.path.abspath(__file__))
IMAGES, HELD = 5_400, 600
# A way that takes so many times as long as the fastest takes part in the first round only.
TOO_SLOW = 1.8
AGAINST_PYTHON = ("conv-maxpool", "drop-norm-l2", "lstm", "gru")
AGAINST_BEFORE = AGAINST_PYTHON + ("stride-conv", "small-conv", "rnn")
TWO_THREADS = ("conv-maxpool",)


def python_seconds(name, mode, threads):
    # A setting made for an older OpenBLAS would slow this one down.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    out = subprocess.run(
        ["/usr/bin/python3", os.path.join(here, "pytorch_epochs.py"), name, mode, str(threads), "2", str(IMAGES), data],
        env=environment, check=True, capture_output=True, text=True).stdout
    answer = json.loads(out)
    versions["torch in Python"] = answer["torch"]
    return answer["seconds"][1]


def catwalk_seconds(launcher, name, threads):
    folder = tempfile.mkdtemp()
    try:
        run = os.path.join(folder, "run")
        out = subprocess.run(
            [launcher, "train", name, "--epochs", "2", "--threads", str(threads), "--limit-train", str(IMAGES + HELD),
             "--limit-test", "100", "--no-latency", "--out", run, "--json"],
            check=True, capture_output=True, text=True).stdout
        trial = json.loads(out)["trials"][0]
        versions["torch in Catwalk"] = trial["provenance"]["software"]["pytorch"]
        versions["processor"] = trial["provenance"]["machine"]["processor"]
        (epochs,) = glob.glob(os.path.join(run, "**", "history.csv"), recursive=True)
        with open(epochs) as file:
            return float(list(csv.DictReader(file))[1]["seconds"])
    finally:
        shutil.rmtree(folder)


versions = {"python": platform.python_version()}
result = {"machine": versions, "images": IMAGES, "rounds": rounds, "seconds": {}}
names = AGAINST_BEFORE if "before" in launchers else AGAINST_PYTHON
if len(sys.argv) > 5:
    names = sys.argv[5].split(",")
    with open(os.path.join(here, "epochs.json")) as file:
        result["seconds"] = json.load(file)["seconds"]
for name in names:
    ways = {way: lambda t, launcher=launcher, name=name: catwalk_seconds(launcher, name, t)
            for way, launcher in launchers.items()}
    if name in AGAINST_PYTHON:
        modes = ("float", "bfloat16") if name in ("lstm", "gru") else ("float", "channels-last", "bfloat16")
        for mode in modes:
            ways["python " + mode] = lambda t, mode=mode, name=name: python_seconds(name, mode, t)
    for threads in (1, 2) if name in TWO_THREADS else (1,):
        if threads > 1:
            ways.pop("before", None)
        seconds = {way: [] for way in ways}
        for turn in range(rounds):
            for way, measure in list(ways.items()):
                if turn == 0 or seconds[way][0] <= TOO_SLOW * min(first[0] for first in seconds.values()):
                    try:
                        seconds[way].append(round(measure(threads), 3))
                    except subprocess.CalledProcessError as e:
                        print(f"{name}, {threads} threads, {way}: does not run here: {e.stderr[-300:]}", flush=True)
                        del ways[way], seconds[way]
        result["seconds"].setdefault(name, {})[str(threads)] = seconds
        for way in ways:
            ratios = [ours / theirs for ours, theirs in zip(seconds["catwalk"], seconds[way])]
            print(f"{name}, {threads} thread{'s' * (threads > 1)}, {way}: {statistics.median(seconds[way]):.2f} s "
                  f"({min(seconds[way]):.2f} to {max(seconds[way]):.2f}, rounds: {len(seconds[way])}), "
                  f"Catwalk takes {statistics.median(ratios):.2f} of it", flush=True)
        with open(os.path.join(here, "epochs.json"), "w") as file:
            json.dump(result, file, indent=2)
            file.write("\n")
