"""Prints the label of each image and its probability. Usage: classify.py MODEL.onnx IMAGE..."""

import json
import pathlib
import sys

import numpy
import onnxruntime
from PIL import Image

model, *paths = sys.argv[1:]
about = json.loads(pathlib.Path(model.replace(".onnx", ".signature.json")).read_text(encoding="utf-8"))
height, width = about["input"]["shape"][2:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
for path in paths:
    image = Image.open(path)
    if image.size != (width, height) or image.mode[0] in "IF":  # these have more than 8 bits
        sys.exit(f"{path}: expected {width}x{height} pixels of 8 bits, found {image.width}x{image.height}, mode {image.mode}")
    image = image.convert("L" if about["color"] == "gray" else "RGB")
    pixels = numpy.asarray(image).reshape(1, image.height, image.width, -1).transpose(0, 3, 1, 2)
    if about["normalization"]:  # otherwise the file takes pixels as they are
        mean, std = (numpy.reshape(about["normalization"][name], (-1, 1, 1)) for name in ("mean", "std"))
        pixels = ((pixels / 255 - mean) / std).astype(numpy.float32)
    logits = session.run([about["output"]["name"]], {about["input"]["name"]: pixels})[0][0]
    odds = numpy.exp(logits - logits.max())
    print(path, about["labels"][logits.argmax()], f"{odds.max() / odds.sum():.6f}", sep="\t")
