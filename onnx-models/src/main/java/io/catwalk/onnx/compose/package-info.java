/** Composes one ONNX file of several: a backbone with the head that was trained on its features, an ensemble. */
@NullMarked
package io.catwalk.onnx.compose;

import org.jspecify.annotations.NullMarked;
