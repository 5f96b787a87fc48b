package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import java.util.function.UnaryOperator;

/** Functions of one number, and activations. */
final class FunctionSamples extends OperatorSamples {

    FunctionSamples() {
        unary();
        activations();
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
        close(CUBE, x -> x.softmax(-1), "NDArray.softmax(int)", "Softmax");
        close(CUBE, x -> x.logSoftmax(1), "NDArray.logSoftmax(int)", "LogSoftmax");
    }
}
