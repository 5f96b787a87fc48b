package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
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
        close(CUBE, NDArray::sum, "NDArray.sum()", "ReduceSum");
        close(CUBE, x -> x.sum(new int[] {1, 3}), "NDArray.sum(int[], boolean)", "ReduceSum");
        exact(CUBE, x -> x.gt(0).sum(new int[] {2}, true), "NDArray.sum(int[], boolean)", "ReduceSum");
        close(CUBE, NDArray::mean, "NDArray.mean()", "ReduceMean");
        close(CUBE, x -> x.mean(new int[] {-1}), "NDArray.mean(int[], boolean)", "ReduceMean");
        exact(CUBE, NDArray::max, "NDArray.max()", "ReduceMax");
        exact(CUBE, x -> x.max(new int[] {1}, true), "NDArray.max(int[], boolean)", "ReduceMax");
        exact(CUBE, NDArray::min, "NDArray.min()", "ReduceMin");
        exact(CUBE, x -> x.min(new int[] {2}), "NDArray.min(int[], boolean)", "ReduceMin");
        close(VECTOR, NDArray::prod, "NDArray.prod()", "ReduceProd");
        close(CUBE, x -> x.prod(new int[] {3}), "NDArray.prod(int[], boolean)", "ReduceProd");
        exact(CUBE, NDArray::argMax, "NDArray.argMax()", "Reshape ArgMax");
        exact(CUBE, x -> x.argMax(2), "NDArray.argMax(int)", "ArgMax");
        exact(CUBE, NDArray::argMin, "NDArray.argMin()", "Reshape ArgMin");
        exact(CUBE, x -> x.argMin(-1), "NDArray.argMin(int)", "ArgMin");
        close(CUBE, x -> x.norm(true), "NDArray.norm(boolean)", "ReduceL2");
        close(CUBE, x -> x.norm(new int[] {2}), "NDArray.norm(int, int[], boolean)", "ReduceL2");
        close(CUBE, x -> x.norm(1, new int[] {1, 2}, true), "NDArray.norm(int, int[], boolean)", "ReduceL1");
        close(CUBE, NDArray::normalize, "NDArray.normalize(double, long, double)", "ReduceL2 Max Div");
        for (int order : new int[] {0, 1, 2, 3, 5, -1, -2}) {
            String operators =
                    order == 0 ? "Equal ReduceSum" : order == 1 ? "ReduceL1" : order == 2 ? "ReduceL2" : "Abs Pow";
            String norm = "NDArray.norm(int, int[], boolean)";
            close(CUBE, x -> x.round().norm(order, new int[] {2}, false), norm, operators);
            close(CUBE, x -> x.norm(order, new int[] {-1, 1}, true), norm, operators);
            close(CUBE, x -> x.norm(order, new int[] {}, true), norm, operators);
        }
        for (double order : new double[] {0, 0.5, 1, 2, 3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            close(CUBE, x -> x.round().normalize(order, 2, 0.3), "NDArray.normalize(double, long, double)", "Max Div");
        }
        exact(CUBE, NDArray::median, "NDArray.median()", "TopK Gather");
        exact(CUBE, x -> x.median(new int[] {2}), "NDArray.median(int[])", "TopK Gather");
        exact(CUBE, x -> whole(x).median(new int[] {-2}), "NDArray.median(int[])", "TopK Gather");
        close(CUBE, x -> x.percentile(30), "NDArray.percentile(Number)", "TopK Gather Mul");
        exact(CUBE, x -> x.percentile(0), "NDArray.percentile(Number)", "TopK Gather");
        close(CUBE, x -> x.percentile(62.5, new int[] {-1}), "NDArray.percentile(Number, int[])", "TopK Gather");
        close(CUBE, x -> x.cumProd(3), "NDArray.cumProd(int)", "Slice Pad Mul");
        exact(new Shape(2, 1), x -> x.cumProd(2), "NDArray.cumProd(int)", "Identity");
        exact(CUBE, x -> whole(x).cumProd(2), "NDArray.cumProd(int)", "Slice Pad Mul");
        exact(CUBE, x -> x.round().cumProd(2, DataType.INT32), "NDArray.cumProd(int, DataType)", "Cast Mul");
        close(CUBE, x -> x.cumSum(2), "NDArray.cumSum(int)", "CumSum");
        close(VECTOR, NDArray::cumSum, "NDArray.cumSum()", "CumSum");
        exact(CUBE, NDArray::sort, "NDArray.sort()", "TopK");
        exact(CUBE, x -> x.sort(2), "NDArray.sort(int)", "TopK");
        exact(CUBE, x -> x.argSort(3), "NDArray.argSort(int, boolean)", "TopK");
        exact(CUBE, x -> x.argSort(2, false), "NDArray.argSort(int, boolean)", "TopK Slice");
        exact(VECTOR, x -> x.abs().gte(0).all(), "NDArray.sum(), NDArray.eq(Number)", "ReduceSum Equal");
        exact(VECTOR, x -> x.gt(9).any(), "NDArray.sum(), NDArray.gt(Number)", "ReduceSum Greater");
        exact(CUBE, x -> x.topK(2, 3), "NDArray.topK(int, int, boolean, boolean)", "TopK");
    }

    private void spectra() {
        String stft = "NDArray.stft(long, long, boolean, NDArray, boolean, boolean)";
        Shape signal = new Shape(24);
        for (boolean mid : new boolean[] {true, false}) {
            for (boolean normal : new boolean[] {true, false}) {
                close(signal, x -> x.stft(8, 3, mid, fixed(x, 8), normal, false), stft, "Gather Mul MatMul");
                close(signal, x -> x.stft(7, 2, mid, fixed(x, 7), normal, false), stft, "Gather Mul MatMul");
                close(signal, x -> x.stft(8, 3, mid, fixed(x, 8), normal, true).real(), stft, "Gather Mul MatMul");
            }
        }
        transforms();
    }

    /** Lengths as they are, cut and filled with zeros, even and odd; axes from both ends. */
    private void transforms() {
        for (long length : new long[] {2, 3, 4, 5}) {
            for (long axis : new long[] {1, -1, -2}) {
                spectrum(x -> x.fft(length, axis).real(), "NDArray.fft(long, long)");
                spectrum(x -> x.ifft(length, axis).real(), "NDArray.ifft(long, long)");
                spectrum(x -> x.rfft(length, axis).real(), "NDArray.rfft(long, long)");
                spectrum(x -> x.irfft(length, axis), "NDArray.irfft(long, long)");
                spectrum(x -> x.fft(4, 2).fft(length, axis).real(), "complex NDArray.fft(long, long)");
                spectrum(x -> x.fft(4, 1).ifft(length, axis).real(), "complex NDArray.ifft(long, long)");
                spectrum(x -> x.fft(4, 1).irfft(length, axis), "complex NDArray.irfft(long, long)");
            }
        }
        long[] sizes = {3, 5};
        for (long[] axes : new long[][] {{1, 2}, {-1, 1}}) {
            spectrum(x -> x.fft2(sizes, axes).real(), "NDArray.fft2(long[], long[])");
            spectrum(x -> x.ifft2(sizes, axes).real(), "NDArray.ifft2(long[], long[])");
            spectrum(x -> x.fft(4, 2).fft2(sizes, axes).real(), "complex NDArray.fft2(long[], long[])");
            spectrum(x -> x.fft2(sizes, axes).ifft2(sizes, axes).real(), "complex NDArray.ifft2(long[], long[])");
        }
        spectrum(x -> x.fft(4).real().get("..., 0"), "complex NDArray.real()");
        close(CUBE, x -> x.rfft(6).abs(), "complex NDArray.abs()", "MatMul Sqrt");
        spectrum(x -> x.reshape(-1, 6, 2).complex().ifft(6).real(), "NDArray.complex()");
    }

    private void spectrum(Function<NDArray, NDArray> network, String signature) {
        close(CUBE, network, signature, "MatMul");
    }

    private void linear() {
        close(MATRIX, x -> x.matMul(fixed(x, 4, 5)), "NDArray.matMul(NDArray)", "MatMul");
        close(CUBE, x -> x.matMul(x.transpose(0, 1, 3, 2)), "NDArray.matMul(NDArray)", "MatMul");
        close(MATRIX, x -> x.batchMatMul(x.transpose(0, 2, 1)), "NDArray.batchMatMul(NDArray)", "MatMul");
        close(VECTOR, x -> x.get(0).dot(fixed(x, 6)), "NDArray.dot(NDArray)", "MatMul");
        String layer = "NDArrayEx.linear(NDArray, NDArray, NDArray)";
        close(VECTOR, x -> ex(x).linear(x, fixed(x, 5, 6), fixed(x, 5)), layer, "Gemm");
        close(CUBE, x -> ex(x).linear(x, fixed(x, 5, 4), fixed(x, 5)), layer, "MatMul Add");
        close(VECTOR, x -> ex(x).linear(x, fixed(x, 5, 6), null), layer, "Gemm");
        Function<NDArray, ?> words = x -> ex(x).embedding(whole(x).abs().mod(7), fixed(x, 7, 3), SparseFormat.DENSE);
        exact(VECTOR, words, "NDArrayEx.embedding(NDArray, NDArray, SparseFormat)", "Gather");
    }

    private static NDArrayEx ex(NDArray x) {
        return x.getNDArrayInternal();
    }
}
