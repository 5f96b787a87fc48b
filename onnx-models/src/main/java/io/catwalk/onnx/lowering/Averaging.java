package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Writes the average over windows. Padding is a separate node for two reasons. OpenCV divides by the part of the window
 * that lies inside of the image, whatever {@code count_include_pad} says, unless PyTorch itself has written the file.
 * And ONNX Runtime 1.21 misplaces uneven padding from opset 19 on. If {@code ceilMode} lets a window extend beyond the
 * end, PyTorch divides by the part inside of the padded image. Runtimes differ there, so the division is written out.
 * Zeros of the padding always count: DJL's PyTorch engine does not pass {@code countIncludePad} on.
 *
 * @param kernel size of the window, per axis
 * @param strides distance between windows, per axis
 * @param pads zeros on each side, per axis
 * @param up whether windows may extend beyond the end
 * @param outputs number of windows, per axis
 */
@SuppressWarnings("ArrayRecordComponent") // made and read in one method
record Averaging(long[] kernel, long[] strides, long[] pads, boolean up, List<Dim> outputs) {

    Value emit(Emitter to, Value image) {
        Attributes windows = Attributes.NONE
                .with("kernel_shape", kernel)
                .with("strides", strides)
                .with("pads", new long[2 * kernel.length])
                .with("count_include_pad", 1);
        long[] beyond = new long[kernel.length];
        for (int axis = 0; up && axis < kernel.length; axis++) {
            long reach = (output(axis) - 1) * strides[axis] + kernel[axis];
            beyond[axis] = Math.max(0, reach - size(image, axis) - 2 * pads[axis]);
        }
        long[] around = new long[2 * image.rank()];
        for (int axis = 0; axis < kernel.length; axis++) {
            around[2 + axis] = pads[axis];
            around[2 + axis + image.rank()] = pads[axis] + beyond[axis];
        }
        Value mean = to.node("AveragePool", windows, to.pad(image, to.scalar(image.type(), 0), around));
        return LongStream.of(beyond).sum() == 0 ? mean : to.node("Mul", mean, to.cast(shares(to, image), image.type()));
    }

    private static long size(Value image, int axis) {
        return image.shape().get(axis + 2).fixed("image size");
    }

    private long output(int axis) {
        return outputs.get(axis).fixed("image size");
    }

    /** Computes, for each window, its size divided by the number of elements that count. */
    private Value shares(Emitter to, Value image) {
        long[] sizes = new long[image.rank()];
        sizes[0] = 1;
        sizes[1] = 1;
        for (int axis = 0; axis < kernel.length; axis++) {
            sizes[axis + 2] = output(axis);
        }
        float[] shares = new float[(int) LongStream.of(sizes).reduce(1, (a, b) -> a * b)];
        for (int window = 0; window < shares.length; window++) {
            double share = 1;
            long rest = window;
            for (int axis = kernel.length - 1; axis >= 0; axis--) {
                long start = rest % output(axis) * strides[axis] - pads[axis];
                rest /= output(axis);
                share *= (double) kernel[axis] / counted(start, axis, size(image, axis));
            }
            shares[window] = (float) share;
        }
        return to.floats("window_shares", TensorShape.of(sizes), shares);
    }

    private long counted(long start, int axis, long size) {
        return Math.min(start + kernel[axis], size + pads[axis]) - start;
    }
}
