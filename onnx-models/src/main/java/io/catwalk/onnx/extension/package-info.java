/**
 * Lets users add ONNX forms of DJL operations that the operator table lacks.
 *
 * <pre>{@code
 * public final class Inverse implements OnnxOperation {
 *
 *     @Override
 *     public String signature() {
 *         return "NDArray.inverse()";
 *     }
 *
 *     @Override
 *     public List<TensorInfo> write(OnnxCall call) {
 *         return call.custom("com.microsoft", "Inverse", Map.of(), call.array(0));
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.catwalk.onnx.extension;

import org.jspecify.annotations.NullMarked;
