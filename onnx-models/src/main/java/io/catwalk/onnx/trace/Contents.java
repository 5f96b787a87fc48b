package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Computes what an array that does not depend on the input holds at given sizes of the dynamic axes. */
final class Contents {

    private Contents() {}

    /** Returns the elements, row-major, little endian. */
    static byte[] at(Step.Given step, Sizes sizes) {
        if (step instanceof Step.Constant constant) {
            return constant.data();
        }
        if (step instanceof Step.Repeated repeated) {
            return repeated(repeated, sizes);
        }
        if (step instanceof Step.Prefix prefix) {
            return prefix(prefix, sizes);
        }
        if (step instanceof Step.Counted counted) {
            return counting(counted.operand().type(), sizes.of(counted.number()), 0, 1);
        }
        Step.Counting counting = (Step.Counting) step;
        Operand operand = counting.operand();
        long count = sizes.of(operand.shape().size());
        return counting(operand.type(), sizes.of(counting.first()), sizes.of(counting.step()), count);
    }

    private static byte[] counting(ElementType type, long first, long step, long count) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.toIntExact(count * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < count; i++) {
            type.put(buffer, first + i * step);
        }
        return buffer.array();
    }

    private static byte[] repeated(Step.Repeated step, Sizes sizes) {
        byte[] data = step.slice().data();
        int inner = step.operand().type().bytes();
        for (int axis = step.operand().shape().rank() - 1; axis >= 0; axis--) {
            Dim size = step.operand().shape().get(axis);
            if (size.isFixed()) {
                inner = Math.toIntExact(inner * size.fixed());
            } else {
                int times = Math.toIntExact(sizes.of(size));
                data = repeated(data, inner, times);
                inner = Math.multiplyExact(inner, times);
            }
        }
        return data;
    }

    private static byte[] repeated(byte[] data, int block, int times) {
        byte[] made = new byte[Math.multiplyExact(data.length, times)];
        int at = 0;
        for (int from = 0; from < data.length; from += block) {
            for (int i = 0; i < times; i++) {
                System.arraycopy(data, from, made, at, block);
                at += block;
            }
        }
        return made;
    }

    private static byte[] prefix(Step.Prefix step, Sizes sizes) {
        Step.Constant longest = step.longest().orElseThrow();
        byte[] data = longest.data();
        TensorShape whole = longest.operand().shape();
        int inner = step.operand().type().bytes();
        for (int axis = whole.rank() - 1; axis >= 0; axis--) {
            int from = Math.toIntExact(whole.get(axis).fixed() * inner);
            int to = Math.toIntExact(sizes.of(step.operand().shape().get(axis)) * inner);
            data = beginnings(data, from, to);
            inner = to;
        }
        return data;
    }

    private static byte[] beginnings(byte[] data, int from, int to) {
        if (from == to) {
            return data;
        }
        byte[] cut = new byte[data.length / from * to];
        for (int block = 0; block < data.length / from; block++) {
            System.arraycopy(data, block * from, cut, block * to, to);
        }
        return cut;
    }
}
