package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;

/** Functions of one number, and activations. */
final class FunctionSamples extends OperatorSamples {

    FunctionSamples() {
        unary();
        activations();
    }

    private void unary() {
        add("NDArray.abs()", VECTOR, EXACT, "Abs", NDArray::abs);
        add("NDArray.neg()", VECTOR, EXACT, "Neg", NDArray::neg);
        add("NDArray.sign()", VECTOR, EXACT, "Sign", NDArray::sign);
        add("NDArray.sqrt()", VECTOR, CLOSE, "Sqrt", x -> positive(x).sqrt());
        add("NDArray.square()", VECTOR, EXACT, "Mul", NDArray::square);
        add("NDArray.cbrt()", VECTOR, CLOSE, "Pow", x -> positive(x).cbrt());
        add("NDArray.floor()", VECTOR, EXACT, "Floor", NDArray::floor);
        add("NDArray.ceil()", VECTOR, EXACT, "Ceil", NDArray::ceil);
        add(
                "NDArray.round()",
                VECTOR,
                EXACT,
                "Round",
                x -> x.mul(4).floor().div(2).round());
        add(
                "NDArray.trunc()",
                VECTOR,
                EXACT,
                "Abs Floor Sign Mul",
                x -> x.mul(3).trunc());
        add("NDArray.exp()", VECTOR, CLOSE, "Exp", NDArray::exp);
        add("NDArray.log()", VECTOR, CLOSE, "Log", x -> positive(x).log());
        add("NDArray.log2()", VECTOR, CLOSE, "Cast Log Div", x -> positive(x).log2());
        add("NDArray.log10()", VECTOR, CLOSE, "Cast Log Div", x -> positive(x).log10());
        add("NDArray.sin()", VECTOR, CLOSE, "Sin", NDArray::sin);
        add("NDArray.cos()", VECTOR, CLOSE, "Cos", NDArray::cos);
        add("NDArray.tan()", VECTOR, CLOSE, "Tan", x -> x.clip(-1, 1).tan());
        add("NDArray.asin()", VECTOR, CLOSE, "Asin", x -> x.clip(-0.9f, 0.9f).asin());
        add("NDArray.acos()", VECTOR, CLOSE, "Acos", x -> x.clip(-0.9f, 0.9f).acos());
        add("NDArray.atan()", VECTOR, CLOSE, "Atan", NDArray::atan);
        add("NDArray.sinh()", VECTOR, CLOSE, "Sinh", NDArray::sinh);
        add("NDArray.cosh()", VECTOR, CLOSE, "Cosh", NDArray::cosh);
        add("NDArray.tanh()", VECTOR, CLOSE, "Tanh", NDArray::tanh);
        add("NDArray.erf()", VECTOR, CLOSE, "Erf", NDArray::erf);
        add(
                "NDArray.erfinv()",
                VECTOR,
                CLOSE,
                "Log Where",
                x -> x.tanh().mul(0.97f).erfinv());
        add(
                "NDArray.erfinv()",
                VECTOR,
                EXACT,
                "Log Where",
                x -> x.round().clip(-2, 2).mul(0).add(x.sign()).erfinv());
        add("NDArray.gammaln()", VECTOR, CLOSE, "Log Sin Where", x -> x.mul(3).gammaln());
        add(
                "NDArray.gammaln()",
                VECTOR,
                CLOSE,
                "Log Sin Where",
                x -> x.mul(4).round().gammaln());
        add(
                "NDArray.gammaln()",
                VECTOR,
                CLOSE,
                "Log Sin Where",
                x -> positive(x).mul(90).gammaln());
        add(
                "NDArray.atan2(NDArray)",
                MATRIX,
                CLOSE,
                "Atan Where",
                x -> x.round().atan2(x.flip(2).round()));
        add(
                "NDArray.xlogy(NDArray)",
                MATRIX,
                CLOSE,
                "Log Mul Where",
                x -> x.round().xlogy(positive(x)));
        add("NDArray.toDegrees()", VECTOR, CLOSE, "Mul", NDArray::toDegrees);
        add("NDArray.toRadians()", VECTOR, CLOSE, "Mul", NDArray::toRadians);
        add("NDArray.toType(DataType, boolean)", VECTOR, EXACT, "Cast", x -> x.toType(DataType.INT32, false));
        add(
                "NDArray.toType(DataType, boolean)",
                VECTOR,
                EXACT,
                "Cast",
                x -> x.gt(0).toType(DataType.FLOAT32, true));
        add(
                "NDArray.toDevice(Device, boolean), NDArray.duplicate(), NDArray.stopGradient(), NDArray.toDense(), NDArray.neg()",
                VECTOR,
                EXACT,
                "Neg",
                x -> x.toDevice(x.getDevice(), true)
                        .duplicate()
                        .stopGradient()
                        .toDense()
                        .negi());
    }

    private void activations() {
        add("NDArrayEx.relu()", VECTOR, EXACT, "Relu", Activation::relu);
        add("NDArrayEx.sigmoid()", VECTOR, CLOSE, "Sigmoid", Activation::sigmoid);
        add("NDArrayEx.tanh()", VECTOR, CLOSE, "Tanh", Activation::tanh);
        add("NDArrayEx.softPlus()", VECTOR, CLOSE, "Softplus", Activation::softPlus);
        add("NDArrayEx.softSign()", VECTOR, CLOSE, "Softsign", Activation::softSign);
        add("NDArrayEx.leakyRelu(float)", VECTOR, CLOSE, "LeakyRelu", x -> Activation.leakyRelu(x, 0.2f));
        add("NDArrayEx.elu(float)", VECTOR, CLOSE, "Elu", x -> Activation.elu(x, 0.7f));
        add("NDArrayEx.selu()", VECTOR, CLOSE, "Selu", Activation::selu);
        add("NDArrayEx.gelu()", VECTOR, CLOSE, "Erf", Activation::gelu);
        add("NDArrayEx.sigmoid(), NDArray.mul(NDArray)", VECTOR, CLOSE, "Sigmoid Mul", x -> Activation.swish(x, 1.5f));
        add("NDArrayEx.mish()", VECTOR, CLOSE, "Exp Add Log Div Tanh Mul", Activation::mish);
        add("NDArray.softmax(int)", CUBE, CLOSE, "Softmax", x -> x.softmax(2));
        add("NDArray.softmax(int)", CUBE, CLOSE, "Softmax", x -> x.softmax(-1));
        add("NDArray.logSoftmax(int)", CUBE, CLOSE, "LogSoftmax", x -> x.logSoftmax(1));
    }
}
