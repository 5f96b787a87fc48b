/** Lets users write operations of DJL that the operator table lacks. */
@NullMarked
package io.catwalk.onnx.extension;

import org.jspecify.annotations.NullMarked;
