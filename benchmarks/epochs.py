#!/usr/bin/python3
"""Times an epoch of Catwalk against one of Python PyTorch, in turns, and writes epochs.json.

Both train the same network with the same batch size, optimizer, schedule, augmentation, weight average and
clipping, on 54,000 images of Fashion-MNIST. Needs Debian's python3-torch and libopenblas0-openmp.

Usage: epochs.py CATWALK DATA_FOLDER [ROUNDS [THREADS]]
  CATWALK      the launcher, catwalk in the checkout or bin/catwalk of the packed program
  DATA_FOLDER  test-data/fashion-mnist
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

catwalk, data = sys.argv[1], sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
threads = sys.argv[4] if len(sys.argv) > 4 else "1"
here = os.path.dirname(os.path.abspath(__file__))


def python_seconds(name):
    # A setting made for an older OpenBLAS would slow this one down.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    out = subprocess.run(
        ["/usr/bin/python3", os.path.join(here, "pytorch_epochs.py"), name, threads, "1", data],
        env=environment, check=True, capture_output=True, text=True).stdout
    answer = json.loads(out)
    versions["torch in Python"] = answer["torch"]
    return answer["seconds"][0]


def catwalk_seconds(name):
    folder = tempfile.mkdtemp()
    try:
        out = subprocess.run(
            [catwalk, "train", name, "--epochs", "1", "--threads", threads, "--limit-test", "100",
             "--out", os.path.join(folder, "run"), "--json"],
            check=True, capture_output=True, text=True).stdout
        trial = json.loads(out)["trials"][0]
        versions["torch in Catwalk"] = trial["provenance"]["software"]["pytorch"]
        versions["processor"] = trial["provenance"]["machine"]["processor"]
        return trial["efficiency"]["training_seconds"]
    finally:
        shutil.rmtree(folder)


versions = {"python": platform.python_version(), "threads": int(threads)}
result = {"machine": versions, "classifiers": {}}
for name in ("conv-maxpool", "lstm"):
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(python_seconds(name))
        ours.append(catwalk_seconds(name))
        print(f"{name}: Python {theirs[-1]:.1f} s, Catwalk {ours[-1]:.1f} s", flush=True)
    ratios = [a / b for a, b in zip(ours, theirs)]
    result["classifiers"][name] = {
        "python_seconds": theirs, "catwalk_seconds": ours, "median_ratio": statistics.median(ratios)}
    print(f"{name}: median ratio Catwalk / Python {statistics.median(ratios):.2f}", flush=True)
with open(os.path.join(here, "epochs.json"), "w") as file:
    json.dump(result, file, indent=2)
    file.write("\n")
