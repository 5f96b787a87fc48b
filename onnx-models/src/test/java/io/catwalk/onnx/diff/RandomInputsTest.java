package io.catwalk.onnx.diff;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import io.catwalk.onnx.runtime.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Any file gets numbers of its types and shapes, the same from the same seed. */
final class RandomInputsTest {

    private static TensorInfo input(String name, TensorType type, Axis... axes) {
        return new TensorInfo(name, type, Optional.of(List.of(axes)));
    }

    private static final Axis BATCH = new Axis(Axis.OPEN, "batch");

    private static double[] numbers(Map<String, Tensor> drawn, String name) {
        return Objects.requireNonNull(drawn.get(name)).toDoubles();
    }

    @Test
    void openSizesAreTheRowsOrAsNamedOrThirtyTwo() {
        Map<String, Tensor> drawn = RandomInputs.of(
                List.of(
                        input("pixels", TensorType.FLOAT, BATCH, new Axis(3, ""), new Axis(Axis.OPEN, "height")),
                        input("tokens", TensorType.INT64, BATCH, new Axis(Axis.OPEN, "length")),
                        input("one", TensorType.BOOL)),
                5,
                Map.of("length", 7L),
                1);

        assertThat(drawn.get("pixels")).hasToString("float (5, 3, 32)");
        assertThat(drawn.get("tokens")).hasToString("int64 (5, 7)");
        assertThat(drawn.get("one")).hasToString("bool ()");
    }

    @Test
    void numbersAreSpreadAsTheirTypeAsksAndFollowFromTheSeed() {
        List<TensorInfo> inputs = List.of(
                input("pixels", TensorType.FLOAT, BATCH),
                input("bytes", TensorType.UINT8, BATCH),
                input("tokens", TensorType.INT64, BATCH));
        Map<String, Tensor> drawn = RandomInputs.of(inputs, 10_000, Map.of(), 3);

        double[] real = numbers(drawn, "pixels");
        assertThat(Arrays.stream(real).average().orElseThrow()).isCloseTo(0, within(0.05));
        assertThat(Arrays.stream(real).map(number -> number * number).average().orElseThrow())
                .isCloseTo(1, within(0.1));
        assertThat(Arrays.stream(numbers(drawn, "bytes")).distinct()).hasSize(256);
        assertThat(Arrays.stream(numbers(drawn, "tokens")).distinct()).containsExactlyInAnyOrder(0.0, 1.0);
        assertThat(numbers(RandomInputs.of(inputs, 10_000, Map.of(), 3), "pixels"))
                .isEqualTo(real);
        assertThat(numbers(RandomInputs.of(inputs, 10_000, Map.of(), 4), "pixels"))
                .isNotEqualTo(real);
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"FLOAT16", "BFLOAT16", "DOUBLE"})
    void realNumbersOfAnyPrecisionAreDrawnFromTheNormalDistribution(TensorType type) {
        double[] real = numbers(RandomInputs.of(List.of(input("x", type, BATCH)), 10_000, Map.of(), 3), "x");
        assertThat(Arrays.stream(real).average().orElseThrow()).isCloseTo(0, within(0.05));
        assertThat(Arrays.stream(real).map(number -> number * number).average().orElseThrow())
                .isCloseTo(1, within(0.1));
    }

    @Test
    void aFileThatDoesNotSayItsAxesIsRefused() {
        argumentRefused(() -> RandomInputs.of(
                        List.of(new TensorInfo("x", TensorType.FLOAT, Optional.empty())), 1, Map.of(), 1))
                .contains("expected a file that says how many axes its input x has");
    }
}
