/** Rewrites ONNX files from any program so that their convolutions and matrix products compute in 8 bits. */
@NullMarked
package io.catwalk.onnx.quantize;

import org.jspecify.annotations.NullMarked;
