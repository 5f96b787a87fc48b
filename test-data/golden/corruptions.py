#!/usr/bin/python3
"""Write corruptions.json: images that are moved, turned, noisy and pale, as numpy and scipy make them.

Run it in this folder; it needs numpy and scipy. Normal numbers are made of uniform ones by Box and Muller (1958), as complex numbers;
the uniform ones come from SplitMix64 (Steele, Lea and Flood 2014), which is written down here once more.
"""

import json

import numpy
from scipy import ndimage

HEIGHT, WIDTH = 11, 14
WAYS = [(0, 1), (0, -1), (1, 0), (-1, 0)]  # down and right, by the number of the image


def image(channels):
    return numpy.random.default_rng(channels).integers(0, 256, (channels, HEIGHT, WIDTH)).astype(float)


def levels(values):
    return numpy.floor(numpy.clip(values, 0, 255) + 0.5).astype(int).flatten().tolist()


def shifted(before, strength, number):
    down, right = WAYS[number % 4]
    side = HEIGHT if down else WIDTH
    distance = int(numpy.floor(side * strength / 100 + 0.5))
    return [ndimage.shift(plane, (down * distance, right * distance), order=0, mode="constant") for plane in before]


def turned(before, strength, number):
    # Even numbers turn one way, odd ones the other.
    angle = strength if number % 2 == 0 else -strength
    return [ndimage.rotate(plane, angle, reshape=False, order=1, mode="grid-constant") for plane in before]


def uniform(state):
    """Numbers of SplitMix64, as java.util.SplittableRandom.nextDouble gives them."""
    mask = (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        yield ((mixed ^ (mixed >> 31)) >> 11) * 2.0 ** -53


def noisy(before, strength, number):
    draws = uniform(42)
    noise = []
    while len(noise) < before.size:
        radius, angle = numpy.sqrt(-2 * numpy.log1p(-next(draws))), 2 * numpy.pi * next(draws)
        noise += (radius * numpy.exp(1j * angle)).real, (radius * numpy.exp(1j * angle)).imag
    return before + 255 * strength / 100 * numpy.array(noise[:before.size]).reshape(before.shape)


def pale(before, strength, number):
    means = before.mean(axis=(1, 2), keepdims=True)
    return (before - means) * (1 - strength / 100) + means


cases = [
    {"corruption": name, "channels": channels, "strength": strength, "number": number,
     "after": levels(make(image(channels), strength, number))}
    for name, make, strengths in (
        ("shift", shifted, (4, 12, 20)), ("rotation", turned, (6, 30)), ("noise", noisy, (6, 30)), ("contrast", pale, (15, 75)))
    for channels in (1, 3) for strength in strengths for number in range(4 if name in ("shift", "rotation") else 1)]
with open("corruptions.json", "w") as file:
    json.dump({
        "height": HEIGHT,
        "width": WIDTH,
        "images": {str(channels): image(channels).flatten().astype(int).tolist() for channels in (1, 3)},
        "cases": cases,
    }, file)
    file.write("\n")
