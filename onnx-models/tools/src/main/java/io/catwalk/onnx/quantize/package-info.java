/**
 * Rewrites ONNX files from any program so that their convolutions and matrix products compute in 8 bits.
 *
 * <pre>{@code
 * OnnxQuantization quantization = OnnxQuantization.of(Path.of("resnet.onnx")).withWeights(WeightRange.FULL);
 * CalibratedModel calibrated = quantization.calibrated(batches);
 * for (NodeNoise noise : calibrated.noise(CalibrationMethod.MIN_MAX, batches)) {
 *     System.out.println(noise.node() + ": " + noise.decibels() + " dB");
 * }
 * Scorer scorer = model -> new Scorer.Score(0.1, 0.98); // on images that are not for testing
 * QuantizedModel best = MixedPrecision.search(calibrated, scorer, batches, 0.01).model();
 * Files.write(Path.of("resnet.int8.onnx"), best.bytes());
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx.quantize;

import org.jspecify.annotations.NullMarked;
