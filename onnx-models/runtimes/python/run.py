"""Asks ONNX Runtime for Python, or the reference evaluator of ONNX.

Usage: run.py [--reference] MODEL.onnx SIGNATURE.json IMAGES LOGITS
"""

import json
import sys
import time

import numpy

*reference, model, signature, images, logits = sys.argv[1:]
if reference:
    import onnx as library
    from onnx.reference import ReferenceEvaluator
else:
    import onnxruntime as library
with open(signature, encoding="utf-8") as file:
    about = json.load(file)
batch, *shape = about["input"]["shape"]  # such as "batch", 1, 28, 28
pixels = numpy.fromfile(images, numpy.uint8)


def prepared(pixels):
    if about["normalization"] is None:  # the file takes pixels as they are
        return pixels
    mean, std = (numpy.reshape(about["normalization"][name], (-1, 1, 1)) for name in ("mean", "std"))
    return ((pixels / 255 - mean) / std).astype(numpy.float32)


def batches():
    if shape[0] != "height":
        whole = pixels.reshape(-1, *shape)
        step = batch if batch != "batch" else 256
        yield from (whole[i:i + step] for i in range(0, len(whole), step))
        return
    at = 0  # before the pixels of each image: its height, width and channels
    while at < len(pixels):
        own = pixels[at:at + 12].view("<i4")
        yield pixels[at + 12:at + 12 + own.prod()].reshape(1, *own)
        at += 12 + own.prod()


session = (ReferenceEvaluator(model) if reference
           else library.InferenceSession(model, providers=["CPUExecutionProvider"]))
start = time.perf_counter()
answers = [session.run([about["output"]["name"]], {about["input"]["name"]: prepared(some)})[0]
           for some in batches()]
seconds = time.perf_counter() - start
numpy.concatenate(answers).tofile(logits)
print(json.dumps({"version": library.__version__, "seconds": seconds}))
