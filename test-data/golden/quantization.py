#!/usr/bin/python3
"""Write quantization.json: scales, zero points and 8-bit weights, as ONNX Runtime's Python tools compute them.

Run it in this folder; it needs python3-onnxruntime (1.21) and python3-onnx (1.17.0). All inputs are multiples of
1/64, exact in single precision. Entropy cuts are by the definition (Migacz, 2017) with numpy and scipy.stats.entropy.
"""

import json

import numpy
import onnx.reference  # before onnxruntime, whose operators it would stumble over
from onnx import TensorProto
from onnxruntime.quantization.quant_utils import compute_scale_zp, quantize_data
from scipy.stats import entropy

RANGES = [[-1.5, 6.0], [0.0, 0.015625], [-0.25, 0.25], [-3.0, 0.0], [0.0, 1000.0], [-0.828125, 2.015625]]


def scale(low, high):
    zero, step = compute_scale_zp(numpy.array(low, numpy.float32), numpy.array(high, numpy.float32), numpy.array(0, numpy.uint8), numpy.array(255, numpy.uint8))
    return {"low": low, "high": high, "step": float(step), "zero": int(zero)}


def channels(weights, reduced):
    rows = [quantize_data(row, TensorProto.INT8, True, reduce_range=reduced) for row in weights]
    return {"steps": [float(row[1]) for row in rows], "values": [row[2].tolist() for row in rows]}


def cut(counts, levels):
    """Try every number of kept bins, and return the one of the least divergence; of equally good ones the largest."""
    divergences = {}
    for kept in range(levels, len(counts) + 1):
        p = counts[:kept].astype(float)
        p[-1] += counts[kept:].sum()
        q = numpy.zeros(kept)
        for level in range(levels):
            part = slice(level * kept // levels, (level + 1) * kept // levels)
            filled = p[part] > 0
            if filled.any():
                q[part] = numpy.where(filled, counts[part][: len(p[part])].sum() / filled.sum(), 0)
        divergences[kept] = entropy(p, q) if q.sum() > 0 else numpy.inf
    least = min(divergences.values())
    return max(kept for kept, value in divergences.items() if value == least), divergences


def histogram(draws):
    return numpy.histogram(draws, 512, (0, numpy.abs(draws).max()))[0]


def main():
    rng = numpy.random.default_rng(1)
    weights = numpy.round(rng.standard_normal((4, 12)) * 32).astype(numpy.float32) / 64
    histograms = [
        histogram(numpy.abs(rng.standard_normal(20000))),
        histogram(numpy.append(numpy.abs(rng.standard_normal(20000)), [9, 11, 14])),
        histogram(rng.exponential(1, 20000)),
        numpy.ones(512, int),
    ]
    cuts = []
    for counts in histograms:
        kept, divergences = cut(counts, 64)
        finite = {str(k): v for k, v in divergences.items() if k % 64 == 0 and numpy.isfinite(v)}
        cuts.append({"counts": counts.tolist(), "levels": 64, "kept": kept, "divergences": finite})
    result = {
        "scales": [scale(low, high) for low, high in RANGES],
        "weights": weights.tolist(),
        "full": channels(weights, False),
        "reduced": channels(weights, True),
        "cuts": cuts,
    }
    with open("quantization.json", "w") as file:
        json.dump(result, file)
        file.write("\n")


if __name__ == "__main__":
    main()
