package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Arithmetic, comparison and logic, functions of one number, and activations. */
final class ElementwiseSamples extends OperatorSamples {

    ElementwiseSamples() {
        elementwise();
        comparisons();
        unary();
        activations();
    }

    private void elementwise() {
        String both = "NDArray.maximum(Number), NDArray.minimum(Number)";
        exact(MATRIX, x -> x.add(fixed(x, 4)), "NDArray.add(NDArray)", "Add");
        exact(VECTOR, x -> x.expandDims(2).add(x.expandDims(1)), "NDArray.add(NDArray)", "Add");
        exact(VECTOR, x -> NDArrays.add(2, x), "NDArray.add(Number)", "Add");
        exact(VECTOR, x -> x.duplicate().addi(1.5f), "NDArray.add(Number)", "Add");
        exact(VECTOR, x -> whole(x).add(x), "NDArray.add(NDArray)", "Add");
        exact(MATRIX, x -> fixed(x, 3, 1).sub(x), "NDArray.sub(NDArray)", "Sub");
        exact(VECTOR, x -> x.sub(2), "NDArray.sub(Number)", "Sub");
        exact(VECTOR, x -> NDArrays.sub(2, x), "NDArray.sub(Number), NDArray.neg()", "Sub Neg");
        close(MATRIX, x -> x.mul(x.mean(new int[] {2}, true)), "NDArray.mul(NDArray)", "Mul");
        exact(VECTOR, x -> x.mul(0.5), "NDArray.mul(Number)", "Mul");
        close(MATRIX, x -> x.div(positive(x)), "NDArray.div(NDArray)", "Div");
        close(VECTOR, x -> x.div(3), "NDArray.div(Number)", "Div");
        close(VECTOR, x -> NDArrays.div(3, positive(x)), "NDArray.div(NDArray)", "Div");
        close(VECTOR, x -> whole(x).div(4), "NDArray.div(Number)", "Div");
        close(VECTOR, x -> x.mod(fixed(x, 6)), "NDArray.mod(NDArray)", "Mod Less Where");
        close(VECTOR, x -> x.mod(0.7f), "NDArray.mod(Number)", "Mod Less Where");
        exact(VECTOR, x -> whole(x).mod(3L), "NDArray.mod(Number)", "Mod");
        close(VECTOR, x -> positive(x).pow(fixed(x, 6)), "NDArray.pow(NDArray)", "Pow");
        close(VECTOR, x -> x.pow(3), "NDArray.pow(Number)", "Pow");
        close(VECTOR, x -> NDArrays.pow(2, x), "NDArray.pow(NDArray)", "Pow");
        exact(VECTOR, x -> x.maximum(fixed(x, 6)), "NDArray.maximum(NDArray)", "Max");
        exact(VECTOR, x -> x.maximum(0.3f), "NDArray.maximum(Number)", "Max");
        exact(VECTOR, x -> x.minimum(fixed(x, 6)), "NDArray.minimum(NDArray)", "Min");
        exact(VECTOR, x -> x.minimum(0.3f), "NDArray.minimum(Number)", "Min");
        exact(VECTOR, Activation::relu6, "NDArray.minimum(Number), NDArrayEx.relu()", "Clip");
        exact(VECTOR, x -> x.maximum(-0.5f).minimum(0.25f), both, "Clip");
        exact(VECTOR, x -> x.minimum(0.25f).maximum(-0.5f), both, "Clip");
        exact(VECTOR, x -> Activation.relu(x.minimum(0.25f)), "NDArrayEx.relu(), NDArray.minimum(Number)", "Clip");
        // Bounds that cross: the last one wins, unlike in Clip.
        exact(VECTOR, x -> x.maximum(0.5f).minimum(-0.25f), both, "Clip");
        exact(VECTOR, x -> x.minimum(-0.25f).maximum(0.5f), both, "Min Max");
        exact(VECTOR, x -> x.clip(-0.5f, 0.5f), "NDArray.clip(Number, Number)", "Clip");
        String where = "NDArrayEx.where(NDArray, NDArray)";
        exact(VECTOR, x -> NDArrays.where(x.gt(0), x.mul(2), x.mul(-1)), where, "Greater Where");
        close(VECTOR, x -> x.mul(x.getShape().get(0)), "NDArray.mul(Number)", "Mul");
        String add = "NDArray.add(NDArray)";
        exact(VECTOR, x -> x.add(x.getManager().arange((int) samples(x)).expandDims(1)), add, "Add Range");
        exact(VECTOR, x -> x.add(ones(x, samples(x))), add, "Add Expand");
        exact(VECTOR, x -> x.concat(fixed(x, 1, 6), 0).add(ones(x, samples(x) + 1)), add, "Concat Expand Add");
        exact(VECTOR, x -> x.concat(x.neg(), 0).add(ones(x, samples(x) * 2)), add, "Concat Mul Expand Add");
    }

    private static long samples(NDArray x) {
        return x.getShape().get(0);
    }

    private static NDArray ones(NDArray x, long rows) {
        return x.getManager().ones(new Shape(rows, 1));
    }

    /** Creates whole numbers around 2^33, of which 32 bits keep only the small part. */
    private static NDArray large(NDArray x) {
        return whole(x).add(1L << 33);
    }

    private static NDArray small(NDArray x) {
        return x.toType(DataType.INT32, true);
    }

    private void comparisons() {
        exact(VECTOR, x -> x.gt(fixed(x, 6)), "NDArray.gt(NDArray)", "Greater");
        exact(VECTOR, x -> x.gt(0.2), "NDArray.gt(Number)", "Greater");
        exact(VECTOR, x -> x.gte(fixed(x, 6)), "NDArray.gte(NDArray)", "GreaterOrEqual");
        exact(VECTOR, x -> whole(x).gte(1), "NDArray.gte(Number)", "GreaterOrEqual");
        exact(VECTOR, x -> x.lt(fixed(x, 6)), "NDArray.lt(NDArray)", "Less");
        exact(VECTOR, x -> whole(x).lt(0.5), "NDArray.lt(Number)", "Less");
        exact(VECTOR, x -> x.lte(fixed(x, 6)), "NDArray.lte(NDArray)", "LessOrEqual");
        exact(VECTOR, x -> x.lte(0), "NDArray.lte(Number)", "LessOrEqual");
        exact(VECTOR, x -> whole(x).eq(x.round()), "NDArray.eq(NDArray)", "Equal");
        exact(VECTOR, x -> whole(x).eq(1), "NDArray.eq(Number)", "Equal");
        exact(VECTOR, x -> whole(x).neq(x.round()), "NDArray.neq(NDArray)", "Equal Not");
        exact(VECTOR, x -> x.round().neq(0), "NDArray.neq(Number)", "Equal Not");
        exact(VECTOR, x -> x.gt(x.max().div(2)), "NDArray.gt(NDArray)", "Greater");
        exact(VECTOR, x -> whole(x).gt(x.mean()), "NDArray.gt(NDArray)", "Cast Greater");
        exact(VECTOR, x -> x.gt(0).gt(x.gt(1)), "NDArray.gt(NDArray)", "Cast Greater");
        // Numbers that only the wider type holds show which of the two types was compared in.
        exact(VECTOR, x -> small(x).lt(large(x)), "NDArray.lt(NDArray)", "Cast Less");
        Function<NDArray, NDArray> scalars = x -> {
            NDArray less = small(x).max().lt(large(x).max());
            return x.mul(less.toType(DataType.FLOAT32, false));
        };
        exact(VECTOR, scalars, "NDArray.lt(NDArray), NDArray.max()", "Cast Less");
        exact(VECTOR, x -> x.mul(0).add(0.2f).gt(0.2), "NDArray.gt(Number)", "Greater");
        exact(VECTOR, x -> x.gt(0).eq(x.lt(1)), "NDArray.eq(NDArray)", "Equal");
        exact(VECTOR, x -> x.gt(0).eq(whole(x)), "NDArray.eq(NDArray)", "Cast Equal");
        exact(VECTOR, x -> x.gt(0).logicalAnd(x.lt(1)), "NDArray.logicalAnd(NDArray)", "And");
        exact(VECTOR, x -> x.lt(0).logicalOr(x.gt(1)), "NDArray.logicalOr(NDArray)", "Or");
        exact(VECTOR, x -> x.gt(0).logicalXor(x.gt(1)), "NDArray.logicalXor(NDArray)", "Xor");
        exact(VECTOR, x -> x.gt(0).logicalNot(), "NDArray.logicalNot()", "Not");
        exact(VECTOR, x -> x.sqrt().isNaN(), "NDArray.isNaN()", "IsNaN");
        exact(VECTOR, x -> x.maximum(0).log().isInfinite(), "NDArray.isInfinite()", "IsInf");
    }

    private void unary() {
        exact(VECTOR, NDArray::abs, "NDArray.abs()", "Abs");
        exact(VECTOR, NDArray::neg, "NDArray.neg()", "Neg");
        exact(VECTOR, NDArray::sign, "NDArray.sign()", "Sign");
        close(VECTOR, x -> positive(x).sqrt(), "NDArray.sqrt()", "Sqrt");
        exact(VECTOR, NDArray::square, "NDArray.square()", "Mul");
        close(VECTOR, x -> positive(x).cbrt(), "NDArray.cbrt()", "Pow");
        exact(VECTOR, NDArray::floor, "NDArray.floor()", "Floor");
        exact(VECTOR, NDArray::ceil, "NDArray.ceil()", "Ceil");
        exact(VECTOR, x -> x.mul(4).floor().div(2).round(), "NDArray.round()", "Round");
        exact(VECTOR, x -> x.mul(3).trunc(), "NDArray.trunc()", "Abs Floor Sign Mul");
        close(VECTOR, NDArray::exp, "NDArray.exp()", "Exp");
        close(VECTOR, x -> positive(x).log(), "NDArray.log()", "Log");
        close(VECTOR, x -> positive(x).log2(), "NDArray.log2()", "Cast Log Div");
        close(VECTOR, x -> positive(x).log10(), "NDArray.log10()", "Cast Log Div");
        close(VECTOR, NDArray::sin, "NDArray.sin()", "Sin");
        close(VECTOR, NDArray::cos, "NDArray.cos()", "Cos");
        close(VECTOR, x -> x.clip(-1, 1).tan(), "NDArray.tan()", "Tan");
        close(VECTOR, x -> x.clip(-0.9f, 0.9f).asin(), "NDArray.asin()", "Asin");
        close(VECTOR, x -> x.clip(-0.9f, 0.9f).acos(), "NDArray.acos()", "Acos");
        close(VECTOR, NDArray::atan, "NDArray.atan()", "Atan");
        close(VECTOR, NDArray::sinh, "NDArray.sinh()", "Sinh");
        close(VECTOR, NDArray::cosh, "NDArray.cosh()", "Cosh");
        close(VECTOR, NDArray::tanh, "NDArray.tanh()", "Tanh");
        close(VECTOR, NDArray::erf, "NDArray.erf()", "Erf");
        close(VECTOR, x -> x.tanh().mul(0.97f).erfinv(), "NDArray.erfinv()", "Log Where");
        exact(VECTOR, x -> x.round().clip(-2, 2).mul(0).add(x.sign()).erfinv(), "NDArray.erfinv()", "Log Where");
        close(VECTOR, x -> x.mul(3).gammaln(), "NDArray.gammaln()", "Log Sin Where");
        close(VECTOR, x -> x.mul(4).round().gammaln(), "NDArray.gammaln()", "Log Sin Where");
        close(VECTOR, x -> positive(x).mul(90).gammaln(), "NDArray.gammaln()", "Log Sin Where");
        close(MATRIX, x -> x.round().atan2(x.flip(2).round()), "NDArray.atan2(NDArray)", "Atan Where");
        close(MATRIX, x -> x.round().xlogy(positive(x)), "NDArray.xlogy(NDArray)", "Log Mul Where");
        close(VECTOR, NDArray::toDegrees, "NDArray.toDegrees()", "Mul");
        close(VECTOR, NDArray::toRadians, "NDArray.toRadians()", "Mul");
        exact(VECTOR, x -> x.toType(DataType.INT32, false), "NDArray.toType(DataType, boolean)", "Cast");
        exact(VECTOR, x -> x.gt(0).toType(DataType.FLOAT32, true), "NDArray.toType(DataType, boolean)", "Cast");
        UnaryOperator<NDArray> copies =
                x -> x.toDevice(x.getDevice(), true).duplicate().stopGradient();
        String nothing = "NDArray.toDevice(Device, boolean), NDArray.duplicate(), NDArray.stopGradient(), ";
        exact(VECTOR, x -> copies.apply(x).toDense().negi(), nothing + "NDArray.toDense(), NDArray.neg()", "Neg");
    }

    private void activations() {
        exact(VECTOR, Activation::relu, "NDArrayEx.relu()", "Relu");
        close(VECTOR, Activation::sigmoid, "NDArrayEx.sigmoid()", "Sigmoid");
        close(VECTOR, Activation::tanh, "NDArrayEx.tanh()", "Tanh");
        close(VECTOR, Activation::softPlus, "NDArrayEx.softPlus()", "Softplus");
        close(VECTOR, Activation::softSign, "NDArrayEx.softSign()", "Softsign");
        close(VECTOR, x -> Activation.leakyRelu(x, 0.2f), "NDArrayEx.leakyRelu(float)", "LeakyRelu");
        close(VECTOR, x -> Activation.elu(x, 0.7f), "NDArrayEx.elu(float)", "Elu");
        close(VECTOR, Activation::selu, "NDArrayEx.selu()", "Selu");
        close(VECTOR, Activation::gelu, "NDArrayEx.gelu()", "Erf");
        close(VECTOR, x -> Activation.swish(x, 1.5f), "NDArrayEx.sigmoid(), NDArray.mul(NDArray)", "Sigmoid Mul");
        close(VECTOR, Activation::mish, "NDArrayEx.mish()", "Exp Add Log Div Tanh Mul");
        close(CUBE, x -> x.softmax(2), "NDArray.softmax(int)", "Softmax");
        close(CUBE, x -> x.logSoftmax(1), "NDArray.logSoftmax(int)", "LogSoftmax");
    }
}
