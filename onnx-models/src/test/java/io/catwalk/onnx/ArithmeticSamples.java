package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;

/** Arithmetic, comparison and logic. */
final class ArithmeticSamples extends OperatorSamples {

    ArithmeticSamples() {
        elementwise();
        comparisons();
    }

    private void elementwise() {
        add("NDArray.add(NDArray)", MATRIX, EXACT, "Add", x -> x.add(fixed(x, 4)));
        add("NDArray.add(NDArray)", VECTOR, EXACT, "Add", x -> x.expandDims(2).add(x.expandDims(1)));
        add("NDArray.add(Number)", VECTOR, EXACT, "Add", x -> NDArrays.add(2, x));
        add("NDArray.add(Number)", VECTOR, EXACT, "Add", x -> x.duplicate().addi(1.5f));
        add("NDArray.add(NDArray)", VECTOR, EXACT, "Add", x -> whole(x).add(x));
        add("NDArray.sub(NDArray)", MATRIX, EXACT, "Sub", x -> fixed(x, 3, 1).sub(x));
        add("NDArray.sub(Number)", VECTOR, EXACT, "Sub", x -> x.sub(2));
        add("NDArray.sub(Number), NDArray.neg()", VECTOR, EXACT, "Sub Neg", x -> NDArrays.sub(2, x));
        add("NDArray.mul(NDArray)", MATRIX, CLOSE, "Mul", x -> x.mul(x.mean(new int[] {2}, true)));
        add("NDArray.mul(Number)", VECTOR, EXACT, "Mul", x -> x.mul(0.5));
        add("NDArray.div(NDArray)", MATRIX, CLOSE, "Div", x -> x.div(positive(x)));
        add("NDArray.div(Number)", VECTOR, CLOSE, "Div", x -> x.div(3));
        add("NDArray.div(NDArray)", VECTOR, CLOSE, "Div", x -> NDArrays.div(3, positive(x)));
        add("NDArray.div(Number)", VECTOR, CLOSE, "Div", x -> whole(x).div(4));
        add("NDArray.mod(NDArray)", VECTOR, CLOSE, "Mod Less Where", x -> x.mod(fixed(x, 6)));
        add("NDArray.mod(Number)", VECTOR, CLOSE, "Mod Less Where", x -> x.mod(0.7f));
        add("NDArray.mod(Number)", VECTOR, EXACT, "Mod", x -> whole(x).mod(3L));
        add("NDArray.pow(NDArray)", VECTOR, CLOSE, "Pow", x -> positive(x).pow(fixed(x, 6)));
        add("NDArray.pow(Number)", VECTOR, CLOSE, "Pow", x -> x.pow(3));
        add("NDArray.pow(NDArray)", VECTOR, CLOSE, "Pow", x -> NDArrays.pow(2, x));
        add("NDArray.maximum(NDArray)", VECTOR, EXACT, "Max", x -> x.maximum(fixed(x, 6)));
        add("NDArray.maximum(Number)", VECTOR, EXACT, "Max", x -> x.maximum(0.3f));
        add("NDArray.minimum(NDArray)", VECTOR, EXACT, "Min", x -> x.minimum(fixed(x, 6)));
        add("NDArray.minimum(Number)", VECTOR, EXACT, "Min", x -> x.minimum(0.3f));
        add("NDArray.minimum(Number), NDArrayEx.relu()", VECTOR, EXACT, "Clip", Activation::relu6);
        add(
                "NDArray.maximum(Number), NDArray.minimum(Number)",
                VECTOR,
                EXACT,
                "Clip",
                x -> x.maximum(-0.5f).minimum(0.25f));
        add(
                "NDArray.maximum(Number), NDArray.minimum(Number)",
                VECTOR,
                EXACT,
                "Clip",
                x -> x.minimum(0.25f).maximum(-0.5f));
        add("NDArrayEx.relu(), NDArray.minimum(Number)", VECTOR, EXACT, "Clip", x -> Activation.relu(x.minimum(0.25f)));
        // Bounds that cross: the last one wins, unlike in Clip.
        add(
                "NDArray.maximum(Number), NDArray.minimum(Number)",
                VECTOR,
                EXACT,
                "Clip",
                x -> x.maximum(0.5f).minimum(-0.25f));
        add(
                "NDArray.maximum(Number), NDArray.minimum(Number)",
                VECTOR,
                EXACT,
                "Min Max",
                x -> x.minimum(-0.25f).maximum(0.5f));
        add("NDArray.clip(Number, Number)", VECTOR, EXACT, "Clip", x -> x.clip(-0.5f, 0.5f));
        add(
                "NDArrayEx.where(NDArray, NDArray)",
                VECTOR,
                EXACT,
                "Greater Where",
                x -> NDArrays.where(x.gt(0), x.mul(2), x.mul(-1)));
        add("NDArray.mul(Number)", VECTOR, CLOSE, "Mul", x -> x.mul(x.getShape().get(0)));
        add(
                "NDArray.add(NDArray)",
                VECTOR,
                EXACT,
                "Add Range",
                x -> x.add(x.getManager().arange((int) x.getShape().get(0)).expandDims(1)));
        add(
                "NDArray.add(NDArray)",
                VECTOR,
                EXACT,
                "Add Expand",
                x -> x.add(x.getManager().ones(new Shape(x.getShape().get(0), 1))));
        add("NDArray.add(NDArray)", VECTOR, EXACT, "Concat Expand Add", x -> {
            long rows = x.getShape().get(0) + 1;
            return x.concat(fixed(x, 1, 6), 0).add(x.getManager().ones(new Shape(rows, 1)));
        });
        add("NDArray.add(NDArray)", VECTOR, EXACT, "Concat Mul Expand Add", x -> {
            long rows = x.getShape().get(0) * 2;
            return x.concat(x.neg(), 0).add(x.getManager().ones(new Shape(rows, 1)));
        });
    }

    /** Creates whole numbers around 2^33, of which 32 bits keep only the small part. */
    private static NDArray large(NDArray x) {
        return whole(x).add(1L << 33);
    }

    private void comparisons() {
        add("NDArray.gt(NDArray)", VECTOR, EXACT, "Greater", x -> x.gt(fixed(x, 6)));
        add("NDArray.gt(Number)", VECTOR, EXACT, "Greater", x -> x.gt(0.2));
        add("NDArray.gte(NDArray)", VECTOR, EXACT, "GreaterOrEqual", x -> x.gte(fixed(x, 6)));
        add("NDArray.gte(Number)", VECTOR, EXACT, "GreaterOrEqual", x -> whole(x).gte(1));
        add("NDArray.lt(NDArray)", VECTOR, EXACT, "Less", x -> x.lt(fixed(x, 6)));
        add("NDArray.lt(Number)", VECTOR, EXACT, "Less", x -> whole(x).lt(0.5));
        add("NDArray.lte(NDArray)", VECTOR, EXACT, "LessOrEqual", x -> x.lte(fixed(x, 6)));
        add("NDArray.lte(Number)", VECTOR, EXACT, "LessOrEqual", x -> x.lte(0));
        add("NDArray.eq(NDArray)", VECTOR, EXACT, "Equal", x -> whole(x).eq(x.round()));
        add("NDArray.eq(Number)", VECTOR, EXACT, "Equal", x -> whole(x).eq(1));
        add("NDArray.neq(NDArray)", VECTOR, EXACT, "Equal Not", x -> whole(x).neq(x.round()));
        add("NDArray.neq(Number)", VECTOR, EXACT, "Equal Not", x -> x.round().neq(0));
        add("NDArray.gt(NDArray)", VECTOR, EXACT, "Greater", x -> x.gt(x.max().div(2)));
        add("NDArray.gt(NDArray)", VECTOR, EXACT, "Cast Greater", x -> whole(x).gt(x.mean()));
        add("NDArray.gt(NDArray)", VECTOR, EXACT, "Cast Greater", x -> x.gt(0).gt(x.gt(1)));
        // Numbers that only the wider type holds show which of the two types was compared in.
        add(
                "NDArray.lt(NDArray)",
                VECTOR,
                EXACT,
                "Cast Less",
                x -> x.toType(DataType.INT32, true).lt(large(x)));
        add("NDArray.lt(NDArray)", VECTOR, EXACT, "Cast Less", x -> large(x).lt(x.toType(DataType.INT32, true)));
        add(
                "NDArray.lt(NDArray), NDArray.max()",
                VECTOR,
                EXACT,
                "Cast Less",
                x -> x.toType(DataType.INT32, true).lt(large(x).max()));
        add(
                "NDArray.lt(NDArray), NDArray.max()",
                VECTOR,
                EXACT,
                "Cast Less",
                x -> x.mul(
                        x.toType(DataType.INT32, true).max().lt(large(x).max()).toType(DataType.FLOAT32, false)));
        add(
                "NDArray.gt(Number)",
                VECTOR,
                EXACT,
                "Greater",
                x -> x.mul(0).add(0.2f).gt(0.2));
        add("NDArray.eq(NDArray)", VECTOR, EXACT, "Equal", x -> x.gt(0).eq(x.lt(1)));
        add("NDArray.eq(NDArray)", VECTOR, EXACT, "Cast Equal", x -> x.gt(0).eq(whole(x)));
        add("NDArray.logicalAnd(NDArray)", VECTOR, EXACT, "And", x -> x.gt(0).logicalAnd(x.lt(1)));
        add("NDArray.logicalOr(NDArray)", VECTOR, EXACT, "Or", x -> x.lt(0).logicalOr(x.gt(1)));
        add("NDArray.logicalXor(NDArray)", VECTOR, EXACT, "Xor", x -> x.gt(0).logicalXor(x.gt(1)));
        add("NDArray.logicalNot()", VECTOR, EXACT, "Not", x -> x.gt(0).logicalNot());
        add("NDArray.isNaN()", VECTOR, EXACT, "IsNaN", x -> x.sqrt().isNaN());
        add(
                "NDArray.isInfinite()",
                VECTOR,
                EXACT,
                "IsInf",
                x -> x.maximum(0).log().isInfinite());
    }
}
