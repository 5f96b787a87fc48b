package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.cbr;
import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.dilated;
import static io.catwalk.onnx.zoo.Layers.kernel;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Ideas of convolutional networks since 2017. */
final class ModernCnns {
    private ModernCnns() {}

    static List<Network> networks() {
        return new Family("modern cnn")
                .add("GhostNet", () -> ClassicCnns.body(ghost(6)), floats(3, 12, 12))
                .add("MobileNetV3", () -> ClassicCnns.body(mobile3()), floats(3, 12, 12))
                .add("EfficientNet", () -> ClassicCnns.body(mbconv()), floats(3, 12, 12))
                .add("Res2Net", () -> ClassicCnns.body(res2net()), floats(3, 12, 12))
                .add("ConvNeXt", ModernCnns::convNext, floats(3, 16, 16))
                .add("RepVGG", () -> ClassicCnns.body(repVgg(), repVgg()), floats(3, 12, 12))
                .add("HRNet", ModernCnns::hrNet, floats(3, 16, 16))
                .add("octave convolution", ModernCnns::octave, floats(3, 16, 16))
                .add("selective kernels", () -> ClassicCnns.body(selective()), floats(3, 12, 12))
                .add("split attention", () -> ClassicCnns.body(splitAttention()), floats(3, 12, 12))
                .networks();
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
}
