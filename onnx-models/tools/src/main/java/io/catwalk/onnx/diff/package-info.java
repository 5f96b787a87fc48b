/**
 * Finds the first node at which two ONNX models differ, and says why. Does not need DJL.
 *
 * <pre>{@code
 * try (OnnxRunner runner = OnnxRunner.open(file)) {
 *     Map<String, Tensor> random = RandomInputs.of(runner.inputs(), 4, Map.of("sequence", 16L), 7);
 *     DiffReport report = OnnxDiff.between(file, Path.of("b.onnx"), random, Tolerance.standard()).report();
 *     for (Finding finding : report.findings()) {
 *         TensorDifference difference = finding.difference();
 *         System.out.println(finding.node() + " differs by " + difference.largest());
 *     }
 * }
 * }</pre>
 *
 * <pre>{@code
 * OtherRuntime other = (Subgraph cut) -> {
 *     cut.write(Path.of("cut.onnx")); // run it elsewhere, on the same images
 *     return new OtherRuntime.Given(new float[cut.numbers()]);
 * };
 * Signature signature = Signature.read(file, OnnxHints.none());
 * Tensor pixels = Tensor.of(images, 1, 3, 32, 32);
 * RuntimeOutcome outcome = RuntimeDiff.of(file, signature, pixels, Tolerance.standard(), other).outcome();
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx.diff;

import org.jspecify.annotations.NullMarked;
