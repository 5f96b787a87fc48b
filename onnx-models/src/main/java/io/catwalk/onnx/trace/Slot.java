package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Stands for one array on a tape.
 *
 * @param id place in the order of creation
 * @param shape shape in this trace
 */
record Slot(int id, Shape shape, DataType type) {}
