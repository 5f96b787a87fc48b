package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Holds the initializers of a graph under construction: each tensor and number once for all its uses. */
final class FixedValues {

    private final Names names;
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final Map<List<Object>, Value> shared = new HashMap<>();

    FixedValues(Names names) {
        this.names = names;
    }

    List<Initializer> initializers() {
        return List.copyOf(initializers.values());
    }

    Optional<Initializer> initializer(Value value) {
        return Optional.ofNullable(initializers.get(value.name()));
    }

    /** Adds an initializer, once for all uses of the same parameter, or of equal numbers from the same place. */
    Value constant(String hint, ElementType type, TensorShape shape, byte[] data) {
        return share(
                List.of("constant", hint, type, shape, new Content(data)),
                () -> add(new Initializer(Value.of(names.fresh(hint), type, shape), data)));
    }

    /** Compares arrays by content; large arrays of the same size seldom differ in content. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Content(byte[] data) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content content && Arrays.equals(data, content.data);
        }

        @Override
        public int hashCode() {
            return data.length;
        }
    }

    /**
     * Adds an initializer that holds tensors in another layout, once for all its uses.
     *
     * @param laying computes the new layout; called each time the file is written
     */
    Value laidAnew(String layout, List<Value> sources, TensorShape shape, Supplier<byte[]> laying) {
        Value first = sources.get(0);
        List<String> from = sources.stream().map(Value::name).toList();
        return share(
                List.of("layout", layout, from, shape),
                () -> add(new Initializer(
                        Value.of(names.fresh(first.name() + "." + layout), first.type(), shape), laying)));
    }

    private Value add(Initializer initializer) {
        initializers.put(initializer.value().name(), initializer);
        return initializer.value();
    }

    /** Creates a value once for all its uses; {@code making} may share other values. */
    Value share(List<Object> key, Supplier<Value> making) {
        Value known = shared.get(key);
        if (known == null) {
            known = making.get();
            shared.put(key, known);
        }
        return known;
    }

    /** Adds a list of whole numbers, once for all its uses. */
    Value ints(long... numbers) {
        List<Dim> contents = Arrays.stream(numbers).mapToObj(Dim::of).toList();
        return share(List.of("ints", contents), () -> {
            TensorShape shape = TensorShape.of(numbers.length);
            Value value = new Value(names.fresh("ints"), ElementType.INT64, shape, contents);
            return add(new Initializer(value, Initializer.bytes(numbers)));
        });
    }

    /** Adds a scalar, once for all its uses. A whole number keeps all its digits. */
    Value scalar(ElementType type, Number number) {
        byte[] data = bytes(type, number);
        return share(
                List.of("scalar", type, ByteBuffer.wrap(data)),
                () -> add(new Initializer(scalarValue(type, number), data)));
    }

    private Value scalarValue(ElementType type, Number number) {
        List<Dim> contents = type.isReal() ? null : List.of(Dim.of(number.longValue()));
        return new Value(names.fresh("number"), type, TensorShape.SCALAR, contents);
    }

    private static byte[] bytes(ElementType type, Number number) {
        ByteBuffer buffer = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case FLOAT16 -> buffer.putShort(ElementType.half(number.floatValue()));
            case FLOAT -> buffer.putFloat(number.floatValue());
            case DOUBLE -> buffer.putDouble(number.doubleValue());
            case INT64 -> buffer.putLong(number.longValue());
            case INT32 -> buffer.putInt(number.intValue());
            case UINT8, INT8 -> buffer.put((byte) number.longValue());
            case BOOL -> buffer.put((byte) (number.doubleValue() == 0 ? 0 : 1));
        }
        return buffer.array();
    }
}
