/** Lets users add ONNX forms of DJL operations that the operator table lacks. */
@NullMarked
package io.catwalk.onnx.extension;

import org.jspecify.annotations.NullMarked;
