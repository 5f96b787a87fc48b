#!/usr/bin/python3
"""Write networks of torchvision with random weights, and what they answer with a head, to a folder: backbones.py FOLDER.

Needs python3-torchvision (0.21) and what compose.py needs. For each file: NAME.onnx, NAME.head.onnx and NAME.json with the
logits of the head on the features that ONNX's own extract_model cuts out. torchvision's transformer needs opset 14, since
torch's exporter knows no attention before; in 11 to 13 it is that of compose.py. Nothing is kept: the files are large.
"""

import json
import pathlib
import sys
import tempfile

import numpy
import onnx
import torch
import torchvision

import compose

SIDE = 64
IMAGES = 16


def network(name, opset):
    if name == "vit" and opset < 14:
        return compose.Vision(), compose.SIDE
    if name == "vit":
        return torchvision.models.VisionTransformer(SIDE, 16, num_layers=3, num_heads=4, hidden_dim=96, mlp_dim=192), SIDE
    return torchvision.models.get_model(name, weights=None), SIDE


def main(out):
    rng = numpy.random.default_rng(9)
    torch.manual_seed(9)
    folder = pathlib.Path(tempfile.mkdtemp())
    for name in ("resnet18", "mobilenet_v2", "vit"):
        for opset in range(11, 22):
            whole, side = network(name, opset)
            images = rng.standard_normal((IMAGES, 3, side, side)).astype(numpy.float32)
            model = compose.exported(whole, opset, folder / "whole.onnx", side)
            onnx.save(model, folder / "whole.onnx")
            output = model.graph.node[-1].input[0]
            onnx.utils.extract_model(folder / "whole.onnx", folder / "cut.onnx", ["images"], [output], check_model=False)
            features = compose.run(onnx.load(folder / "cut.onnx"), images)
            top = compose.head(features.shape[1], max(13, opset), rng)
            logits = compose.run(top, features.reshape(IMAGES, 1, 1, -1))
            file = out / f"{name}-{opset}.onnx"
            onnx.save(model, file)
            onnx.save(top, file.with_suffix(".head.onnx"))
            golden = {"output": output, "images": images.ravel().tolist(), "logits": logits.ravel().tolist()}
            file.with_suffix(".json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
