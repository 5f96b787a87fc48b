package io.catwalk.onnx.quantize;

import java.util.function.Supplier;

/**
 * Holds what was observed of a tensor on calibration images.
 *
 * @param seen smallest and largest number
 * @param histogram counts of all numbers, made when first requested
 */
record Observed(Range seen, Supplier<Histogram> histogram) {}
