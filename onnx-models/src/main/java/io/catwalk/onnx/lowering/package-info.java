/** Lowers traced programs to ONNX graphs, with a table that says for each DJL primitive how it is written. */
@NullMarked
package io.catwalk.onnx.lowering;

import org.jspecify.annotations.NullMarked;
