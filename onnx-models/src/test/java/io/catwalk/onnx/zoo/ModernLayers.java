package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.cbr;
import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.flatten;
import static io.catwalk.onnx.zoo.Layers.kernel;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Attention and kernels of newer convolutional networks. */
final class ModernLayers {
    private ModernLayers() {}

    static List<Network> networks() {
        return new Family("modern cnn")
                .add("global context", () -> ClassicCnns.body(globalContext()), floats(3, 12, 12))
                .add("non-local", () -> ClassicCnns.body(nonLocal()), floats(3, 12, 12))
                .add("coordinate attention", () -> ClassicCnns.body(coordinate()), floats(3, 12, 12))
                .add("dynamic convolution", ModernLayers::dynamic, floats(3, 8, 8))
                .add("involution", ModernLayers::involution, floats(4, 6, 6))
                .add("ConvMixer", ModernLayers::convMixer, floats(3, 12, 12))
                .networks();
    }

    private static Block globalContext() {
        var net = new Net();
        Block mask = net.child(conv(1, 1), 1, 8, 12, 12);
        Block change = net.child(seq(conv(2, 1), lambda(x -> x), relu(), conv(8, 1)), 1, 8, 1, 1);
        return net.on((call, x) -> {
            NDArray weights = call.run(mask, x).flatten(2, 3).softmax(2).transpose(0, 2, 1);
            NDArray context = x.reshape(-1, 8, 144).matMul(weights).expandDims(3);
            return x.add(call.run(change, context));
        });
    }

    private static Block nonLocal() {
        var net = new Net();
        Block theta = net.child(conv(4, 1), 1, 8, 12, 12);
        Block phi = net.child(conv(4, 1), 1, 8, 12, 12);
        Block g = net.child(conv(4, 1), 1, 8, 12, 12);
        Block out = net.child(conv(8, 1), 1, 4, 12, 12);
        return net.on((call, x) -> {
            long b = x.getShape().get(0);
            NDArray q = call.run(theta, x).reshape(b, 4, -1).transpose(0, 2, 1);
            NDArray k = call.run(phi, x).reshape(b, 4, -1);
            NDArray v = call.run(g, x).reshape(b, 4, -1).transpose(0, 2, 1);
            NDArray y = q.batchMatMul(k)
                    .softmax(-1)
                    .batchMatMul(v)
                    .transpose(0, 2, 1)
                    .reshape(b, 4, 12, 12);
            return x.add(call.run(out, y));
        });
    }

    private static Block coordinate() {
        var net = new Net();
        Block shared = net.child(cbr(4, 1, 1), 1, 8, 24, 1);
        Block rows = net.child(conv(8, 1), 1, 4, 12, 1);
        Block columns = net.child(conv(8, 1), 1, 4, 1, 12);
        return net.on((call, x) -> {
            NDArray h = x.mean(new int[] {3}, true);
            NDArray w = x.mean(new int[] {2}, true).transpose(0, 1, 3, 2);
            NDList parts = call.run(shared, h.concat(w, 2)).split(new long[] {12}, 2);
            NDArray a = Activation.sigmoid(call.run(rows, parts.get(0)));
            NDArray b = Activation.sigmoid(call.run(columns, parts.get(1).swapAxes(2, 3)));
            return x.mul(a).mul(b);
        });
    }

    private static Block dynamic() {
        var net = new Net();
        Block router = net.child(linear(3), 1, 3);
        List<Block> kernels = List.of(
                net.child(conv(4, 3), 1, 3, 8, 8),
                net.child(conv(4, 3), 1, 3, 8, 8),
                net.child(conv(4, 3), 1, 3, 8, 8));
        return net.on((call, x) -> {
            NDArray weights = call.run(router, Pool.globalAvgPool2d(x)).softmax(1);
            NDArray sum = null;
            for (int i = 0; i < 3; i++) {
                NDArray w = weights.get(new NDIndex().addAllDim().addIndices(i)).reshape(-1, 1, 1, 1);
                NDArray y = call.run(kernels.get(i), x).mul(w);
                sum = sum == null ? y : sum.addi(y);
            }
            return sum;
        });
    }

    /** The neighborhood of each pixel by nine shifted views, weighted by a kernel made from the pixel. */
    private static Block involution() {
        var net = new Net();
        Block kernel = net.child(conv(9, 1), 1, 4, 6, 6);
        return net.on((call, x) -> {
            NDArray weights = call.run(kernel, x);
            NDArray padded = x.pad(new Shape(1, 1, 1, 1), 0);
            NDList shifted = new NDList(9);
            for (int i = 0; i < 9; i++) {
                shifted.add(padded.get(":, :, {}:{}, {}:{}", i / 3, i / 3 + 6, i % 3, i % 3 + 6));
            }
            return NDArrays.stack(shifted, 2).mul(weights.expandDims(1)).sum(new int[] {2});
        });
    }

    private static Block convMixer() {
        Block patches = kernel(8, 3, 3).optStride(new Shape(3, 3)).build();
        return seq(
                patches,
                Activation.geluBlock(),
                bn(),
                ClassicCnns.residual(seq(conv(8, 5, 1, 8), Activation.geluBlock(), bn())),
                conv(8, 1),
                Activation.geluBlock(),
                bn(),
                Pool.globalAvgPool2dBlock(),
                flatten(),
                linear(4));
    }
}
