#!/usr/bin/python3
"""Asks the checker of ONNX about files, with shape inference. Needs Debian's python3-onnx.

Usage: check_valid.py FILE.onnx...
"""

import sys

import onnx

failed = 0
for file in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(file), full_check=True)
        print(f"valid {file}")
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        failed += 1
        print(f"INVALID {file}: {error}")
print(f"{len(sys.argv) - 1 - failed} of {len(sys.argv) - 1} valid by ONNX {onnx.__version__}")
sys.exit(1 if failed else 0)
