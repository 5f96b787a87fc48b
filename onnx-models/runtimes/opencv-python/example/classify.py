"""Prints the label of each image and its probability. Usage: classify.py MODEL.onnx IMAGE..."""

import json
import pathlib
import sys

import cv2
import numpy

model, *paths = sys.argv[1:]
about = json.loads(pathlib.Path(model.replace(".onnx", ".signature.json")).read_text(encoding="utf-8"))
gray = about["color"] == "gray"
height, width = about["input"]["shape"][2:]
net = cv2.dnn.readNetFromONNX(model)
for path in paths:
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
    if image is None or image.shape[:2] != (height, width):
        found = "no image" if image is None else f"{image.shape[1]}x{image.shape[0]}"
        sys.exit(f"{path}: expected {width}x{height} pixels, found {found}")
    pixels = cv2.dnn.blobFromImage(image, swapRB=not gray)  # as floats; OpenCV reads blue first
    if about["normalization"]:  # otherwise the file takes pixels as they are
        mean, std = (numpy.reshape(about["normalization"][name], (-1, 1, 1)) for name in ("mean", "std"))
        pixels = ((pixels / 255 - mean) / std).astype(numpy.float32)
    net.setInput(pixels, about["input"]["name"])
    logits = net.forward(about["output"]["name"])[0]
    odds = numpy.exp(logits - logits.max())
    print(path, about["labels"][logits.argmax()], f"{odds.max() / odds.sum():.6f}", sep="\t")
