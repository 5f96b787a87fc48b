/** Proves that an ONNX file agrees with the network it was exported from, and measures by how much they differ. */
@NullMarked
package io.catwalk.onnx.parity;

import org.jspecify.annotations.NullMarked;
