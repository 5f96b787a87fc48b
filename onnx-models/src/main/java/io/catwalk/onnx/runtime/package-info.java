/**
 * Checks ONNX files, runs them with ONNX Runtime, and reads and writes their metadata. A file of any network is run by
 * {@link OnnxRunner}; a classifier of images, by {@link OnnxPredictor}.
 *
 * <pre>{@code
 * OnnxOptions options = OnnxOptions.standard().withThreads(1).withOptimization(OnnxOptions.OptimizationLevel.BASIC);
 * try (OnnxRunner runner = OnnxRunner.open(Path.of("model.onnx"), options)) {
 *     TensorInfo input = runner.inputs().get(0);
 *     if (input.type() == TensorType.FLOAT) {
 *         Tensor output = runner.run(Map.of(input.name(), Tensor.of(images, 1, images.length))).get("output");
 *     }
 * }
 * }</pre>
 *
 * <pre>{@code
 * OnnxHints hints = OnnxHints.none().withImageSize(224, 224).withLayout(ImageInput.Layout.NHWC);
 * try (OnnxPredictor predictor = OnnxPredictor.open(Path.of("resnet.onnx"), OnnxOptions.standard(), hints)) {
 *     Signature signature = predictor.signature();
 *     float[] numbers = predictor.logits(images, images.length / signature.imageSize());
 *     boolean probable = predictor.scores() == OnnxPredictor.Scores.PROBABILITIES;
 * }
 * }</pre>
 *
 * <pre>{@code
 * OnnxMetadata metadata = OnnxMetadata.read(file).withLabels(List.of("cat", "dog")).with(MetadataKeys.AUTHOR, "me");
 * metadata.write(file);
 * Normalization pixels = metadata.preprocessing().map(Preprocessing::normalization).orElseThrow();
 * boolean alike = Tolerance.standard().holds(pixels.mean()[0], 0.5);
 * }</pre>
 *
 * <pre>{@code
 * OnnxRuntime.require(); // says which jar is missing
 * try (OnnxRunner runner = OnnxRunner.open(file)) {
 *     Optional<Preprocessing> stated = runner.metadata().preprocessing();
 *     ImageInput input = ImageInput.of(file, runner.inputs(), stated, OnnxHints.none());
 *     System.out.println(input.channels() + " channels");
 * }
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx.runtime;

import org.jspecify.annotations.NullMarked;
