"""Writes weight files in two formats to weights/, and to weights.json the numbers that they hold.

Needs torch 2.6, safetensors 0.5.2, onnx 1.17 and numpy; run it in this folder. Everything follows from one seed.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

FOLDER = Path("weights")
FOLDER.mkdir(exist_ok=True)
torch.manual_seed(4)

TENSORS = {
    "01Conv2d.weight": torch.randn(2, 1, 3, 3),
    "half": torch.randn(3).half(),
    "brain": torch.randn(2, 2).bfloat16(),
    "double": torch.randn(2).double(),
    "scalar": torch.tensor(-0.5),
    "none": torch.zeros(0, 4),
}
save_file({**TENSORS, "counts": torch.arange(3)}, FOLDER / "mixed.safetensors", metadata={"format": "pt"})

# The same, in each of the places that the format has for numbers.
initializers = [
    numpy_helper.from_array(TENSORS["01Conv2d.weight"].numpy(), "01Conv2d.weight"),
    helper.make_tensor("half", TensorProto.FLOAT16, [3], TENSORS["half"].numpy()),
    helper.make_tensor("brain", TensorProto.BFLOAT16, [2, 2], TENSORS["brain"].float().numpy().flatten()),
    helper.make_tensor("double", TensorProto.DOUBLE, [2], TENSORS["double"].numpy()),
    helper.make_tensor("scalar", TensorProto.FLOAT, [], [-0.5]),
    helper.make_tensor("none", TensorProto.FLOAT, [0, 4], []),
    numpy_helper.from_array(np.arange(3), "counts"),
]
value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "weights", [value],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), FOLDER / "mixed.onnx")

Path("weights.json").write_text(json.dumps({
    name: {"shape": list(tensor.shape), "values": tensor.double().flatten().tolist()} for name, tensor in TENSORS.items()
}, indent=1) + "\n")
