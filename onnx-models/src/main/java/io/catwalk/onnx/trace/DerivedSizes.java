package io.catwalk.onnx.trace;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Slices;
import io.catwalk.onnx.graph.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes the sizes that windows and slices give for dynamic axes: numbers from a few traces do not determine them.
 */
final class DerivedSizes {

    /** Pools with the index of their kernel; strides, padding and the flag that lets windows extend beyond the end follow. */
    private static final Map<String, Integer> POOLS = Map.of(
            "NDArrayEx.maxPool(Shape, Shape, Shape, boolean)", 1,
            "NDArrayEx.avgPool(Shape, Shape, Shape, boolean, boolean)", 1,
            "NDArrayEx.lpPool(float, Shape, Shape, Shape, boolean)", 2);

    private static final String CONVOLUTION =
            "NDArrayEx.convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)";

    private DerivedSizes() {}

    /** Returns the sizes of the result, from the first axis on; empty for other calls. */
    static List<Dim> sizes(Arguments call) {
        try {
            if (call.signature().equals(CONVOLUTION)) {
                return convolution(call);
            }
            Integer kernel = POOLS.get(call.signature());
            if (kernel != null) {
                return pool(call, kernel);
            }
            return call.signature().equals(Indexing.SLICE) ? slice(call) : List.of();
        } catch (ExportException e) {
            // A size without a formula is fitted, or rejected, where it is used.
            return List.of();
        }
    }

    private static List<Dim> convolution(Arguments call) {
        List<Dim> image = call.operand(1).shape().dims();
        List<Dim> kernel = call.operand(2).shape().dims();
        List<Dim> made = new ArrayList<>(image);
        made.set(1, kernel.get(0));
        int axes = image.size() - 2;
        for (int i = 0; i < axes; i++) {
            long pad = spread(call, 5, i);
            Windows windows = new Windows(
                    kernel.get(i + 2).fixed("kernel"), spread(call, 4, i), pad, pad, spread(call, 6, i), false);
            made.set(i + 2, windows.over(image.get(i + 2)));
        }
        return made;
    }

    private static List<Dim> pool(Arguments call, int first) {
        List<Dim> image = call.operand(0).shape().dims();
        List<Dim> made = new ArrayList<>(image);
        long[] kernel = call.numbers(first);
        long[] stride = call.numbers(first + 1);
        long[] pad = call.numbers(first + 2);
        boolean up = call.get(first + 3, Boolean.class);
        for (int i = 0; i < kernel.length; i++) {
            Windows windows = new Windows(kernel[i], stride[i], pad[i], pad[i], 1, up);
            made.set(i + 2, windows.over(image.get(i + 2)));
        }
        return made;
    }

    /** Reads the number of one axis of a convolution; a single number stands for all of them. */
    private static long spread(Arguments call, int argument, int axis) {
        long[] numbers = call.numbers(argument);
        return numbers[numbers.length == 1 ? 0 : axis];
    }

    private static List<Dim> slice(Arguments call) {
        List<@Nullable Dim> made = new ArrayList<>(call.operand(0).shape().dims());
        long[] axes = call.numbers(3);
        for (int i = 0; i < axes.length; i++) {
            int axis = (int) axes[i];
            Dim length = call.operand(0).shape().get(axis);
            made.set(axis, Slices.size(length, call.dims(1).get(i), call.dims(2).get(i), call.numbers(4)[i]));
        }
        for (long axis : call.numbers(5)) {
            made.set((int) axis, null);
        }
        List<Dim> left = new ArrayList<>();
        made.forEach(size -> Optional.ofNullable(size).ifPresent(left::add));
        for (long axis : call.numbers(6)) {
            left.add((int) axis, Dim.of(1));
        }
        return left;
    }
}
