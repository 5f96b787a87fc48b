/** Checks ONNX files, runs them with ONNX Runtime, and reads and writes their metadata. */
@NullMarked
package io.catwalk.onnx.runtime;

import org.jspecify.annotations.NullMarked;
