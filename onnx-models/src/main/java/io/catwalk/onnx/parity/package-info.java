/**
 * Proves that an ONNX file agrees with the network it was exported from, and measures by how much they differ.
 *
 * <pre>{@code
 * Proof.Network network = given -> Map.of("output", given.get("input")); // any program that computes the same
 * ProofReport report = Proof.standard().run(network, Path.of("model.onnx"), List.of(inputs));
 * System.out.println(report.sentence());
 * }</pre>
 *
 * <pre>{@code
 * float[] expected = {1, 2, 3, 4};
 * Proof.NormalizedImages normalized = (from, to) -> images; // read range by range
 * Proof.ofImages().run(expected, Path.of("model.onnx"), normalized, 2);
 * Parity parity = Parity.of(expected, new float[] {1, 2, 4, 3}, 2, Tolerance.standard(), Parity.FlipRule.NEAR_TIES);
 * for (Parity.Flip flip : parity.flips()) {
 *     System.out.println(flip); // image 1: 0 instead of 1, by 1.0e+00
 * }
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx.parity;

import org.jspecify.annotations.NullMarked;
