package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.cbr;
import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Layers.spatialMean;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Norms, pooling and activations of newer convolutional networks. */
final class ModernNorms {
    private ModernNorms() {}

    static List<Network> networks() {
        return new Family("modern cnn")
                .add("weight standardization", ModernNorms::standardized, floats(3, 8, 8))
                .add("group norm by hand", () -> ClassicCnns.body(groupNorm(4)), floats(3, 12, 12))
                .add("instance norm by hand", () -> ClassicCnns.body(instanceNorm()), floats(3, 12, 12))
                .add("filter response norm", () -> ClassicCnns.body(frn()), floats(3, 12, 12))
                .add("blur pool", () -> ClassicCnns.body(blur()), floats(3, 12, 12))
                .add(
                        "space to depth",
                        () -> seq(
                                lambda(x -> toDepth(x, 2)), conv(6, 3), relu(), Pool.globalAvgPool2dBlock(), linear(3)),
                        floats(3, 8, 8))
                .add("PoolFormer", () -> ClassicCnns.body(poolFormer()), floats(3, 12, 12))
                .onAll("activations", ModernNorms::activations, floats(4, 6))
                .add(
                        "CReLU",
                        () -> seq(conv(4, 3), lambda(x -> Activation.relu(x.concat(x.neg(), 1))), conv(2, 1)),
                        floats(2, 6, 6))
                .add(
                        "batch norm options",
                        () -> seq(
                                conv(4, 3),
                                BatchNorm.builder()
                                        .optScale(false)
                                        .optEpsilon(1e-3f)
                                        .build(),
                                conv(4, 3),
                                BatchNorm.builder().optCenter(false).build()),
                        floats(2, 6, 6))
                .add(
                        "layer norm options",
                        () -> seq(
                                LayerNorm.builder()
                                        .axis(2)
                                        .optScale(false)
                                        .optCenter(false)
                                        .build(),
                                linear(4),
                                ln()),
                        floats(3, 8))
                .add("big and little", ModernNorms::bigLittle, floats(3, 16, 16))
                .networks();
    }

    private static Block standardized() {
        var net = new Net();
        Parameter kernel = net.weight("kernel", 6, 3, 3, 3);
        Parameter bias = net.weight("bias", 6);
        return net.on((call, x) -> {
            NDArray w = call.value(kernel, x);
            NDArray mean = w.sum(new int[] {1, 2, 3}, true).div(27);
            NDArray centered = w.sub(mean);
            NDArray deviation = centered.square()
                    .sum(new int[] {1, 2, 3}, true)
                    .div(27)
                    .add(1e-5)
                    .sqrt();
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
        return x.reshape(s[0], s[1], s[2] / by, by, s[3] / by, by)
                .transpose(0, 1, 3, 5, 2, 4)
                .reshape(s[0], s[1] * by * by, s[2] / by, s[3] / by);
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
