#!/usr/bin/python3
"""Write compose.json: small pretrained-like networks as torch.onnx exports them, what their inner tensors hold, and heads.

Run it in this folder; it needs python3-torch (2.6.0), python3-onnx (1.17.0) and python3-onnxruntime (1.21). The features
are those of the file that onnx.utils.extract_model cuts, run by ONNX Runtime's Python; the logits those of the head, run
on these features.
"""

import base64
import json
import pathlib
import tempfile
import zlib

import numpy
import onnx
import onnx.reference  # before onnxruntime, whose operators it would stumble over
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper, version_converter
from torch import nn

SIDE = 8
CLASSES = 4
NEWEST = 20  # of torch's exporter
IR_VERSIONS = dict.fromkeys((13, 14), 7) | dict.fromkeys((15, 16, 17, 18), 8) | {19: 9, 20: 9, 21: 10}


class Residual(nn.Module):
    """ResNet's basic block between a stem and the mean of the map."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU())
        self.one = nn.Sequential(nn.Conv2d(6, 6, 3, 1, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, 1, 1))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = self.stem(x)
        x = torch.relu(x + self.one(x))
        return self.fc(torch.flatten(self.pool(x), 1))


class Inverted(nn.Module):
    """MobileNetV2's inverted residual, with its ReLU6, dropout and mean over two axes."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 1), nn.ReLU6(), nn.Conv2d(8, 8, 3, 2, 1, groups=8), nn.ReLU6(), nn.Conv2d(8, 5, 1)
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(5, 3))

    def forward(self, x):
        return self.classifier(self.layers(x).mean([2, 3]))


class Vision(nn.Module):
    """A vision transformer: patches, a class token, one block, its head on the class token."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 6, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 6))
        self.place = nn.Parameter(torch.randn(1, 5, 6))
        self.before, self.between, self.last = nn.LayerNorm(6), nn.LayerNorm(6), nn.LayerNorm(6)
        self.qkv, self.proj = nn.Linear(6, 18), nn.Linear(6, 6)
        self.mlp = nn.Sequential(nn.Linear(6, 12), nn.GELU(), nn.Linear(12, 6))
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.place
        q, k, v = self.qkv(self.before(x)).reshape(-1, 5, 3, 2, 3).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(2, 3) * 3**-0.5, -1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(-1, 5, 6))
        x = self.last(x + self.mlp(self.between(x)))
        return self.head(x[:, 0])


def exported(network, opset, path, side=SIDE):
    axes = {"images": {0: "batch"}, "logits": {0: "batch"}}
    torch.onnx.export(
        network.eval(), torch.zeros(2, 3, side, side), path, opset_version=min(opset, NEWEST), dynamo=False,
        input_names=["images"], output_names=["logits"], dynamic_axes=axes,
    )
    model = onnx.load(path)
    if opset > NEWEST:
        model = version_converter.convert_version(model, opset)
        model.ir_version = IR_VERSIONS[opset]
    del model.graph.value_info[:]
    return model


def head(features, opset, rng):
    """Has a tensor "logits" inside, and the names of torch's weights, as the backbone has."""
    values = lambda name, *shape: numpy_helper.from_array(rng.standard_normal(shape).astype(numpy.float32), name)
    nodes = [
        helper.make_node("Flatten", ["images"], ["/Flatten_output_0"]),
        helper.make_node("Gemm", ["/Flatten_output_0", "fc.weight", "fc.bias"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["active"]),
        helper.make_node("MatMul", ["active", "head.weight"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes, "head",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 1, 1, features])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])],
        [values("fc.weight", features, 7), values("fc.bias", 7), values("head.weight", 7, CLASSES)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR_VERSIONS[opset])
    onnx.checker.check_model(model, full_check=True)
    return model


def packed(model):
    return base64.b64encode(zlib.compress(model.SerializeToString(), 9)).decode()


def run(model, inputs):
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {session.get_inputs()[0].name: inputs})[0]


def main():
    rng = numpy.random.default_rng(5)
    torch.manual_seed(5)
    images = rng.standard_normal((3, 3, SIDE, SIDE)).round(2).astype(numpy.float32)
    folder = pathlib.Path(tempfile.mkdtemp())
    files = []
    for name, network in (("residual", Residual()), ("inverted", Inverted()), ("vision", Vision())):
        for opset in (11, 13, 18, 21):
            model = exported(network, opset, folder / "whole.onnx")
            onnx.save(model, folder / "whole.onnx")
            gemm = model.graph.node[-1]
            assert gemm.op_type == "Gemm", gemm
            onnx.utils.extract_model(folder / "whole.onnx", folder / "cut.onnx", ["images"], [gemm.input[0]], check_model=False)
            features = run(onnx.load(folder / "cut.onnx"), images)
            top = head(features.shape[1], max(13, opset), rng)
            shaped = features.reshape(len(features), 1, 1, -1)
            files.append({
                "name": name,
                "opset": opset,
                "output": gemm.input[0],
                "onnx": packed(model),
                "head": packed(top),
                "features": [round(one, 7) for one in features.ravel().tolist()],
                "logits": [round(one, 7) for one in run(top, shaped).ravel().tolist()],
            })
    pathlib.Path("compose.json").write_text(json.dumps({"images": [round(one, 2) for one in images.ravel().tolist()], "files": files}) + "\n")


if __name__ == "__main__":
    main()
