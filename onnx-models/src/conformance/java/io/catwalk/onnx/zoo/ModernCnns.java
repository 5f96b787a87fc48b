package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Ideas of convolutional networks since 2018, their layers and norms. */
final class ModernCnns extends Family {
    ModernCnns() {
        super("modern cnn");
        add("GhostNet", () -> ClassicCnns.body(ghost(6)), floats(3, 12, 12));
        add("MobileNetV3", () -> ClassicCnns.body(mobile3()), floats(3, 12, 12));
        add("EfficientNet", () -> ClassicCnns.body(mbconv()), floats(3, 12, 12));
        add("Res2Net", () -> ClassicCnns.body(res2net()), floats(3, 12, 12));
        add("ConvNeXt", ModernCnns::convNext, floats(3, 16, 16));
        add("RepVGG", () -> ClassicCnns.body(repVgg(), repVgg()), floats(3, 12, 12));
        add("HRNet", ModernCnns::hrNet, floats(3, 16, 16));
        add("octave convolution", ModernCnns::octave, floats(3, 16, 16));
        add("selective kernels", () -> ClassicCnns.body(selective()), floats(3, 12, 12));
        add("split attention", () -> ClassicCnns.body(splitAttention()), floats(3, 12, 12));
        add("global context", () -> ClassicCnns.body(globalContext()), floats(3, 12, 12));
        add("non-local", () -> ClassicCnns.body(nonLocal()), floats(3, 12, 12));
        add("coordinate attention", () -> ClassicCnns.body(coordinate()), floats(3, 12, 12));
        add("dynamic convolution", ModernCnns::dynamic, floats(3, 8, 8));
        add("involution", ModernCnns::involution, floats(4, 6, 6));
        add("ConvMixer", ModernCnns::convMixer, floats(3, 12, 12));
        add("weight standardization", ModernCnns::standardized, floats(3, 8, 8));
        add("group norm by hand", () -> ClassicCnns.body(groupNorm(4)), floats(3, 12, 12));
        add("instance norm by hand", () -> ClassicCnns.body(instanceNorm()), floats(3, 12, 12));
        add("filter response norm", () -> ClassicCnns.body(frn()), floats(3, 12, 12));
        add("blur pool", () -> ClassicCnns.body(blur()), floats(3, 12, 12));
        add(
                "space to depth",
                () -> seq(lambda(x -> toDepth(x, 2)), conv(6, 3), relu(), Pool.globalAvgPool2dBlock(), linear(3)),
                floats(3, 8, 8));
        add("PoolFormer", () -> ClassicCnns.body(poolFormer()), floats(3, 12, 12));
        onAll("activations", ModernCnns::activations, floats(4, 6));
        add(
                "CReLU",
                () -> seq(conv(4, 3), lambda(x -> Activation.relu(x.concat(x.neg(), 1))), conv(2, 1)),
                floats(2, 6, 6));
        add(
                "batch norm options",
                () -> seq(
                        conv(4, 3),
                        BatchNorm.builder().optScale(false).optEpsilon(1e-3f).build(),
                        conv(4, 3),
                        BatchNorm.builder().optCenter(false).build()),
                floats(2, 6, 6));
        add(
                "layer norm options",
                () -> seq(
                        LayerNorm.builder()
                                .axis(2)
                                .optScale(false)
                                .optCenter(false)
                                .build(),
                        linear(4),
                        ln()),
                floats(3, 8));
        add("big and little", ModernCnns::bigLittle, floats(3, 16, 16));
    }

    private static Block ghost(int filters) {
        int half = filters / 2;
        var net = new Net();
        Block primary = net.child(cbr(half, 1, 1), 1, 8, 12, 12);
        Block cheap = net.child(seq(conv(half, 3, 1, half), bn(), relu()), 1, half, 12, 12);
        return net.gives(in -> new Shape[] {new Shape(in[0].get(0), filters, 12, 12)})
                .on((call, x) -> {
                    NDArray y = call.run(primary, x);
                    return y.concat(call.run(cheap, y), 1);
                });
    }

    private static NDArray hardSigmoid(NDArray x) {
        return Activation.relu6(x.add(3)).div(6);
    }

    private static Block mobile3() {
        return ClassicCnns.residual(seq(
                conv(16, 1),
                bn(),
                lambda(x -> x.mul(hardSigmoid(x))),
                conv(16, 5, 1, 16),
                bn(),
                gate(16, true),
                lambda(x -> hardSigmoid(x).mul(x)),
                conv(8, 1),
                bn()));
    }

    private static Block gate(int channels, boolean hard) {
        var net = new Net();
        Block dense = net.child(seq(linear(4), relu(), linear(channels)), 1, channels);
        return net.on((call, x) -> {
            NDArray g = call.run(dense, Pool.globalAvgPool2d(x));
            g = hard ? hardSigmoid(g) : Activation.sigmoid(g);
            return x.mul(g.reshape(-1, channels, 1, 1));
        });
    }

    private static Block mbconv() {
        return ClassicCnns.residual(seq(
                conv(24, 1),
                bn(),
                Activation.swishBlock(1f),
                conv(24, 3, 1, 24),
                bn(),
                Activation.swishBlock(1f),
                gate(24, false),
                conv(8, 1),
                bn(),
                Dropout.builder().optRate(0.2f).build()));
    }

    private static Block res2net() {
        var net = new Net();
        List<Block> convs = List.of(
                net.child(cbr(2, 3, 1), 1, 2, 12, 12),
                net.child(cbr(2, 3, 1), 1, 2, 12, 12),
                net.child(cbr(2, 3, 1), 1, 2, 12, 12));
        return net.on((call, x) -> {
            NDList parts = x.split(4, 1);
            NDList out = new NDList(parts.get(0));
            for (int i = 0; i < 3; i++) {
                NDArray y = i == 0 ? parts.get(1) : parts.get(i + 1).add(out.get(i));
                out.add(call.run(convs.get(i), y));
            }
            return NDArrays.concat(out, 1).add(x);
        });
    }

    private static Block convNext() {
        var net = new Net();
        Block stem = net.child(kernel(8, 4, 4).optStride(new Shape(4, 4)).build(), 1, 3, 16, 16);
        Block depth = net.child(conv(8, 7, 1, 8), 1, 8, 4, 4);
        Block norm = net.child(ln(3), 1, 4, 4, 8);
        Block wide = net.child(seq(linear(32), Activation.geluBlock(), linear(8)), 1, 4, 4, 8);
        Parameter gamma = net.weight("gamma", 8);
        Block head = net.child(seq(ln(1), linear(5)), 1, 8);
        return net.on((call, x) -> {
            NDArray y = call.run(stem, x);
            NDArray z = call.run(depth, y).transpose(0, 2, 3, 1);
            z = call.run(wide, call.run(norm, z)).mul(call.value(gamma, x)).transpose(0, 3, 1, 2);
            return call.run(head, Pool.globalAvgPool2d(y.add(z)));
        });
    }

    private static Block repVgg() {
        return new ParallelBlock(lists -> {
                    NDArray sum = lists.get(0).singletonOrThrow();
                    for (NDList list : lists.subList(1, lists.size())) {
                        sum = sum.add(list.singletonOrThrow());
                    }
                    return new NDList(Activation.relu(sum));
                })
                .addAll(seq(conv(8, 3), bn()), seq(conv(8, 1), bn()), bn());
    }

    static NDArray resize(NDArray x, long height, long width, int mode) {
        return x.getNDArrayInternal().interpolation(new long[] {height, width}, mode, false);
    }

    private static NDArray nearest2(NDArray x) {
        return x.repeat(2, 2).repeat(3, 2);
    }

    private static Block hrNet() {
        var net = new Net();
        Block stem = net.child(cbr(4, 3, 1), 1, 3, 16, 16);
        Block down = net.child(cbr(8, 3, 2), 1, 4, 16, 16);
        Block high = net.child(cbr(4, 3, 1), 1, 4, 16, 16);
        Block low = net.child(cbr(8, 3, 1), 1, 8, 8, 8);
        Block lift = net.child(conv(4, 1), 1, 8, 8, 8);
        Block lower = net.child(conv(8, 3, 2, 1), 1, 4, 16, 16);
        return net.onAll((call, in) -> {
            NDArray a = call.run(stem, in.head());
            NDArray b = call.run(down, a);
            NDArray c = call.run(high, a);
            NDArray d = call.run(low, b);
            return new NDList(c.add(nearest2(call.run(lift, d))), d.add(call.run(lower, c)));
        });
    }

    private static Block octave() {
        var net = new Net();
        Block highToHigh = net.child(conv(4, 3), 1, 3, 16, 16);
        Block highToLow = net.child(conv(4, 3), 1, 3, 8, 8);
        Block lowToHigh = net.child(conv(4, 3), 1, 4, 8, 8);
        return net.on((call, x) -> {
            NDArray low = call.run(
                    highToLow, Pool.avgPool2d(x, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false, true));
            return call.run(highToHigh, x).add(resize(call.run(lowToHigh, low), 16, 16, 0));
        });
    }

    private static Block selective() {
        var net = new Net();
        Block three = net.child(cbr(8, 3, 1), 1, 8, 12, 12);
        Block five = net.child(seq(dilated(8, 2), bn(), relu()), 1, 8, 12, 12);
        Block squeeze = net.child(seq(linear(4), relu(), linear(16)), 1, 8);
        return net.on((call, x) -> {
            NDArray both = NDArrays.stack(new NDList(call.run(three, x), call.run(five, x)), 1);
            NDArray s = call.run(squeeze, Pool.globalAvgPool2d(both.sum(new int[] {1})));
            NDArray weights = s.reshape(-1, 2, 8, 1, 1).softmax(1);
            return both.mul(weights).sum(new int[] {1});
        });
    }

    private static Block splitAttention() {
        var net = new Net();
        Block split = net.child(conv(16, 3, 1, 2), 1, 8, 12, 12);
        Block dense = net.child(seq(linear(4), bn(), relu(), linear(16)), 1, 8);
        return net.on((call, x) -> {
            NDList parts = call.run(split, x).split(2, 1);
            NDArray gap = Pool.globalAvgPool2d(parts.get(0).add(parts.get(1)));
            NDList gates = call.run(dense, gap).reshape(-1, 2, 8).softmax(1).split(2, 1);
            NDArray sum = x.zerosLike();
            for (int i = 0; i < 2; i++) {
                sum = sum.add(parts.get(i).mul(gates.get(i).reshape(-1, 8, 1, 1)));
            }
            return sum;
        });
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
            NDArray start = q.batchMatMul(k).softmax(-1).batchMatMul(v);
            NDArray y = start.transpose(0, 2, 1).reshape(b, 4, 12, 12);
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

    private static Block standardized() {
        var net = new Net();
        Parameter kernel = net.weight("kernel", 6, 3, 3, 3);
        Parameter bias = net.weight("bias", 6);
        return net.on((call, x) -> {
            NDArray w = call.value(kernel, x);
            NDArray mean = w.sum(new int[] {1, 2, 3}, true).div(27);
            NDArray centered = w.sub(mean);
            NDArray start = centered.square().sum(new int[] {1, 2, 3}, true);
            NDArray deviation = start.div(27).add(1e-5).sqrt();
            return Conv2d.conv2d(x, centered.div(deviation), call.value(bias, x), new Shape(1, 1), new Shape(1, 1))
                    .head();
        });
    }

    static Block groupNorm(int groups) {
        return lambda(x -> {
            Shape s = x.getShape();
            NDArray y = x.reshape(s.get(0), groups, -1);
            NDArray mean = y.mean(new int[] {2}, true);
            NDArray variance = y.sub(mean).pow(2).mean(new int[] {2}, true);
            return y.sub(mean).div(variance.add(1e-5f).sqrt()).reshape(s);
        });
    }

    private static Block instanceNorm() {
        return lambda(x -> x.sub(spatialMean(x))
                .div(spatialMean(x.sub(spatialMean(x)).square()).add(1e-5).sqrt()));
    }

    private static Block frn() {
        var net = new Net();
        Parameter gamma = net.weight("gamma", 1, 8, 1, 1);
        Parameter tau = net.weight("tau", 1, 8, 1, 1);
        return net.on((call, x) -> {
            NDArray nu = spatialMean(x.pow(2));
            return x.mul(nu.add(1e-6).pow(-0.5)).mul(call.value(gamma, x)).maximum(call.value(tau, x));
        });
    }

    private static Block blur() {
        return lambda(x -> {
            NDArray row = x.getManager().create(new float[] {1, 2, 1}).div(4);
            NDArray kernel =
                    row.reshape(3, 1).mul(row.reshape(1, 3)).reshape(1, 1, 3, 3).repeat(0, 8);
            return Conv2d.conv2d(x, kernel, null, new Shape(2, 2), new Shape(1, 1), new Shape(1, 1), 8)
                    .singletonOrThrow();
        });
    }

    static NDArray toDepth(NDArray x, int by) {
        long[] s = x.getShape().getShape();
        NDArray start = x.reshape(s[0], s[1], s[2] / by, by, s[3] / by, by);
        return start.transpose(0, 1, 3, 5, 2, 4).reshape(s[0], s[1] * by * by, s[2] / by, s[3] / by);
    }

    private static Block poolFormer() {
        return lambda(x -> x.add(Pool.avgPool2d(x, new Shape(3, 3), new Shape(1, 1), new Shape(1, 1), false, false)
                .sub(x)));
    }

    private static NDList activations(NDList list) {
        NDArray x = list.head();
        NDList out = new NDList(
                Activation.softPlus(x),
                Activation.softSign(x),
                Activation.selu(x),
                Activation.mish(x),
                Activation.gelu(x));
        out.add(Activation.leakyRelu(x, 0.2f));
        out.add(Activation.elu(x, 0.7f));
        out.add(Activation.swish(x, 1.5f));
        out.add(x.mul(x.mul(0.7978846f)
                        .mul(x.square().mul(0.044715f).add(1))
                        .tanh()
                        .add(1))
                .mul(0.5f));
        out.add(x.erf());
        out.add(NDArrays.maximum(x, 0).minimum(0.5));
        return out;
    }

    private static Block bigLittle() {
        Block little = seq(cbr(6, 3, 1), cbr(6, 3, 1));
        Block big = seq(
                Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)),
                cbr(6, 3, 1),
                lambda(x -> ModernCnns.resize(x, 16, 16, 1)));
        return seq(
                new ParallelBlock(l -> new NDList(l.get(0).head().add(l.get(1).head()))).addAll(little, big),
                Pool.globalMaxPool2dBlock(),
                linear(3));
    }
}
