#!/usr/bin/env python3
"""Times eight short trials: packed as catwalk does by itself, and one after the other with all cores each.

    benchmarks/packing.py CATWALK [ROUNDS]

CATWALK is the launcher of a built distribution. Prints one JSON object: the medians over the rounds of the
time from the start of the first trial to the end of the last, their ratio, and what a trial costs besides
itself: seconds from the start of its process to its first batch, and seconds that the parent and the start
and end of the process add to it. Nothing else should run meanwhile.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time


def run(catwalk, options):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "run")
        command = [catwalk, "crossval", "conv-maxpool", "lstm", "--folds", "4", "--limit-train", "8000",
                   "--epochs", "2", "--out", out] + options
        started, first_batch, own = {}, [], []
        begin = end = None
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            for line in process.stderr:
                now = time.monotonic()
                title, _, rest = line.strip().partition(": ")
                if rest == "started":
                    begin = begin or now
                    started[title] = now
                epoch = re.match(r"epoch 1 of .* ([0-9.]+) s$", rest)
                if epoch:
                    # With the validation after the epoch in it: an upper bound.
                    first_batch.append(now - started[title] - float(epoch.group(1)))
                if rest == "done":
                    end = now
                    own.append((title, now - started[title]))
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        with open(os.path.join(out, "results.json"), encoding="utf-8") as file:
            trials = json.load(file)["trials"]
        inside = {f"{t['classifier']} seed {t['seed']} fold {t['fold']}": t["timing"]["total_seconds"] for t in trials}
        outside = [wall - inside[title] for title, wall in own]
        return end - begin, statistics.median(first_batch), statistics.median(outside)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    catwalk = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    cores = str(os.cpu_count())
    packed, serial = [], []
    for _ in range(rounds):
        packed.append(run(catwalk, []))
        serial.append(run(catwalk, ["--jobs", "1", "--threads", cores]))
    together = statistics.median(r[0] for r in packed)
    alone = statistics.median(r[0] for r in serial)
    print(json.dumps({
        "cores": int(cores),
        "rounds": rounds,
        "packed_seconds": round(together, 1),
        "one_after_the_other_seconds": round(alone, 1),
        "times_sooner": round(alone / together, 2),
        "seconds_to_first_batch": round(statistics.median(r[1] for r in packed), 2),
        "seconds_to_first_batch_alone": round(statistics.median(r[1] for r in serial), 2),
        "seconds_outside_a_trial": round(statistics.median(r[2] for r in serial), 2),
    }, indent=2))


if __name__ == "__main__":
    main()
