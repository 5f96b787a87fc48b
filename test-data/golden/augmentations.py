#!/usr/bin/python3
"""Write augmentations.json: images that are turned, cropped and lit otherwise, as torchvision and PyTorch do it.

Run it in this folder; it needs python3-torch (2.6.0) and python3-torchvision (0.21.0). A draw is the number between
0 and 1 that a random generator gives for it.
"""

import json
import math

import torch
from torch.nn.functional import affine_grid, grid_sample
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional

HEIGHT, WIDTH = 7, 10


def image(channels):
    return torch.randint(0, 256, (channels, HEIGHT, WIDTH), generator=torch.Generator().manual_seed(channels)).float()


def rotated(channels, degrees, draw):
    """Pixels that have a part of the outside are none of the answer: torchvision and Catwalk blend them otherwise."""
    angle = (2 * draw - 1) * degrees
    whole = torch.ones(1, HEIGHT, WIDTH)
    turned = functional.rotate(image(channels), angle, InterpolationMode.BILINEAR)
    weight = functional.rotate(whole, angle, InterpolationMode.BILINEAR)[0]
    return {"channels": channels, "degrees": degrees, "draw": draw, "after": turned.flatten().tolist(),
            "inside": (weight > 0.99999).flatten().tolist()}


def cropped(channels, smallest, draws):
    area = (smallest + draws[0] * (1 - smallest)) * HEIGHT * WIDTH
    ratio = math.exp((2 * draws[1] - 1) * math.log(4 / 3))
    rows = min(HEIGHT, area / min(WIDTH, math.sqrt(area * ratio)))
    columns = area / rows
    left, top = draws[2] * (WIDTH - columns), draws[3] * (HEIGHT - rows)
    # In the units of affine_grid, the edges of the image are at -1 and 1.
    theta = torch.tensor([[
        [columns / WIDTH, 0, (2 * left + columns) / WIDTH - 1],
        [0, rows / HEIGHT, (2 * top + rows) / HEIGHT - 1]]])
    grid = affine_grid(theta, [1, channels, HEIGHT, WIDTH], align_corners=False)
    after = grid_sample(image(channels)[None], grid, padding_mode="border", align_corners=False)
    return {"channels": channels, "smallest_area": smallest, "draws": draws, "after": after.flatten().tolist()}


def lit(channels, brightness, contrast, draws):
    after = image(channels) / 255
    after = functional.adjust_brightness(after, 1 + (2 * draws[0] - 1) * brightness)
    after = functional.adjust_contrast(after, 1 + (2 * draws[1] - 1) * contrast)
    return {"channels": channels, "brightness": brightness, "contrast": contrast, "draws": draws,
            "after": (after * 255).flatten().tolist()}


with open("augmentations.json", "w") as file:
    json.dump({
        "height": HEIGHT,
        "width": WIDTH,
        "images": {str(channels): image(channels).flatten().int().tolist() for channels in (1, 3)},
        "rotate": [rotated(c, d, x) for c in (1, 3) for d, x in ((30, 0.75), (30, 0.1), (180, 0.75), (90, 1.0))],
        "crop": [cropped(c, s, x) for c in (1, 3)
                 for s, x in ((0.3, [0.2, 0.5, 0.4, 0.9]), (0.5, [0.0, 1.0, 1.0, 0.0]), (0.9, [1.0, 0.0, 0.5, 0.5]))],
        "light": [lit(c, b, k, x) for c in (1, 3)
                  for b, k, x in ((0.4, 0.3, [0.9, 0.2]), (0.5, 0.5, [0.1, 1.0]), (0.9, 0.9, [1.0, 1.0]))],
    }, file)
    file.write("\n")
