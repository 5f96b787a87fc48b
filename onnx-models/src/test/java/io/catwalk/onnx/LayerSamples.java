package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import java.util.function.Function;

/** Windows and normalization. */
final class LayerSamples extends OperatorSamples {

    LayerSamples() {
        convolutions();
        pools();
        resizing();
        normalization();
    }

    /** Adds a use of the methods that layers call. */
    private void layer(Shape shape, Function<NDArrayEx, ?> body, String primitives, String operators) {
        close(shape, x -> body.apply(x.getNDArrayInternal()), "NDArrayEx." + primitives, operators);
    }

    private static Shape of(long... sizes) {
        return new Shape(sizes);
    }

    private void resizing() {
        resizing(0, "Resize", 18, 16);
        resizing(1, "Resize", 18, 13);
        for (long[] size : new long[][] {{18, 13}, {5, 13}, {4, 3}, {9, 20}, {1, 1}}) {
            resizing(0, "Gather", size);
            resizing(2, "MatMul", size);
            resizing(3, "MatMul", size);
        }
        for (long[] size : new long[][] {{5, 13}, {4, 3}, {8, 8}, {1, 1}}) {
            resizing(1, "MatMul", size);
        }
        for (int mode = 0; mode < 4; mode++) {
            resizing(mode, "Identity", 9, 8);
        }
        String resize = "interpolation(long[], int, boolean)";
        for (int mode : new int[] {0, 2}) {
            String operator = mode == 0 ? "Gather" : "MatMul";
            layer(MATRIX, x -> x.interpolation(new long[] {7}, mode, false), resize, operator);
            layer(of(2, 3, 4, 5), x -> x.interpolation(new long[] {4, 3, 9}, mode, false), resize, operator);
        }
    }

    private void resizing(int mode, String operator, long... size) {
        String resize = mode == 0 ? "Gather" : "MatMul";
        layer(IMAGE, x -> x.interpolation(size, mode, true), "interpolation(long[], int, boolean)", operator);
        layer(IMAGE, x -> x.resize((int) size[0], 1 + (int) size[1] / 2, mode), "resize(int, int, int)", resize);
    }

    private void convolutions() {
        convolution(IMAGE, of(6, 4, 3, 2), of(2, 1), of(1, 0), of(1, 2), 1);
        convolution(IMAGE, of(8, 2, 3, 3), of(1, 1), of(1, 1), of(1, 1), 2);
        convolution(MATRIX, of(5, 3, 2), of(1), of(1), of(1), 1);
        convolution(of(2, 4, 5, 6), of(3, 2, 2, 2, 2), of(1, 2, 1), of(0, 1, 1), of(1, 1, 1), 1);
    }

    private void convolution(Shape input, Shape kernel, Shape stride, Shape padding, Shape dilation, int groups) {
        String convolution = "convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)";
        Function<NDArrayEx, ?> body = x -> {
            NDArray weight = fixed(x.getArray(), kernel.getShape());
            NDArray bias = fixed(x.getArray(), kernel.get(0));
            return x.convolution(x.getArray(), weight, bias, stride, padding, dilation, groups);
        };
        layer(input, body, convolution, "Conv");
    }

    private void pools() {
        Shape two = of(2, 2);
        Shape none = of(0, 0);
        String max = "maxPool(Shape, Shape, Shape, boolean)";
        layer(IMAGE, x -> x.maxPool(of(3, 2), two, of(1, 0), false), max, "MaxPool");
        layer(IMAGE, x -> x.maxPool(of(2, 3), two, of(0, 1), true), max, "MaxPool");
        layer(MATRIX, x -> x.maxPool(of(2), of(2), of(0), false), max, "MaxPool");
        layer(MATRIX, x -> x.maxPool(of(5), of(3), of(0), true), max, "MaxPool");
        // Along one axis, a window extends beyond the end; along the other one, it would lie in the padding.
        layer(of(3, 8, 4), x -> x.maxPool(of(2, 3), of(3, 3), of(1, 0), true), max, "MaxPool");
        String average = "avgPool(Shape, Shape, Shape, boolean, boolean)";
        for (boolean counted : new boolean[] {true, false}) {
            layer(IMAGE, x -> x.avgPool(of(3, 3), two, of(1, 1), false, counted), average, "AveragePool");
            layer(IMAGE, x -> x.avgPool(of(2, 3), two, of(0, 1), true, counted), average, "AveragePool");
        }
        String lp = "lpPool(float, Shape, Shape, Shape, boolean)";
        layer(IMAGE, x -> x.lpPool(2, two, two, none, false), lp, "Pow AveragePool Mul");
        layer(MATRIX, x -> ex(positive(x)).lpPool(3, of(2), of(1), of(0), false), lp, "Pow AveragePool Mul");
        layer(IMAGE, NDArrayEx::globalMaxPool, "globalMaxPool()", "GlobalMaxPool Reshape");
        layer(IMAGE, NDArrayEx::globalAvgPool, "globalAvgPool()", "GlobalAveragePool Reshape");
        layer(MATRIX, NDArrayEx::globalAvgPool, "globalAvgPool()", "GlobalAveragePool Reshape");
        layer(IMAGE, x -> x.globalLpPool(2), "globalLpPool(float)", "Pow ReduceSum");
    }

    private static NDArrayEx ex(NDArray x) {
        return x.getNDArrayInternal();
    }

    private static NDArray positive(NDArrayEx x) {
        return positive(x.getArray());
    }

    private void normalization() {
        String batch = "NDArrayEx.batchNorm(NDArray, NDArray, NDArray, NDArray, NDArray, int, float, float, boolean)";
        for (int axis : new int[] {1, 3}) {
            Function<NDArray, ?> body = x -> {
                NDArray mean = fixed(x, x.getShape().get(axis));
                NDArray variance = positive(mean);
                return ex(x).batchNorm(x, mean, variance, mean.add(1), mean.mul(2), axis, 0.9f, 1e-2f, false);
            };
            close(IMAGE, body, batch, axis == 1 ? "BatchNormalization" : "Transpose BatchNormalization Transpose");
        }
        Function<NDArray, ?> body = x -> {
            NDArray scale = fixed(x, 3, 4);
            return ex(x).layerNorm(x, of(3, 4), scale, scale.add(1), 1e-2f);
        };
        close(CUBE, body, "NDArrayEx.layerNorm(NDArray, Shape, NDArray, NDArray, float)", "LayerNormalization");
        exact(VECTOR, x -> ex(x).dropout(x, 0.5f, false), "NDArrayEx.dropout(NDArray, float, boolean)", "Identity");
    }
}
