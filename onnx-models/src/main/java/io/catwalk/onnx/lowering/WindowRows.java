package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Writes operations that slide a window over the axes after the channels. */
final class WindowRows {

    private WindowRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of(
                        "NDArrayEx.convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)",
                        "Conv",
                        WindowRows::convolution),
                Row.of(
                        "NDArrayEx.maxPool(Shape, Shape, Shape, boolean)",
                        "MaxPool",
                        site -> site.to().node("MaxPool", pool(site), site.receiver())),
                Row.of(
                        "NDArrayEx.avgPool(Shape, Shape, Shape, boolean, boolean)",
                        "Pad, AveragePool",
                        WindowRows::average),
                Row.of(
                        "NDArrayEx.lpPool(float, Shape, Shape, Shape, boolean)",
                        "Pow, Pad, AveragePool, Mul",
                        WindowRows::lp),
                Row.of("NDArrayEx.globalMaxPool()", "GlobalMaxPool, Reshape", site -> global(site, "GlobalMaxPool")),
                Row.of(
                        "NDArrayEx.globalAvgPool()",
                        "GlobalAveragePool, Reshape",
                        site -> global(site, "GlobalAveragePool")),
                Row.of("NDArrayEx.globalLpPool(float)", "Pow, ReduceSum", WindowRows::globalLp));
    }

    private static Value convolution(CallContext site) {
        // The shape of the weights gives the kernel size, too, but OpenCV does not read it there.
        long[] weights = site.value(2).shape().fixed("the weights of a convolution");
        int axes = weights.length - 2;
        boolean single = site.value(1).rank() < weights.length; // one image, without a batch
        Value images = single ? site.to().unsqueeze(site.value(1), 0) : site.value(1);
        List<Value> inputs = new ArrayList<>(List.of(images, site.value(2)));
        site.optional(3).ifPresent(inputs::add);
        long[] kernel = Arrays.copyOfRange(weights, 2, weights.length);
        Attributes attributes = Attributes.NONE
                .with("kernel_shape", kernel)
                .with("strides", spread(site, 4, axes))
                .with("pads", bothSides(spread(site, 5, axes)))
                .with("dilations", spread(site, 6, axes))
                .with("group", site.integer(7));
        Value made = site.to().node("Conv", attributes, inputs.toArray(Value[]::new));
        return single ? site.to().squeeze(made, 0) : made;
    }

    /** Reads one number per axis of a convolution; a single number stands for all of them. */
    private static long[] spread(CallContext site, int argument, int axes) {
        long[] numbers = site.numbers(argument);
        if (numbers.length == axes) {
            return numbers;
        }
        long[] all = new long[axes];
        Arrays.fill(all, numbers[0]);
        return all;
    }

    private static long[] bothSides(long[] pads) {
        return LongStream.concat(Arrays.stream(pads), Arrays.stream(pads)).toArray();
    }

    /**
     * Writes a window that extends beyond the end as padding there, if the size is known: runtimes round up
     * differently, and ONNX Runtime 1.21 makes windows that lie completely in the padding.
     */
    private static Attributes pool(CallContext site) {
        int axes = site.receiver().rank() - 2;
        long[] window = site.numbers(1);
        long[] strides = site.numbers(2);
        long[] pads = bothSides(site.numbers(3));
        boolean roundsUp = false;
        for (int i = 0; i < axes; i++) {
            Dim size = site.receiver().shape().get(i + 2);
            Dim made = site.resultShape().get(i + 2);
            if (size.isFixed() && made.isFixed()) {
                pads[axes + i] =
                        Math.max(pads[axes + i], (made.fixed() - 1) * strides[i] + window[i] - size.fixed() - pads[i]);
            } else {
                roundsUp |= strides[i] > 1 && site.get(4, Boolean.class);
            }
        }
        return Attributes.NONE
                .with("kernel_shape", window)
                .with("strides", strides)
                .with("pads", pads)
                .with("ceil_mode", roundsUp ? 1 : 0);
    }

    private static Value average(CallContext site) {
        return averaging(site, 1).emit(site.to(), site.receiver());
    }

    /** Reads kernel, stride and padding, which are adjacent arguments. */
    private static Averaging averaging(CallContext site, int kernel) {
        List<Dim> made = site.resultShape().dims();
        return new Averaging(
                site.numbers(kernel),
                site.numbers(kernel + 1),
                site.numbers(kernel + 2),
                site.get(kernel + 3, Boolean.class),
                made.subList(2, made.size()));
    }

    /** Writes (sum of x^p)^(1/p). PyTorch takes no absolute value, so ONNX's LpPool differs for odd p. */
    private static Value lp(CallContext site) {
        Emitter to = site.to();
        Value order = to.scalar(site.resultType(), site.get(1, Float.class));
        Value mean = averaging(site, 2).emit(to, to.node("Pow", site.receiver(), order));
        long window = LongStream.of(site.numbers(2)).reduce(1, (a, b) -> a * b);
        Value sum = to.node("Mul", mean, to.scalar(site.resultType(), (double) window));
        return root(site, sum, order);
    }

    private static Value root(CallContext site, Value sum, Value order) {
        return site.to().node("Pow", sum, site.to().node("Reciprocal", order));
    }

    private static Value global(CallContext site, String operator) {
        Value pooled = site.to().node(operator, site.receiver());
        return site.to().reshape(pooled, site.resultShape().dims());
    }

    private static Value globalLp(CallContext site) {
        Emitter to = site.to();
        Value order = to.scalar(site.resultType(), site.get(1, Float.class));
        long[] axes = LongStream.range(2, site.receiver().rank()).toArray();
        Value sum = ReductionRows.reduce(to, "ReduceSum", to.node("Pow", site.receiver(), order), false, axes);
        return root(site, sum, order);
    }

    /**
     * Writes the average over windows. Padding is a separate node for two reasons. OpenCV divides by the part of the window
     * that lies inside of the image, whatever {@code count_include_pad} says, unless PyTorch itself has written the file.
     * And ONNX Runtime 1.21 misplaces uneven padding from opset 19 on. If {@code ceilMode} lets a window extend beyond the
     * end, PyTorch divides by the part inside of the padded image. Runtimes differ there, so the division is written out.
     * Zeros of the padding always count: DJL's PyTorch engine does not pass {@code countIncludePad} on.
     *
     * @param pads zeros on each side, per axis
     * @param up whether windows may extend beyond the end
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read in one method
    private record Averaging(long[] kernel, long[] strides, long[] pads, boolean up, List<Dim> outputs) {

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
            return LongStream.of(beyond).sum() == 0
                    ? mean
                    : to.node("Mul", mean, to.cast(shares(to, image), image.type()));
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
}
