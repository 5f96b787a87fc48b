/** Runs ONNX files with ONNX Runtime, checks them before it does, and reads and writes their metadata. */
@NullMarked
package io.catwalk.onnx.runtime;

import org.jspecify.annotations.NullMarked;
