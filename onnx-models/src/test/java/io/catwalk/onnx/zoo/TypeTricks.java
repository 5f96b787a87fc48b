package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.flatten;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.between;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.typed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import java.util.List;

/** Types, reductions, sorting and functions of one element. */
final class TypeTricks {
    private TypeTricks() {}

    static List<Network> networks() {
        return new Family("tricks")
                .onAll("types", TypeTricks::types, floats(6))
                .onAll("integer arithmetic", TypeTricks::integers, typed(DataType.INT32, 50, 6))
                .add("bytes in", TypeTricks::bytes, typed(DataType.UINT8, 256, 3, 6, 6))
                .on("double", TypeTricks::doubles, typed(DataType.FLOAT64, 2, 6))
                .onAll("boolean in", TypeTricks::booleans, typed(DataType.BOOLEAN, 2, 6), floats(6))
                .onAll("reductions", TypeTricks::reductions, floats(3, 5))
                .onAll("top, sort and argsort", TypeTricks::sorts, floats(9))
                .onAll("cumulative", TypeTricks::cumulative, between(0.5, 1.5, 7))
                .onAll("einsum by hand", TypeTricks::einsum, floats(3, 4), floats(4, 5))
                .onAll("outer products", TypeTricks::outer, floats(3), floats(4))
                .onAll("tile and repeat", TypeTricks::tile, floats(2, 3))
                .on("triangles", TypeTricks::triangles, floats(5, 5))
                .onAll("trigonometry", TypeTricks::trigonometry, between(-0.9, 0.9, 6))
                .on("NaN guard", TypeTricks::guard, between(-2, 2, 6))
                .onAll("rounding", TypeTricks::rounding, between(-3, 3, 8))
                .networks();
    }

    private static NDList types(NDList list) {
        NDArray x = list.head();
        NDArray whole = x.mul(10).toType(DataType.INT32, false);
        NDArray precise = x.toType(DataType.FLOAT64, true).mul(1e-3).add(1).log();
        NDArray truth = x.toType(DataType.BOOLEAN, false);
        return new NDList(
                whole,
                precise.toType(DataType.FLOAT32, false),
                truth,
                whole.toType(DataType.INT64, false).add(1));
    }

    private static NDList integers(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.mod(7), x.mul(3).sub(1), x.eq(4).logicalOr(x.gte(20)), x.div(4), x.maximum(10), x.sum(new int[] {1}));
    }

    private static Block bytes() {
        return seq(
                lambda(x ->
                        x.toType(DataType.FLOAT32, false).div(255f).sub(0.5f).div(0.25f)),
                conv(4, 3),
                relu(),
                flatten(),
                linear(3));
    }

    private static NDArray doubles(NDArray x) {
        return x.mul(0.5).exp().sum(new int[] {1}, true).log().add(x);
    }

    private static NDList booleans(NDList list) {
        NDArray mask = list.get(0);
        NDArray x = list.get(1);
        return new NDList(NDArrays.where(mask, x, x.neg()), mask.logicalNot(), mask.logicalXor(x.gt(0)));
    }

    private static NDList reductions(NDList list) {
        NDArray x = list.head();
        NDArray standard = x.sub(x.sum(new int[] {1, 2}, true).div(15))
                .square()
                .sum(new int[] {1, 2})
                .div(14)
                .sqrt();
        return new NDList(
                x.max(new int[] {-1}),
                x.min(new int[] {1}, true),
                x.prod(new int[] {2}),
                x.abs().sum(new int[] {1, 2}),
                standard,
                x.norm(new int[] {2}),
                x.argMax(1),
                x.argMin(2));
    }

    private static NDList sorts(NDList list) {
        NDArray x = list.head();
        NDList top = x.topK(3, 1, true, true);
        return new NDList(
                top.get(0),
                top.get(1),
                x.sort(1),
                x.argSort(1, false),
                x.sort(1).flip(1));
    }

    private static NDList cumulative(NDList list) {
        NDArray x = list.head();
        NDArray survival = x.div(2).cumProd(1);
        return new NDList(
                x.cumSum(1),
                survival,
                x.flip(1).cumSum(1).flip(1),
                x.log().cumSum(1).exp());
    }

    private static NDList einsum(NDList list) {
        NDArray a = list.get(0);
        NDArray b = list.get(1);
        NDArray product = a.expandDims(3).mul(b.expandDims(1)).sum(new int[] {2});
        return new NDList(product.sub(a.matMul(b)).add(product), a.batchMatMul(b));
    }

    private static NDList outer(NDList list) {
        NDArray a = list.get(0).expandDims(2);
        NDArray b = list.get(1).expandDims(1);
        return new NDList(a.matMul(b).reshape(-1, 12), a.mul(b).flatten(1, 2).softmax(1));
    }

    private static NDList tile(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.tile(new long[] {1, 2, 1}), x.tile(new long[] {1, 2, 3}), x.repeat(2, 2), x.repeat(new long[] {1, 3, 1
                }));
    }

    private static NDArray triangles(NDArray x) {
        NDArray steps = x.getManager().arange(5f);
        NDArray lower = steps.reshape(5, 1).gte(steps).toType(DataType.FLOAT32, false);
        NDArray diagonal = x.mul(x.getManager().eye(5)).sum(new int[] {2});
        return x.mul(lower).matMul(x.mul(lower).transpose(0, 2, 1)).add(diagonal.expandDims(1));
    }

    private static NDList trigonometry(NDList list) {
        NDArray x = list.head();
        NDList out = new NDList(x.sin(), x.cos(), x.tan(), x.asin(), x.acos(), x.atan(), x.sinh(), x.cosh());
        out.add(x.atan2(x.add(2)));
        out.add(x.abs().cbrt());
        out.add(x.toDegrees().toRadians());
        out.add(x.add(2).log2().add(x.add(2).log10()));
        return out;
    }

    private static NDArray guard(NDArray x) {
        NDArray y = x.log();
        y = NDArrays.where(y.isNaN(), y.zerosLike(), y);
        return NDArrays.where(y.isInfinite(), y.onesLike(), y).clip(-3, 3);
    }

    private static NDList rounding(NDList list) {
        NDArray x = list.head();
        return new NDList(x.floor(), x.ceil(), x.round(), x.trunc(), x.sign(), x.mod(0.75f), x.sub(x.floor()));
    }
}
