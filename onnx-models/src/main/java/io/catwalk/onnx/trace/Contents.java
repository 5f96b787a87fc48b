package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Writes out what an array that does not depend on the input holds for one batch size. */
final class Contents {

    private Contents() {}

    /** Returns the array that a step takes, or null if it takes none. */
    static @Nullable Operand operand(Step step) {
        if (step instanceof Step.Constant constant) {
            return constant.operand();
        }
        if (step instanceof Step.Repeated repeated) {
            return repeated.operand();
        }
        if (step instanceof Step.Counted counted) {
            return counted.operand();
        }
        return step instanceof Step.Counting counting ? counting.operand() : null;
    }

    /** Returns how many bytes an array takes for one batch size. */
    static long size(Step step, long batch) {
        Operand operand = operand(step);
        return operand == null || operand.shape().isFixed()
                ? 0
                : operand.shape().size().at(batch) * operand.type().bytes();
    }

    /** Returns the elements, row-major, little endian. */
    static byte[] at(Step step, long batch) {
        if (step instanceof Step.Constant constant) {
            return constant.data();
        }
        if (step instanceof Step.Repeated repeated) {
            return repeated(repeated, batch);
        }
        if (step instanceof Step.Counted counted) {
            return counting(counted.operand().type(), counted.number().at(batch), 1);
        }
        Operand operand = ((Step.Counting) step).operand();
        return counting(operand.type(), 0, operand.shape().size().at(batch));
    }

    private static byte[] counting(ElementType type, long first, long count) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.toIntExact(count * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (long number = first; number < first + count; number++) {
            switch (type) {
                case FLOAT -> buffer.putFloat((float) number);
                case DOUBLE -> buffer.putDouble((double) number);
                case INT64 -> buffer.putLong(number);
                case INT32 -> buffer.putInt((int) number);
                case UINT8, INT8, BOOL -> buffer.put((byte) number);
            }
        }
        return buffer.array();
    }

    private static byte[] repeated(Step.Repeated step, long batch) {
        byte[] data = step.slice().data();
        int inner = step.operand().type().bytes();
        for (int axis = step.operand().shape().rank() - 1; axis >= 0; axis--) {
            var size = step.operand().shape().get(axis);
            if (size.isFixed()) {
                inner = Math.toIntExact(inner * size.fixed());
            } else {
                int times = Math.toIntExact(size.at(batch));
                data = repeated(data, inner, times);
                inner = Math.multiplyExact(inner, times);
            }
        }
        return data;
    }

    private static byte[] repeated(byte[] data, int block, int times) {
        byte[] made = new byte[Math.multiplyExact(data.length, times)];
        int at = 0;
        for (int from = 0; block > 0 && from < data.length; from += block) {
            for (int i = 0; i < times; i++) {
                System.arraycopy(data, from, made, at, block);
                at += block;
            }
        }
        return made;
    }
}
