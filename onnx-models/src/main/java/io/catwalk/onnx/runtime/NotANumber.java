package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Looks for NaN in the weights of a model. Infinite weights pass: attention masks use them. */
final class NotANumber {

    private static final int CHUNK = 1 << 20; // a multiple of every element's size

    private NotANumber() {}

    /** Tells whether an element of a tensor inside the model is NaN. */
    static boolean isIn(TensorProto tensor) {
        DataType type = type(tensor);
        return isIn(tensor.getRawData().asReadOnlyByteBuffer(), type)
                || tensor.getFloatDataList().stream().anyMatch(value -> value.isNaN())
                || tensor.getDoubleDataList().stream().anyMatch(value -> value.isNaN())
                || (isHalf(type) && tensor.getInt32DataList().stream().anyMatch(bits -> isNan(bits, type)));
    }

    /** Tells whether an element of a tensor that is stored beside the model is NaN. */
    static boolean isIn(TensorProto tensor, ExternalData data) throws IOException {
        DataType type = type(tensor);
        byte[] chunk = new byte[(int) Math.min(CHUNK, data.length())];
        try (InputStream in = data.open()) {
            for (long left = data.length(); left > 0; left -= chunk.length) {
                int size = (int) Math.min(chunk.length, left);
                int read = in.readNBytes(chunk, 0, size);
                if (isIn(ByteBuffer.wrap(chunk, 0, read), type)) {
                    return true;
                }
                if (read < size) {
                    throw new EOFException("the file was cut off after it was opened");
                }
            }
        }
        return false;
    }

    private static boolean isIn(ByteBuffer bytes, DataType type) {
        ByteBuffer data = bytes.order(ByteOrder.LITTLE_ENDIAN);
        boolean found = false;
        switch (type) {
            case FLOAT -> {
                while (data.remaining() >= Float.BYTES) {
                    found |= Float.isNaN(data.getFloat());
                }
            }
            case DOUBLE -> {
                while (data.remaining() >= Double.BYTES) {
                    found |= Double.isNaN(data.getDouble());
                }
            }
            case FLOAT16, BFLOAT16 -> {
                while (data.remaining() >= Short.BYTES) {
                    found |= isNan(data.getShort(), type);
                }
            }
            default -> {
                // whole numbers, text and numbers of 8 bits or less
            }
        }
        return found;
    }

    /**
     * NaN has all exponent bits set and at least one bit after them: 5 and 10 bits in FLOAT16, 8 and 7 in BFLOAT16.
     */
    private static boolean isNan(int bits, DataType type) {
        return (bits & 0x7fff) > (type == DataType.FLOAT16 ? 0x7c00 : 0x7f80);
    }

    private static boolean isHalf(DataType type) {
        return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    }

    private static DataType type(TensorProto tensor) {
        DataType type = DataType.forNumber(tensor.getDataType());
        return type == null ? DataType.UNDEFINED : type;
    }
}
