package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes Fourier transforms. A transform of a fixed length is a product with a constant matrix of cosines and sines,
 * which works in every opset; ONNX's own DFT and STFT came with opset 17. Complex numbers have a last axis of two here,
 * the real and the imaginary part.
 */
final class SpectrumRows {

    private static final String PRODUCT = "MatMul, Reshape, Transpose";

    /** The largest matrix, in bytes: longer signals need a fast transform. */
    private static final long LARGEST = 64L << 20;

    private SpectrumRows() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(
                "NDArray.stft(long, long, boolean, NDArray, boolean, boolean)",
                "Gather, Mul, MatMul, Reshape, Transpose",
                SpectrumRows::stft));
        for (boolean complex : new boolean[] {false, true}) {
            String type = complex ? "complex NDArray." : "NDArray.";
            rows.add(alongOne(type + "fft(long, long)", complex, Transform.FORWARD));
            rows.add(alongOne(type + "ifft(long, long)", complex, Transform.BACKWARD));
            rows.add(alongOne(type + "irfft(long, long)", complex, Transform.TO_REAL));
            rows.add(alongTwo(type + "fft2(long[], long[])", complex, Transform.FORWARD));
            rows.add(alongTwo(type + "ifft2(long[], long[])", complex, Transform.BACKWARD));
        }
        rows.add(alongOne("NDArray.rfft(long, long)", false, Transform.HALF));
        // The last axis of two holds the same numbers before and after.
        rows.add(Row.of("complex NDArray.real()", "nothing", CallContext::receiver));
        rows.add(Row.of("NDArray.complex()", "nothing", CallContext::receiver));
        rows.add(Row.of("complex NDArray.abs()", "Mul, MatMul, Reshape, Sqrt", SpectrumRows::length));
        return rows;
    }

    /** Names what a transform computes from a signal of n numbers. */
    private enum Transform {
        /** All n frequencies. */
        FORWARD,
        /** The signal of n frequencies. */
        BACKWARD,
        /** The first n / 2 + 1 frequencies, which determine the others for a real signal. */
        HALF,
        /** The real signal of n numbers from the first n / 2 + 1 frequencies. */
        TO_REAL;

        int made(int n) {
            return this == HALF ? n / 2 + 1 : n;
        }

        /** Returns how many of the given numbers are used; missing numbers are 0, and further ones are cut off. */
        int taken(int n) {
            return this == TO_REAL ? n / 2 + 1 : n;
        }

        boolean makesComplex() {
            return this != TO_REAL;
        }
    }

    private static Row alongOne(String signature, boolean complex, Transform transform) {
        return Row.of(
                signature,
                PRODUCT,
                site -> transformed(
                        site.to(), site.receiver(), complex, transform, site.integer(1), site.integer(2), 1));
    }

    private static Row alongTwo(String signature, boolean complex, Transform transform) {
        return Row.of(signature, PRODUCT, site -> {
            long[] lengths = site.numbers(1);
            long[] axes = site.numbers(2);
            int rank = site.receiver().rank() - (complex ? 1 : 0);
            Value value = site.receiver();
            boolean pairs = complex;
            for (int i = axes.length - 1; i >= 0; i--) {
                int axis = (int) (axes[i] < 0 ? axes[i] + rank : axes[i]);
                value = transformed(site.to(), value, pairs, transform, (int) lengths[i], axis, 1);
                pairs = true;
            }
            return value;
        });
    }

    /** Moves the axis to the end, multiplies by the matrix of waves, and moves the axis back. */
    private static Value transformed(
            Emitter to, Value signal, boolean complex, Transform transform, int length, int someAxis, double factor) {
        int rank = signal.rank() - (complex ? 1 : 0);
        int axis = someAxis < 0 ? someAxis + rank : someAxis;
        int last = rank - 1;
        int size = (int) signal.shape().get(axis).fixed("the length of a signal");
        Value turned = ShapeRows.swap(to, signal, axis, last);
        List<Dim> outer = turned.shape().dims().subList(0, last);
        List<Dim> rows = new ArrayList<>(outer);
        rows.add(Dim.of(complex ? 2L * size : size));
        int made = transform.made(length);
        int perMade = transform.makesComplex() ? 2 : 1;
        Value matrix = to.cast(matrix(to, transform, length, size, complex, factor), signal.type());
        Value product = to.node("MatMul", to.reshape(turned, rows), matrix);
        List<Dim> shape = new ArrayList<>(outer);
        shape.add(Dim.of(made));
        if (perMade == 2) {
            shape.add(Dim.of(2));
        }
        return ShapeRows.swap(to, to.reshape(product, shape), axis, last);
    }

    /**
     * Computes the matrix: its rows stand for the input numbers, real and imaginary, and its columns for the output
     * numbers.
     */
    private static Value matrix(Emitter to, Transform transform, int length, int size, boolean complex, double factor) {
        int given = complex ? 2 : 1;
        int made = transform.made(length);
        int perMade = transform.makesComplex() ? 2 : 1;
        long bytes = (long) size * given * made * perMade * Float.BYTES;
        if (bytes > LARGEST) {
            throw new ExportException("a transform of " + length + " numbers takes a matrix of " + (bytes >> 20)
                    + " MiB, and at most " + (LARGEST >> 20) + " are written: cut the signal into frames (stft)");
        }
        boolean forward = transform == Transform.FORWARD || transform == Transform.HALF;
        double scale = forward ? factor : factor / length;
        float[] matrix = new float[size * given * made * perMade];
        for (int i = 0; i < Math.min(size, transform.taken(length)); i++) {
            // The other half of the frequencies of a real signal are the same, mirrored.
            boolean twice = transform == Transform.TO_REAL && i > 0 && 2 * i != length;
            double weight = twice ? 2 * scale : scale;
            for (int k = 0; k < made; k++) {
                // The product is reduced first, so that the angle is exact for long signals.
                double angle = (forward ? -2 : 2) * Math.PI * ((long) i * k % length) / length;
                float cos = (float) (Math.cos(angle) * weight);
                float sin = (float) (Math.sin(angle) * weight);
                int real = i * given * made * perMade + k * perMade;
                matrix[real] = cos;
                if (perMade == 2) {
                    matrix[real + 1] = sin;
                }
                if (complex) {
                    int imaginary = real + made * perMade;
                    matrix[imaginary] = -sin;
                    if (perMade == 2) {
                        matrix[imaginary + 1] = cos;
                    }
                }
            }
        }
        return to.floats("waves", TensorShape.of((long) size * given, (long) made * perMade), matrix);
    }

    /** Returns the root of the sum of both squares. */
    private static Value length(CallContext site) {
        Emitter to = site.to();
        Value pairs = site.receiver();
        Value ones = to.cast(to.floats("ones", TensorShape.of(2, 1), 1, 1), pairs.type());
        Value sums = to.node("MatMul", to.node("Mul", pairs, pairs), ones);
        return to.node("Sqrt", to.reshape(sums, site.resultShape().dims()));
    }

    /** Cuts the signal into frames, (..., frames, length), and transforms each: (..., frequencies, frames, 2). */
    private static Value stft(CallContext site) {
        Emitter to = site.to();
        TensorShape signal = site.receiver().shape();
        int length = site.integer(1);
        int hop = site.integer(2);
        boolean centered = site.get(3, Boolean.class);
        boolean normalized = site.get(5, Boolean.class);
        int last = signal.rank() - 1;
        int size = (int) signal.get(last).fixed("the length of a signal");
        int frames = (int) site.resultShape().get(-2).fixed("the number of frames");
        Value taken = to.ints(places(size, length, hop, frames, centered ? length / 2 : 0));
        Value cut = to.gather(site.receiver(), last, taken);
        List<Dim> framed = new ArrayList<>(signal.dims().subList(0, last));
        framed.add(Dim.of(frames));
        framed.add(Dim.of(length));
        Value weighted = to.node(
                "Mul", to.reshape(cut, framed), site.as(4, site.receiver().type()));
        double factor = normalized ? 1 / Math.sqrt(length) : 1;
        Value spectrum = transformed(to, weighted, false, Transform.HALF, length, last + 1, factor);
        return ShapeRows.swap(to, spectrum, last, last + 1);
    }

    /** Lists the samples that the frames take, one frame after the other; samples outside are mirrored at the ends. */
    private static long[] places(int size, int length, int hop, int frames, int before) {
        long[] places = new long[frames * length];
        for (int i = 0; i < places.length; i++) {
            int place = i / length * hop + i % length - before;
            int mirrored = Math.abs(place);
            places[i] = mirrored < size ? mirrored : 2L * (size - 1) - mirrored;
        }
        return places;
    }
}
