#!/usr/bin/python3
"""Quantizes the convolutional files of the zoo by Catwalk and by Python's quantize_static, and writes quantize.json.

Both calibrate by minimum and maximum on the same 500 training images, with weights of reduced range for each channel;
Python's file is prepared by quant_pre_process, which folds batch norms. The times are of whole processes, in turns. The
files are then run by the same Python ONNX Runtime with one thread: accuracy on the 10,000 test images, and batches of
64 in turns with the float file.

Needs Debian's python3-onnx, python3-onnxruntime and python3-scipy, and a JDK.

Usage: quantize.py CLASSPATH [ROUNDS]
  CLASSPATH  of Catwalk, such as 'runner/target/catwalk-0.2.0/lib/*'
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ZOO = os.path.join(HERE, "..", "onnx-models", "zoo", "fashion-mnist")
DATA = os.path.join(HERE, "..", "test-data", "fashion-mnist")
MODELS = ["small-conv", "stride-conv", "conv-maxpool", "drop-norm-l2"]
CALIBRATION = 500
BATCH = 64


def pixels(name, offset):
    import numpy
    with gzip.open(os.path.join(DATA, name)) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset)


def by_python(model, images, out):
    """Is run in a process of its own."""
    import numpy
    import onnx.reference  # before onnxruntime, whose operators it would stumble over
    from onnxruntime.quantization import CalibrationDataReader, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    batches = numpy.fromfile(images, numpy.float32).reshape(-1, 100, 1, 28, 28)

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.batches = iter([{"images": batch} for batch in batches])

        def get_next(self):
            return next(self.batches, None)

    quant_pre_process(model, out + ".prepared")
    quantize_static(out + ".prepared", out, Reader(), per_channel=True, reduce_range=True)


def seconds(*command):
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - before


def spread(values):
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def measured(files, mean, std, rounds):
    import numpy
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    sessions = {name: onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
                for name, file in files.items()}
    test = pixels("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    test = (test.astype(numpy.float32) / numpy.float32(255) - numpy.float32(mean)) / numpy.float32(std)
    labels = pixels("t10k-labels-idx1-ubyte.gz", 8)
    result = {}
    for name, session in sessions.items():
        answers = [session.run(["logits"], {"images": test[i:i + 500]})[0] for i in range(0, len(test), 500)]
        result[name] = {"accuracy": float((numpy.concatenate(answers).argmax(1) == labels).mean()),
                        "bytes": os.path.getsize(files[name])}
    times = {name: [] for name in sessions}
    for _ in range(rounds):  # of some ten batches each; the fastest of them is that which nothing else disturbed
        for name, session in sessions.items():
            least = float("inf")
            for _ in range(10):
                before = time.perf_counter()
                session.run(["logits"], {"images": test[:BATCH]})
                least = min(least, time.perf_counter() - before)
            times[name].append(least)
    for name in sessions:
        result[name]["batch_micros"] = spread([1e6 * value for value in times[name]])
        result[name]["speedup"] = spread([f / q for f, q in zip(times["float"], times[name])])
    return result


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            text = file.read()
        name = next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name"))
        flags = next(line for line in text.splitlines() if line.startswith("flags")).split()
        return name + ", " + ", ".join(flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if flag in flags)
    except (OSError, StopIteration):
        return "unknown"


def metadata(model):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options).get_modelmeta().custom_metadata_map


def main():
    import numpy
    class_path = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    result = {"rounds": rounds, "load_at_start": os.getloadavg()[0], "processor": processor(), "models": {}}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-nowarn", "-cp", class_path, "-d", folder, os.path.join(HERE, "OnnxQuantize.java")],
                       check=True)
        for name in MODELS:
            model = os.path.join(ZOO, name + ".onnx")
            facts = metadata(model)
            mean, std = float(facts["preprocessing.mean"]), float(facts["preprocessing.std"])
            train = pixels("train-images-idx3-ubyte.gz", 16)[:CALIBRATION * 784]
            images = os.path.join(folder, "images")
            ((train.astype(numpy.float32) / numpy.float32(255) - numpy.float32(mean)) / numpy.float32(std)).tofile(images)
            files = {"float": model, "python": os.path.join(folder, "python.onnx"),
                     "catwalk": os.path.join(folder, "catwalk.onnx")}
            times = {"python": [], "catwalk": []}
            for _ in range(rounds):
                times["python"].append(seconds(
                    sys.executable, os.path.abspath(__file__), "--python", model, images, files["python"]))
                times["catwalk"].append(seconds(
                    "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                    class_path + os.pathsep + folder, "OnnxQuantize", model, images, files["catwalk"]))
            found = measured(files, mean, std, rounds)
            for side in times:
                found[side]["seconds_to_quantize"] = spread(times[side])
            found["time_ratio"] = spread([c / p for c, p in zip(times["catwalk"], times["python"])])
            result["models"][name] = found
            for side in ("float", "python", "catwalk"):
                each = found[side]
                print(f"{name} {side}: {100 * each['accuracy']:.2f} %, {each['speedup']['median']:.2f} times "
                      f"({each['speedup']['low']:.2f} to {each['speedup']['high']:.2f}), {each['bytes']} bytes, "
                      f"{each.get('seconds_to_quantize', {'median': 0})['median']:.2f} s", flush=True)
            with open(os.path.join(HERE, "quantize.json"), "w") as file:
                json.dump(result, file, indent=2)
                file.write("\n")


if sys.argv[1] == "--python":
    by_python(*sys.argv[2:])
else:
    main()
