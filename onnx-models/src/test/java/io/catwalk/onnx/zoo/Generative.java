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
import static io.catwalk.onnx.zoo.Layers.spatialMean;
import static io.catwalk.onnx.zoo.Layers.up;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import java.util.List;

/** Networks that make pictures. */
final class Generative {
    private Generative() {}

    static List<Network> networks() {
        return new Family("generative")
                .add("VAE at the mean", Generative::vae, floats(1, 8, 8))
                .add("VAE with given noise", Generative::vaeNoise, floats(12), floats(4))
                .add("VQ-VAE", Generative::vq, floats(4, 6, 6))
                .add("DCGAN", Generative::dcgan, floats(8))
                .add("DCGAN critic", Generative::critic, floats(3, 16, 16))
                .add("StyleGAN", Generative::style, floats(8))
                .onAll("AdaIN", Generative::adaIn, floats(4, 6, 6), floats(4, 6, 6))
                .add("CycleGAN", Generative::cycle, floats(3, 12, 12))
                .networks();
    }

    private static Block vae() {
        var net = new Net();
        Block encoder = net.child(seq(cbr(4, 3, 2), flatten(), linear(8)), 1, 1, 8, 8);
        Block decoderLayers = seq(
                linear(64),
                relu(),
                lambda(x -> x.reshape(-1, 4, 4, 4)),
                up(4),
                relu(),
                conv(1, 3),
                Activation.sigmoidBlock());
        Block decoder = net.child(decoderLayers, 1, 4);
        return net.onAll((call, in) -> {
            NDList parts = call.run(encoder, in.head()).split(2, 1);
            NDArray mu = parts.get(0);
            NDArray logVariance = parts.get(1);
            NDArray z = mu;
            if (call.training()) {
                z = mu.add(logVariance.mul(0.5).exp().mul(mu.getManager().randomNormal(mu.getShape())));
            }
            NDArray kl = logVariance
                    .add(1)
                    .sub(mu.square())
                    .sub(logVariance.exp())
                    .sum(new int[] {1})
                    .mul(-0.5);
            return new NDList(call.run(decoder, z), mu, logVariance, kl);
        });
    }

    private static Block vaeNoise() {
        var net = new Net();
        Block encoder = net.child(linear(8), 1, 12);
        Block decoder = net.child(linear(12), 1, 4);
        return net.onAll((call, in) -> {
            NDArray h = call.run(encoder, in.get(0));
            NDArray z = h.get(":, :4").add(h.get(":, 4:").div(2).exp().mul(in.get(1)));
            return new NDList(call.run(decoder, z));
        });
    }

    private static Block vq() {
        var net = new Net();
        Parameter codes = net.weight("codes", 10, 4);
        Block out = net.child(conv(3, 3), 1, 4, 6, 6);
        return net.onAll((call, in) -> {
            NDArray z = in.head().transpose(0, 2, 3, 1);
            NDArray book = call.value(codes, z);
            NDArray flat = z.reshape(-1, 4);
            NDArray distance = flat.square()
                    .sum(new int[] {1}, true)
                    .add(book.square().sum(new int[] {1}))
                    .sub(flat.matMul(book.transpose()).mul(2));
            NDArray nearest = distance.argMin(1);
            NDArray q = book.get(nearest).reshape(z.getShape()).transpose(0, 3, 1, 2);
            return new NDList(call.run(out, q), nearest.reshape(-1, 6, 6));
        });
    }

    private static Block deconv(int filters) {
        return Conv2dTranspose.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(4, 4))
                .optStride(new Shape(2, 2))
                .optPadding(new Shape(1, 1))
                .optBias(false)
                .build();
    }

    private static Block dcgan() {
        return seq(
                linear(128),
                lambda(x -> x.reshape(-1, 8, 4, 4)),
                bn(),
                relu(),
                deconv(6),
                bn(),
                relu(),
                deconv(3),
                Activation.tanhBlock());
    }

    private static Block critic() {
        return seq(
                conv(6, 4, 2, 1),
                Activation.leakyReluBlock(0.2f),
                conv(8, 4, 2, 1),
                bn(),
                Activation.leakyReluBlock(0.2f),
                flatten(),
                linear(1));
    }

    /** A modulated convolution: the style scales the channels before, and a norm takes it out afterwards. */
    private static Block style() {
        var net = new Net();
        Parameter constant = net.weight("constant", 1, 6, 4, 4);
        Parameter kernel = net.weight("kernel", 5, 6, 3, 3);
        Block mapping = net.child(seq(linear(8), Activation.leakyReluBlock(0.2f), linear(6)), 1, 8);
        Block rgb = net.child(conv(3, 1), 1, 5, 8, 8);
        return net.on((call, z) -> {
            z = z.mul(z.square().mean(new int[] {1}, true).add(1e-8).pow(-0.5));
            NDArray s = call.run(mapping, z).add(1);
            NDArray w = call.value(kernel, z);
            NDArray x = call.value(constant, z).mul(s.reshape(-1, 6, 1, 1));
            NDArray y =
                    Conv2d.conv2d(x, w, null, new Shape(1, 1), new Shape(1, 1)).singletonOrThrow();
            NDArray scale = w.expandDims(0)
                    .mul(s.reshape(-1, 1, 6, 1, 1))
                    .square()
                    .sum(new int[] {2, 3, 4})
                    .add(1e-8)
                    .sqrt();
            y = y.div(scale.expandDims(-1).expandDims(-1));
            return call.run(rgb, ModernCnns.resize(Activation.leakyRelu(y, 0.2f), 8, 8, 1));
        });
    }

    private static NDList adaIn(NDList list) {
        NDArray x = list.get(0);
        NDArray style = list.get(1);
        NDArray mean = spatialMean(x);
        NDArray deviation = spatialMean(x.sub(mean).square()).add(1e-5).sqrt();
        NDArray styleMean = spatialMean(style);
        NDArray styleDeviation =
                spatialMean(style.sub(styleMean).square()).add(1e-5).sqrt();
        return new NDList(x.sub(mean).div(deviation).mul(styleDeviation).add(styleMean));
    }

    /** Reflection padding, since DJL has none: flipped slices at each side. */
    private static NDArray reflect(NDArray x, int by) {
        NDArray top = x.get(":, :, 1:{}", by + 1).flip(2);
        NDArray bottom = x.get(":, :, {}:-1", -by - 1).flip(2);
        NDArray y = NDArrays.concat(new NDList(top, x, bottom), 2);
        NDArray left = y.get(":, :, :, 1:{}", by + 1).flip(3);
        NDArray right = y.get(":, :, :, {}:-1", -by - 1).flip(3);
        return NDArrays.concat(new NDList(left, y, right), 3);
    }

    private static Block cycle() {
        Block body = ClassicCnns.residual(
                seq(lambda(x -> reflect(x, 1)), kernel(6, 3, 3).build()));
        return seq(
                lambda(x -> reflect(x, 3)),
                kernel(6, 7, 7).build(),
                ModernNorms.groupNorm(6),
                relu(),
                body,
                conv(3, 1),
                Activation.tanhBlock());
    }

    /** Adds the deviation over the batch as a channel. */
    static Block deviation() {
        return lambda(x -> {
            NDArray centered = x.sub(x.mean(new int[] {0}, true));
            NDArray d = centered.square().mean(new int[] {0}).add(1e-8).sqrt().mean();
            Shape s = x.getShape();
            return x.concat(d.reshape(1, 1, 1, 1).broadcast(new Shape(s.get(0), 1, s.get(2), s.get(3))), 1);
        });
    }
}
