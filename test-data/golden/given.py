#!/usr/bin/python3
"""Write given.json: small ONNX files as other programs export them, a table of predictions, and what they answer.

Run it in this folder; it needs python3-torch (2.6.0), python3-onnx (1.17.0), python3-onnxruntime (1.21) and
python3-sklearn (1.4.2). The logits are those of ONNX Runtime's Python, for pixels that NumPy normalized.
"""

import base64
import csv
import io
import json
import pathlib
import tempfile

import numpy
import onnx.reference  # before onnxruntime, whose operators it would stumble over
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from sklearn.linear_model import LogisticRegression

CLASSES = ["daisy", "rose", "tulip"]
SIDE = 8
NAMED = {
    "imagenet": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    "0-1": ([0, 0, 0], [1, 1, 1]),
    "-1-1": ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
}


def prepared(images, normalize, order):
    """Returns (count, channels, height, width); the numbers of imagenet are those of red, green and blue."""
    if normalize == "none":
        numbers = images.astype(numpy.float32)
    else:
        mean, std = (numpy.array(one, numpy.float32).reshape(1, 3, 1, 1) for one in NAMED[normalize])
        numbers = (images.astype(numpy.float32) / numpy.float32(255) - mean) / std
    return numbers[:, ::-1] if order == "bgr" else numbers


def exported(network, path, half=False):
    example = torch.zeros(2, 3, SIDE, SIDE)
    if half:
        network, example = network.half(), example.half()
    axes = {"input": {0: "batch"}, "output": {0: "batch"}}
    torch.onnx.export(network.eval(), example, path, input_names=["input"], output_names=["output"], dynamic_axes=axes, dynamo=False)


def convolution(classes, softmax=False):
    layers = [torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(4 * 36, classes)]
    return torch.nn.Sequential(*layers, *([torch.nn.Softmax(1)] if softmax else []))


def channels_last(weight):
    """Takes bytes, (batch, height, width, channels), and divides them by 255 itself."""
    nodes = [
        helper.make_node("Cast", ["image"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["numbers", "white"], ["scaled"]),
        helper.make_node("Flatten", ["scaled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weight"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "channels_last",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(numpy.array([255], numpy.float32), "white")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def main():
    rng = numpy.random.default_rng(3)
    torch.manual_seed(3)
    images = rng.integers(0, 256, (24, 3, SIDE, SIDE), numpy.uint8)
    labels = rng.integers(0, 3, 24)
    folder = pathlib.Path(tempfile.mkdtemp())
    exported(convolution(3), folder / "torch.onnx")
    exported(convolution(3), folder / "bgr.onnx")
    exported(convolution(5, softmax=True), folder / "softmax.onnx")
    exported(convolution(3), folder / "half.onnx", half=True)
    quantize_dynamic(folder / "torch.onnx", folder / "quantized.onnx", weight_type=QuantType.QUInt8)
    onnx.save(channels_last(rng.standard_normal((SIDE * SIDE * 3, 3)).astype(numpy.float32)), folder / "bytes.onnx")
    ultralytics = onnx.load(folder / "softmax.onnx")
    names = {0: "rose", 1: "lily", 2: "tulip", 3: "it's a weed", 4: "daisy"}
    for key, value in (("task", "classify"), ("names", str(names))):
        ultralytics.metadata_props.add(key=key, value=value)
    onnx.save(ultralytics, folder / "softmax.onnx")

    files = []
    for name, normalize, order, classes in (
        ("torch", "imagenet", "rgb", CLASSES),
        ("bgr", "none", "bgr", ["tulip", "daisy", "rose"]),
        ("half", "-1-1", "rgb", CLASSES),
        ("quantized", "imagenet", "rgb", CLASSES),
        ("bytes", None, "rgb", CLASSES),
        ("softmax", "0-1", "rgb", list(names.values())),
    ):
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
        entry = session.get_inputs()[0]
        numbers = images.transpose(0, 2, 3, 1) if name == "bytes" else prepared(images, normalize, order)
        kind = {"tensor(float)": numpy.float32, "tensor(float16)": numpy.float16, "tensor(uint8)": numpy.uint8}[entry.type]
        answers = session.run(None, {entry.name: numpy.ascontiguousarray(numbers.astype(kind))})[0]
        scores = answers.astype(numpy.float64)[:, [classes.index(one) for one in CLASSES]]
        files.append({
            "name": name,
            "normalize": normalize,
            "order": order,
            "labels": None if name == "softmax" else ",".join(classes),
            "onnx": base64.b64encode((folder / f"{name}.onnx").read_bytes()).decode(),
            "scores": (numpy.log(scores) if name == "softmax" else scores).ravel().tolist(),
            "accuracy": float((scores.argmax(1) == labels).mean()),
        })

    flat = images.reshape(len(images), -1) / 255
    named = numpy.array(CLASSES)[labels]
    model = LogisticRegression(max_iter=1000, C=0.001).fit(flat, named)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["", *model.classes_])
    for i, row in enumerate(model.predict_proba(flat)):
        table.writerow([i, *row])
    golden = {
        "classes": CLASSES,
        "side": SIDE,
        "images": base64.b64encode(images.tobytes()).decode(),
        "labels": labels.tolist(),
        "files": files,
        "table": text.getvalue(),
        "table_scores": model.predict_log_proba(flat).ravel().tolist(),
        "table_accuracy": model.score(flat, named),
    }
    pathlib.Path("given.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
