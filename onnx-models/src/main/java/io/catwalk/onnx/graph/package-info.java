/** Holds a computation as ONNX nodes and values, infers and checks shapes, and writes and reads ONNX files. */
@NullMarked
package io.catwalk.onnx.graph;

import org.jspecify.annotations.NullMarked;
