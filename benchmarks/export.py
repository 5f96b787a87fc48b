#!/usr/bin/python3
"""Compares the files of Catwalk with those of torch.onnx.export, and writes export.json.

Catwalk exports four networks that are built in DJL and writes their weights; the same networks in PyTorch load these
weights and are exported by torch.onnx.export (the TorchScript exporter, which is the default of PyTorch 2.6). Both
files must answer alike. Counted are the nodes without Constant; timed is ONNX Runtime with one thread and a batch of
1, both files in one process, call by call in turns. Both have their batch norms folded, as PyTorch does by itself.

Needs Maven and Debian's python3-torch, python3-torchvision, python3-onnx and python3-onnxruntime.

Usage: export.py [SECONDS [FOLDER]]
  SECONDS  how long each network is timed; default: 30
  FOLDER   where the files are kept; default: a temporary folder. With files in it, Maven is not run again
"""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnx
import onnxruntime
import torch
import torchvision
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
OPSET = 17


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.key, self.query = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.result = nn.Linear(width, width), nn.Linear(width, width)
        self.heads = heads

    def split(self, x):
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x):
        key, query, value = self.split(self.key(x)), self.split(self.query(x)), self.split(self.value(x))
        scores = query @ key.transpose(2, 3) * (1 / math.sqrt(key.shape[3]))
        mixed = (scores.softmax(3) @ value).transpose(1, 2)
        return self.result(mixed.reshape(x.shape))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(width, 1e-6), Attention(width, heads))
        self.perceptron = nn.Sequential(
            nn.LayerNorm(width, 1e-6), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = self.attention(x) + x
        return self.perceptron(x) + x


class Vit(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 192, 16, 16)
        self.positions = nn.Parameter(torch.zeros(196, 192))
        self.layers = nn.Sequential(*[Layer(192, 3) for _ in range(12)])
        self.norm, self.head = nn.LayerNorm(192, 1e-6), nn.Linear(192, 1000)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        return self.head(self.norm(self.layers(tokens)).mean(1))

    def ordered(self):
        """Names the state in the order of definition: PyTorch puts parameters of its own before those of children."""
        state = self.state_dict()
        first = [key for key in state if key.startswith("patches.")]
        return first + [key for key in state if key not in first]


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(28, 128, 2, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


NETWORKS = {
    "resnet18": (lambda: torchvision.models.resnet18(weights=None), (3, 224, 224)),
    "mobilenet_v2": (lambda: torchvision.models.mobilenet_v2(weights=None), (3, 224, 224)),
    "vit_tiny": (Vit, (3, 224, 224)),
    "lstm_2": (Lstm, (28, 28)),
}


def loaded(network, file):
    """Fills the state of a network with the numbers of a file, which has them in the same order."""
    numbers = torch.from_numpy(numpy.fromfile(file, "<f4"))
    state = network.state_dict()
    names = network.ordered() if hasattr(network, "ordered") else list(state)
    at = 0
    for name in names:
        if not name.endswith("num_batches_tracked"):
            size = state[name].numel()
            state[name] = numbers[at:at + size].reshape(state[name].shape)
            at += size
    if at != len(numbers):
        raise SystemExit(f"expected {at} numbers in {file}, found {len(numbers)}")
    network.load_state_dict(state)
    return network.eval()


def nodes(file):
    return sum(node.op_type != "Constant" for node in onnx.load(file).graph.node)


def session(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def answer(ours, images):
    return ours.run(None, {ours.get_inputs()[0].name: images})[0]


def timed(sessions, sample, seconds):
    """Returns the times of each session in microseconds, call by call in turns after a tenth for warming up."""
    images = numpy.random.default_rng(0).standard_normal((1, *sample), numpy.float32)
    feeds = [{one.get_inputs()[0].name: images} for one in sessions]
    times = []
    begin = time.perf_counter()
    while time.perf_counter() < begin + seconds:
        pair = [0.0, 0.0]
        for i in (0, 1) if len(times) % 2 == 0 else (1, 0):
            before = time.perf_counter_ns()
            sessions[i].run(None, feeds[i])
            pair[i] = (time.perf_counter_ns() - before) / 1e3
        times.append(pair)
    return times[len(times) // 10:]


def compare(name, folder, seconds):
    build, sample = NETWORKS[name]
    ours, theirs = os.path.join(folder, name + ".onnx"), os.path.join(folder, name + ".torch.onnx")
    network = loaded(build(), os.path.join(folder, name + ".weights"))
    torch.onnx.export(
        network, torch.zeros(2, *sample), theirs, opset_version=OPSET, dynamo=False, input_names=["images"],
        output_names=["logits"], dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}})
    sessions = [session(ours), session(theirs)]
    images = numpy.random.default_rng(1).standard_normal((3, *sample), numpy.float32)
    expected = network(torch.from_numpy(images)).detach().numpy()
    scale = numpy.abs(expected).max()
    differences = [float(numpy.abs(answer(one, images) - expected).max() / scale) for one in sessions]
    if max(differences) > 1e-4:
        raise SystemExit(f"{name}: the files differ from PyTorch by {differences} of the largest answer")
    times = timed(sessions, sample, seconds)
    ratios = sorted(pair[1] / pair[0] for pair in times)
    return {
        "nodes_catwalk": nodes(ours), "nodes_torch": nodes(theirs),
        "difference_catwalk": differences[0], "difference_torch": differences[1], "calls": len(times),
        "median_micros_catwalk": statistics.median(pair[0] for pair in times),
        "median_micros_torch": statistics.median(pair[1] for pair in times),
        "speed": statistics.median(ratios),
        "speed_quartiles": [ratios[len(ratios) // 4], ratios[len(ratios) * 3 // 4]],
        "bytes_catwalk": os.path.getsize(ours), "bytes_torch": os.path.getsize(theirs)}


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    folder = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    if not all(os.path.exists(os.path.join(folder, name + ".onnx")) for name in NETWORKS):
        subprocess.run(
            ["mvn", "-B", "-q", "-pl", "onnx-models", "-am", "test", "-Dtest=ComparedNetworksTest#write",
             "-Dsurefire.failIfNoSpecifiedTests=false", f"-Dcatwalk.compared={folder}"],
            check=True, cwd=os.path.dirname(HERE))
    result = {"processor": processor(), "load_at_start": os.getloadavg()[0], "opset": OPSET, "threads": 1,
              "torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "networks": {}}
    print("| network | nodes, Catwalk | nodes, PyTorch | Catwalk | PyTorch | speed (quartiles) |")
    print("|---|--:|--:|--:|--:|--:|")
    for name in NETWORKS:
        one = result["networks"][name] = compare(name, folder, seconds)
        low, high = one["speed_quartiles"]
        print(f"| `{name}` | {one['nodes_catwalk']} | {one['nodes_torch']} | {one['median_micros_catwalk'] / 1e3:.2f} ms"
              f" | {one['median_micros_torch'] / 1e3:.2f} ms | {one['speed']:.3f} ({low:.3f} to {high:.3f}) |", flush=True)
    with open(os.path.join(HERE, "export.json"), "w") as file:
        json.dump(result, file, indent=2)
        file.write("\n")


main()
