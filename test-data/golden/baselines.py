#!/usr/bin/python3
"""Write baselines.json: histograms of gradients and colors by numpy, and what scikit-learn's classifiers make of them.

Run it in this folder; it needs numpy and scikit-learn.
"""

import base64
import json

import numpy
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

random = numpy.random.default_rng(7)


def noise(count, channels, height, width):
    """Noise of different scales, so that gradients have all lengths."""
    images = random.integers(0, 256, (count, channels, height, width)) * random.random((count, 1, 1, 1))
    images[:, :, height // 3 :, : width // 2] += 40
    return images.clip(0, 255).astype(numpy.uint8)


def histograms(image):
    """Roots of shares: of gradients by cell and angle, of their lengths, of each channel's levels, of colors."""
    channels, height, width = image.shape
    down, right = numpy.zeros((2, channels, height, width))
    down[:, 1:-1] = image[:, 2:].astype(float) - image[:, :-2]
    right[:, :, 1:-1] = image[:, :, 2:].astype(float) - image[:, :, :-2]
    lengths = numpy.hypot(down, right)
    largest = lengths.argmax(0)[None]
    down, right, lengths = (numpy.take_along_axis(of, largest, 0)[0] for of in (down, right, lengths))
    angles = numpy.minimum(numpy.rad2deg(numpy.arctan2(down, right)) % 180 // 20, 8)
    y, x = numpy.indices((height, width))
    rows, columns = min(8, height), min(8, width)
    cells = numpy.stack([y * rows // height, x * columns // width, angles], -1).reshape(-1, 3)
    ends = [(0, rows), (0, columns), (0, 9)]
    parts = [
        numpy.histogramdd(cells, (rows, columns, 9), ends, weights=lengths.ravel())[0],
        numpy.histogram(lengths.clip(0, 255), 16, (0, 256))[0],
    ]
    parts += [numpy.histogram(channel, 16, (0, 256))[0] for channel in image]
    if channels > 1:
        parts.append(numpy.histogramdd(image.reshape(channels, -1).T, 4, [(0, 256)] * channels)[0])
    return numpy.concatenate([numpy.sqrt(part.ravel() / max(part.sum(), 1e-9)) for part in parts])


def packed(images):
    return base64.b64encode(images.tobytes()).decode()


described = []
for shape in ((1, 28, 28), (3, 16, 32), (3, 15, 22), (1, 9, 30)):
    image = noise(1, *shape)
    described.append({"shape": shape, "pixels": packed(image), "features": histograms(image[0]).tolist()})

# Four classes of unequal size, which overlap; the fourth is nowhere among the images asked about.
labels = random.permutation(numpy.repeat([0, 1, 2, 3], [60, 45, 30, 5]))
asked = random.integers(0, 3, 60)
every = numpy.concatenate([labels, asked])
images = random.integers(0, 120, (len(every), 3, 8, 8))
for image, label in zip(images, every):
    image[label % 3] += random.integers(0, 35)
    image[:, label * 2 : label * 2 + 2] += random.integers(0, 50)
images = images.astype(numpy.uint8)
features = numpy.array([histograms(image) for image in images]).astype(numpy.float32)
learned, others = features[: len(labels)], features[len(labels) :]
machine = SVC(C=10, gamma="scale", tol=1e-8, decision_function_shape="ovo").fit(learned, labels)
nearest = KNeighborsClassifier(1).fit(learned, labels)

with open("baselines.json", "w") as file:
    values = {
        "described": described,
        "shape": images.shape[1:],
        "pixels": packed(images),
        "labels": every.tolist(),
        "learned": len(labels),
        "gamma": machine._gamma,
        "decisions": machine.decision_function(others).tolist(),
        "support": machine.predict(others).tolist(),
        "nearest": nearest.predict(others).tolist(),
        "support_vectors": machine.n_support_.tolist(),
    }
    json.dump(values, file)
    file.write("\n")
print(machine.score(others, asked), nearest.score(others, asked), machine.n_support_)
