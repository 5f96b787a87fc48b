package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.runtime.TensorType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Creates arrays of any shape that take no memory: all their elements share the memory of one. */
public final class Placeholders {

    /** Types of DJL arrays that are exported. INT16 and BFLOAT16 end the process if the PyTorch engine is asked for them. */
    public static final Map<TensorType, DataType> TYPES = Collections.unmodifiableMap(new EnumMap<>(Map.of(
            TensorType.FLOAT, DataType.FLOAT32,
            TensorType.DOUBLE, DataType.FLOAT64,
            TensorType.FLOAT16, DataType.FLOAT16,
            TensorType.INT8, DataType.INT8,
            TensorType.UINT8, DataType.UINT8,
            TensorType.INT32, DataType.INT32,
            TensorType.INT64, DataType.INT64,
            TensorType.BOOL, DataType.BOOLEAN)));

    private final NDManager manager;
    private final Map<TensorType, NDArray> elements = new EnumMap<>(TensorType.class);

    Placeholders(NDManager manager) {
        this.manager = manager;
    }

    /** Finds the type in an ONNX file for that of a DJL array; empty if it is not exported. */
    public static Optional<TensorType> type(DataType type) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    NDArray of(TensorType type, Shape shape) {
        NDArray element = elements.computeIfAbsent(type, this::zero);
        return shape.dimension() == 0 ? element.duplicate() : element.broadcast(shape);
    }

    private NDArray zero(TensorType type) {
        NDArray zero = manager.zeros(new Shape(), dataType(type));
        NDScope.unregister(zero); // it outlives a scope that forward closes
        return zero;
    }

    static DataType dataType(TensorType type) {
        return Objects.requireNonNull(TYPES.get(type), "a type that is not exported");
    }

    /** Creates an array of complex numbers, which does take memory. */
    NDArray complex(Shape realAndImaginary) {
        return manager.zeros(realAndImaginary).complex();
    }
}
