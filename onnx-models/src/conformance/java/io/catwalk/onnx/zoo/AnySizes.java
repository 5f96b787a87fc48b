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
import ai.djl.nn.Parameter;

/** Networks that take images, sequences, graphs and sets of points of any size, beside any batch. */
final class AnySizes extends Family {
    private static final long[][] IMAGES = {{32, 24}, {17, 33}, {21, 1}, {50, 19}};
    private static final long[][] IMAGES_FROM_2 = {{32, 24}, {17, 33}, {21, 2}, {50, 19}};
    private static final long[][] LENGTHS = {{9}, {1}, {14}, {33}};
    private static final long[][] LONGER = {{9}, {6}, {14}, {33}};

    AnySizes() {
        super("any sizes");
        sized(IMAGES, "U-Net nearest", () -> unet(0), floats(3, -1, -2));
        sized(IMAGES, "U-Net bilinear", () -> unet(1), floats(3, -1, -2));
        sized(IMAGES_FROM_2, "U-Net cropped", AnySizes::unetCropped, floats(3, -1, -2));
        sized(IMAGES, "FPN", AnySizes::fpn, floats(3, -1, -2));
        sized(IMAGES, "pyramid pooling", AnySizes::pyramid, floats(4, -1, -2));
        sized(IMAGES, "upsample twice", () -> seq(conv(4, 3), lambda(x -> Detection.doubled(x, 1))), floats(3, -1, -2));
        sized(IMAGES, "pixel shuffle", AnySizes::shuffle, floats(3, -1, -2));
        sized(IMAGES, "anchors", AnySizes::anchors, floats(3, -1, -2));
        sized(IMAGES, "FCOS boxes", AnySizes::fcos, floats(3, -1, -2));
        sized(IMAGES, "CenterNet top", AnySizes::centers, floats(3, -1, -2));
        sized(IMAGES, "YOLO boxes", AnySizes::yolo, floats(3, -1, -2));
        sized(IMAGES, "sine positions", AnySizes::sines, floats(8, -1, -2));
        sized(IMAGES, "ViT interpolated", AnySizes::vit, floats(3, -1, -2));
        sized(IMAGES, "windows padded", AnySizes::windows, floats(4, -1, -2));
        sized(IMAGES, "grid sample", AnySizes::gridSample, floats(3, -1, -2));
        sized(IMAGES, "coordinate attention", AnySizes::coordinates, floats(4, -1, -2));
        sized(IMAGES, "CoordConv", AnySizes::coordConv, floats(3, -1, -2));
        sized(IMAGES, "instance norm", AnySizes::instanceNorm, floats(4, -1, -2));
        sized(IMAGES, "group norm", AnySizes::groupNorm, floats(4, -1, -2));
        sized(IMAGES, "Fourier features", AnySizes::fourier, floats(3, -1, -2));
        sized(LENGTHS, "decoder causal", () -> decoder(AnySizes::causal), floats(-1, 16));
        sized(LENGTHS, "decoder causal by sums", () -> decoder(AnySizes::bySums), floats(-1, 16));
        sized(LENGTHS, "ALiBi", () -> decoder(AnySizes::alibi), floats(-1, 16));
        sized(LENGTHS, "sliding window", () -> decoder(AnySizes::band), floats(-1, 16));
        sized(LENGTHS, "T5 buckets", AnySizes::buckets, floats(-1, 16));
        sized(LENGTHS, "RoPE halves", () -> rope(false), floats(-1, 16));
        sized(LENGTHS, "RoPE pairs", () -> rope(true), floats(-1, 16));
        sized(LENGTHS, "sinusoidal", AnySizes::sinusoidal, floats(-1, 16));
        sized(LENGTHS, "sinusoidal written", AnySizes::sinusoidalWritten, floats(-1, 16));
        sized(LENGTHS, "root of length", AnySizes::rootOfLength, floats(-1, 16));
        sized(LENGTHS, "root in Java", AnySizes::rootInJava, floats(-1, 16));
        sized(LENGTHS, "tied", AnySizes::tied, ids(40, -1));
        sized(LENGTHS, "learned positions", AnySizes::learned, ids(40, -1));
        sized(LENGTHS, "linear attention", AnySizes::linearAttention, floats(-1, 16));
        sized(LENGTHS, "relative shift", AnySizes::relativeShift, floats(-1, 16));
        sized(LENGTHS, "mixture top 2", AnySizes::mixture, floats(-1, 8));
        sized(LENGTHS, "switch", AnySizes::switching, floats(-1, 8));
        sized(LENGTHS, "masked mean", AnySizes::maskedMean, floats(-1, 6), between(0, 1, -1));
        sized(LENGTHS, "last by length", AnySizes::lastByLength, floats(-1, 6), ids(1));
        sized(LENGTHS, "reversed by length", AnySizes::reversed, floats(-1, 6), ids(1));
        sized(LENGTHS, "source attention", AnySizes::sourceAttention, floats(-1, 6), floats(5, 6));
        sized(LENGTHS, "state space", AnySizes::stateSpace, floats(-1, 4));
        sized(LENGTHS, "WaveNet", AnySizes::waveNet, floats(3, -1));
        sizedOn(LENGTHS, "cosine transform", AnySizes::cosines, floats(-1));
        sizedOn(LENGTHS, "spectrum", AnySizes::spectrum, floats(-1));
        sizedOn(LENGTHS, "trend basis", AnySizes::trend, floats(-1));
        sizedOn(LENGTHS, "CTC greedy", AnySizes::greedy, floats(-1, 6));
        sizedOn(LENGTHS, "running mean", AnySizes::runningMean, floats(-1, 3));
        sized(LENGTHS, "Realformer residual scores", AnySizes::residualScores, floats(-1, 16));
        sized(LENGTHS, "GCN", AnySizes::gcn, floats(-1, 5), between(0, 1, -1, -1));
        sized(LENGTHS, "GAT", AnySizes::gat, floats(-1, 5), between(0, 1, -1, -1));
        sized(
                new long[][] {{6, 9}, {3, 1}, {5, 14}, {12, 20}},
                "edges",
                AnySizes::edges,
                floats(-1, 5),
                ids(3, -2),
                ids(3, -2));
        sized(LONGER, "neighbors", AnySizes::neighbors, floats(-1, 3));
        sizedOn(LONGER, "farthest points", AnySizes::farthest, floats(-1, 3));
        sized(LONGER, "half of the nodes", AnySizes::half, floats(-1, 4));
        sized(LONGER, "set attention", AnySizes::setAttention, floats(-1, 6));
        sized(LENGTHS, "RealNVP", AnySizes::flow, floats(-1, 6));
        sized(LENGTHS, "spline flow", AnySizes::spline, between(0, 1, -1, 1));
        sized(new long[][] {{8, 6}, {2, 4}, {10, 12}, {16, 2}}, "Glow", AnySizes::glow, floats(4, -1, -2));
        sized(LENGTHS, "view of a reshape", AnySizes::viewOfReshape, floats(-1, 6));
        sized(LENGTHS, "view of a transpose", AnySizes::viewOfTranspose, floats(-1, 6));
        sized(LENGTHS, "views of a split", AnySizes::viewsOfSplit, floats(-1, 6));
        sizedOn(LENGTHS, "identity residual", AnySizes::identity, floats(-1, 4));
        sizedOn(LENGTHS, "pairs", AnySizes::pairs, floats(-1, 4));
        sizedOn(LENGTHS, "token shift", AnySizes::tokenShift, floats(-1, 8));
        sizedOn(LENGTHS, "position one-hot", AnySizes::oneHots, floats(-1, 4));
        sizedOn(LENGTHS, "sorted", x -> x.sort(1), floats(-1, 4));
        sizedOn(LENGTHS, "median over time", x -> x.median(new int[] {1}), floats(-1, 4));
        sizedOn(LENGTHS, "log of length", AnySizes::logOfLength, floats(-1, 4));
        sizedOn(LENGTHS, "decayed sum", AnySizes::decayed, floats(-1, 4));
    }

    private static NDArray resize(NDArray x, NDArray like, int mode) {
        Shape s = like.getShape();
        return ModernCnns.resize(x, s.get(2), s.get(3), mode);
    }

    private static Block unet(int mode) {
        var net = new Net();
        Block one = net.child(cbr(4, 3, 1), 1, 3, 16, 16);
        Block two = net.child(cbr(6, 3, 2), 1, 4, 16, 16);
        Block three = net.child(cbr(8, 3, 2), 1, 6, 8, 8);
        Block mixTwo = net.child(cbr(6, 3, 1), 1, 14, 8, 8);
        Block mixOne = net.child(conv(2, 3), 1, 10, 16, 16);
        return net.on((call, x) -> {
            NDArray a = call.run(one, x);
            NDArray b = call.run(two, a);
            NDArray c = call.run(three, b);
            NDArray d = call.run(mixTwo, NDArrays.concat(new NDList(resize(c, b, mode), b), 1));
            return call.run(mixOne, NDArrays.concat(new NDList(resize(d, a, mode), a), 1));
        });
    }

    private static Block unetCropped() {
        var net = new Net();
        Block one = net.child(cbr(4, 3, 1), 1, 3, 16, 16);
        Block two = net.child(seq(maxPool(2), cbr(4, 3, 1)), 1, 4, 16, 16);
        Block mix = net.child(conv(2, 3), 1, 8, 16, 16);
        return net.on((call, x) -> {
            NDArray a = call.run(one, x);
            NDArray up = call.run(two, a).repeat(2, 2).repeat(3, 2);
            Shape s = up.getShape();
            NDArray cut = a.get(new NDIndex(":, :, :{}, :{}", s.get(2), s.get(3)));
            return call.run(mix, NDArrays.concat(new NDList(cut, up), 1));
        });
    }

    private static Block fpn() {
        var net = new Net();
        Block one = net.child(cbr(4, 3, 2), 1, 3, 16, 16);
        Block two = net.child(cbr(4, 3, 2), 1, 4, 8, 8);
        Block three = net.child(cbr(4, 3, 2), 1, 4, 4, 4);
        Block head = net.child(conv(2, 3), 1, 4, 8, 8);
        return net.onAll((call, in) -> {
            NDArray a = call.run(one, in.head());
            NDArray b = call.run(two, a);
            NDArray c = call.run(three, b);
            NDArray p4 = b.add(resize(c, b, 0));
            NDArray p3 = a.add(resize(p4, a, 0));
            return new NDList(call.run(head, p3), call.run(head, p4), call.run(head, c));
        });
    }

    private static Block pyramid() {
        var net = new Net();
        Block mix = net.child(conv(2, 1), 1, 8, 8, 8);
        return net.on((call, x) -> {
            NDArray pooled = ModernCnns.resize(x, 2, 2, 2);
            return call.run(mix, NDArrays.concat(new NDList(x, resize(pooled, x, 1)), 1));
        });
    }

    private static Block shuffle() {
        return seq(conv(8, 3), lambda(x -> {
            Shape s = x.getShape();
            return x.reshape(s.get(0), 2, 2, 2, s.get(2), s.get(3))
                    .transpose(0, 1, 4, 2, 5, 3)
                    .reshape(s.get(0), 2, s.get(2) * 2, s.get(3) * 2);
        }));
    }

    /** Centers of all cells: (height * width, 2). */
    private static NDArray grid(NDArray x, float stride) {
        int height = (int) x.getShape().get(2);
        int width = (int) x.getShape().get(3);
        NDManager manager = x.getManager();
        NDArray ys =
                manager.arange(height).toType(DataType.FLOAT32, false).add(0.5f).mul(stride);
        NDArray xs =
                manager.arange(width).toType(DataType.FLOAT32, false).add(0.5f).mul(stride);
        NDArray rows = ys.reshape(height, 1).repeat(1, width);
        NDArray columns = xs.reshape(1, width).repeat(0, height);
        return NDArrays.stack(new NDList(columns.flatten(), rows.flatten()), 1);
    }

    private static Block anchors() {
        var net = new Net();
        Block body = net.child(cbr(4, 3, 2), 1, 3, 16, 16);
        return net.onAll((call, in) -> {
            NDArray a = call.run(body, in.head());
            NDArray centers = grid(a, 2);
            NDManager manager = a.getManager();
            NDArray sizes =
                    manager.create(new float[] {4, 8, 16}).reshape(1, 3, 1).repeat(2, 2);
            NDArray center = centers.expandDims(1);
            NDArray boxes = NDArrays.concat(new NDList(center.sub(sizes.div(2)), center.add(sizes.div(2))), 2);
            return new NDList(a, boxes.reshape(-1, 4).expandDims(0));
        });
    }

    private static NDArray flat(NDArray x) {
        Shape s = x.getShape();
        return x.reshape(s.get(0), s.get(1), s.get(2) * s.get(3)).transpose(0, 2, 1);
    }

    private static Block fcos() {
        var net = new Net();
        Block body = net.child(seq(cbr(4, 3, 2), conv(4, 3)), 1, 3, 16, 16);
        return net.on((call, x) -> {
            NDArray sides = call.run(body, x);
            NDArray distances = flat(sides.exp());
            NDArray centers = grid(sides, 2);
            NDArray low = centers.sub(distances.get("..., :2"));
            NDArray high = centers.add(distances.get("..., 2:"));
            NDArray boxes = NDArrays.concat(new NDList(low, high), 2);
            float width = x.getShape().get(3);
            return boxes.clip(0, 1000).div(width);
        });
    }

    private static Block centers() {
        var net = new Net();
        Block body = net.child(seq(cbr(4, 3, 2), conv(1, 3)), 1, 3, 16, 16);
        return net.onAll((call, in) -> {
            NDArray heat = Activation.sigmoid(call.run(body, in.head()));
            long width = heat.getShape().get(3);
            NDList top = heat.flatten(1, 3).topK(5, 1, true, true);
            NDArray places = top.get(1);
            NDArray ys = places.toType(DataType.FLOAT32, false).div(width).floor();
            NDArray xs = places.toType(DataType.FLOAT32, false).sub(ys.mul(width));
            return new NDList(top.get(0), NDArrays.stack(new NDList(xs, ys), 2));
        });
    }

    private static Block yolo() {
        var net = new Net();
        Block body = net.child(seq(cbr(4, 3, 2), conv(2 * 7, 1)), 1, 3, 16, 16);
        return net.on((call, x) -> {
            NDArray a = call.run(body, x);
            Shape s = a.getShape();
            NDArray p = a.reshape(s.get(0), 2, 7, s.get(2), s.get(3)).transpose(0, 1, 3, 4, 2);
            NDArray cells = grid(a, 1).sub(0.5f).reshape(1, 1, s.get(2), s.get(3), 2);
            NDArray xy = Activation.sigmoid(p.get("..., :2")).add(cells).mul(2);
            NDArray anchors = x.getManager().create(new float[] {4, 6, 8, 3}, new Shape(1, 2, 1, 1, 2));
            NDArray wh = p.get("..., 2:4").exp().mul(anchors);
            NDArray rest = Activation.sigmoid(p.get("..., 4:"));
            return NDArrays.concat(new NDList(xy, wh, rest), 4).reshape(s.get(0), -1, 7);
        });
    }

    /** As in DETR, by running sums of ones. */
    private static Block sines() {
        var net = new Net();
        Block mix = net.child(conv(4, 1), 1, 8, 8, 8);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            NDArray ones = x.getManager().ones(new Shape(1, s.get(2), s.get(3)));
            NDArray ys = ones.cumSum(1);
            NDArray xs = ones.cumSum(2);
            ys = ys.div(ys.get(":, -1:, :").add(1e-6f)).mul(6.2831855f);
            xs = xs.div(xs.get(":, :, -1:").add(1e-6f)).mul(6.2831855f);
            NDArray speeds = x.getManager().create(new float[] {1, 0.1f});
            NDArray py = ys.expandDims(3).mul(speeds);
            NDArray px = xs.expandDims(3).mul(speeds);
            NDArray code = NDArrays.concat(new NDList(py.sin(), py.cos(), px.sin(), px.cos()), 3);
            return call.run(mix, x.add(code.transpose(0, 3, 1, 2)));
        });
    }

    private static Block vit() {
        var net = new Net();
        Block patches = net.child(conv(8, 4, 4, 1), 1, 3, 16, 16);
        Parameter table = net.weight("positions", 1, 8, 4, 4);
        Block head = net.child(linear(3), 1, 8);
        return net.on((call, x) -> {
            NDArray a = call.run(patches, x);
            NDArray positions = resize(call.value(table, x), a, 3);
            NDArray tokens = flat(a.add(positions));
            NDArray scores = tokens.matMul(tokens.transpose(0, 2, 1)).div(Math.sqrt(8));
            return call.run(head, scores.softmax(-1).matMul(tokens).mean(new int[] {1}));
        });
    }

    /** Pads to a multiple of 4, mixes within windows, and cuts the padding off. */
    private static Block windows() {
        var net = new Net();
        Block mix = net.child(linear(4), 1, 16, 4);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            long height = s.get(2);
            long width = s.get(3);
            long down = (4 - height % 4) % 4;
            long right = (4 - width % 4) % 4;
            NDArray padded = x.pad(new Shape(0, right, 0, down), 0);
            long rows = (height + down) / 4;
            long columns = (width + right) / 4;
            NDArray cells = padded.reshape(s.get(0), 4, rows, 4, columns, 4)
                    .transpose(0, 2, 4, 3, 5, 1)
                    .reshape(s.get(0) * rows * columns, 16, 4);
            NDArray mixed = call.run(mix, cells);
            return mixed.reshape(s.get(0), rows, columns, 4, 4, 4)
                    .transpose(0, 5, 1, 3, 2, 4)
                    .reshape(s.get(0), 4, rows * 4, columns * 4)
                    .get(new NDIndex(":, :, :{}, :{}", height, width));
        });
    }

    /** Bilinear sampling at places that the network computes. */
    private static Block gridSample() {
        var net = new Net();
        Block where = net.child(conv(2, 3), 1, 3, 16, 16);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            long height = s.get(2);
            long width = s.get(3);
            NDArray places = grid(x, 1).sub(0.5f).add(flat(call.run(where, x)));
            NDArray xs = places.get("..., 0").clip(0, width - 1);
            NDArray ys = places.get("..., 1").clip(0, height - 1);
            NDArray left = xs.floor();
            NDArray top = ys.floor();
            NDArray right = left.add(1).minimum(width - 1);
            NDArray bottom = top.add(1).minimum(height - 1);
            NDArray image = x.reshape(s.get(0), s.get(1), height * width);
            NDArray fx = xs.sub(left).expandDims(1);
            NDArray fy = ys.sub(top).expandDims(1);
            NDArray above = at(image, left, top, width)
                    .mul(fx.neg().add(1))
                    .add(at(image, right, top, width).mul(fx));
            NDArray below = at(image, left, bottom, width)
                    .mul(fx.neg().add(1))
                    .add(at(image, right, bottom, width).mul(fx));
            return above.mul(fy.neg().add(1)).add(below.mul(fy)).reshape(s);
        });
    }

    private static NDArray at(NDArray image, NDArray xs, NDArray ys, long width) {
        NDArray index = ys.mul(width).add(xs).toType(DataType.INT64, false);
        return image.gather(index.expandDims(1).repeat(1, image.getShape().get(1)), 2);
    }

    private static Block coordinates() {
        var net = new Net();
        Block mix = net.child(conv1d(4, 1), 1, 4, 16);
        return net.on((call, x) -> {
            long height = x.getShape().get(2);
            NDArray rows = x.mean(new int[] {3});
            NDArray columns = x.mean(new int[] {2});
            NDArray both = call.run(mix, NDArrays.concat(new NDList(rows, columns), 2));
            NDList parts = both.split(new long[] {height}, 2);
            NDArray a = Activation.sigmoid(parts.get(0)).expandDims(3);
            NDArray b = Activation.sigmoid(parts.get(1)).expandDims(2);
            return x.mul(a).mul(b);
        });
    }

    private static Block coordConv() {
        var net = new Net();
        Block body = net.child(conv(4, 3), 1, 5, 16, 16);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            NDManager manager = x.getManager();
            NDArray ys = manager.linspace(-1, 1, (int) s.get(2)).reshape(1, 1, s.get(2), 1);
            NDArray xs = manager.linspace(-1, 1, (int) s.get(3)).reshape(1, 1, 1, s.get(3));
            Shape one = new Shape(s.get(0), 1, s.get(2), s.get(3));
            return call.run(body, NDArrays.concat(new NDList(x, ys.broadcast(one), xs.broadcast(one)), 1));
        });
    }

    private static Block instanceNorm() {
        return seq(conv(4, 3), lambda(x -> {
            Shape s = x.getShape();
            long count = s.get(2) * s.get(3);
            NDArray all = x.reshape(s.get(0), s.get(1), count);
            NDArray centred = all.sub(all.sum(new int[] {2}, true).div(count));
            NDArray variance = centred.square().sum(new int[] {2}, true).div(count - 1);
            return centred.div(variance.add(1e-5f).sqrt()).reshape(s);
        }));
    }

    private static Block groupNorm() {
        return seq(conv(4, 3), lambda(x -> {
            Shape s = x.getShape();
            NDArray all = x.reshape(s.get(0), 2, -1);
            NDArray centred = all.sub(all.mean(new int[] {2}, true));
            NDArray variance = centred.square().mean(new int[] {2}, true);
            return centred.div(variance.add(1e-5f).sqrt()).reshape(s);
        }));
    }

    private static Block fourier() {
        var net = new Net();
        Block mix = net.child(linear(4), 1, 9, 7);
        return net.on((call, x) -> {
            NDArray pixels = flat(x);
            int height = (int) x.getShape().get(2);
            int width = (int) x.getShape().get(3);
            NDArray ys = x.getManager()
                    .arange(height)
                    .toType(DataType.FLOAT32, false)
                    .div(height);
            NDArray xs =
                    x.getManager().arange(width).toType(DataType.FLOAT32, false).div(width);
            Shape plane = new Shape(height, width);
            NDArray place = NDArrays.stack(
                    new NDList(
                            ys.expandDims(1).broadcast(plane).flatten(),
                            xs.expandDims(0).broadcast(plane).flatten()),
                    1);
            NDArray code =
                    NDArrays.concat(new NDList(place.mul(3).sin(), place.mul(3).cos()), 1);
            NDArray all = code.expandDims(0).broadcast(x.getShape().get(0), (long) height * width, 4);
            return call.run(mix, NDArrays.concat(new NDList(pixels, all), 2)).mean(new int[] {1});
        });
    }

    /** Changes scores of attention, of shape (batch, heads, time, time). */
    private interface Bias {
        NDArray on(NDArray scores);
    }

    private static NDArray heads(NDArray x, int heads) {
        Shape s = x.getShape();
        return x.reshape(s.get(0), s.get(1), heads, s.get(2) / heads).transpose(0, 2, 1, 3);
    }

    private static NDArray joined(NDArray x) {
        Shape s = x.getShape();
        return x.transpose(0, 2, 1, 3).reshape(s.get(0), s.get(2), s.get(1) * s.get(3));
    }

    private static Block decoder(Bias bias) {
        var net = new Net();
        Block qkv = net.child(linear(48), 1, 9, 16);
        Block out = net.child(linear(16), 1, 9, 16);
        Block norm = net.child(ln(2), 1, 9, 16);
        return net.on((call, x) -> {
            NDList parts = call.run(qkv, call.run(norm, x)).split(3, 2);
            NDArray q = heads(parts.get(0), 4);
            NDArray k = heads(parts.get(1), 4);
            NDArray v = heads(parts.get(2), 4);
            NDArray scores = bias.on(q.matMul(k.transpose(0, 1, 3, 2)).div(2));
            return x.add(call.run(out, joined(scores.softmax(-1).matMul(v))));
        });
    }

    private static NDArray causal(NDArray scores) {
        int length = (int) scores.getShape().get(3);
        NDArray places = scores.getManager().arange(length);
        NDArray later = places.reshape(1, length).gt(places.reshape(length, 1));
        return scores.add(later.toType(DataType.FLOAT32, false).mul(-1e9f));
    }

    private static NDArray bySums(NDArray scores) {
        int length = (int) scores.getShape().get(3);
        NDArray lower = scores.getManager().eye(length).cumSum(0);
        NDArray mask = lower.eq(0).broadcast(scores.getShape());
        return NDArrays.where(mask, scores.mul(0).sub(1e9f), scores);
    }

    private static NDArray alibi(NDArray scores) {
        int length = (int) scores.getShape().get(3);
        NDManager manager = scores.getManager();
        NDArray places = manager.arange(0f, length, 1f);
        NDArray distances = places.expandDims(0).sub(places.expandDims(1));
        NDArray slopes =
                manager.create(new float[] {0.5f, 0.25f, 0.125f, 0.0625f}).reshape(4, 1, 1);
        return causal(scores.add(distances.mul(slopes)));
    }

    private static NDArray band(NDArray scores) {
        int length = (int) scores.getShape().get(3);
        NDArray places = scores.getManager().arange(length);
        NDArray far = places.expandDims(0).sub(places.expandDims(1)).abs().gt(3);
        return scores.add(far.toType(DataType.FLOAT32, false).mul(-1e9f));
    }

    private static Block buckets() {
        var net = new Net();
        Parameter table = net.weight("table", 8, 4);
        Block inner = net.child(linear(16), 1, 9, 16);
        return net.on((call, x) -> {
            int length = (int) x.getShape().get(1);
            NDArray places = x.getManager().arange(length).toType(DataType.INT64, false);
            NDArray distance = places.expandDims(1).sub(places.expandDims(0)).maximum(0);
            NDArray far = distance.toType(DataType.FLOAT32, false)
                    .add(1)
                    .log()
                    .mul(1.5f)
                    .floor()
                    .add(1);
            NDArray bucket = NDArrays.where(distance.lt(3), distance, far.toType(DataType.INT64, false))
                    .minimum(7);
            NDArray bias = call.value(table, x).get(new NDIndex("{}", bucket)).transpose(2, 0, 1);
            NDArray q = heads(call.run(inner, x), 4);
            return joined(
                    q.matMul(q.transpose(0, 1, 3, 2)).add(bias).softmax(-1).matMul(q));
        });
    }

    private static Block rope(boolean pairs) {
        var net = new Net();
        Block inner = net.child(linear(16), 1, 9, 16);
        return net.on((call, x) -> {
            NDArray q = call.run(inner, x);
            int length = (int) x.getShape().get(1);
            NDManager manager = x.getManager();
            NDArray speeds =
                    manager.create(10000f).pow(manager.arange(0f, 16f, 2f).div(-16));
            NDArray angles = manager.arange((float) length).expandDims(1).mul(speeds);
            NDArray turned;
            if (pairs) {
                NDArray cos = angles.cos().repeat(1, 2);
                NDArray sin = angles.sin().repeat(1, 2);
                NDArray even = q.get("..., 0::2");
                NDArray odd = q.get("..., 1::2");
                NDArray other = NDArrays.stack(new NDList(odd.neg(), even), 3).reshape(q.getShape());
                turned = q.mul(cos).add(other.mul(sin));
            } else {
                NDArray both = NDArrays.concat(new NDList(angles, angles), 1);
                NDArray other = NDArrays.concat(new NDList(q.get("..., 8:").neg(), q.get("..., :8")), 2);
                turned = q.mul(both.cos()).add(other.mul(both.sin()));
            }
            return turned.matMul(turned.transpose(0, 2, 1)).softmax(-1).matMul(x);
        });
    }

    private static NDArray angles(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDManager manager = x.getManager();
        NDArray speeds =
                manager.arange(0f, 16f, 2f).mul((float) (-Math.log(10000) / 16)).exp();
        return manager.arange(0, length, 1, DataType.FLOAT32).reshape(length, 1).mul(speeds.reshape(1, 8));
    }

    private static Block sinusoidal() {
        return seq(linear(16), lambda(x -> {
            NDArray angles = angles(x);
            NDArray code = NDArrays.stack(new NDList(angles.sin(), angles.cos()), 2);
            return x.add(code.reshape(1, x.getShape().get(1), 16));
        }));
    }

    private static Block sinusoidalWritten() {
        return seq(linear(16), lambda(x -> {
            NDArray angles = angles(x);
            NDArray code = x.getManager().zeros(new Shape(x.getShape().get(1), 16));
            code.set(new NDIndex(":, 0::2"), angles.sin());
            code.set(new NDIndex(":, 1::2"), angles.cos());
            return x.add(code.expandDims(0));
        }));
    }

    private static Block rootOfLength() {
        return seq(linear(16), lambda(x -> {
            NDArray length = x.getManager().create((float) x.getShape().get(1));
            return x.matMul(x.transpose(0, 2, 1)).div(length.sqrt()).matMul(x);
        }));
    }

    private static Block rootInJava() {
        return seq(linear(16), lambda(x -> {
            double root = Math.sqrt((double) x.getShape().get(1));
            return x.matMul(x.transpose(0, 2, 1)).div(root).matMul(x);
        }));
    }

    private static Block tied() {
        var net = new Net();
        Parameter table = net.weight("table", 40, 12);
        Block inner = net.child(seq(linear(12), relu()), 1, 9, 12);
        return net.on((call, ids) -> {
            NDArray weights = call.value(table, ids);
            NDArray x = call.run(inner, weights.get(new NDIndex("{}", ids)));
            return x.matMul(weights.transpose());
        });
    }

    private static Block learned() {
        var net = new Net();
        Parameter table = net.weight("table", 40, 12);
        Parameter positions = net.weight("positions", 64, 12);
        return net.on((call, ids) -> {
            NDArray x = call.value(table, ids).get(new NDIndex("{}", ids));
            return x.add(call.value(positions, ids)
                    .get(new NDIndex(":{}", ids.getShape().get(1))));
        });
    }

    private static Block linearAttention() {
        var net = new Net();
        Block qkv = net.child(linear(12), 1, 9, 16);
        return net.on((call, x) -> {
            NDList parts = call.run(qkv, x).split(3, 2);
            NDArray q = Activation.elu(parts.get(0), 1).add(1);
            NDArray k = Activation.elu(parts.get(1), 1).add(1);
            NDArray outer = k.expandDims(3).mul(parts.get(2).expandDims(2)).cumSum(1);
            NDArray top = q.expandDims(2).matMul(outer).squeeze(2);
            NDArray down = q.mul(k.cumSum(1)).sum(new int[] {2}, true);
            return top.div(down);
        });
    }

    /** The trick of Transformer-XL: pad a column, reshape, cut a row. */
    private static Block relativeShift() {
        var net = new Net();
        Block inner = net.child(linear(16), 1, 9, 16);
        return net.on((call, x) -> {
            NDArray q = call.run(inner, x);
            NDArray scores = q.matMul(q.transpose(0, 2, 1));
            long batch = x.getShape().get(0);
            long length = x.getShape().get(1);
            NDArray zeros = x.getManager().zeros(new Shape(batch, length, 1));
            NDArray padded = NDArrays.concat(new NDList(zeros, scores), 2);
            NDArray shifted = padded.reshape(batch, length + 1, length).get(":, 1:");
            return shifted.softmax(-1).matMul(x);
        });
    }

    private static Block mixture() {
        var net = new Net();
        Block gate = net.child(linear(4), 1, 9, 8);
        Block experts = net.child(linear(4 * 8), 1, 9, 8);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            NDList top = call.run(gate, x).topK(2, 2, true, true);
            NDArray weights = top.get(0).softmax(-1);
            NDArray chosen = top.get(1).oneHot(4).mul(weights.expandDims(3)).sum(new int[] {2});
            NDArray made = call.run(experts, x).reshape(s.get(0), s.get(1), 4, 8);
            return made.mul(chosen.expandDims(3)).sum(new int[] {2});
        });
    }

    /** One expert for each token, and no more tokens for an expert than its capacity. */
    private static Block switching() {
        var net = new Net();
        Block gate = net.child(linear(4), 1, 9, 8);
        Block experts = net.child(linear(4 * 8), 1, 9, 8);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            NDArray scores = call.run(gate, x).softmax(-1);
            NDArray chosen = scores.argMax(2).oneHot(4);
            NDArray place = chosen.cumSum(1).mul(chosen);
            long capacity = s.get(1) / 4 + 1;
            NDArray kept = place.lte(capacity).toType(DataType.FLOAT32, false).mul(chosen);
            NDArray made = call.run(experts, x).reshape(s.get(0), s.get(1), 4, 8);
            return made.mul(kept.mul(scores).expandDims(3)).sum(new int[] {2});
        });
    }

    private static Block maskedMean() {
        var net = new Net();
        Block inner = net.child(lstm(5, 1).build(), 1, 9, 6);
        return net.onAll((call, in) -> {
            NDArray h = call.run(inner, in.get(0));
            NDArray mask = in.get(1).gt(0.3f).toType(DataType.FLOAT32, false).expandDims(2);
            NDArray count = mask.sum(new int[] {1}).maximum(1);
            return new NDList(h.mul(mask).sum(new int[] {1}).div(count));
        });
    }

    private static Block lastByLength() {
        var net = new Net();
        Block inner = net.child(gru(5, 1).build(), 1, 9, 6);
        return net.onAll((call, in) -> {
            NDArray h = call.run(inner, in.get(0));
            long length = in.get(0).getShape().get(1);
            NDArray places = h.getManager()
                    .arange((int) length)
                    .toType(DataType.INT64, false)
                    .expandDims(0);
            NDArray last = places.eq(in.get(1).expandDims(1)).toType(DataType.FLOAT32, false);
            return new NDList(h.mul(last.expandDims(2)).sum(new int[] {1}));
        });
    }

    private static Block reversed() {
        var net = new Net();
        Block inner = net.child(gru(5, 1).build(), 1, 9, 6);
        return net.onAll((call, in) -> {
            NDArray x = in.get(0);
            Shape s = x.getShape();
            NDArray places = x.getManager()
                    .arange((int) s.get(1))
                    .toType(DataType.INT64, false)
                    .expandDims(0);
            NDArray lengths = in.get(1).expandDims(1).add(1);
            NDArray back = lengths.sub(1).sub(places);
            NDArray index = NDArrays.where(back.gte(0), back, places.add(back.mul(0)));
            NDArray turned = x.gather(index.expandDims(2).repeat(2, s.get(2)), 1);
            return new NDList(call.run(inner, turned));
        });
    }

    private static Block sourceAttention() {
        var net = new Net();
        Block encoder = net.child(gru(6, 1).build(), 1, 9, 6);
        Block decoder = net.child(gru(6, 1).build(), 1, 5, 6);
        Block out = net.child(linear(4), 1, 5, 12);
        return net.onAll((call, in) -> {
            NDArray memory = call.run(encoder, in.get(0));
            NDArray states = call.run(decoder, in.get(1));
            NDArray weights = states.matMul(memory.transpose(0, 2, 1)).softmax(-1);
            return new NDList(call.run(out, NDArrays.concat(new NDList(states, weights.matMul(memory)), 2)));
        });
    }

    /** The kernel of a diagonal state space, as a Toeplitz matrix. */
    private static Block stateSpace() {
        var net = new Net();
        Parameter decay = net.weight("decay", 4);
        Parameter gain = net.weight("gain", 4);
        return net.on((call, x) -> {
            int length = (int) x.getShape().get(1);
            NDArray places = x.getManager().arange((float) length);
            NDArray back = places.expandDims(1).sub(places.expandDims(0));
            NDArray powers = back.maximum(0)
                    .expandDims(2)
                    .mul(call.value(decay, x).abs().neg())
                    .exp();
            NDArray kernel = powers.mul(call.value(gain, x))
                    .mul(back.gte(0).toType(DataType.FLOAT32, false).expandDims(2));
            return x.expandDims(1).mul(kernel).sum(new int[] {2});
        });
    }

    private static Block waveNet() {
        var net = new Net();
        Block first = net.child(conv1dPlain(8), 1, 3, 9);
        Block second = net.child(conv1dPlain(8), 1, 4, 9);
        return net.on((call, x) -> {
            NDArray a = call.run(first, x.pad(new Shape(2, 0), 0));
            NDList parts = a.split(2, 1);
            NDArray gated = parts.get(0).tanh().mul(Activation.sigmoid(parts.get(1)));
            return call.run(second, gated.pad(new Shape(2, 0), 0));
        });
    }

    private static Block conv1dPlain(int filters) {
        return ai.djl.nn.convolutional.Conv1d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3))
                .build();
    }

    private static NDArray cosines(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDArray places = x.getManager().arange((float) length);
        NDArray angles =
                places.expandDims(1).add(0.5f).mul(places.expandDims(0)).mul((float) (Math.PI / length));
        return x.matMul(angles.cos());
    }

    private static NDArray spectrum(NDArray x) {
        return x.rfft(x.getShape().get(1)).abs();
    }

    private static NDArray trend(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDArray t = x.getManager().linspace(0, 1, length);
        NDArray basis = NDArrays.stack(new NDList(t.onesLike(), t, t.square(), t.pow(3)), 0);
        return x.matMul(basis.transpose()).matMul(basis);
    }

    private static NDArray greedy(NDArray x) {
        NDArray best = x.argMax(2);
        long length = x.getShape().get(1);
        NDArray before = NDArrays.concat(
                new NDList(best.get(":, :1").mul(0).sub(1), best.get(new NDIndex(":, :{}", length - 1))), 1);
        NDArray keep = best.neq(before).logicalAnd(best.neq(0));
        return NDArrays.where(keep, best, best.mul(0).sub(1));
    }

    private static NDArray runningMean(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDArray counts = x.getManager().arange(1, length + 1).toType(DataType.FLOAT32, false);
        return x.cumSum(1).div(counts.reshape(1, length, 1));
    }

    private static Block residualScores() {
        var net = new Net();
        Block one = net.child(linear(16), 1, 9, 16);
        Block two = net.child(linear(16), 1, 9, 16);
        return net.on((call, x) -> {
            NDArray a = call.run(one, x);
            NDArray scores = a.matMul(a.transpose(0, 2, 1)).div(4);
            NDArray b = call.run(two, scores.softmax(-1).matMul(a));
            return scores.add(b.matMul(b.transpose(0, 2, 1)).div(4)).softmax(-1).matMul(b);
        });
    }

    private static Block gcn() {
        var net = new Net();
        Block inner = net.child(linear(6), 1, 9, 5);
        return net.onAll((call, in) -> {
            int nodes = (int) in.get(0).getShape().get(1);
            NDArray links = in.get(1).gt(0.5f).toType(DataType.FLOAT32, false);
            NDArray all = links.add(in.get(0).getManager().eye(nodes).expandDims(0));
            NDArray root = all.sum(new int[] {2}).pow(-0.5f);
            NDArray normal = all.mul(root.expandDims(2)).mul(root.expandDims(1));
            return new NDList(normal.matMul(call.run(inner, in.get(0))));
        });
    }

    private static Block gat() {
        var net = new Net();
        Block inner = net.child(linear(6), 1, 9, 5);
        Parameter from = net.weight("from", 6, 1);
        Parameter to = net.weight("to", 6, 1);
        return net.onAll((call, in) -> {
            NDArray h = call.run(inner, in.get(0));
            NDArray scores = h.matMul(call.value(from, h))
                    .add(h.matMul(call.value(to, h)).transpose(0, 2, 1));
            scores = Activation.leakyRelu(scores, 0.2f);
            NDArray none = scores.zerosLike().sub(1e9f);
            NDArray masked = NDArrays.where(in.get(1).gt(0.5f), scores, none);
            return new NDList(masked.softmax(-1).matMul(h));
        });
    }

    private static Block edges() {
        var net = new Net();
        Block message = net.child(linear(6), 1, 9, 10);
        return net.onAll((call, in) -> {
            NDArray nodes = in.get(0);
            long count = nodes.getShape().get(1);
            NDArray from = nodes.gather(in.get(1).expandDims(2).repeat(2, 5), 1);
            NDArray to = nodes.gather(in.get(2).expandDims(2).repeat(2, 5), 1);
            NDArray messages = call.run(message, NDArrays.concat(new NDList(from, to), 2));
            NDArray places = in.get(2).oneHot((int) count).transpose(0, 2, 1);
            NDArray degrees = places.sum(new int[] {2}, true).maximum(1);
            return new NDList(places.matMul(messages).div(degrees));
        });
    }

    private static NDArray distances(NDArray x) {
        NDArray squares = x.square().sum(new int[] {2}, true);
        return squares.add(squares.transpose(0, 2, 1))
                .sub(x.matMul(x.transpose(0, 2, 1)).mul(2));
    }

    private static Block neighbors() {
        var net = new Net();
        Block inner = net.child(linear(6), 1, 9, 4, 6);
        return net.on((call, x) -> {
            Shape s = x.getShape();
            NDArray near = distances(x).topK(4, 2, false, true).get(1);
            NDArray index = near.reshape(s.get(0), s.get(1) * 4, 1).repeat(2, 3);
            NDArray points = x.gather(index, 1).reshape(s.get(0), s.get(1), 4, 3);
            NDArray center = x.expandDims(2).repeat(2, 4);
            return call.run(inner, NDArrays.concat(new NDList(points.sub(center), center), 3))
                    .max(new int[] {2});
        });
    }

    private static NDArray farthest(NDArray x) {
        NDArray chosen = x.get(":, :1");
        NDArray least = x.sub(chosen).square().sum(new int[] {2});
        NDList all = new NDList(chosen);
        for (int i = 0; i < 3; i++) {
            NDArray place = least.argMax(1).reshape(-1, 1, 1).repeat(2, 3);
            chosen = x.gather(place, 1);
            least = least.minimum(x.sub(chosen).square().sum(new int[] {2}));
            all.add(chosen);
        }
        return NDArrays.concat(all, 1);
    }

    private static Block half() {
        var net = new Net();
        Parameter score = net.weight("score", 4, 1);
        return net.on((call, x) -> {
            int nodes = (int) x.getShape().get(1);
            NDArray scores = x.matMul(call.value(score, x)).squeeze(2).tanh();
            NDList top = scores.topK((nodes + 1) / 2, 1, true, true);
            NDArray kept = x.gather(top.get(1).expandDims(2).repeat(2, 4), 1);
            return kept.mul(top.get(0).expandDims(2));
        });
    }

    private static Block setAttention() {
        var net = new Net();
        Parameter seeds = net.weight("seeds", 1, 3, 6);
        Block inner = net.child(linear(6), 1, 9, 6);
        return net.on((call, x) -> {
            NDArray queries = call.value(seeds, x).repeat(0, x.getShape().get(0));
            NDArray keys = call.run(inner, x);
            return queries.matMul(keys.transpose(0, 2, 1)).softmax(-1).matMul(keys);
        });
    }

    private static Block flow() {
        var net = new Net();
        Block scale = net.child(linear(3), 1, 9, 3);
        Block shift = net.child(linear(3), 1, 9, 3);
        return net.onAll((call, in) -> {
            NDList halves = in.head().split(2, 2);
            NDArray s = call.run(scale, halves.get(0)).tanh();
            NDArray moved = halves.get(1).mul(s.exp()).add(call.run(shift, halves.get(0)));
            return new NDList(
                    NDArrays.concat(new NDList(moved, halves.get(0)), 2),
                    s.sum(new int[] {2}).sum(new int[] {1}));
        });
    }

    /** A piecewise linear map whose knots are a parameter. */
    private static Block spline() {
        var net = new Net();
        Parameter widths = net.weight("widths", 1, 8);
        Parameter heights = net.weight("heights", 1, 8);
        return net.on((call, x) -> {
            NDArray w = call.value(widths, x).softmax(-1);
            NDArray h = call.value(heights, x).softmax(-1);
            NDArray left = w.cumSum(1).sub(w);
            NDArray low = h.cumSum(1).sub(h);
            NDArray bin = x.gte(left.expandDims(0))
                    .toType(DataType.INT64, false)
                    .sum(new int[] {2})
                    .sub(1);
            NDArray at = bin.oneHot(8);
            NDArray from = at.mul(left).sum(new int[] {2});
            NDArray slope = at.mul(h.div(w)).sum(new int[] {2});
            return at.mul(low).sum(new int[] {2}).add(x.squeeze(2).sub(from).mul(slope));
        });
    }

    private static Block glow() {
        var net = new Net();
        Parameter mixing = net.weight("mixing", 16, 16, 1, 1);
        Parameter logScale = net.weight("scale", 1, 16, 1, 1);
        return net.onAll((call, in) -> {
            NDArray x = in.head();
            Shape s = x.getShape();
            NDArray squeezed = x.reshape(s.get(0), 4, s.get(2) / 2, 2, s.get(3) / 2, 2)
                    .transpose(0, 1, 3, 5, 2, 4)
                    .reshape(s.get(0), 16, s.get(2) / 2, s.get(3) / 2);
            NDArray scale = call.value(logScale, x);
            NDArray y = squeezed.mul(scale.exp());
            NDArray flat = y.reshape(s.get(0), 16, -1);
            NDArray mixed = call.value(mixing, x)
                    .reshape(1, 16, 16)
                    .broadcast(s.get(0), 16, 16)
                    .matMul(flat);
            NDArray determinant = scale.sum().mul(s.get(2) / 2 * (s.get(3) / 2));
            return new NDList(mixed.reshape(y.getShape()), determinant);
        });
    }

    private static Block viewOfReshape() {
        return seq(linear(6), lambda(x -> {
            Shape s = x.getShape();
            NDArray pairs = x.reshape(s.get(0), s.get(1), 3, 2);
            pairs.set(new NDIndex("..., 0"), pairs.get("..., 1").mul(2));
            return x;
        }));
    }

    private static Block viewOfTranspose() {
        return seq(linear(6), lambda(x -> {
            NDArray turned = x.transpose(0, 2, 1);
            turned.set(new NDIndex(":, 0"), turned.get(":, 1").add(1));
            turned.muli(0.5f);
            return x.maximum(0);
        }));
    }

    private static Block viewsOfSplit() {
        return seq(linear(6), lambda(x -> {
            NDList parts = x.split(2, 2);
            parts.get(0).addi(parts.get(1));
            parts.get(1).muli(3);
            return x;
        }));
    }

    private static NDArray identity(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDArray gram =
                x.matMul(x.transpose(0, 2, 1)).add(x.getManager().eye(length).mul(0.1f));
        return gram.softmax(-1).matMul(x);
    }

    private static NDArray pairs(NDArray x) {
        Shape s = x.getShape();
        long length = s.get(1);
        NDArray left = x.expandDims(2).broadcast(s.get(0), length, length, 4);
        NDArray right = x.expandDims(1).broadcast(s.get(0), length, length, 4);
        return NDArrays.concat(new NDList(left, right, left.sub(right).abs()), 3)
                .mean(new int[] {2});
    }

    private static NDArray tokenShift(NDArray x) {
        Shape s = x.getShape();
        NDArray zeros = x.getManager().zeros(new Shape(s.get(0), 1, 4));
        NDArray before = NDArrays.concat(new NDList(zeros, x.get(":, :-1, :4")), 1);
        return NDArrays.concat(new NDList(before, x.get(":, :, 4:")), 2);
    }

    private static NDArray oneHots(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDArray places = x.getManager().arange(length).toType(DataType.INT64, false);
        NDArray codes = places.oneHot(length).sub(1f / length);
        return codes.expandDims(0)
                .broadcast(x.getShape().get(0), length, length)
                .matMul(x);
    }

    private static NDArray logOfLength(NDArray x) {
        double length = x.getShape().get(1);
        NDArray scores = x.matMul(x.transpose(0, 2, 1)).mul(Math.log(length + 1));
        return scores.softmax(-1).matMul(x);
    }

    private static NDArray decayed(NDArray x) {
        int length = (int) x.getShape().get(1);
        NDManager manager = x.getManager();
        NDArray powers =
                manager.create(0.9f).pow(manager.arange((float) length)).flip(0);
        return x.mul(powers.reshape(1, length, 1)).sum(new int[] {1});
    }
}
