package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.cbr;
import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.between;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

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

/** Detection. */
final class Detection {
    private Detection() {}

    static List<Network> networks() {
        return new Family("detection and segmentation")
                .add("SSD heads", Detection::ssdHeads, floats(3, 16, 16))
                .on("SSD decode", Detection::ssdDecode, floats(24, 4))
                .add("YOLO head", Detection::yolo, floats(8, 6, 6))
                .add("CenterNet", Detection::centerNet, floats(3, 16, 16))
                .add("CenterNet top", Detection::centerTop, floats(3, 8, 8))
                .add("FCOS", Detection::fcos, floats(4, 8, 8))
                .add("RetinaNet", Detection::retina, floats(4, 8, 8))
                .add("DETR head", Detection::detr, floats(8, 4, 4))
                .add("mask head", Segmentation::mask, floats(8, 7, 7))
                .on("pairwise IoU", Detection::iou, between(0, 1, 6, 4))
                .onAll("anchors as output", Detection::anchors, floats(3, 4, 4))
                .on("soft argmax", Detection::softArgmax, floats(5, 8, 8))
                .add("pixel shuffle", Detection::superResolution, floats(3, 8, 8))
                .add("label map", () -> seq(conv(4, 3), lambda(x -> x.argMax(1))), floats(3, 8, 8))
                .on("CRF step", Detection::crf, floats(3, 8, 8))
                .add("PointRend", Detection::pointRend, floats(4, 8, 8))
                .networks();
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
        Block tower = net.child(seq(conv(4, 3), ModernNorms.groupNorm(2), relu()), 1, 4, 8, 8);
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
        NDArray centers = x.getManager()
                .arange(4)
                .toType(DataType.FLOAT32, false)
                .add(0.5f)
                .div(4);
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
            NDArray points = x.reshape(-1, 4, 64)
                    .gather(at.expandDims(1).repeat(1, 4), 2)
                    .transpose(0, 2, 1);
            return logits.scatter(at, call.run(refine, points).squeeze(2), 1).reshape(-1, 1, 8, 8);
        });
    }
}
