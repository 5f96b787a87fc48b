package io.catwalk.onnx.quantize;

/**
 * Holds what was seen of a tensor on calibration images.
 *
 * @param seen smallest and largest number
 * @param histogram all numbers
 */
record Observed(Range seen, Histogram histogram) {}
