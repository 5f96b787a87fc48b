/** Holds a computation as ONNX values and nodes, infers and checks its shapes, writes it as a file and reads it back. */
@NullMarked
package io.catwalk.onnx.graph;

import org.jspecify.annotations.NullMarked;
