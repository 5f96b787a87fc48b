#!/usr/bin/python3
"""Make a folder of JPEG files from a seed: train/CLASS and test/CLASS, colored, of one size.

    photos.py FOLDER [--images 30000] [--classes 12] [--side 256]

Each class has a color and a texture of its own, under noise of several scales, so that files are as long as those of
photographs (about 20 KB at 256x256 in quality 85) and can be told apart by a network. A tenth is for testing.
"""
import argparse
import functools
import os
from multiprocessing import Pool

import numpy
from PIL import Image

# Pictures of each class that the files are cut from.
SCENES = 8


@functools.lru_cache(maxsize=None)
def scene(label, number, side):
    """Returns a picture a quarter larger than asked, out of which many are cut."""
    random = numpy.random.default_rng([label, number])
    side = side * 5 // 4
    y, x = numpy.mgrid[0:side, 0:side] / side
    angle = label * numpy.pi / 12 + random.normal(0, 0.1)
    wave = numpy.sin(2 * numpy.pi * (3 + label % 4) * (x * numpy.cos(angle) + y * numpy.sin(angle)))
    pixels = numpy.empty((side, side, 3), numpy.float32)
    for c in range(3):
        pixels[:, :, c] = 128 + 40 * numpy.sin(label * (c + 1)) + 30 * wave
    for scale, strength in ((32, 25), (8, 12), (2, 8)):
        small = random.normal(0, strength, (max(1, side // scale), max(1, side // scale), 3)).astype(numpy.float32)
        for c in range(3):
            pixels[:, :, c] += numpy.asarray(Image.fromarray(small[:, :, c]).resize((side, side), Image.BILINEAR))
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def write(job):
    folder, index, label, side, part = job
    random = numpy.random.default_rng(index)
    large = scene(label, int(random.integers(SCENES)), side)
    left, top = (int(n) for n in random.integers(0, large.width - side + 1, 2))
    cut = large.crop((left, top, left + side, top + side)).point([min(255, max(0, v + index % 9 - 4)) for v in range(256)] * 3)
    cut.save(os.path.join(folder, part, f"class{label:04d}", f"{index:07d}.jpg"), quality=85)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=30_000)
    parser.add_argument("--classes", type=int, default=12)
    parser.add_argument("--side", type=int, default=256)
    given = parser.parse_args()
    for part in ("train", "test"):
        for label in range(given.classes):
            os.makedirs(os.path.join(given.folder, part, f"class{label:04d}"), exist_ok=True)
    jobs = [
        (given.folder, i, i % given.classes, given.side, "test" if i // given.classes % 10 == 0 else "train")
        for i in range(given.images)
    ]
    with Pool(2) as pool:
        for _ in pool.imap_unordered(write, jobs, 100):
            pass
