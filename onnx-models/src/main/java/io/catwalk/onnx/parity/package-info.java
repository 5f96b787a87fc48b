/** Proves that two predictors answer the same images alike, and measures by how much they differ. */
@NullMarked
package io.catwalk.onnx.parity;

import org.jspecify.annotations.NullMarked;
