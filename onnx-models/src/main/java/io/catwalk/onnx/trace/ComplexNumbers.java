package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Handles complex arrays. Few ONNX operators support complex numbers, so on the tape they are real arrays with a last
 * axis of two, the real and the imaginary part.
 */
final class ComplexNumbers {

    /** Advice on how to use them. */
    static final String WAY = "split them with real(), whose last axis is the real and the imaginary part";

    /** Error message for operations that do not expect the last axis of two. */
    static final String FAULT =
            "complex numbers can only be transformed (fft, ifft, irfft, fft2, ifft2) or measured (abs): " + WAY;

    /** Primitives that return complex numbers; stft does so on request. */
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

    /** Returns an array in the form that the tape uses. */
    static NDArray asReal(NDArray array) {
        return areIn(array) ? array.real() : array;
    }
}
