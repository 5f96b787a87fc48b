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
import ai.djl.nn.Parameter;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** Detection and segmentation. */
final class Detection extends Family {
    Detection() {
        super("detection and segmentation");
        add("U-Net", () -> unet(Up.TRANSPOSED), floats(3, 16, 16));
        add("U-Net nearest", () -> unet(Up.NEAREST), floats(3, 16, 16));
        add("U-Net bilinear", () -> unet(Up.BILINEAR), floats(3, 16, 16));
        add("attention U-Net", Detection::attentionUnet, floats(3, 16, 16));
        add("FPN", Detection::fpn, floats(3, 32, 32));
        add("BiFPN", Detection::biFpn, floats(8, 16, 16));
        add("ASPP", Detection::aspp, floats(6, 12, 12));
        add("PSPNet", Detection::psp, floats(6, 12, 12));
        add("SegNet", Detection::segNet, floats(3, 16, 16));
        add("SSD heads", Detection::ssdHeads, floats(3, 16, 16));
        on("SSD decode", Detection::ssdDecode, floats(24, 4));
        add("YOLO head", Detection::yolo, floats(8, 6, 6));
        add("CenterNet", Detection::centerNet, floats(3, 16, 16));
        add("CenterNet top", Detection::centerTop, floats(3, 8, 8));
        add("FCOS", Detection::fcos, floats(4, 8, 8));
        add("RetinaNet", Detection::retina, floats(4, 8, 8));
        add("DETR head", Detection::detr, floats(8, 4, 4));
        add("mask head", Detection::mask, floats(8, 7, 7));
        on("pairwise IoU", Detection::iou, between(0, 1, 6, 4));
        onAll("anchors as output", Detection::anchors, floats(3, 4, 4));
        on("soft argmax", Detection::softArgmax, floats(5, 8, 8));
        add("pixel shuffle", Detection::superResolution, floats(3, 8, 8));
        add("label map", () -> seq(conv(4, 3), lambda(x -> x.argMax(1))), floats(3, 8, 8));
        on("CRF step", Detection::crf, floats(3, 8, 8));
        add("PointRend", Detection::pointRend, floats(4, 8, 8));
    }

    enum Up {
        TRANSPOSED,
        NEAREST,
        BILINEAR
    }

    static Block up(Up how, int filters) {
        return switch (how) {
            case TRANSPOSED -> Layers.up(filters);
            case NEAREST -> seq(lambda(x -> doubled(x, 0)), conv(filters, 1));
            case BILINEAR -> seq(lambda(x -> doubled(x, 1)), conv(filters, 1));
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

    private static Block ssdHeads() {
        var net = new Net();
        Block base = net.child(seq(cbr(8, 3, 2), cbr(8, 3, 1)), 1, 3, 16, 16);
        Block next = net.child(cbr(8, 3, 2), 1, 8, 8, 8);
        List<Block> classes = List.of(net.child(conv(9, 3), 1, 8, 8, 8), net.child(conv(9, 3), 1, 8, 4, 4));
        List<Block> boxes = List.of(net.child(conv(12, 3), 1, 8, 8, 8), net.child(conv(12, 3), 1, 8, 4, 4));
        return net.onAll((call, in) -> {
            NDArray x = call.run(base, in.head());
            NDList scores = new NDList();
            NDList offsets = new NDList();
            for (int i = 0; i < 2; i++) {
                scores.add(call.run(classes.get(i), x)
                        .transpose(0, 2, 3, 1)
                        .reshape(x.getShape().get(0), -1, 3));
                offsets.add(Blocks.batchFlatten(call.run(boxes.get(i), x).transpose(0, 2, 3, 1)));
                x = i == 0 ? call.run(next, x) : x;
            }
            return new NDList(NDArrays.concat(scores, 1), NDArrays.concat(offsets, 1));
        });
    }

    private static NDArray ssdDecode(NDArray x) {
        NDArray anchors = x.getManager().arange(0f, 96f).reshape(24, 4).div(96).add(0.1f);
        NDArray centers = x.get(":, :, :2").mul(0.1f).mul(anchors.get(":, 2:")).add(anchors.get(":, :2"));
        NDArray sizes = x.get(":, :, 2:").mul(0.2f).exp().mul(anchors.get(":, 2:"));
        NDArray half = sizes.div(2);
        return centers.sub(half).concat(centers.add(half), -1).clip(0, 1);
    }

    private static Block yolo() {
        var net = new Net();
        Block head = net.child(conv(21, 1), 1, 8, 6, 6);
        return net.on((call, x) -> {
            NDManager manager = x.getManager();
            NDArray y = call.run(head, x).reshape(-1, 3, 7, 6, 6).transpose(0, 1, 3, 4, 2);
            NDArray columns = manager.arange(6f).reshape(1, 1, 1, 6, 1);
            NDArray rows = manager.arange(6f).reshape(1, 1, 6, 1, 1);
            NDArray anchors = manager.create(new float[] {1, 2, 2, 1, 3, 3}).reshape(1, 3, 1, 1, 2);
            NDArray bx = Activation.sigmoid(y.get("..., 0:1")).add(columns).div(6);
            NDArray by = Activation.sigmoid(y.get("..., 1:2")).add(rows).div(6);
            NDArray wh = y.get("..., 2:4").exp().mul(anchors);
            NDArray rest = Activation.sigmoid(y.get("..., 4:"));
            return NDArrays.concat(new NDList(bx, by, wh, rest), -1)
                    .reshape(x.getShape().get(0), 108, 7);
        });
    }

    private static Block centerNet() {
        var net = new Net();
        Block body = net.child(seq(cbr(8, 3, 2), cbr(8, 3, 1)), 1, 3, 16, 16);
        Block heat = net.child(seq(conv(2, 1), Activation.sigmoidBlock()), 1, 8, 8, 8);
        Block size = net.child(conv(2, 1), 1, 8, 8, 8);
        return net.onAll((call, in) -> {
            NDArray x = call.run(body, in.head());
            NDArray h = call.run(heat, x);
            NDArray peaks = Pool.maxPool2d(h, new Shape(3, 3), new Shape(1, 1), new Shape(1, 1), false);
            NDArray kept = h.mul(peaks.eq(h).toType(DataType.FLOAT32, false));
            return new NDList(kept, call.run(size, x));
        });
    }

    private static Block centerTop() {
        return seq(conv(2, 3), new LambdaBlock(list -> {
            NDArray h = list.head().flatten(1, 3);
            NDList top = h.topK(4, 1);
            NDArray at = top.get(1);
            NDArray classes = at.div(64).toType(DataType.INT64, false);
            NDArray place = at.mod(64);
            return new NDList(top.get(0), classes, place.mod(8), at);
        }));
    }

    private static Block fcos() {
        var net = new Net();
        Block tower = net.child(seq(conv(4, 3), ModernCnns.groupNorm(2), relu()), 1, 4, 8, 8);
        Block box = net.child(conv(4, 3), 1, 4, 8, 8);
        Block center = net.child(conv(1, 3), 1, 4, 8, 8);
        Parameter scale = net.weight("scale", 1);
        return net.onAll((call, in) -> {
            NDArray x = call.run(tower, in.head());
            NDArray distances = call.run(box, x).mul(call.value(scale, x)).exp();
            NDArray lr = distances.get(":, 0::2");
            NDArray tb = distances.get(":, 1::2");
            NDArray ratio = lr.min(new int[] {1}).div(lr.max(new int[] {1}));
            ratio = ratio.mul(tb.min(new int[] {1})).div(tb.max(new int[] {1})).sqrt();
            return new NDList(distances, ratio, call.run(center, x));
        });
    }

    private static Block retina() {
        var net = new Net();
        Block share = net.child(conv(6, 3), 1, 4, 8, 8);
        return net.on((call, x) -> {
            NDArray small = Pool.maxPool2d(x, new Shape(1, 1), new Shape(2, 2), new Shape(0, 0), false);
            NDList out = new NDList();
            for (NDArray level : new NDList(x, small)) {
                out.add(Activation.sigmoid(call.run(share, level))
                        .transpose(0, 2, 3, 1)
                        .reshape(level.size(0), -1, 2));
            }
            return NDArrays.concat(out, 1);
        });
    }

    private static Block detr() {
        var net = new Net();
        Parameter queries = net.weight("queries", 5, 8);
        Block keys = net.child(linear(8), 1, 16, 8);
        Block classes = net.child(linear(3), 1, 5, 8);
        Block boxes = net.child(seq(linear(8), relu(), linear(4), Activation.sigmoidBlock()), 1, 5, 8);
        return net.onAll((call, in) -> {
            NDArray x = in.head().flatten(2, 3).swapAxes(1, 2);
            NDArray scores = call.value(queries, x).matMul(call.run(keys, x).swapAxes(1, 2));
            NDArray y = scores.softmax(2).matMul(x);
            NDArray logits = call.run(classes, y);
            logits.setName("logits");
            NDArray found = call.run(boxes, y);
            found.setName("boxes");
            return new NDList(logits, found);
        });
    }

    private static NDArray iou(NDArray b) {
        NDArray low = b.get(":, :, 0:2");
        NDArray high = low.add(b.get(":, :, 2:4"));
        NDArray from = NDArrays.maximum(low.expandDims(2), low.expandDims(1));
        NDArray to = NDArrays.minimum(high.expandDims(2), high.expandDims(1));
        NDArray inter = to.sub(from).maximum(0).prod(new int[] {3});
        NDArray area = high.sub(low).prod(new int[] {2});
        return inter.div(area.expandDims(2).add(area.expandDims(1)).sub(inter).add(1e-9));
    }

    private static NDList anchors(NDList list) {
        NDArray x = list.head();
        NDArray start = x.getManager().arange(4);
        NDArray centers = start.toType(DataType.FLOAT32, false).add(0.5f).div(4);
        NDArray cx = centers.reshape(1, 4).repeat(0, 4).flatten();
        NDArray cy = centers.reshape(4, 1).repeat(1, 4).flatten();
        return new NDList(x.mul(2), NDArrays.stack(new NDList(cx, cy), 1));
    }

    private static NDArray softArgmax(NDArray x) {
        NDArray p = x.reshape(x.getShape().get(0), 5, -1).softmax(2).reshape(x.getShape());
        NDArray steps = x.getManager().linspace(0f, 1f, 8);
        NDArray px = p.sum(new int[] {2}).mul(steps).sum(new int[] {2});
        NDArray py = p.sum(new int[] {3}).mul(steps).sum(new int[] {2});
        return NDArrays.stack(new NDList(px, py), -1);
    }

    private static Block superResolution() {
        return seq(conv(8, 5), Activation.tanhBlock(), conv(12, 3), lambda(x -> {
            long b = x.getShape().get(0);
            return x.reshape(b, 3, 2, 2, 8, 8).transpose(0, 1, 4, 2, 5, 3).reshape(b, 3, 16, 16);
        }));
    }

    private static NDArray crf(NDArray x) {
        NDArray q = x.softmax(1);
        NDArray around = Pool.avgPool2d(q, new Shape(3, 3), new Shape(1, 1), new Shape(1, 1), false, true)
                .mul(9)
                .sub(q);
        return x.sub(around.neg().add(around.sum(new int[] {1}, true))).softmax(1);
    }

    /** Refines the most uncertain pixels only. */
    private static Block pointRend() {
        var net = new Net();
        Block coarse = net.child(conv(1, 3), 1, 4, 8, 8);
        Block refine = net.child(linear(1), 1, 6, 4);
        return net.on((call, x) -> {
            NDArray logits = call.run(coarse, x).reshape(-1, 64);
            NDArray at = logits.abs().neg().topK(6, 1).get(1);
            NDArray start = x.reshape(-1, 4, 64).gather(at.expandDims(1).repeat(1, 4), 2);
            NDArray points = start.transpose(0, 2, 1);
            return logits.scatter(at, call.run(refine, points).squeeze(2), 1).reshape(-1, 1, 8, 8);
        });
    }
}
