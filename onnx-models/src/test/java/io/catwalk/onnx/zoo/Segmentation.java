package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.cbr;
import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.dilated;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.maxPool;
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
import ai.djl.nn.Parameter;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Segmentation. */
final class Segmentation {
    private Segmentation() {}

    static List<Network> networks() {
        return new Family("detection and segmentation")
                .add("U-Net", () -> unet(Up.TRANSPOSED), floats(3, 16, 16))
                .add("U-Net nearest", () -> unet(Up.NEAREST), floats(3, 16, 16))
                .add("U-Net bilinear", () -> unet(Up.BILINEAR), floats(3, 16, 16))
                .add("U-Net repeat", () -> unet(Up.REPEAT), floats(3, 16, 16))
                .add("attention U-Net", Segmentation::attentionUnet, floats(3, 16, 16))
                .add("FPN", Segmentation::fpn, floats(3, 32, 32))
                .add("BiFPN", Segmentation::biFpn, floats(8, 16, 16))
                .add("ASPP", Segmentation::aspp, floats(6, 12, 12))
                .add("PSPNet", Segmentation::psp, floats(6, 12, 12))
                .add("SegNet", Segmentation::segNet, floats(3, 16, 16))
                .networks();
    }

    enum Up {
        TRANSPOSED,
        NEAREST,
        BILINEAR,
        REPEAT
    }

    static Block up(Up how, int filters) {
        return switch (how) {
            case TRANSPOSED -> Layers.up(filters);
            case NEAREST -> seq(lambda(x -> doubled(x, 0)), conv(filters, 1));
            case BILINEAR -> seq(lambda(x -> doubled(x, 1)), conv(filters, 1));
            case REPEAT -> seq(lambda(x -> x.repeat(3, 2).repeat(2, 2)), conv(filters, 1));
        };
    }

    static NDArray doubled(NDArray x, int mode) {
        Shape s = x.getShape();
        return ModernCnns.resize(x, s.get(2) * 2, s.get(3) * 2, mode);
    }

    private static Block unet(Up how) {
        var net = new Net();
        Block one = net.child(seq(cbr(4, 3, 1), cbr(4, 3, 1)), 1, 3, 16, 16);
        Block two = net.child(seq(maxPool(2), cbr(8, 3, 1)), 1, 4, 16, 16);
        Block three = net.child(seq(maxPool(2), cbr(12, 3, 1)), 1, 8, 8, 8);
        Block upTwo = net.child(up(how, 8), 1, 12, 4, 4);
        Block mixTwo = net.child(cbr(8, 3, 1), 1, 16, 8, 8);
        Block upOne = net.child(up(how, 4), 1, 8, 8, 8);
        Block mixOne = net.child(seq(cbr(4, 3, 1), conv(2, 1)), 1, 8, 16, 16);
        return net.on((call, x) -> {
            NDArray a = call.run(one, x);
            NDArray b = call.run(two, a);
            NDArray c = call.run(three, b);
            NDArray d = call.run(mixTwo, NDArrays.concat(new NDList(call.run(upTwo, c), b), 1));
            NDArray e = call.run(mixOne, NDArrays.concat(new NDList(call.run(upOne, d), a), 1));
            return Activation.sigmoid(e);
        });
    }

    private static Block attentionUnet() {
        var net = new Net();
        Block one = net.child(cbr(4, 3, 1), 1, 3, 16, 16);
        Block two = net.child(cbr(8, 3, 2), 1, 4, 16, 16);
        Block lift = net.child(Layers.up(4), 1, 8, 8, 8);
        Block gate = net.child(seq(relu(), conv(1, 1), Activation.sigmoidBlock()), 1, 4, 16, 16);
        Block out = net.child(conv(2, 1), 1, 8, 16, 16);
        return net.on((call, x) -> {
            NDArray a = call.run(one, x);
            NDArray b = call.run(lift, call.run(two, a));
            NDArray g = call.run(gate, a.add(b));
            return call.run(out, a.mul(g).concat(b, 1));
        });
    }

    private static Block fpn() {
        var net = new Net();
        Block c2 = net.child(cbr(4, 3, 2), 1, 3, 32, 32);
        Block c3 = net.child(cbr(6, 3, 2), 1, 4, 16, 16);
        Block c4 = net.child(cbr(8, 3, 2), 1, 6, 8, 8);
        Block l2 = net.child(conv(5, 1), 1, 4, 16, 16);
        Block l3 = net.child(conv(5, 1), 1, 6, 8, 8);
        Block l4 = net.child(conv(5, 1), 1, 8, 4, 4);
        Block smooth = net.child(conv(5, 3), 1, 5, 16, 16);
        return net.onAll((call, in) -> {
            NDArray a = call.run(c2, in.singletonOrThrow());
            NDArray b = call.run(c3, a);
            NDArray c = call.run(c4, b);
            NDArray p4 = call.run(l4, c);
            NDArray p3 = call.run(l3, b).add(doubled(p4, 0));
            NDArray p2 = call.run(l2, a).add(doubled(p3, 0));
            return new NDList(call.run(smooth, p2), call.run(smooth, p3), call.run(smooth, p4));
        });
    }

    private static Block biFpn() {
        var net = new Net();
        Parameter weights = net.weight("weights", 2);
        Block down = net.child(conv(8, 3, 2, 1), 1, 8, 16, 16);
        return net.on((call, x) -> {
            NDArray w = Activation.relu(call.value(weights, x));
            w = w.div(w.sum().add(1e-4));
            NDArray low = call.run(down, x);
            return x.mul(w.get(0)).add(doubled(low, 0).mul(w.get(1)));
        });
    }

    private static Block aspp() {
        var net = new Net();
        Block one = net.child(cbr(4, 1, 1), 1, 6, 12, 12);
        Block two = net.child(seq(dilated(4, 2), bn(), relu()), 1, 6, 12, 12);
        Block four = net.child(seq(dilated(4, 4), bn(), relu()), 1, 6, 12, 12);
        Block pooled = net.child(seq(conv(4, 1), relu()), 1, 6, 1, 1);
        Block out = net.child(cbr(5, 1, 1), 1, 16, 12, 12);
        return net.on((call, x) -> {
            NDArray p = call.run(pooled, spatialMean(x));
            p = ModernCnns.resize(p, x.getShape().get(2), x.getShape().get(3), 1);
            NDList all = new NDList(call.run(one, x), call.run(two, x), call.run(four, x), p);
            return call.run(out, NDArrays.concat(all, 1));
        });
    }

    private static Block psp() {
        var net = new Net();
        List<Block> reduce = List.of(
                net.child(conv(2, 1), 1, 6, 1, 1),
                net.child(conv(2, 1), 1, 6, 2, 2),
                net.child(conv(2, 1), 1, 6, 3, 3),
                net.child(conv(2, 1), 1, 6, 6, 6));
        Block out = net.child(conv(3, 3), 1, 14, 12, 12);
        return net.on((call, x) -> {
            NDList all = new NDList(x);
            int[] bins = {1, 2, 3, 6};
            for (int i = 0; i < bins.length; i++) {
                int size = 12 / bins[i];
                NDArray y =
                        Pool.avgPool2d(x, new Shape(size, size), new Shape(size, size), new Shape(0, 0), false, true);
                all.add(ModernCnns.resize(call.run(reduce.get(i), y), 12, 12, 1));
            }
            return call.run(out, NDArrays.concat(all, 1));
        });
    }

    /** Unpools by a mask of where the maximum was. */
    private static Block segNet() {
        var net = new Net();
        Block in = net.child(cbr(4, 3, 1), 1, 3, 16, 16);
        Block mid = net.child(cbr(4, 3, 1), 1, 4, 8, 8);
        return net.on((call, x) -> {
            NDArray a = call.run(in, x);
            NDArray pooled = Pool.maxPool2d(a, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false);
            NDArray mask = a.eq(pooled.repeat(2, 2).repeat(3, 2));
            NDArray y = call.run(mid, pooled).repeat(2, 2).repeat(3, 2);
            return NDArrays.where(mask, y, y.zerosLike());
        });
    }

    static Block mask() {
        return seq(
                conv(8, 3),
                relu(),
                Layers.up(4),
                relu(),
                conv(3, 1),
                lambda(x -> x.get(":, 1, :, :")),
                Activation.sigmoidBlock());
    }
}
