package io.catwalk.onnx.quantize;

import java.util.function.Supplier;

/**
 * Holds what was seen of a tensor on calibration images.
 *
 * @param seen smallest and largest number
 * @param histogram counts all numbers, when it is first asked
 */
record Observed(Range seen, Supplier<Histogram> histogram) {}
