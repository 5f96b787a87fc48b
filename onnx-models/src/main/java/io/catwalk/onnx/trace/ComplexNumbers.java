package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows which arrays are complex. Few operators of ONNX know complex numbers, so that on the tape they are real ones with a
 * last axis of two, the real and the imaginary part.
 */
final class ComplexNumbers {

    /** How to go on with them. */
    static final String WAY = "take them apart by real(), whose last axis is the real and the imaginary part";

    /** What to say where nothing expects the axis that stands for them. */
    static final String FAULT =
            "complex numbers can be transformed (fft, ifft, irfft, fft2, ifft2) and measured (abs), and nothing else: "
                    + WAY;

    /** Primitives that make them; stft does if it is asked to. */
    private static final Set<String> MAKERS = Set.of("fft", "ifft", "rfft", "fft2", "ifft2", "stft", "complex");

    private ComplexNumbers() {}

    static boolean areIn(NDArray array) {
        return array.getDataType() == DataType.COMPLEX64;
    }

    /** Tells whether a call makes complex numbers. */
    static boolean areMadeBy(Method method, @Nullable Object @Nullable [] arguments) {
        boolean asked = !method.getName().equals("stft")
                || (arguments != null && Boolean.TRUE.equals(arguments[arguments.length - 1]));
        return MAKERS.contains(method.getName()) && asked;
    }

    /** Shows what an array holds as the tape does. */
    static NDArray asReal(NDArray array) {
        return areIn(array) ? array.real() : array;
    }
}
