package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Windows and normalization. */
final class LayerSamples extends OperatorSamples {

    LayerSamples() {
        windows();
        resizing();
        normalization();
    }

    private void resizing() {
        resizing(0, new long[] {18, 16}, "Resize");
        resizing(1, new long[] {18, 13}, "Resize");
        for (long[] size : new long[][] {{18, 13}, {5, 13}, {4, 3}, {9, 20}, {1, 1}}) {
            resizing(0, size, "Gather");
            resizing(2, size, "MatMul");
            resizing(3, size, "MatMul");
        }
        for (long[] size : new long[][] {{5, 13}, {4, 3}, {8, 8}, {1, 1}}) {
            resizing(1, size, "MatMul");
        }
        for (int mode = 0; mode < 4; mode++) {
            resizing(mode, new long[] {9, 8}, "Identity");
        }
        String resize = "NDArrayEx.interpolation(long[], int, boolean)";
        for (int mode : new int[] {0, 2}) {
            String operator = mode == 0 ? "Gather" : "MatMul";
            add(
                    resize,
                    MATRIX,
                    CLOSE,
                    operator,
                    x -> x.getNDArrayInternal().interpolation(new long[] {7}, mode, false));
            add(
                    resize,
                    new Shape(2, 3, 4, 5),
                    CLOSE,
                    operator,
                    x -> x.getNDArrayInternal().interpolation(new long[] {4, 3, 9}, mode, false));
        }
    }

    private void resizing(int mode, long[] size, String operator) {
        add(
                "NDArrayEx.interpolation(long[], int, boolean)",
                IMAGE,
                CLOSE,
                operator,
                x -> x.getNDArrayInternal().interpolation(size, mode, true));
        add(
                "NDArrayEx.resize(int, int, int)",
                IMAGE,
                CLOSE,
                mode == 0 ? "Gather" : "MatMul",
                x -> x.getNDArrayInternal().resize((int) size[0], 1 + (int) size[1] / 2, mode));
    }

    private void windows() {
        String convolution = "NDArrayEx.convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)";
        add(
                convolution,
                IMAGE,
                CLOSE,
                "Conv",
                x -> convolve(x, fixed(x, 6, 4, 3, 2), new Shape(2, 1), new Shape(1, 0), new Shape(1, 2), 1));
        add(
                convolution,
                IMAGE,
                CLOSE,
                "Conv",
                x -> convolve(x, fixed(x, 8, 2, 3, 3), new Shape(1, 1), new Shape(1, 1), new Shape(1, 1), 2));
        add(
                convolution,
                MATRIX,
                CLOSE,
                "Conv",
                x -> convolve(x, fixed(x, 5, 3, 2), new Shape(1), new Shape(1), new Shape(1), 1));
        add(
                convolution,
                new Shape(2, 4, 5, 6),
                CLOSE,
                "Conv",
                x -> convolve(
                        x, fixed(x, 3, 2, 2, 2, 2), new Shape(1, 2, 1), new Shape(0, 1, 1), new Shape(1, 1, 1), 1));
        String max = "NDArrayEx.maxPool(Shape, Shape, Shape, boolean)";
        add(
                max,
                IMAGE,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(3, 2), new Shape(2, 2), new Shape(1, 0), false));
        add(
                max,
                IMAGE,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(2, 3), new Shape(2, 2), new Shape(0, 1), true));
        add(
                max,
                MATRIX,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(2), new Shape(2), new Shape(0), false));
        add(
                max,
                MATRIX,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(5), new Shape(3), new Shape(0), true));
        // Along one axis, a window extends beyond the end; along the other one, it would lie in the padding.
        add(
                max,
                new Shape(3, 8, 4),
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(2, 3), new Shape(3, 3), new Shape(1, 0), true));
        String average = "NDArrayEx.avgPool(Shape, Shape, Shape, boolean, boolean)";
        for (boolean counted : new boolean[] {true, false}) {
            add(
                    average,
                    IMAGE,
                    CLOSE,
                    "AveragePool",
                    x -> x.getNDArrayInternal()
                            .avgPool(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false, counted));
            add(
                    average,
                    IMAGE,
                    CLOSE,
                    "AveragePool",
                    x -> x.getNDArrayInternal()
                            .avgPool(new Shape(2, 3), new Shape(2, 2), new Shape(0, 1), true, counted));
        }
        String lp = "NDArrayEx.lpPool(float, Shape, Shape, Shape, boolean)";
        add(
                lp,
                IMAGE,
                CLOSE,
                "Pow AveragePool Mul",
                x -> x.getNDArrayInternal().lpPool(2, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false));
        add(
                lp,
                MATRIX,
                CLOSE,
                "Pow AveragePool Mul",
                x -> positive(x).getNDArrayInternal().lpPool(3, new Shape(2), new Shape(1), new Shape(0), false));
        add(
                "NDArrayEx.globalMaxPool()",
                IMAGE,
                EXACT,
                "GlobalMaxPool Reshape",
                x -> x.getNDArrayInternal().globalMaxPool());
        add(
                "NDArrayEx.globalAvgPool()",
                IMAGE,
                CLOSE,
                "GlobalAveragePool Reshape",
                x -> x.getNDArrayInternal().globalAvgPool());
        add(
                "NDArrayEx.globalAvgPool()",
                MATRIX,
                CLOSE,
                "GlobalAveragePool Reshape",
                x -> x.getNDArrayInternal().globalAvgPool());
        add(
                "NDArrayEx.globalLpPool(float)",
                IMAGE,
                CLOSE,
                "Pow ReduceSum",
                x -> x.getNDArrayInternal().globalLpPool(2));
    }

    private void normalization() {
        String batch = "NDArrayEx.batchNorm(NDArray, NDArray, NDArray, NDArray, NDArray, int, float, float, boolean)";
        for (int axis : new int[] {1, 3}) {
            add(batch, IMAGE, CLOSE, axis == 1 ? "BatchNormalization" : "Transpose BatchNormalization Transpose", x -> {
                long channels = x.getShape().get(axis);
                NDArray mean = fixed(x, channels);
                return x.getNDArrayInternal()
                        .batchNorm(x, mean, positive(mean), mean.add(1), mean.mul(2), axis, 0.9f, 1e-2f, false)
                        .singletonOrThrow();
            });
        }
        add(
                "NDArrayEx.layerNorm(NDArray, Shape, NDArray, NDArray, float)",
                CUBE,
                CLOSE,
                "LayerNormalization",
                x -> x.getNDArrayInternal()
                        .layerNorm(
                                x,
                                new Shape(3, 4),
                                fixed(x, 3, 4),
                                fixed(x, 3, 4).add(1),
                                1e-2f)
                        .singletonOrThrow());
        add(
                "NDArrayEx.dropout(NDArray, float, boolean)",
                VECTOR,
                EXACT,
                "Identity",
                x -> x.getNDArrayInternal().dropout(x, 0.5f, false).singletonOrThrow());
    }

    private static NDArray convolve(
            NDArray x, NDArray weight, Shape stride, Shape padding, Shape dilation, int groups) {
        NDArray bias = fixed(x, weight.getShape().get(0));
        return x.getNDArrayInternal()
                .convolution(x, weight, bias, stride, padding, dilation, groups)
                .singletonOrThrow();
    }
}
