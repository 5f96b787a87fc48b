#!/usr/bin/python3
"""Times a single image by Catwalk's OnnxPredictor and by Python ONNX Runtime, and writes onnxruntime_latency.json.

Both run the same file with one thread, each in a fresh process, in turns; what counts is the median over the
rounds of each p50. Needs Debian's python3-onnxruntime.

Usage: onnxruntime_latency.py CATWALK [ROUNDS [ZOO]]
  CATWALK  the launcher, catwalk in the checkout or bin/catwalk of the packed program
  ZOO      folder of the files; default: onnx-models/zoo/fashion-mnist in the checkout
"""

import glob
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def python_p50(model):
    """Warms up for half a second and measures for one, as catwalk bench does."""
    import numpy
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    image = numpy.random.default_rng(0).standard_normal((1, 1, 28, 28), numpy.float32)
    name = session.get_inputs()[0].name
    for seconds in (0.5, 1.0):
        times = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            before = time.perf_counter_ns()
            session.run(["logits"], {name: image})
            times.append(time.perf_counter_ns() - before)
    return statistics.median(times) / 1e3, onnxruntime.__version__


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown"


def main():
    catwalk = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    zoo = sys.argv[3] if len(sys.argv) > 3 else os.path.join(HERE, "..", "onnx-models", "zoo", "fashion-mnist")
    result = {"threads": 1, "rounds": rounds, "load_at_start": os.getloadavg()[0], "processor": processor(),
              "models": {}}
    for model in sorted(glob.glob(os.path.join(zoo, "*.onnx"))):
        ours, theirs = [], []
        for _ in range(rounds):
            out = subprocess.run([sys.executable, os.path.abspath(__file__), "--one", model],
                                 check=True, capture_output=True, text=True).stdout
            p50, result["onnxruntime_in_python"] = json.loads(out)
            theirs.append(p50)
            out = subprocess.run([catwalk, "bench", model, "--threads", "1", "--processes", "1", "--json"],
                                 check=True, capture_output=True, text=True).stdout
            ours.append(json.loads(out)[0]["latency"]["p50_micros"])
        name = os.path.basename(model).removesuffix(".onnx")
        ratio = statistics.median(ours) / statistics.median(theirs)
        result["models"][name] = {
            "python_p50_micros": theirs, "catwalk_p50_micros": ours, "median_python": statistics.median(theirs),
            "median_catwalk": statistics.median(ours), "ratio": ratio}
        print(f"{name}: Python {statistics.median(theirs):.1f} us, Catwalk {statistics.median(ours):.1f} us, "
              f"ratio {ratio:.2f}", flush=True)
    with open(os.path.join(HERE, "onnxruntime_latency.json"), "w") as file:
        json.dump(result, file, indent=2)
        file.write("\n")


if sys.argv[1] == "--one":
    print(json.dumps(python_p50(sys.argv[2])))
else:
    main()
