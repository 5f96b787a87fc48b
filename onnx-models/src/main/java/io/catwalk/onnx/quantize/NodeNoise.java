package io.catwalk.onnx.quantize;

/**
 * Tells what 8 bits in one node alone do to the answers of a network.
 *
 * @param node its name
 * @param decibels 20 log10(|x| / |x - y|) for the answers x in floats and y with only this node in 8 bits, over all
 *     outputs and images; the lower, the worse; infinite where both are equal
 */
public record NodeNoise(String node, double decibels) {}
