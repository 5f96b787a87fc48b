package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.cbr;
import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.conv1d;
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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Pooling, other dimensions, and what looks at places. */
final class ClassicLayers {
    private ClassicLayers() {}

    static List<Network> networks() {
        return new Family("cnn")
                .add("pool variety", ClassicLayers::pools, floats(3, 13, 13))
                .add(
                        "ceil pooling",
                        () -> seq(
                                Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(0, 0), true),
                                flatten(),
                                linear(3)),
                        floats(2, 10, 10))
                .add(
                        "average with padding",
                        () -> seq(
                                Pool.avgPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false, true),
                                flatten(),
                                linear(3)),
                        floats(2, 9, 9))
                .add(
                        "average without padding",
                        () -> seq(
                                Pool.avgPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false, false),
                                flatten(),
                                linear(3)),
                        floats(2, 9, 9))
                .add(
                        "LP pooling",
                        () -> seq(
                                conv(4, 3),
                                relu(),
                                Pool.lpPool2dBlock(2f, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0)),
                                flatten(),
                                linear(3)),
                        floats(2, 8, 8))
                .add("3d convolutions", ClassicLayers::video, floats(2, 6, 8, 8))
                .add(
                        "1d convolutions",
                        () -> seq(
                                conv1d(6, 5),
                                relu(),
                                Pool.maxPool1dBlock(new Shape(2), new Shape(2)),
                                conv1d(4, 3),
                                Pool.globalAvgPool1dBlock(),
                                linear(3)),
                        floats(3, 20))
                .add("local response norm", () -> ClassicCnns.body(lrn()), floats(3, 12, 12))
                .add("spatial pyramid", ClassicLayers::pyramid, floats(3, 12, 12))
                .add("CoordConv", ClassicLayers::coordinates, floats(3, 9, 11))
                .add("spatial transformer", ClassicLayers::transformer, floats(1, 8, 8))
                .add("capsules", ClassicLayers::capsules, floats(1, 8, 8))
                .networks();
    }

    private static Block pools() {
        return new Net().onAll((call, in) -> {
            NDArray x = in.head();
            NDArray a = Pool.maxPool2d(x, new Shape(3, 2), new Shape(2, 1), new Shape(1, 0), false);
            NDArray b = Pool.avgPool2d(x, new Shape(2, 3), new Shape(3, 2), new Shape(0, 1), true, false);
            NDArray c = Pool.globalMaxPool2d(x);
            return new NDList(a, b, c);
        });
    }

    private static Block video() {
        return seq(
                Conv3d.builder()
                        .setFilters(4)
                        .setKernelShape(new Shape(3, 3, 3))
                        .optPadding(new Shape(1, 1, 1))
                        .build(),
                bn(),
                relu(),
                Pool.maxPool3dBlock(new Shape(2, 2, 2), new Shape(2, 2, 2)),
                Conv3d.builder()
                        .setFilters(6)
                        .setKernelShape(new Shape(1, 3, 3))
                        .build(),
                Pool.globalAvgPool3dBlock(),
                linear(3));
    }

    private static Block lrn() {
        return lambda(x -> {
            NDArray squares = x.square().pad(new Shape(0, 0, 0, 0, 2, 2), 0);
            NDArray sum = squares.get(":, 0:8");
            for (int i = 1; i < 5; i++) {
                sum = sum.add(squares.get(":, {}:{}", i, i + 8));
            }
            return x.div(sum.mul(1e-4f / 5).add(2).pow(0.75f));
        });
    }

    private static Block pyramid() {
        return seq(
                cbr(4, 3, 1),
                new LambdaBlock(list -> {
                    NDArray x = list.head();
                    NDList levels = new NDList();
                    for (int bins : new int[] {1, 2, 4}) {
                        long size = x.getShape().get(2) / bins;
                        NDArray y =
                                Pool.maxPool2d(x, new Shape(size, size), new Shape(size, size), new Shape(0, 0), false);
                        levels.add(y.flatten(1, -1));
                    }
                    return new NDList(NDArrays.concat(levels, 1));
                }),
                linear(3));
    }

    private static Block coordinates() {
        var net = new Net();
        Block conv = net.child(conv(4, 3), 1, 5, 9, 11);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            NDManager manager = x.getManager();
            NDArray rows = manager.linspace(-1f, 1f, (int) s.get(2)).reshape(1, 1, -1, 1);
            NDArray columns = manager.linspace(-1f, 1f, (int) s.get(3)).reshape(1, 1, 1, -1);
            Shape one = new Shape(s.get(0), 1, s.get(2), s.get(3));
            NDList all = new NDList(x, rows.broadcast(one), columns.broadcast(one));
            return call.run(conv, NDArrays.concat(all, 1));
        });
    }

    /** Samples the picture at the nearest pixels of a learned affine map, by flat indices. */
    private static Block transformer() {
        var net = new Net();
        Block locate = net.child(seq(flatten(), linear(6), Activation.tanhBlock()), 1, 1, 8, 8);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDManager manager = x.getManager();
            NDArray theta = call.run(locate, x).reshape(batch, 2, 3);
            NDArray axis = manager.linspace(-1f, 1f, 8);
            NDArray gridX = axis.reshape(1, 8).repeat(0, 8).flatten();
            NDArray gridY = axis.reshape(8, 1).repeat(1, 8).flatten();
            NDArray grid = NDArrays.stack(new NDList(gridX, gridY, gridX.onesLike()));
            NDArray at = theta.matMul(grid).add(1).mul(3.5f).round().clip(0, 7).toType(DataType.INT64, false);
            NDArray flat = at.get(":, 1").mul(8).add(at.get(":, 0"));
            return x.reshape(batch, 64).gather(flat, 1).reshape(batch, 1, 8, 8);
        });
    }

    private static NDArray squash(NDArray x) {
        NDArray squared = x.square().sum(new int[] {-1}, true);
        return x.mul(squared).div(squared.add(1)).div(squared.add(1e-7).sqrt());
    }

    private static Block capsules() {
        var net = new Net();
        Block primary = net.child(kernel(8, 3, 3).optStride(new Shape(2, 2)).build(), 1, 1, 8, 8);
        Parameter routes = net.weight("routes", 18, 4, 3, 5);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray u = squash(call.run(primary, x).reshape(batch, -1, 4));
            NDArray w = call.value(routes, x).reshape(18, 4, 15);
            NDArray hats = u.expandDims(2).matMul(w).reshape(batch, 18, 3, 5);
            NDArray logits = x.getManager().zeros(new Shape(batch, 18, 3, 1));
            NDArray v = hats;
            for (int i = 0; i < 3; i++) {
                NDArray c = logits.softmax(2);
                v = squash(c.mul(hats).sum(new int[] {1}, true));
                logits = logits.add(hats.mul(v).sum(new int[] {3}, true));
            }
            return v.squeeze(1).norm(new int[] {2});
        });
    }
}
