/**
 * Composes one ONNX file of several: a backbone with the head that was trained on its features, an ensemble.
 *
 * <pre>{@code
 * byte[] together = Ensemble.of(
 *         List.of(
 *                 new Ensemble.Member(file, Files.readAllBytes(file), 2),
 *                 new Ensemble.Member(Path.of("b.onnx"), Files.readAllBytes(Path.of("b.onnx")), 1)),
 *         Map.of("model_author", "me"));
 * byte[] features = Backbone.open(together, OnnxHints.none()).withPooling(Backbone.Pooling.NONE).features();
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx.compose;

import org.jspecify.annotations.NullMarked;
