package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.norm.BatchNorm;
import java.util.List;

/** Networks that make pictures, diffusion, flows, and conditions. */
final class Generative extends Family {
    Generative() {
        super("generative");
        add("VAE at the mean", Generative::vae, floats(1, 8, 8));
        add("VAE with given noise", Generative::vaeNoise, floats(12), floats(4));
        add("VQ-VAE", Generative::vq, floats(4, 6, 6));
        add("DCGAN", Generative::dcgan, floats(8));
        add("DCGAN critic", Generative::critic, floats(3, 16, 16));
        add("StyleGAN", Generative::style, floats(8));
        onAll("AdaIN", Generative::adaIn, floats(4, 6, 6), floats(4, 6, 6));
        add("CycleGAN", Generative::cycle, floats(3, 12, 12));
        add("diffusion U-Net", Generative::diffusion, floats(3, 8, 8), ids(100));
        onAll("DDIM step", Generative::ddim, floats(3, 8, 8), floats(3, 8, 8));
        add("coupling flow", Generative::coupling, floats(8));
        add("invertible 1x1", Generative::invertible, floats(4, 5, 5));
        add("masked autoregressive flow", Generative::maf, floats(5));
        add("PixelCNN", Generative::pixelCnn, floats(1, 8, 8));
        add("FiLM", Generative::film, floats(4, 5, 5), floats(6));
        add("minibatch deviation", Generative::deviation, floats(3, 4, 4));
        add("SPADE", Generative::spade, floats(4, 6, 6), floats(2, 6, 6));
        add("conditional GAN", Generative::conditional, floats(6), ids(10));
        add("energy", Generative::energy, floats(6));
        add("mixture density", Generative::mixture, floats(4));
        add("gram matrices", Generative::gram, floats(3, 8, 8));
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
            NDArray start = logVariance.add(1).sub(mu.square());
            NDArray kl = start.sub(logVariance.exp()).sum(new int[] {1}).mul(-0.5);
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
            NDArray start =
                    flat.square().sum(new int[] {1}, true).add(book.square().sum(new int[] {1}));
            NDArray distance = start.sub(flat.matMul(book.transpose()).mul(2));
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
            NDArray start = w.expandDims(0).mul(s.reshape(-1, 1, 6, 1, 1));
            NDArray scale = start.square().sum(new int[] {2, 3, 4}).add(1e-8).sqrt();
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
                ModernCnns.groupNorm(6),
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

    static NDArray timeEmbedding(NDArray t, int size) {
        NDManager manager = t.getManager();
        NDArray start = manager.arange(size / 2).toType(DataType.FLOAT32, false);
        NDArray rates = start.mul(-Math.log(10000) / (size / 2 - 1)).exp();
        NDArray angles = t.toType(DataType.FLOAT32, false).reshape(-1, 1).mul(rates.reshape(1, -1));
        return NDArrays.concat(new NDList(angles.sin(), angles.cos()), 1);
    }

    private static Block diffusion() {
        var net = new Net();
        Block time = net.child(seq(linear(16), Activation.swishBlock(1f), linear(8)), 1, 8);
        Block in = net.child(conv(8, 3), 1, 3, 8, 8);
        Block down = net.child(seq(ModernCnns.groupNorm(4), Activation.swishBlock(1f), conv(8, 3, 2, 1)), 1, 8, 8, 8);
        Block qkv = net.child(conv(24, 1), 1, 8, 4, 4);
        Block out = net.child(conv(3, 3), 1, 16, 8, 8);
        return net.onAll((call, list) -> {
            NDArray t =
                    call.run(time, timeEmbedding(list.get(1), 8)).expandDims(-1).expandDims(-1);
            NDArray x = call.run(in, list.get(0)).add(t);
            NDArray y = call.run(down, x);
            NDList parts = call.run(qkv, y).flatten(2, 3).split(3, 1);
            NDArray start = parts.get(0).swapAxes(1, 2).matMul(parts.get(1));
            NDArray scores = start.div(Math.sqrt(8)).softmax(-1);
            y = y.add(parts.get(2).matMul(scores.swapAxes(1, 2)).reshape(y.getShape()));
            return new NDList(call.run(out, ModernCnns.resize(y, 8, 8, 0).concat(x, 1)));
        });
    }

    private static NDList ddim(NDList list) {
        double now = 0.4;
        double next = 0.6;
        NDArray start = list.get(0).sub(list.get(1).mul(Math.sqrt(1 - now)));
        NDArray clean = start.div(Math.sqrt(now)).clip(-1, 1);
        return new NDList(clean.mul(Math.sqrt(next)).add(list.get(1).mul(Math.sqrt(1 - next))));
    }

    private static Block coupling() {
        var net = new Net();
        List<Block> nets = List.of(
                net.child(seq(linear(8), relu(), linear(8)), 1, 4), net.child(seq(linear(8), relu(), linear(8)), 1, 4));
        return net.onAll((call, in) -> {
            NDArray x = in.head();
            NDArray logDet = x.getManager().zeros(new Shape(x.getShape().get(0)));
            for (Block part : nets) {
                NDList halves = x.split(2, 1);
                NDList st = call.run(part, halves.get(0)).split(2, 1);
                NDArray s = st.get(0).tanh();
                x = halves.get(1).mul(s.exp()).add(st.get(1)).concat(halves.get(0), 1);
                logDet.addi(s.sum(new int[] {1}));
            }
            return new NDList(x, logDet);
        });
    }

    private static Block invertible() {
        var net = new Net();
        Parameter w = net.weight("w", 4, 4);
        return net.on((call, x) ->
                Conv2d.conv2d(x, call.value(w, x).reshape(4, 4, 1, 1)).head());
    }

    private static Block maf() {
        var net = new Net();
        Parameter w = net.weight("w", 5, 5);
        return net.on((call, x) -> {
            NDManager manager = x.getManager();
            NDArray rows = manager.arange(5).reshape(5, 1);
            NDArray mask = manager.arange(5).reshape(1, 5).gt(rows).toType(DataType.FLOAT32, false);
            NDArray masked = call.value(w, x).mul(mask);
            NDArray y = x.getManager().zeros(x.getShape());
            for (int i = 0; i < 5; i++) {
                y = x.add(y.matMul(masked).tanh());
            }
            return y;
        });
    }

    private static NDArray mask(NDManager manager, int size, boolean center) {
        NDArray mask = manager.zeros(new Shape(1, 1, size, size));
        mask.set(new NDIndex(":, :, :{}", size / 2), 1);
        mask.set(new NDIndex(":, :, {}, :{}", size / 2, size / 2 + (center ? 1 : 0)), 1);
        return mask;
    }

    private static Block pixelCnn() {
        var net = new Net();
        Parameter first = net.weight("first", 6, 1, 5, 5);
        Parameter second = net.weight("second", 4, 6, 3, 3);
        Shape one = new Shape(1, 1);
        return net.on((call, x) -> {
            NDArray a = call.value(first, x).mul(mask(x.getManager(), 5, false));
            NDArray y = Activation.relu(
                    Conv2d.conv2d(x, a, null, one, new Shape(2, 2)).head());
            NDArray b = call.value(second, x).mul(mask(x.getManager(), 3, true));
            return Conv2d.conv2d(y, b, null, one, one).head().logSoftmax(1);
        });
    }

    private static Block film() {
        var net = new Net();
        Block dense = net.child(linear(8), 1, 6);
        return net.onAll((call, in) -> {
            NDList parts = call.run(dense, in.get(1)).split(2, 1);
            NDArray gamma = parts.get(0).expandDims(2).expandDims(3);
            return new NDList(in.get(0).mul(gamma.add(1)).add(parts.get(1).reshape(-1, 4, 1, 1)));
        });
    }

    private static Block spade() {
        var net = new Net();
        Block gamma = net.child(conv(4, 3), 1, 2, 6, 6);
        Block beta = net.child(conv(4, 3), 1, 2, 6, 6);
        Block norm =
                net.child(BatchNorm.builder().optScale(false).optCenter(false).build(), 1, 4, 6, 6);
        return net.onAll((call, in) -> {
            NDArray map = in.get(1);
            return new NDList(
                    call.run(norm, in.get(0)).mul(call.run(gamma, map).add(1)).add(call.run(beta, map)));
        });
    }

    private static Block conditional() {
        var net = new Net();
        Block body = net.child(seq(linear(16), bn(), relu(), linear(9)), 1, 16);
        return net.onAll((call, in) -> {
            NDArray x = in.get(0).concat(in.get(1).oneHot(10), 1);
            return new NDList(call.run(body, x).reshape(x.getShape().get(0), 1, 3, 3));
        });
    }

    private static Block energy() {
        return seq(
                linear(8),
                Activation.softPlusBlock(),
                linear(4),
                lambda(x -> x.exp().sum(new int[] {1}).log().neg()));
    }

    private static Block mixture() {
        return seq(linear(16), Activation.tanhBlock(), linear(9), new LambdaBlock(list -> {
            NDList parts = list.head().split(3, 1);
            NDArray pi = parts.get(0).softmax(1);
            NDArray sigma = parts.get(2).exp().clip(1e-3, 1e3);
            NDArray mean = pi.mul(parts.get(1)).sum(new int[] {1}, true);
            return new NDList(pi, parts.get(1), sigma, mean);
        }));
    }

    private static Block gram() {
        return seq(cbr(4, 3, 1), lambda(x -> {
            NDArray f = x.reshape(
                    x.getShape().get(0),
                    x.getShape().get(1),
                    x.getShape().get(2) * x.getShape().get(3));
            return f.batchMatMul(f.transpose(0, 2, 1))
                    .div(f.getShape().get(1) * f.getShape().get(2));
        }));
    }
}
