package io.catwalk.onnx.quantize;

/**
 * Noise that 8 bits in one node alone cause in the outputs of a network.
 *
 * @param decibels 20 log10(|x| / |x - y|) for the outputs x in floats and y with only this node in 8 bits, over all
 *     outputs and images; the lower, the worse; infinite where both are equal, and negative infinity where the node
 *     makes an output NaN
 */
public record NodeNoise(String node, double decibels) {}
