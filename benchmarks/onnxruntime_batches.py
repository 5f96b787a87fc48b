#!/usr/bin/python3
"""Times batches of images by Catwalk's OnnxPredictor and by Python ONNX Runtime, and writes onnxruntime_batches.json.

Both sides do the same work on the same file: pixels of the test images as bytes, normalized as the file says, run,
and labelled by the largest logit. Python binds its memory once, which is as fast as a plain run or faster. Each round
has fresh processes, which measure in short turns. The ratio of a round is the median over its turns, and what counts
is the median over the rounds. Labels are compared. Needs Debian's python3-onnxruntime.

Usage: onnxruntime_batches.py CATWALK_HOME [ROUNDS [SECONDS]]
  CATWALK_HOME  the packed program, runner/target/catwalk-VERSION in the checkout
  SECONDS       of each turn, which has three calls at the least; default: 0.01
"""

import glob
import gzip
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ZOO = os.path.join(HERE, "..", "onnx-models", "zoo", "fashion-mnist")
IMAGES = os.path.join(HERE, "..", "test-data", "fashion-mnist", "t10k-images-idx3-ubyte.gz")
BATCHES = (64, 256)
THREADS = (1, 0)  # 0: all
WARMUP_SECONDS = 1.0
TURNS = 2  # a round


class Session:
    """A file that Python runs as whoever cares for speed would."""

    def __init__(self, model, threads):
        import onnxruntime
        self.runtime = onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        metadata = self.session.get_modelmeta().custom_metadata_map
        mean, std = float(metadata["preprocessing.mean"]), float(metadata["preprocessing.std"])
        import numpy
        self.scale, self.shift = numpy.float32(1 / 255 / std), numpy.float32(-mean / std)
        self.bound = {}

    def labels(self, pixels):
        import numpy
        if len(pixels) not in self.bound:
            images = numpy.empty(pixels.shape, numpy.float32)
            logits = numpy.empty((len(pixels), 10), numpy.float32)
            binding = self.session.io_binding()
            binding.bind_input(self.input, "cpu", 0, numpy.float32, images.shape, images.ctypes.data)
            binding.bind_output("logits", "cpu", 0, numpy.float32, logits.shape, logits.ctypes.data)
            self.bound[len(pixels)] = images, logits, binding
        images, logits, binding = self.bound[len(pixels)]
        numpy.multiply(pixels, self.scale, out=images, casting="unsafe", dtype=numpy.float32)
        images += self.shift
        self.session.run_with_iobinding(binding)
        return logits.argmax(1)

    def median_micros(self, batches, seconds):
        times = []
        first = self.labels(batches[0])  # wakes threads and caches
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 3:
            pixels = batches[len(times) % len(batches)]
            before = time.perf_counter_ns()
            self.labels(pixels)
            times.append(time.perf_counter_ns() - before)
        return {"micros": statistics.median(times) / 1e3, "labels": first.tolist()}


def answer_in_python(images):
    import numpy
    pixels = numpy.fromfile(images, numpy.uint8)[16:].reshape(-1, 1, 28, 28)
    opened, session = None, None
    for line in sys.stdin:
        model, threads, batch, seconds = line.rstrip("\n").split("\t")  # paths may have blanks
        if opened != (model, threads):
            opened, session = (model, threads), Session(model, int(threads))
        size = int(batch)
        batches = [pixels[i:i + size] for i in range(0, len(pixels) - size + 1, size)]
        answer = session.median_micros(batches, float(seconds))
        print(json.dumps(answer | {"version": session.runtime.__version__}), flush=True)


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown"


class Worker:
    """A process that answers each line of words, with tabs between them, with a line of JSON."""

    def __init__(self, *command):
        environment = dict(os.environ, ORT_DISABLE_TELEMETRY="1")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL, env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def rounds_of(home, images, rounds, seconds):
    """Yields after each round, for each model, number of threads and batch, the microseconds of all turns so far."""
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    models = sorted(glob.glob(os.path.join(ZOO, "*.onnx")))
    micros, version = {}, None
    for _ in range(rounds):
        with Worker(java, "-cp", os.path.join(home, "lib", "*"), os.path.join(HERE, "OnnxBatches.java"),
                    images) as catwalk, Worker(sys.executable, os.path.abspath(__file__), "--worker", images) as python:
            catwalk.ask(models[0], 1, 64, WARMUP_SECONDS)  # the JVM compiles
            for case in itertools.product(models, THREADS, BATCHES):
                turns = []
                for _ in range(TURNS + 1):
                    theirs, ours = python.ask(*case, seconds), catwalk.ask(*case, seconds)
                    if ours["labels"] != theirs["labels"]:
                        sys.exit(f"{case}: the labels differ")
                    turns.append({"python": theirs["micros"], "catwalk": ours["micros"]})
                micros.setdefault(case, []).append(turns[1:])  # the first is warm-up
                version = theirs["version"]
        yield micros, version


def compared(rounds):
    """Holds the two against each other turn by turn."""
    ratios = [statistics.median(turn["catwalk"] / turn["python"] for turn in turns) for turns in rounds]
    medians = {f"median_{who}_micros": statistics.median(turn[who] for turns in rounds for turn in turns)
               for who in ("python", "catwalk")}
    return medians | {"ratios": ratios, "ratio": statistics.median(ratios), "rounds": rounds}


def main():
    home = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 0.01
    result = {"load_at_start": os.getloadavg()[0], "cores": os.cpu_count(), "processor": processor()}
    with tempfile.NamedTemporaryFile() as images:
        with gzip.open(IMAGES) as packed:
            images.write(packed.read())
        images.flush()
        for micros, result["onnxruntime_in_python"] in rounds_of(home, images.name, rounds, seconds):
            result["rounds"] = len(next(iter(micros.values())))
            result["cases"] = {name(*case): compared(turns) for case, turns in micros.items()}
            with open(os.path.join(HERE, "onnxruntime_batches.json"), "w") as file:
                json.dump(result, file, indent=2)
                file.write("\n")
    for title, case in result["cases"].items():
        print(f"{title}: Python {case['median_python_micros']:.0f} us, Catwalk "
              f"{case['median_catwalk_micros']:.0f} us, ratio {case['ratio']:.3f} "
              f"({min(case['ratios']):.3f} to {max(case['ratios']):.3f})")


def name(model, threads, batch):
    return f"{os.path.basename(model).removesuffix('.onnx')}, {'one thread' if threads else 'all threads'}, {batch}"


if len(sys.argv) > 1 and sys.argv[1] == "--worker":
    answer_in_python(sys.argv[2])
else:
    main()
