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
pixels = numpy.fromfile(images, numpy.uint8).reshape(-1, *shape)


def prepared(pixels):
    if about["normalization"] is None:  # the file takes pixels as they are
        return pixels
    mean, std = (numpy.reshape(about["normalization"][name], (-1, 1, 1)) for name in ("mean", "std"))
    return ((pixels / 255 - mean) / std).astype(numpy.float32)


session = (ReferenceEvaluator(model) if reference
           else library.InferenceSession(model, providers=["CPUExecutionProvider"]))
step = batch if batch != "batch" else 256
start = time.perf_counter()
answers = [session.run([about["output"]["name"]], {about["input"]["name"]: prepared(pixels[i:i + step])})[0]
           for i in range(0, len(pixels), step)]
seconds = time.perf_counter() - start
numpy.concatenate(answers).tofile(logits)
print(json.dumps({"version": library.__version__, "seconds": seconds}))
