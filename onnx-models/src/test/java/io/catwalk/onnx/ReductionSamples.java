package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.util.function.Function;

/** Reductions, and products of matrices. */
final class ReductionSamples extends OperatorSamples {

    ReductionSamples() {
        reductions();
        linear();
        spectra();
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
        for (int order : new int[] {0, 1, 2, 3, 5, -1, -2}) {
            String operators =
                    order == 0 ? "Equal ReduceSum" : order == 1 ? "ReduceL1" : order == 2 ? "ReduceL2" : "Abs Pow";
            add(
                    "NDArray.norm(int, int[], boolean)",
                    CUBE,
                    CLOSE,
                    operators,
                    x -> x.round().norm(order, new int[] {2}, false));
            add(
                    "NDArray.norm(int, int[], boolean)",
                    CUBE,
                    CLOSE,
                    operators,
                    x -> x.norm(order, new int[] {-1, 1}, true));
            add("NDArray.norm(int, int[], boolean)", CUBE, CLOSE, operators, x -> x.norm(order, new int[] {}, true));
        }
        for (double order : new double[] {0, 0.5, 1, 2, 3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            add(
                    "NDArray.normalize(double, long, double)",
                    CUBE,
                    CLOSE,
                    "Max Div",
                    x -> x.round().normalize(order, 2, 0.3));
        }
        add("NDArray.median()", CUBE, EXACT, "TopK Gather", NDArray::median);
        add("NDArray.median(int[])", CUBE, EXACT, "TopK Gather", x -> x.median(new int[] {2}));
        add("NDArray.median(int[])", CUBE, EXACT, "TopK Gather", x -> whole(x).median(new int[] {-2}));
        add("NDArray.percentile(Number)", CUBE, CLOSE, "TopK Gather Mul", x -> x.percentile(30));
        add("NDArray.percentile(Number)", CUBE, EXACT, "TopK Gather", x -> x.percentile(0));
        add("NDArray.percentile(Number, int[])", CUBE, EXACT, "TopK Gather", x -> x.percentile(100, new int[] {2}));
        add("NDArray.percentile(Number, int[])", CUBE, CLOSE, "TopK Gather", x -> x.percentile(62.5, new int[] {-1}));
        add("NDArray.cumProd(int)", CUBE, CLOSE, "Slice Pad Mul", x -> x.cumProd(3));
        add("NDArray.cumProd(int)", new Shape(2, 9), CLOSE, "Slice Pad Mul", x -> x.cumProd(-1));
        add("NDArray.cumProd(int)", new Shape(2, 1), EXACT, "Identity", x -> x.cumProd(2));
        add("NDArray.cumProd(int)", CUBE, EXACT, "Slice Pad Mul", x -> whole(x).cumProd(2));
        add(
                "NDArray.cumProd(int, DataType)",
                CUBE,
                EXACT,
                "Cast Mul",
                x -> x.round().cumProd(2, DataType.INT32));
        add("NDArray.cumSum(int)", CUBE, CLOSE, "CumSum", x -> x.cumSum(2));
        add("NDArray.cumSum()", VECTOR, CLOSE, "CumSum", NDArray::cumSum);
        add("NDArray.sort()", CUBE, EXACT, "TopK", NDArray::sort);
        add("NDArray.sort(int)", CUBE, EXACT, "TopK", x -> x.sort(2));
        add("NDArray.argSort(int, boolean)", CUBE, EXACT, "TopK", x -> x.argSort(3));
        add("NDArray.argSort(int, boolean)", CUBE, EXACT, "TopK Slice", x -> x.argSort(2, false));
        add(
                "NDArray.sum(), NDArray.eq(Number)",
                VECTOR,
                EXACT,
                "ReduceSum Equal",
                x -> x.abs().gte(0).all());
        add(
                "NDArray.sum(), NDArray.gt(Number)",
                VECTOR,
                EXACT,
                "ReduceSum Greater",
                x -> x.gt(9).any());
        addAll("NDArray.topK(int, int, boolean, boolean)", CUBE, EXACT, "TopK", x -> x.topK(2, 3));
    }

    private void spectra() {
        String stft = "NDArray.stft(long, long, boolean, NDArray, boolean, boolean)";
        Shape signal = new Shape(24);
        for (boolean centered : new boolean[] {true, false}) {
            for (boolean normalized : new boolean[] {true, false}) {
                add(
                        stft,
                        signal,
                        CLOSE,
                        "Gather Mul MatMul",
                        x -> x.stft(8, 3, centered, fixed(x, 8), normalized, false));
                add(
                        stft,
                        signal,
                        CLOSE,
                        "Gather Mul MatMul",
                        x -> x.stft(7, 2, centered, fixed(x, 7), normalized, false));
                add(
                        stft,
                        signal,
                        CLOSE,
                        "Gather Mul MatMul",
                        x -> x.stft(8, 3, centered, fixed(x, 8), normalized, true)
                                .real());
            }
        }
        transforms();
    }

    /** Lengths as they are, cut and filled with zeros, even and odd; axes from both ends. */
    private void transforms() {
        for (long length : new long[] {2, 3, 4, 5}) {
            for (long axis : new long[] {1, -1, -2}) {
                spectrum("NDArray.fft(long, long)", x -> x.fft(length, axis).real());
                spectrum("NDArray.ifft(long, long)", x -> x.ifft(length, axis).real());
                spectrum("NDArray.rfft(long, long)", x -> x.rfft(length, axis).real());
                spectrum("NDArray.irfft(long, long)", x -> x.irfft(length, axis));
                spectrum(
                        "complex NDArray.fft(long, long)",
                        x -> x.fft(4, 2).fft(length, axis).real());
                spectrum(
                        "complex NDArray.ifft(long, long)",
                        x -> x.fft(4, 1).ifft(length, axis).real());
                spectrum("complex NDArray.irfft(long, long)", x -> x.fft(4, 1).irfft(length, axis));
            }
        }
        long[] sizes = {3, 5};
        for (long[] axes : new long[][] {{1, 2}, {-1, 1}}) {
            spectrum("NDArray.fft2(long[], long[])", x -> x.fft2(sizes, axes).real());
            spectrum("NDArray.ifft2(long[], long[])", x -> x.ifft2(sizes, axes).real());
            spectrum(
                    "complex NDArray.fft2(long[], long[])",
                    x -> x.fft(4, 2).fft2(sizes, axes).real());
            spectrum(
                    "complex NDArray.ifft2(long[], long[])",
                    x -> x.fft2(sizes, axes).ifft2(sizes, axes).real());
        }
        spectrum("complex NDArray.real()", x -> x.fft(4).real().get("..., 0"));
        add("complex NDArray.abs()", CUBE, CLOSE, "MatMul Sqrt", x -> x.rfft(6).abs());
        spectrum("NDArray.complex()", x -> x.reshape(-1, 6, 2).complex().ifft(6).real());
    }

    private void spectrum(String signature, Function<NDArray, NDArray> network) {
        add(signature, CUBE, CLOSE, "MatMul", network);
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
}
