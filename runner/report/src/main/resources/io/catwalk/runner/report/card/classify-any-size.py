import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

image = ImageOps.exif_transpose(Image.open("image.png"))  # upright
batch = np.asarray(image.convert("RGB"))[np.newaxis]
session = ort.InferenceSession(FILE, providers=["CPUExecutionProvider"])
logits = session.run(["logits"], {"image": batch})[0][0]
exp = np.exp(logits - logits.max())
labels = session.get_modelmeta().custom_metadata_map["labels"].split("\n")
print(labels[logits.argmax()], f"{exp.max() / exp.sum():.4f}")
