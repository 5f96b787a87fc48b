import sys
import numpy as np
import onnxruntime as ort
from PIL import Image

image = Image.open("image.png")
if image.size != (WIDTH, HEIGHT) or image.mode[0] in "IF":  # these have more than 8 bits
    sys.exit(f"image.png: expected SIZE of 8 bits, found {image.width}x{image.height}, mode {image.mode}")
image = image.convert("MODE")
pixels = np.asarray(image).reshape(1, HEIGHT, WIDTH, CHANNELS)
NORMALIZEDbatch = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
REPEATEDsession = ort.InferenceSession(FILE, providers=["CPUExecutionProvider"])
logits = session.run(["logits"], {"images": batch})[0][0]
exp = np.exp(logits - logits.max())
labels = session.get_modelmeta().custom_metadata_map["labels"].split("\n")
print(labels[logits.argmax()], f"{exp.max() / exp.sum():.4f}")
