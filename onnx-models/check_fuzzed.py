#!/usr/bin/python3
"""Runs fuzzed programs in the reference evaluator of onnx, and holds it against what PyTorch computed.

ProgramFuzzTest writes them with -Dcatwalk.fuzz.keep=FOLDER, each as a folder of ONNX's backend tests: model.onnx, and
test_data_set_0 with input_0.pb and so on, and output_0.pb and so on. Each model also passes onnx.checker.

A program that the evaluator itself cannot run (an operator or a type that it lacks) is counted, by reason, and not
taken for an answer.

Needs Debian's python3-numpy and python3-onnx.

Usage: check_fuzzed.py FOLDER
"""

import collections
import concurrent.futures
import glob
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

import numpy
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

TOLERANCE = 1e-4


class LogSoftmax(OpRun):
    """Stands in for the evaluator's own, which takes the logarithm of a softmax that is 0 for scores far apart."""

    op_domain = ""

    def _run(self, x, axis=None):
        shifted = x - x.max(axis=axis, keepdims=True)
        return ((shifted - numpy.log(numpy.exp(shifted).sum(axis=axis, keepdims=True))).astype(x.dtype),)


def tensors(case, kind):
    files = sorted(glob.glob(os.path.join(case, "test_data_set_0", kind + "_*.pb")),
                   key=lambda path: int(path.rsplit("_", 1)[1][:-3]))
    return [numpy_helper.to_array(onnx.load_tensor(path)) for path in files]


def difference(expected, found):
    """Largest difference, relative above 1; NaN and infinity must be in equal places."""
    found = numpy.asarray(found)
    if expected.shape != found.shape or expected.dtype != found.dtype:
        return f"{found.dtype}{found.shape} instead of {expected.dtype}{expected.shape}"
    if expected.size == 0:
        return 0.0
    wanted, got = expected.astype(numpy.float64), found.astype(numpy.float64)
    same = (wanted == got) | (numpy.isnan(wanted) & numpy.isnan(got))
    apart = numpy.where(same, 0, numpy.abs(numpy.where(same, 0, wanted) - numpy.where(same, 0, got)))
    apart = apart / numpy.maximum(1, numpy.where(numpy.isfinite(wanted), numpy.abs(wanted), 1))
    return float(numpy.where(numpy.isnan(apart), numpy.inf, apart).max())


def outcome(case):
    name = os.path.basename(case)
    model = onnx.load(os.path.join(case, "model.onnx"))
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        return name, "FAULT", f"onnx.checker: {str(error).strip().splitlines()[0]}"
    names = [value.name for value in model.graph.input]
    try:
        with numpy.errstate(all="ignore"):
            answers = ReferenceEvaluator(model, new_ops=[LogSoftmax]).run(None, dict(zip(names, tensors(case, "input"))))
    except Exception as error:
        text = (str(error).strip().splitlines() or [""])[0]
        return name, "not run", f"{type(error).__name__}: {text}"[:100]
    worst = 0.0
    for i, (wanted, got) in enumerate(zip(tensors(case, "output"), answers, strict=True)):
        found = difference(wanted, got)
        if isinstance(found, str) or not found <= TOLERANCE:
            return name, "FAULT", f"output {i}: {found if isinstance(found, str) else f'differs by {found:.3g}'}"
        worst = max(worst, found)
    return name, "agrees", f"{worst:.1e}"


def main():
    cases = sorted(glob.glob(os.path.join(sys.argv[1], "*")))
    counts, reasons, faults = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, kind, text in pool.map(outcome, cases, chunksize=50):
            counts[kind] += 1
            if kind == "not run":
                reasons[text] += 1
            if kind == "FAULT":
                faults.append(f"{name}: {text}")
    for reason, count in reasons.most_common(20):
        print(f"  not run, {count}: {reason}")
    for fault in faults[:100]:
        print(f"  {fault}")
    print(f"{len(cases)} programs in onnx {onnx.__version__}: {counts['agrees']} agree, {counts['FAULT']} do not, "
          f"{counts['not run']} cannot be run by it")
    return 1 if faults or not counts["agrees"] else 0


if __name__ == "__main__":
    sys.exit(main())
