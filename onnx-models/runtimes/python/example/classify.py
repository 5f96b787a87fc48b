"""Prints the label of each image and its probability. Usage: classify.py MODEL.onnx IMAGE..."""

import sys

import numpy
import onnxruntime
from PIL import Image, ImageOps

model, *paths = sys.argv[1:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
labels = session.get_modelmeta().custom_metadata_map["labels"].split("\n")
for path in paths:
    image = Image.open(path)
    if image.mode[0] in "IF":  # these have more than 8 bits
        sys.exit(f"{path}: expected 8 bits a channel, found mode {image.mode}")
    pixels = numpy.asarray(ImageOps.exif_transpose(image).convert("RGB"))  # upright; any height and width
    logits = session.run(["logits"], {"image": pixels[numpy.newaxis]})[0][0]
    odds = numpy.exp(logits - logits.max())
    print(path, labels[logits.argmax()], f"{odds.max() / odds.sum():.6f}", sep="\t")
