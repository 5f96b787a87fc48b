/** Says, row by row, how each primitive of DJL is written with ONNX operators, and writes whole programs so. */
@NullMarked
package io.catwalk.onnx.lowering;

import org.jspecify.annotations.NullMarked;
