package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.recurrent.RNN;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** One sample, or more, for each row of the operator table. */
final class OperatorSamples {

    private static final Shape VECTOR = new Shape(6);
    private static final Shape MATRIX = new Shape(3, 4);
    private static final Shape CUBE = new Shape(2, 3, 4);
    private static final Shape IMAGE = new Shape(4, 9, 8);
    private static final double EXACT = 0;
    private static final double CLOSE = 1e-5;

    private final List<Sample> samples = new ArrayList<>();

    /**
     * One use of a primitive.
     *
     * @param primitives signatures that it stands for, comma and blank between them as in the table
     * @param shape shape of one sample of the input
     * @param tolerance largest difference allowed, relative above 1
     * @param operators ONNX operators that must be in the graph, with blanks between; the batch helpers do not count
     * @param function what the network does
     */
    record Sample(
            String primitives, Shape shape, double tolerance, String operators, Function<NDList, NDList> function) {

        @Override
        public String toString() {
            return primitives + " " + shape;
        }
    }

    private OperatorSamples() {}

    static List<Sample> all() {
        OperatorSamples table = new OperatorSamples();
        table.elementwise();
        table.comparisons();
        table.unary();
        table.activations();
        table.shapes();
        table.indexing();
        table.reductions();
        table.linear();
        table.windows();
        table.normalization();
        table.recurrent();
        return table.samples;
    }

    private void add(
            String primitives, Shape shape, double tolerance, String operators, Function<NDArray, NDArray> body) {
        samples.add(new Sample(
                primitives, shape, tolerance, operators, inputs -> new NDList(body.apply(inputs.singletonOrThrow()))));
    }

    private void addAll(
            String primitives, Shape shape, double tolerance, String operators, Function<NDArray, NDList> body) {
        samples.add(
                new Sample(primitives, shape, tolerance, operators, inputs -> body.apply(inputs.singletonOrThrow())));
    }

    /** Makes seeded numbers, the same whenever the function runs. */
    private static NDArray fixed(NDArray like, long... shape) {
        return fixed(like.getManager(), shape);
    }

    private static NDArray fixed(NDManager manager, long... shape) {
        Shape wanted = new Shape(shape);
        Random random = new Random(3);
        float[] numbers = new float[(int) wanted.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian() * 0.5f;
        }
        return manager.create(numbers, wanted);
    }

    private static NDArray whole(NDArray x) {
        return x.mul(3).round().toType(DataType.INT64, false);
    }

    private static NDArray positive(NDArray x) {
        return x.abs().add(0.1f);
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
        add("NDArray.mod(NDArray)", VECTOR, CLOSE, "Div Floor Mul Sub", x -> x.mod(fixed(x, 6)));
        add("NDArray.mod(Number)", VECTOR, CLOSE, "Div Floor Mul Sub", x -> x.mod(0.7f));
        add("NDArray.mod(Number)", VECTOR, EXACT, "Mod", x -> whole(x).mod(3L));
        add("NDArray.pow(NDArray)", VECTOR, CLOSE, "Pow", x -> positive(x).pow(fixed(x, 6)));
        add("NDArray.pow(Number)", VECTOR, CLOSE, "Pow", x -> x.pow(3));
        add("NDArray.pow(NDArray)", VECTOR, CLOSE, "Pow", x -> NDArrays.pow(2, x));
        add("NDArray.maximum(NDArray)", VECTOR, EXACT, "Max", x -> x.maximum(fixed(x, 6)));
        add("NDArray.maximum(Number)", VECTOR, EXACT, "Max", x -> x.maximum(0.3f));
        add("NDArray.minimum(NDArray)", VECTOR, EXACT, "Min", x -> x.minimum(fixed(x, 6)));
        add("NDArray.minimum(Number)", VECTOR, EXACT, "Min", x -> x.minimum(0.3f));
        add("NDArray.minimum(Number), NDArrayEx.relu()", VECTOR, EXACT, "Relu Min", Activation::relu6);
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
        add("NDArray.log2()", VECTOR, CLOSE, "Log Div", x -> positive(x).log2());
        add("NDArray.log10()", VECTOR, CLOSE, "Log Div", x -> positive(x).log10());
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
                "NDArray.toDevice(Device, boolean), NDArray.duplicate(), NDArray.stopGradient(), NDArray.neg()",
                VECTOR,
                EXACT,
                "Neg",
                x -> x.toDevice(x.getDevice(), true).duplicate().stopGradient().negi());
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
        add("NDArray.log2(), NDArray.tanh()", VECTOR, CLOSE, "Log Tanh", Activation::mish);
        add("NDArray.softmax(int)", CUBE, CLOSE, "Softmax", x -> x.softmax(2));
        add("NDArray.softmax(int)", CUBE, CLOSE, "Softmax", x -> x.softmax(-1));
        add("NDArray.logSoftmax(int)", CUBE, CLOSE, "LogSoftmax", x -> x.logSoftmax(1));
    }

    private void shapes() {
        add(
                "NDArray.reshape(Shape)",
                CUBE,
                EXACT,
                "Reshape",
                x -> x.reshape(x.getShape().get(0), 4, -1));
        add("NDArray.reshape(Shape)", CUBE, EXACT, "Reshape", x -> x.reshape(-1, 4));
        add("NDArray.flatten()", CUBE, EXACT, "Reshape", NDArray::flatten);
        add("NDArray.flatten(int, int)", CUBE, EXACT, "Reshape", x -> x.flatten(1, 2));
        add(
                "NDArray.squeeze()",
                VECTOR,
                CLOSE,
                "Reshape",
                x -> x.sum().expandDims(0).squeeze());
        add("NDArray.squeeze(int)", new Shape(1, 3), EXACT, "Reshape", x -> x.squeeze(1));
        add("NDArray.squeeze(int[])", new Shape(1, 3, 1), EXACT, "Reshape", x -> x.squeeze(new int[] {1, 3}));
        add("NDArray.expandDims(int)", VECTOR, EXACT, "Reshape", x -> x.expandDims(-1));
        add("NDArray.transpose()", MATRIX, EXACT, "Transpose", NDArray::transpose);
        add("NDArray.transpose(int[])", CUBE, EXACT, "Transpose", x -> x.transpose(0, 3, 1, 2));
        add("NDArray.swapAxes(int, int)", CUBE, EXACT, "Transpose", x -> x.swapAxes(1, 3));
        add("NDArray.swapAxes(int, int)", CUBE, EXACT, "Transpose", x -> x.swapAxes(-1, -2));
        add(
                "NDArray.broadcast(Shape)",
                new Shape(1, 4),
                EXACT,
                "Expand",
                x -> x.broadcast(x.getShape().get(0), 3, 4));
        addAll("NDArray.split(long[], int)", IMAGE, EXACT, "Split", x -> x.split(new long[] {2, 5}, 2));
        addAll("NDArray.split(long, int)", IMAGE, EXACT, "Split", x -> x.split(2, 1));
        add(
                "NDArrayEx.stack(NDList, int)",
                VECTOR,
                EXACT,
                "Unsqueeze Concat",
                x -> NDArrays.stack(new NDList(x, x.neg()), 1));
        add("NDArrayEx.stack(NDList, int)", VECTOR, EXACT, "Unsqueeze Concat", x -> x.stack(x.neg()));
        add("NDArrayEx.concat(NDList, int)", MATRIX, EXACT, "Concat", x -> NDArrays.concat(new NDList(x, x.abs()), -1));
        add("NDArrayEx.concat(NDList, int)", MATRIX, EXACT, "Concat", x -> x.concat(x.neg()));
        add("NDArray.tile(long)", VECTOR, EXACT, "Tile", x -> x.tile(2));
        add("NDArray.tile(long[])", VECTOR, EXACT, "Tile", x -> x.tile(new long[] {1, 3}));
        add("NDArray.tile(long[])", VECTOR, EXACT, "Tile", x -> x.tile(new long[] {2, 1, 3}));
        add("NDArray.repeat(long)", VECTOR, EXACT, "Tile Reshape", x -> x.repeat(2));
        add("NDArray.repeat(int, long)", MATRIX, EXACT, "Tile Reshape", x -> x.repeat(2, 3));
        add("NDArray.repeat(long[])", MATRIX, EXACT, "Tile Reshape", x -> x.repeat(new long[] {1, 2, 3}));
        add("NDArray.flip(int[])", CUBE, EXACT, "Slice", x -> x.flip(1, 3));
        add("NDArray.pad(Shape, double)", IMAGE, EXACT, "Pad", x -> x.pad(new Shape(1, 2, 0, 3), 0.5));
    }

    private void indexing() {
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice Squeeze", x -> x.get(":, -1"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice Squeeze", x -> x.get(":, 1, 1:3"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get("..., ::2"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get(":, :, -2:"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get(":, :, :-1"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get(":, ..., 1:"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Unsqueeze", x -> x.get(":, null, :"));
        add(
                "NDArray.get(NDIndex)",
                CUBE,
                EXACT,
                "Slice",
                x -> x.get(new NDIndex().addAllDim().addSliceDim(0, 2, 1)));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice Squeeze", x -> x.get(0));
        add(
                "NDArray.get(NDIndex)",
                CUBE,
                EXACT,
                "Slice",
                x -> x.get("0:" + x.getShape().get(0)));
        add(
                "NDArray.get(NDIndex.take)",
                CUBE,
                EXACT,
                "Gather",
                x -> x.get(":, {}", x.getManager().create(new int[] {1, 0, 1})));
        add(
                "NDArray.get(NDIndex.take)",
                new Shape(3),
                EXACT,
                "Gather",
                x -> fixed(x, 5, 2).get(whole(x).abs().mod(5)));
        add(
                "NDArray.get(NDIndex.take)",
                CUBE,
                EXACT,
                "Gather",
                x -> x.get(":, :, {}", x.getManager().create(new boolean[] {true, false, true})));
        add(
                "NDArray.get(NDIndex.pick)",
                MATRIX,
                EXACT,
                "GatherElements",
                x -> x.get(new NDIndex()
                        .addAllDim()
                        .addAllDim()
                        .addPickDim(whole(x).abs().mod(4).get(":, :, 0:1"))));
        add(
                "NDArray.gather(NDArray, int)",
                MATRIX,
                EXACT,
                "GatherElements",
                x -> x.gather(whole(x).abs().mod(3), 1));
        add(
                "NDArray.take(NDManager, NDArray)",
                VECTOR,
                EXACT,
                "Gather",
                x -> x.take(x.getManager().create(new long[] {3, 0})));
        add(
                "NDArray.oneHot(int)",
                VECTOR,
                EXACT,
                "OneHot",
                x -> whole(x).abs().mod(4).oneHot(4));
        add(
                "NDArray.oneHot(int, DataType)",
                VECTOR,
                EXACT,
                "OneHot",
                x -> whole(x).abs().mod(4).oneHot(5, DataType.INT32));
    }

    private void reductions() {
        add("NDArray.sum()", CUBE, CLOSE, "ReduceSum", NDArray::sum);
        add("NDArray.sum(int[], boolean)", CUBE, CLOSE, "ReduceSum", x -> x.sum(new int[] {1, 3}));
        add(
                "NDArray.sum(int[], boolean)",
                CUBE,
                EXACT,
                "ReduceSum",
                x -> x.gt(0).sum(new int[] {2}, true));
        add("NDArray.mean()", CUBE, CLOSE, "ReduceMean", NDArray::mean);
        add("NDArray.mean(int[], boolean)", CUBE, CLOSE, "ReduceMean", x -> x.mean(new int[] {-1}));
        add("NDArray.max()", CUBE, EXACT, "ReduceMax", NDArray::max);
        add("NDArray.max(int[], boolean)", CUBE, EXACT, "ReduceMax", x -> x.max(new int[] {1}, true));
        add("NDArray.min()", CUBE, EXACT, "ReduceMin", NDArray::min);
        add("NDArray.min(int[], boolean)", CUBE, EXACT, "ReduceMin", x -> x.min(new int[] {2}));
        add("NDArray.prod()", VECTOR, CLOSE, "ReduceProd", NDArray::prod);
        add("NDArray.prod(int[], boolean)", CUBE, CLOSE, "ReduceProd", x -> x.prod(new int[] {3}));
        add("NDArray.argMax()", CUBE, EXACT, "Reshape ArgMax", NDArray::argMax);
        add("NDArray.argMax(int)", CUBE, EXACT, "ArgMax", x -> x.argMax(2));
        add("NDArray.argMin()", CUBE, EXACT, "Reshape ArgMin", NDArray::argMin);
        add("NDArray.argMin(int)", CUBE, EXACT, "ArgMin", x -> x.argMin(-1));
        add("NDArray.norm(boolean)", CUBE, CLOSE, "ReduceL2", x -> x.norm(true));
        add("NDArray.norm(int, int[], boolean)", CUBE, CLOSE, "ReduceL2", x -> x.norm(new int[] {2}));
        add("NDArray.norm(int, int[], boolean)", CUBE, CLOSE, "ReduceL1", x -> x.norm(1, new int[] {1, 2}, true));
        add("NDArray.normalize(double, long, double)", CUBE, CLOSE, "ReduceL2 Max Div", NDArray::normalize);
        add("NDArray.cumSum(int)", CUBE, CLOSE, "CumSum", x -> x.cumSum(2));
        addAll("NDArray.topK(int, int, boolean, boolean)", CUBE, EXACT, "TopK", x -> x.topK(2, 3));
    }

    private void linear() {
        add("NDArray.matMul(NDArray)", MATRIX, CLOSE, "MatMul", x -> x.matMul(fixed(x, 4, 5)));
        add("NDArray.matMul(NDArray)", CUBE, CLOSE, "MatMul", x -> x.matMul(x.transpose(0, 1, 3, 2)));
        add("NDArray.batchMatMul(NDArray)", MATRIX, CLOSE, "MatMul", x -> x.batchMatMul(x.transpose(0, 2, 1)));
        add("NDArray.dot(NDArray)", VECTOR, CLOSE, "MatMul", x -> x.get(0).dot(fixed(x, 6)));
        add(
                "NDArrayEx.linear(NDArray, NDArray, NDArray)",
                VECTOR,
                CLOSE,
                "Gemm",
                x -> x.getNDArrayInternal()
                        .linear(x, fixed(x, 5, 6), fixed(x, 5))
                        .singletonOrThrow());
        add(
                "NDArrayEx.linear(NDArray, NDArray, NDArray)",
                CUBE,
                CLOSE,
                "MatMul Add",
                x -> x.getNDArrayInternal()
                        .linear(x, fixed(x, 5, 4), fixed(x, 5))
                        .singletonOrThrow());
        add(
                "NDArrayEx.linear(NDArray, NDArray, NDArray)",
                VECTOR,
                CLOSE,
                "Gemm",
                x -> x.getNDArrayInternal().linear(x, fixed(x, 5, 6), null).singletonOrThrow());
        add(
                "NDArrayEx.embedding(NDArray, NDArray, SparseFormat)",
                VECTOR,
                EXACT,
                "Gather",
                x -> x.getNDArrayInternal()
                        .embedding(whole(x).abs().mod(7), fixed(x, 7, 3), SparseFormat.DENSE)
                        .singletonOrThrow());
    }

    private static NDArray convolve(
            NDArray x, NDArray weight, Shape stride, Shape padding, Shape dilation, int groups) {
        NDArray bias = fixed(x, weight.getShape().get(0));
        return x.getNDArrayInternal()
                .convolution(x, weight, bias, stride, padding, dilation, groups)
                .singletonOrThrow();
    }

    private void windows() {
        String convolution = "NDArrayEx.convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)";
        add(
                convolution,
                IMAGE,
                CLOSE,
                "Conv",
                x -> convolve(x, fixed(x, 6, 4, 3, 2), new Shape(2, 1), new Shape(1, 0), new Shape(1, 2), 1));
        add(
                convolution,
                IMAGE,
                CLOSE,
                "Conv",
                x -> convolve(x, fixed(x, 8, 2, 3, 3), new Shape(1, 1), new Shape(1, 1), new Shape(1, 1), 2));
        add(
                convolution,
                MATRIX,
                CLOSE,
                "Conv",
                x -> convolve(x, fixed(x, 5, 3, 2), new Shape(1), new Shape(1), new Shape(1), 1));
        add(
                convolution,
                new Shape(2, 4, 5, 6),
                CLOSE,
                "Conv",
                x -> convolve(
                        x, fixed(x, 3, 2, 2, 2, 2), new Shape(1, 2, 1), new Shape(0, 1, 1), new Shape(1, 1, 1), 1));
        String max = "NDArrayEx.maxPool(Shape, Shape, Shape, boolean)";
        add(
                max,
                IMAGE,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(3, 2), new Shape(2, 2), new Shape(1, 0), false));
        add(
                max,
                IMAGE,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(2, 3), new Shape(2, 2), new Shape(0, 1), true));
        add(
                max,
                MATRIX,
                EXACT,
                "MaxPool",
                x -> x.getNDArrayInternal().maxPool(new Shape(2), new Shape(2), new Shape(0), false));
        String average = "NDArrayEx.avgPool(Shape, Shape, Shape, boolean, boolean)";
        for (boolean counted : new boolean[] {true, false}) {
            add(
                    average,
                    IMAGE,
                    CLOSE,
                    "AveragePool",
                    x -> x.getNDArrayInternal()
                            .avgPool(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false, counted));
            add(
                    average,
                    IMAGE,
                    CLOSE,
                    "AveragePool",
                    x -> x.getNDArrayInternal()
                            .avgPool(new Shape(2, 3), new Shape(2, 2), new Shape(0, 1), true, counted));
        }
        String lp = "NDArrayEx.lpPool(float, Shape, Shape, Shape, boolean)";
        add(
                lp,
                IMAGE,
                CLOSE,
                "Pow AveragePool Mul",
                x -> x.getNDArrayInternal().lpPool(2, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false));
        add(
                lp,
                MATRIX,
                CLOSE,
                "Pow AveragePool Mul",
                x -> positive(x).getNDArrayInternal().lpPool(3, new Shape(2), new Shape(1), new Shape(0), false));
        add(
                "NDArrayEx.globalMaxPool()",
                IMAGE,
                EXACT,
                "GlobalMaxPool Reshape",
                x -> x.getNDArrayInternal().globalMaxPool());
        add(
                "NDArrayEx.globalAvgPool()",
                IMAGE,
                CLOSE,
                "GlobalAveragePool Reshape",
                x -> x.getNDArrayInternal().globalAvgPool());
        add(
                "NDArrayEx.globalAvgPool()",
                MATRIX,
                CLOSE,
                "GlobalAveragePool Reshape",
                x -> x.getNDArrayInternal().globalAvgPool());
        add(
                "NDArrayEx.globalLpPool(float)",
                IMAGE,
                CLOSE,
                "Pow ReduceSum",
                x -> x.getNDArrayInternal().globalLpPool(2));
    }

    private void normalization() {
        String batch = "NDArrayEx.batchNorm(NDArray, NDArray, NDArray, NDArray, NDArray, int, float, float, boolean)";
        for (int axis : new int[] {1, 3}) {
            add(batch, IMAGE, CLOSE, axis == 1 ? "BatchNormalization" : "Transpose BatchNormalization Transpose", x -> {
                long channels = x.getShape().get(axis);
                NDArray mean = fixed(x, channels);
                return x.getNDArrayInternal()
                        .batchNorm(x, mean, positive(mean), mean.add(1), mean.mul(2), axis, 0.9f, 1e-2f, false)
                        .singletonOrThrow();
            });
        }
        add(
                "NDArrayEx.layerNorm(NDArray, Shape, NDArray, NDArray, float)",
                CUBE,
                CLOSE,
                "LayerNormalization",
                x -> x.getNDArrayInternal()
                        .layerNorm(
                                x,
                                new Shape(3, 4),
                                fixed(x, 3, 4),
                                fixed(x, 3, 4).add(1),
                                1e-2f)
                        .singletonOrThrow());
        add(
                "NDArrayEx.dropout(NDArray, float, boolean)",
                VECTOR,
                EXACT,
                "Identity",
                x -> x.getNDArrayInternal().dropout(x, 0.5f, false).singletonOrThrow());
    }

    private void recurrent() {
        for (boolean batchFirst : new boolean[] {true, false}) {
            for (boolean biased : new boolean[] {true, false}) {
                for (boolean given : new boolean[] {false, true}) {
                    recurrent(batchFirst, biased, given, 1, false);
                    recurrent(batchFirst, biased, given, 2, !biased);
                }
            }
        }
    }

    private void recurrent(boolean batchFirst, boolean biased, boolean given, int layers, boolean both) {
        Function<NDArray, NDArray> turned = x -> batchFirst ? x : x.transpose(1, 0, 2);
        long directions = both ? 2 : 1;
        Function<NDArray, NDArray> state = x -> {
            NDArray zeros = x.getManager()
                    .zeros(new Shape(layers * directions, x.getShape().get(0), 5));
            return given
                    ? zeros.add(x.sum(new int[] {1, 2}).reshape(1, -1, 1)).add(fixed(x, layers * directions, 1, 5))
                    : zeros;
        };
        for (RNN.Activation activation : RNN.Activation.values()) {
            addAll(
                    "NDArrayEx.rnn(NDArray, NDArray, NDList, boolean, int, Activation, double, boolean, boolean, boolean)",
                    MATRIX,
                    CLOSE,
                    "RNN",
                    x -> x.getNDArrayInternal()
                            .rnn(
                                    turned.apply(x),
                                    state.apply(x),
                                    weights(x, 1, layers, directions, biased),
                                    biased,
                                    layers,
                                    activation,
                                    0,
                                    false,
                                    both,
                                    batchFirst));
        }
        addAll(
                "NDArrayEx.gru(NDArray, NDArray, NDList, boolean, int, double, boolean, boolean, boolean)",
                MATRIX,
                CLOSE,
                "GRU",
                x -> x.getNDArrayInternal()
                        .gru(
                                turned.apply(x),
                                state.apply(x),
                                weights(x, 3, layers, directions, biased),
                                biased,
                                layers,
                                0,
                                false,
                                both,
                                batchFirst));
        addAll(
                "NDArrayEx.lstm(NDArray, NDList, NDList, boolean, int, double, boolean, boolean, boolean)",
                MATRIX,
                CLOSE,
                "LSTM",
                x -> x.getNDArrayInternal()
                        .lstm(
                                turned.apply(x),
                                new NDList(state.apply(x), state.apply(x)),
                                weights(x, 4, layers, directions, biased),
                                biased,
                                layers,
                                0,
                                false,
                                both,
                                batchFirst));
    }

    private static NDList weights(NDArray x, int gates, int layers, long directions, boolean biased) {
        NDList weights = new NDList();
        for (int layer = 0; layer < layers; layer++) {
            for (int direction = 0; direction < directions; direction++) {
                long inputs = layer == 0 ? 4 : 5L * directions;
                weights.add(fixed(x, gates * 5L, inputs).add(0.01f * direction));
                weights.add(fixed(x, gates * 5L, 5).add(0.02f * layer));
                if (biased) {
                    weights.add(fixed(x, gates * 5L));
                    weights.add(fixed(x, gates * 5L).add(0.3f));
                }
            }
        }
        return weights;
    }
}
