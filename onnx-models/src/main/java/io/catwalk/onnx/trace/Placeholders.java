package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.graph.ElementType;
import java.util.EnumMap;
import java.util.Map;

/** Creates arrays of any shape that take no memory: all their elements share the memory of one. */
final class Placeholders {

    private final NDManager manager;
    private final Map<ElementType, NDArray> elements = new EnumMap<>(ElementType.class);

    Placeholders(NDManager manager) {
        this.manager = manager;
    }

    NDArray of(ElementType type, Shape shape) {
        NDArray element = elements.computeIfAbsent(type, this::zero);
        return shape.dimension() == 0 ? element.duplicate() : element.broadcast(shape);
    }

    private NDArray zero(ElementType type) {
        NDArray zero = manager.zeros(new Shape(), dataType(type));
        NDScope.unregister(zero); // it outlives a scope that forward closes
        return zero;
    }

    /** Creates an array of complex numbers, which does take memory. */
    NDArray complex(Shape realAndImaginary) {
        return manager.zeros(realAndImaginary).complex();
    }

    static DataType dataType(ElementType type) {
        return switch (type) {
            case FLOAT16 -> DataType.FLOAT16;
            case FLOAT -> DataType.FLOAT32;
            case DOUBLE -> DataType.FLOAT64;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOLEAN;
        };
    }
}
