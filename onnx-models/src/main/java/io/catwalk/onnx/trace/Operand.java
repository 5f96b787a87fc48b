package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;

/**
 * Stands for one array of a program.
 *
 * @param id unique in its program
 * @param shape sizes of the axes, some of which may be symbolic dimensions
 */
public record Operand(int id, TensorType type, TensorShape shape) {}
