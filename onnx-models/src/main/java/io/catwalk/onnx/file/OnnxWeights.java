package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the weights of an ONNX file without running it, whichever program wrote it. */
public final class OnnxWeights {

    private OnnxWeights() {}

    /**
     * Reads the initializers that hold floating point numbers.
     *
     * @return tensors by name, in the order of the file; tensors of whole numbers, such as shapes, are left out
     * @throws OnnxFileException if the file is missing or damaged, or its weights are missing or lie outside its folder
     */
    public static Map<String, Tensor> read(Path file) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (TensorProto tensor : ModelFields.read(file).model().getGraph().getInitializerList()) {
            if (isReal(tensor)) {
                weights.put(tensor.getName(), tensor(file, ExternalData.inside(file, tensor)));
            }
        }
        return weights;
    }

    /** Tells whether a tensor holds real numbers, not whole ones. */
    public static boolean isReal(TensorProto tensor) {
        return TensorType.of(tensor.getDataType()).isReal();
    }

    /** Tells whether {@link #of} reads a tensor: not text, and not types that Java cannot hold. */
    public static boolean isReadable(TensorProto tensor) {
        return TensorType.of(tensor.getDataType()).bytes() > 0;
    }

    /**
     * Reads one tensor.
     *
     * @param tensor a tensor of numbers or booleans ({@link #isReadable}) that holds them itself, as in a model from
     *     {@link ModelFile#whole}
     * @throws IllegalArgumentException if the number of elements does not match its shape
     */
    public static Tensor of(TensorProto tensor) {
        TensorType type = TensorType.of(tensor.getDataType());
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        return Tensor.of(type, data(type, tensor), shape);
    }

    private static Tensor tensor(Path file, TensorProto tensor) {
        try {
            return of(tensor);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new OnnxFileException(
                    file, "a whole " + name(tensor), String.valueOf(e.getMessage()), "copy the file again", e);
        }
    }

    /** Returns the numbers from the field that the writer chose: the format has several (onnx.proto, TensorProto). */
    private static ByteBuffer data(TensorType type, TensorProto tensor) {
        ByteString raw = tensor.getRawData();
        if (!raw.isEmpty()) {
            return raw.asReadOnlyByteBuffer(); // little endian, as is every machine that the engine runs on
        }
        int count = switch (type) {
            case FLOAT -> tensor.getFloatDataCount();
            case DOUBLE -> tensor.getDoubleDataCount();
            case INT64 -> tensor.getInt64DataCount();
            default -> tensor.getInt32DataCount();
        };
        ByteBuffer data =
                ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            switch (type) {
                case FLOAT -> data.putFloat(tensor.getFloatData(i));
                case DOUBLE -> data.putDouble(tensor.getDoubleData(i));
                case INT64 -> data.putLong(tensor.getInt64Data(i));
                case INT32 -> data.putInt(tensor.getInt32Data(i));
                case FLOAT16, BFLOAT16, INT16 -> data.putShort((short) tensor.getInt32Data(i));
                default -> data.put((byte) tensor.getInt32Data(i));
            }
        }
        return data.flip();
    }

    /**
     * Tells whether a number is NaN: all bits of the exponent are set, and at least one after it. Infinite numbers are
     * numbers: attention masks use them.
     *
     * @param type of real numbers
     * @param bits of the number, of either sign; higher bits are ignored
     */
    static boolean isNan(TensorType type, long bits) {
        long infinity = switch (type) {
            case FLOAT16 -> 0x7c00;
            case BFLOAT16 -> 0x7f80;
            case FLOAT -> 0x7f80_0000;
            default -> 0x7ff0_0000_0000_0000L;
        };
        return (bits & (-1L >>> (Long.SIZE + 1 - Byte.SIZE * type.bytes()))) > infinity;
    }

    /**
     * Looks for NaN among real numbers.
     *
     * @param numbers little-endian, from the buffer's position to its limit, which stay as they are; bytes behind the
     *     last whole number are ignored
     */
    public static boolean isNanIn(TensorType type, ByteBuffer numbers) {
        ByteBuffer data = numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        boolean found = false;
        while (data.remaining() >= type.bytes()) {
            found |= isNan(
                    type,
                    switch (type.bytes()) {
                        case Short.BYTES -> data.getShort();
                        case Float.BYTES -> data.getInt();
                        default -> data.getLong();
                    });
        }
        return found;
    }

    /** Names a tensor for an error message. */
    public static String name(TensorProto tensor) {
        return tensor.getName().isEmpty() ? "an unnamed constant" : "tensor " + tensor.getName();
    }
}
