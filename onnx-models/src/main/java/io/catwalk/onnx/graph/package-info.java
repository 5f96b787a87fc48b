/** Holds a computation as ONNX values and nodes, infers and checks its shapes, and writes it as a file. */
@NullMarked
package io.catwalk.onnx.graph;

import org.jspecify.annotations.NullMarked;
