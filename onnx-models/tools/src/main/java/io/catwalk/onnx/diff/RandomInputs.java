package io.catwalk.onnx.diff;

import ai.onnxruntime.platform.Fp16Conversions;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Draws random numbers for the inputs of a file of which only types and shapes are known. */
public final class RandomInputs {

    /** Size of an open axis that is not the first and has no given size. */
    private static final long OPEN = 32;

    private RandomInputs() {}

    /**
     * Draws numbers: real ones from the normal distribution with mean 0 and standard deviation 1, bytes from 0 to 255,
     * other whole numbers and booleans from 0 and 1.
     *
     * @param rows size of a first axis that is open; at least 1
     * @param sizes sizes of other open axes by their names; 32 for an axis that is not in it
     * @param seed the same seed gives the same numbers
     * @return an array for each input, by its name
     * @throws IllegalArgumentException if the file does not say how many axes an input has, or an input is not of
     *     floats, doubles, whole numbers or booleans
     * @throws ArithmeticException if an array would have more than 2 GB
     */
    public static Map<String, Tensor> of(List<TensorInfo> inputs, long rows, Map<String, Long> sizes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> drawn = new LinkedHashMap<>();
        for (TensorInfo input : inputs) {
            List<TensorInfo.Axis> axes = input.axes()
                    .orElseThrow(() -> new IllegalArgumentException("expected a file that says how many axes its input "
                            + input.name() + " has, but it does not"));
            long[] shape = new long[axes.size()];
            for (int i = 0; i < shape.length; i++) {
                TensorInfo.Axis axis = axes.get(i);
                shape[i] = !axis.isOpen() ? axis.size() : sizes.getOrDefault(axis.name(), i == 0 ? rows : OPEN);
            }
            drawn.put(input.name(), drawn(input.type(), shape, random));
        }
        return drawn;
    }

    private static Tensor drawn(TensorType type, long[] shape, SplittableRandom random) {
        long count = LongStream.of(shape).reduce(1, Math::multiplyExact);
        ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(Math.multiplyExact(count, type.bytes())))
                .order(ByteOrder.nativeOrder());
        for (long i = 0; i < count; i++) {
            switch (type) {
                case FLOAT -> data.putFloat((float) random.nextGaussian());
                case FLOAT16 -> data.putShort(Fp16Conversions.floatToFp16((float) random.nextGaussian()));
                case BFLOAT16 -> data.putShort(Fp16Conversions.floatToBf16((float) random.nextGaussian()));
                case DOUBLE -> data.putDouble(random.nextGaussian());
                case INT64 -> data.putLong(random.nextInt(2));
                case INT32 -> data.putInt(random.nextInt(2));
                case INT16 -> data.putShort((short) random.nextInt(2));
                case UINT8 -> data.put((byte) random.nextInt(256));
                case INT8, BOOL -> data.put((byte) random.nextInt(2));
                default ->
                    throw new IllegalArgumentException(
                            "expected inputs of floats, doubles, whole numbers or booleans, but found " + type);
            }
        }
        return Tensor.of(type, data.flip(), shape);
    }
}
