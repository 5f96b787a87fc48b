/**
 * Exports DJL networks to ONNX by tracing, and runs the files on DJL's arrays. Both tell in one line what is wrong, and
 * what to try.
 *
 * <pre>{@code
 * try {
 *     OnnxExport.of(block, new Shape(3, 32, 32)).write(Path.of("model.onnx"));
 *     System.out.println(ParameterPaths.of(block).keySet()); // names of the weights in the file
 * } catch (ExportException e) {
 *     System.err.println(e.getMessage()); // such as a call without an ONNX form, with its line
 * }
 * try (OnnxRunner runner = OnnxRunner.open(Path.of("model.onnx"))) {
 *     NDList outputs = DjlTensors.run(runner, arrays, manager);
 * } catch (OnnxFileException e) {
 *     System.err.println(e.getMessage()); // such as a file that is cut off
 * }
 * }</pre>
 *
 * <pre>{@code
 * Predictor bright = new Predictor() { // any program that classifies images
 *     @Override
 *     public float[] logits(float[] images, int count) {
 *         return new float[2 * count];
 *     }
 *
 *     @Override
 *     public void close() {}
 * };
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx;

import org.jspecify.annotations.NullMarked;
