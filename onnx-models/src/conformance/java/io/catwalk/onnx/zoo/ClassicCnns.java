package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.pooling.Pool;

/** Ideas of convolutional networks up to 2017, pooling, and what looks at places. */
final class ClassicCnns extends Family {
    ClassicCnns() {
        super("cnn");
        add("squeeze and excite", () -> body(squeezeExcite(8)), floats(3, 12, 12));
        add("CBAM", () -> body(cbam(8)), floats(3, 12, 12));
        add("shuffle unit", () -> body(shuffleUnit()), floats(3, 12, 12));
        add("ShuffleNetV2", () -> body(shuffleV2()), floats(3, 12, 12));
        add("Inception", () -> body(inception()), floats(3, 12, 12));
        add("Inception factorized", () -> body(factorized()), floats(3, 12, 12));
        add("DenseNet", () -> body(dense(3), transition()), floats(3, 12, 12));
        add(
                "ResNet pre-activation",
                () -> body(residual(seq(bn(), relu(), conv(8, 3), bn(), relu(), conv(8, 3)))),
                floats(3, 12, 12));
        add(
                "ResNeXt",
                () -> body(residual(seq(cbr(8, 1, 1), conv(8, 3, 1, 4), bn(), relu(), conv(8, 1), bn()))),
                floats(3, 12, 12));
        add("Xception", () -> body(separable(8), separable(12)), floats(3, 12, 12));
        add("DPN", () -> body(dualPath()), floats(3, 12, 12));
        add("FractalNet", () -> body(fractal(3)), floats(3, 12, 12));
        add("Highway", () -> seq(linear(12), highway(12), highway(12), linear(4)), floats(9));
        add("maxout", () -> seq(linear(24), lambda(x -> x.reshape(-1, 6, 4).max(new int[] {2})), linear(4)), floats(9));
        add(
                "network of strides",
                () -> seq(cbr(6, 3, 2), cbr(8, 3, 2), conv(4, 1), Pool.globalAvgPool2dBlock()),
                floats(3, 17, 13));
        add("pool variety", ClassicCnns::pools, floats(3, 13, 13));
        add("ceil pooling", ClassicCnns::stickingOut, floats(2, 10, 10));
        add("average with padding", () -> averaged(true), floats(2, 9, 9));
        add("average without padding", () -> averaged(false), floats(2, 9, 9));
        add("LP pooling", ClassicCnns::powers, floats(2, 8, 8));
        add("3d convolutions", ClassicCnns::video, floats(2, 6, 8, 8));
        add(
                "1d convolutions",
                () -> seq(
                        conv1d(6, 5),
                        relu(),
                        Pool.maxPool1dBlock(new Shape(2), new Shape(2)),
                        conv1d(4, 3),
                        Pool.globalAvgPool1dBlock(),
                        linear(3)),
                floats(3, 20));
        add("local response norm", () -> ClassicCnns.body(lrn()), floats(3, 12, 12));
        add("spatial pyramid", ClassicCnns::pyramid, floats(3, 12, 12));
        add("CoordConv", ClassicCnns::coordinates, floats(3, 9, 11));
        add("spatial transformer", ClassicCnns::transformer, floats(1, 8, 8));
        add("capsules", ClassicCnns::capsules, floats(1, 8, 8));
    }

    static SequentialBlock body(Block... blocks) {
        return seq(cbr(8, 3, 1)).addAll(blocks).addAll(Pool.globalAvgPool2dBlock(), linear(5));
    }

    private static Block averaged(boolean counted) {
        Block pool = Pool.avgPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false, counted);
        return seq(pool, flatten(), linear(3));
    }

    private static Block stickingOut() {
        Block pool = Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(0, 0), true);
        return seq(pool, flatten(), linear(3));
    }

    private static Block powers() {
        Block pool = Pool.lpPool2dBlock(2f, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0));
        return seq(conv(4, 3), relu(), pool, flatten(), linear(3));
    }

    static Block residual(Block inner) {
        return new ParallelBlock(
                        lists -> new NDList(lists.get(0).head().add(lists.get(1).head())))
                .addAll(inner, Blocks.identityBlock());
    }

    static ParallelBlock concat(Block... branches) {
        return new ParallelBlock(lists -> new NDList(NDArrays.concat(
                        new NDList(lists.stream().map(NDList::head).toList()), 1)))
                .addAll(branches);
    }

    static Block squeezeExcite(int channels) {
        Block gate = seq(
                Pool.globalAvgPool2dBlock(), linear(channels / 4), relu(), linear(channels), Activation.sigmoidBlock());
        return new ParallelBlock(lists -> {
                    NDArray x = lists.get(0).head();
                    NDArray g = lists.get(1).head();
                    return new NDList(
                            x.mul(g.reshape(g.getShape().get(0), g.getShape().get(1), 1, 1)));
                })
                .addAll(Blocks.identityBlock(), gate);
    }

    private static Block cbam(int channels) {
        var net = new Net();
        Block shared = net.child(seq(linear(4), relu(), linear(channels)), 1, channels);
        Block spatial = net.child(conv(1, 7), 1, 2, 12, 12);
        return net.on((call, x) -> {
            NDArray mean = call.run(shared, Pool.globalAvgPool2d(x));
            NDArray max = call.run(shared, Pool.globalMaxPool2d(x));
            x = x.mul(Activation.sigmoid(mean.add(max)).expandDims(2).expandDims(3));
            NDArray both = x.mean(new int[] {1}, true).concat(x.max(new int[] {1}, true), 1);
            return x.mul(Activation.sigmoid(call.run(spatial, both)));
        });
    }

    static NDArray shuffle(NDArray x, int groups) {
        long[] s = x.getShape().getShape();
        NDArray start = x.reshape(s[0], groups, s[1] / groups, s[2], s[3]);
        return start.transpose(0, 2, 1, 3, 4).reshape(s);
    }

    private static Block shuffleUnit() {
        return residual(seq(
                conv(8, 1, 1, 4),
                bn(),
                relu(),
                lambda(x -> shuffle(x, 4)),
                conv(8, 3, 1, 8),
                bn(),
                conv(8, 1, 1, 4),
                bn()));
    }

    private static Block shuffleV2() {
        var net = new Net();
        Block branch = net.child(seq(cbr(4, 1, 1), conv(4, 3, 1, 4), bn(), cbr(4, 1, 1)), 1, 4, 12, 12);
        return net.on((call, x) -> {
            NDList halves = x.split(new long[] {4}, 1);
            NDArray y = halves.get(0).concat(call.run(branch, halves.get(1)), 1);
            return shuffle(y, 2);
        });
    }

    private static Block inception() {
        return concat(
                cbr(4, 1, 1),
                seq(cbr(4, 1, 1), cbr(6, 3, 1)),
                seq(cbr(2, 1, 1), cbr(4, 5, 1)),
                seq(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1)), cbr(4, 1, 1)));
    }

    private static Block wide(int filters, int height, int width) {
        return kernel(filters, height, width)
                .optPadding(new Shape(height / 2, width / 2))
                .build();
    }

    private static Block factorized() {
        return concat(
                seq(wide(4, 1, 7), wide(4, 7, 1), relu()),
                seq(Pool.avgPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1)), conv(4, 1)));
    }

    static Block dense(int layers) {
        SequentialBlock blocks = new SequentialBlock();
        for (int i = 0; i < layers; i++) {
            blocks.add(concat(Blocks.identityBlock(), seq(bn(), relu(), conv(4, 3))));
        }
        return blocks;
    }

    private static Block transition() {
        return seq(bn(), relu(), conv(10, 1), Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
    }

    private static Block separable(int filters) {
        return seq(relu(), conv(8, 3, 1, 8), conv(filters, 1), bn(), maxPool(2), conv(8, 1));
    }

    private static Block dualPath() {
        var net = new Net();
        Block layer = net.child(seq(cbr(6, 1, 1), cbr(6, 3, 1), conv(10, 1)), 1, 8, 12, 12);
        return net.gives(in -> new Shape[] {new Shape(in[0].get(0), 10, 12, 12)})
                .on((call, x) -> {
                    NDArray y = call.run(layer, x);
                    NDArray sum = x.get(":, :6, :, :").add(y.get(":, :6, :, :"));
                    NDList all =
                            new NDList(sum, x.get(":, 6:"), y.get(":, 6:, ...").get(":, :2"));
                    return NDArrays.concat(all, 1);
                });
    }

    private static Block fractal(int depth) {
        if (depth == 1) {
            return cbr(8, 3, 1);
        }
        return new ParallelBlock(lists ->
                        new NDList(lists.get(0).head().add(lists.get(1).head()).div(2)))
                .addAll(cbr(8, 3, 1), seq(fractal(depth - 1), fractal(depth - 1)));
    }

    private static Block highway(int size) {
        var net = new Net();
        Block plain = net.child(linear(size), 1, size);
        Block gate = net.child(seq(linear(size), Activation.sigmoidBlock()), 1, size);
        return net.on((call, x) -> {
            NDArray t = call.run(gate, x);
            return t.mul(Activation.relu(call.run(plain, x))).add(t.sub(1).neg().mul(x));
        });
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
