package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import java.util.function.Function;

/** Windows, normalization, and recurrent networks in all their forms. */
final class LayerSamples extends OperatorSamples {

    LayerSamples() {
        convolutions();
        pools();
        resizing();
        normalization();
        recurrent();
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

    private void recurrent() {
        for (boolean batchFirst : new boolean[] {true, false}) {
            for (boolean biased : new boolean[] {true, false}) {
                for (boolean given : new boolean[] {false, true}) {
                    recurrent(new Form(batchFirst, biased, given, 1, false));
                    recurrent(new Form(batchFirst, biased, given, 2, true));
                }
            }
        }
    }

    private record Form(boolean batchFirst, boolean biased, boolean given, int layers, boolean both) {

        NDArray turned(NDArray x) {
            return batchFirst ? x : x.transpose(1, 0, 2);
        }

        long directions() {
            return both ? 2 : 1;
        }

        NDArray state(NDArray x) {
            long count = layers * directions();
            NDArray zeros = x.getManager().zeros(new Shape(count, x.getShape().get(0), 5));
            NDArray sums = x.sum(new int[] {1, 2}).reshape(1, -1, 1);
            return given ? zeros.add(sums).add(fixed(x, count, 1, 5)) : zeros;
        }

        NDList weights(NDArray x, int gates) {
            NDList weights = new NDList();
            for (int layer = 0; layer < layers; layer++) {
                for (int direction = 0; direction < directions(); direction++) {
                    long inputs = layer == 0 ? 4 : 5 * directions();
                    weights.add(fixed(x, gates * 5L, inputs).add(0.01f * direction));
                    weights.add(fixed(x, gates * 5L, 5).add(0.02f * layer));
                    if (biased) {
                        weights.add(fixed(x, gates * 5L));
                        weights.add(fixed(x, gates * 5L).add(0.3f));
                    }
                }
            }
            return weights;
        }
    }

    private interface Layer {
        NDList of(NDArrayEx internal, NDArray x, NDArray state, NDList weights);
    }

    private void recurrent(Form f) {
        boolean biased = f.biased;
        boolean first = f.batchFirst;
        for (RNN.Activation kind : RNN.Activation.values()) {
            Layer rnn = (in, x, state, weights) ->
                    in.rnn(x, state, weights, biased, f.layers, kind, 0, false, f.both, first);
            add(f, 1, rnn, "rnn(NDArray, NDArray, NDList, boolean, int, Activation, double", "RNN");
        }
        Layer gru = (in, x, state, weights) -> in.gru(x, state, weights, biased, f.layers, 0, false, f.both, first);
        add(f, 3, gru, "gru(NDArray, NDArray, NDList, boolean, int, double", "GRU");
        Layer lstm = (in, x, state, weights) ->
                in.lstm(x, new NDList(state, state), weights, biased, f.layers, 0, false, f.both, first);
        add(f, 4, lstm, "lstm(NDArray, NDList, NDList, boolean, int, double", "LSTM");
    }

    private void add(Form form, int gates, Layer layer, String signature, String operator) {
        Function<NDArray, ?> body =
                x -> layer.of(x.getNDArrayInternal(), form.turned(x), form.state(x), form.weights(x, gates));
        close(MATRIX, body, "NDArrayEx." + signature + ", boolean, boolean, boolean)", operator);
    }
}
