package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class ComplexNumbersTest {

    private static Method method(String name, int parameters) {
        return Arrays.stream(NDArray.class.getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == parameters)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"fft, 2, true", "ifft, 2, true", "rfft, 2, true", "complex, 0, true", "irfft, 2, false", "abs, 0, false"
    })
    void transformsMakeComplexNumbers(String name, int parameters, boolean complex) {
        @Nullable Object[] arguments = parameters == 0 ? null : new Object[parameters];
        assertThat(ComplexNumbers.areMadeBy(method(name, parameters), arguments))
                .isEqualTo(complex);
    }

    @Test
    void stftMakesThemIfItIsAskedTo() {
        Method stft = method("stft", 6);
        assertThat(ComplexNumbers.areMadeBy(stft, new Object[] {4L, 2L, true, null, false, true}))
                .isTrue();
        assertThat(ComplexNumbers.areMadeBy(stft, new Object[] {4L, 2L, true, null, false, false}))
                .isFalse();
    }

    @Test
    void aTapeHoldsThemAsPairs() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray real = manager.ones(new Shape(3, 2));
            NDArray complex = real.complex();
            assertThat(ComplexNumbers.areIn(complex)).isTrue();
            assertThat(ComplexNumbers.areIn(real)).isFalse();
            assertThat(ComplexNumbers.asReal(complex).getShape()).isEqualTo(new Shape(3, 2));
            assertThat(ComplexNumbers.asReal(real)).isSameAs(real);
        }
    }
}
