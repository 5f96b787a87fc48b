"""Asks OpenCV's DNN module in Python. Usage: run.py MODEL.onnx SIGNATURE.json IMAGES LOGITS"""

import json
import sys
import time

import cv2
import numpy

model, signature, images, logits = sys.argv[1:]
with open(signature, encoding="utf-8") as file:
    about = json.load(file)
batch, *shape = about["input"]["shape"]  # such as "batch", 1, 28, 28
step = batch if batch != "batch" else 1  # OpenCV takes an open size as 1
pixels = numpy.fromfile(images, numpy.uint8).reshape(-1, step, *shape)


def prepared(pixels):
    if about["normalization"] is None:  # the file takes pixels as they are, and OpenCV takes them as floats
        return pixels.astype(numpy.float32)
    mean, std = (numpy.reshape(about["normalization"][name], (-1, 1, 1)) for name in ("mean", "std"))
    return ((pixels / 255 - mean) / std).astype(numpy.float32)


net = cv2.dnn.readNetFromONNX(model)
start = time.perf_counter()
answers = []
for some in pixels:
    net.setInput(prepared(some), about["input"]["name"])
    answers.append(net.forward(about["output"]["name"]))
seconds = time.perf_counter() - start
numpy.concatenate(answers).tofile(logits)
print(json.dumps({"version": cv2.__version__, "seconds": seconds}))
