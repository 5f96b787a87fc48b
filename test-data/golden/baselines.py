#!/usr/bin/python3
"""Write baselines.json: histograms of gradients by scikit-image, and what scikit-learn's classifiers make of them.

Run it in this folder; it needs numpy, scikit-image and scikit-learn. Where 4x4 cells are of unequal sizes, which
scikit-image has not, numpy computes them here.
"""

import base64
import json

import numpy
from skimage.feature import hog
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

random = numpy.random.default_rng(7)


def noise(count, channels, height, width):
    """Noise of different scales, so that gradients have all lengths."""
    images = random.integers(0, 256, (count, channels, height, width)) * random.random((count, 1, 1, 1))
    images[:, :, height // 3 :, : width // 2] += 40
    return images.clip(0, 255).astype(numpy.uint8)


def gradients(image):
    """Normalized blocks of an image (channels, height, width)."""
    channels, height, width = image.shape
    if height % 4 == 0 and width % 4 == 0:
        planes = numpy.moveaxis(image, 0, -1)
        return hog(planes, 9, (height // 4, width // 4), (2, 2), block_norm="L2-Hys", channel_axis=-1)
    lengths, angles = numpy.zeros((height, width)), numpy.zeros((height, width))
    for plane in image.astype(float):
        down, right = numpy.zeros_like(plane), numpy.zeros_like(plane)
        down[1:-1], right[:, 1:-1] = plane[2:] - plane[:-2], plane[:, 2:] - plane[:, :-2]
        larger = numpy.hypot(down, right) > lengths
        lengths = numpy.where(larger, numpy.hypot(down, right), lengths)
        angles = numpy.where(larger, numpy.rad2deg(numpy.arctan2(down, right)) % 180, angles)
    cells = numpy.zeros((4, 4, 9))
    rows, columns = numpy.arange(height) * 4 // height, numpy.arange(width) * 4 // width
    for r in range(4):
        for c in range(4):
            inside = numpy.outer(rows == r, columns == c)
            for o in range(9):
                of = inside & (angles >= 20 * o) & (angles < 20 * o + 20)
                cells[r, c, o] = lengths[of].sum() / inside.sum()
    blocks = []
    for r in range(3):
        for c in range(3):
            block = cells[r : r + 2, c : c + 2]
            block = numpy.minimum(block / numpy.sqrt((block**2).sum() + 1e-10), 0.2)
            blocks.append(block / numpy.sqrt((block**2).sum() + 1e-10))
    return numpy.array(blocks).ravel()


def colors(image):
    """Roots of the shares of 16 grays, or of 4 levels of each of three channels."""
    image = image.astype(int)
    if len(image) == 1:
        return numpy.sqrt(numpy.histogram(image, 16, (0, 256))[0] / image[0].size)
    points = image.reshape(3, -1).T
    return numpy.sqrt(numpy.histogramdd(points, 4, [(0, 256)] * 3)[0].ravel() / len(points))


def histograms(images):
    return numpy.array([numpy.concatenate([gradients(image), colors(image)]) for image in images])


def packed(images):
    return base64.b64encode(images.tobytes()).decode()


described = []
for shape in ((1, 28, 28), (3, 16, 32), (3, 15, 22), (1, 9, 30)):
    image = noise(1, *shape)
    described.append({"shape": shape, "pixels": packed(image), "features": histograms(image)[0].tolist()})

# Four classes of unequal size, which overlap; the fourth is nowhere among the images asked about.
labels = random.permutation(numpy.repeat([0, 1, 2, 3], [60, 45, 30, 5]))
asked = random.integers(0, 3, 60)
every = numpy.concatenate([labels, asked])
images = random.integers(0, 120, (len(every), 3, 8, 8))
for image, label in zip(images, every):
    image[label % 3] += random.integers(0, 35)
    image[:, label * 2 : label * 2 + 2] += random.integers(0, 50)
images = images.astype(numpy.uint8)
features = histograms(images).astype(numpy.float32)
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
