/** Exports DJL networks to ONNX by tracing, runs ONNX files, and checks that both give the same outputs. */
@NullMarked
package io.catwalk.onnx;

import org.jspecify.annotations.NullMarked;
