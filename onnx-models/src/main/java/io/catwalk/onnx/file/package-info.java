/** The bytes of ONNX files of any program: their fields, weights, and the files beside them. Not exported. */
@NullMarked
package io.catwalk.onnx.file;

import org.jspecify.annotations.NullMarked;
