package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.kernel;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.linearNoBias;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/** Transformers of pictures. */
final class PatchTransformers {
    private PatchTransformers() {}

    static List<Network> networks() {
        return new Family("transformer")
                .add("ViT", () -> vit(true), floats(3, 16, 16))
                .add("ViT mean", () -> vit(false), floats(3, 16, 16))
                .add("Swin window", () -> swin(0), floats(8, 8, 12))
                .add("Swin shifted", () -> swin(2), floats(8, 8, 12))
                .add("patch merging", PatchTransformers::merging, floats(8, 8, 6))
                .networks();
    }

    private static Block vit(boolean token) {
        var net = new Net();
        Block patches = net.child(conv4(), 1, 3, 16, 16);
        Parameter cls = net.weight("cls", 1, 1, 16);
        Parameter positions = net.weight("positions", 1, token ? 17 : 16, 16);
        Block body = net.child(Transformers.stack(2, Transformers.Mask.NONE), 1, 17, 16);
        Block head = net.child(seq(ln(1), linear(10)), 1, 16);
        return net.on((call, x) -> {
            NDArray y = call.run(patches, x);
            Shape shape = y.getShape();
            y = y.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
            if (token) {
                NDArray first = call.value(cls, x).broadcast(shape.get(0), 1, 16);
                y = first.concat(y, 1);
            }
            y = call.run(body, y.add(call.value(positions, x)));
            return call.run(head, token ? y.get(":, 0, :") : y.mean(new int[] {1}));
        });
    }

    private static Block conv4() {
        return kernel(16, 4, 4).optStride(new Shape(4, 4)).build();
    }

    private static NDArray roll(NDArray x, int axis, int by) {
        long size = x.getShape().get(axis);
        NDList parts = x.split(new long[] {by}, axis);
        return size == by ? x : parts.get(1).concat(parts.get(0), axis);
    }

    private static Block swin(int shift) {
        var net = new Net();
        Block norm = net.child(ln(3), 1, 8, 8, 12);
        Block attend = net.child(Transformers.attention(12, 4, Transformers.Mask.NONE), 1, 16, 12);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray y = call.run(norm, x);
            if (shift > 0) {
                y = roll(roll(y, 1, shift), 2, shift);
            }
            y = y.reshape(batch, 2, 4, 2, 4, 12).transpose(0, 1, 3, 2, 4, 5).reshape(-1, 16, 12);
            y = call.run(attend, y);
            y = y.reshape(batch, 2, 2, 4, 4, 12).transpose(0, 1, 3, 2, 4, 5).reshape(batch, 8, 8, 12);
            return shift > 0 ? x.add(roll(roll(y, 1, 8 - shift), 2, 8 - shift)) : x.add(y);
        });
    }

    private static Block merging() {
        var net = new Net();
        Block reduce = net.child(seq(ln(3), linearNoBias(12)), 1, 4, 4, 24);
        return net.on((call, x) -> {
            NDArray a = x.get(":, 0::2, 0::2, :");
            NDArray b = x.get(":, 1::2, 0::2, :");
            NDArray c = x.get(":, 0::2, 1::2, :");
            NDArray d = x.get(":, 1::2, 1::2, :");
            return call.run(reduce, NDArrays.concat(new NDList(a, b, c, d), -1));
        });
    }
}
