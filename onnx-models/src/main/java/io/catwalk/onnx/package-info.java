/** Exports DJL networks to ONNX by tracing, runs ONNX files, and proves that both answer alike. */
@NullMarked
package io.catwalk.onnx;

import org.jspecify.annotations.NullMarked;
