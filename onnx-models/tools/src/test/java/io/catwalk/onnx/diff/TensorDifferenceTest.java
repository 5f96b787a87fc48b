package io.catwalk.onnx.diff;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The largest difference is found, with its place, and what counts as equal follows from the tolerance. */
final class TensorDifferenceTest {

    private static final Tensor ROWS = Tensor.of(new float[] {1, 2, 3, 100, 5, 6}, 2, 3);

    @Test
    void theLargestIsFoundWithItsPlace() {
        TensorDifference difference = TensorDifference.of(
                ROWS, Tensor.of(new float[] {1, 2, 3, 100.5f, 5.25f, 6}, 2, 3), new Tolerance(0.1, 0));

        assertThat(difference)
                .hasToString("2 of 6 numbers differ, most at (1, 0): 100.000 against 100.500, by 5.0e-01");
        assertThat(difference.largest()).isEqualTo(0.5);
        assertThat(difference.agrees()).isFalse();
    }

    /** 0.1 + 0.004 * 100 is 0.5, and 0.1 + 0.004 * 5 is 0.12. */
    @Test
    void theToleranceGrowsWithTheReference() {
        Tolerance tolerance = new Tolerance(0.1, 0.004);
        assertThat(TensorDifference.of(ROWS, Tensor.of(new float[] {1, 2, 3, 100.5f, 5, 6}, 2, 3), tolerance)
                        .agrees())
                .isTrue();
        assertThat(TensorDifference.of(ROWS, Tensor.of(new float[] {1, 2, 3, 100, 5.25f, 6}, 2, 3), tolerance)
                        .agrees())
                .isFalse();
        argumentRefused(() -> new Tolerance(-1, 0));
        argumentRefused(() -> new Tolerance(0, Double.NaN));
    }

    @Test
    void nanAndInfinitiesAreEqualToThemselvesAlone() {
        Tensor odd = Tensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0}, 3);
        assertThat(TensorDifference.of(odd, odd, new Tolerance(0, 0)).agrees()).isTrue();
        TensorDifference difference = TensorDifference.of(
                odd, Tensor.of(new float[] {1, Float.POSITIVE_INFINITY, 0}, 3), new Tolerance(9, 9));
        assertThat(difference.beyond()).isEqualTo(1);
        assertThat(difference.largest()).isInfinite();
        assertThat(new Tolerance(9, 9).holds(Double.POSITIVE_INFINITY, 1)).isFalse();
        assertThat(new Tolerance(9, 9).holds(1, Double.NEGATIVE_INFINITY)).isFalse();
        assertThat(new Tolerance(0, 0).holds(0.0, -0.0)).isTrue();
    }

    /** 1000.05 is within 1e-5 + 1e-4 * 1000, and 0.01 is not within 1e-5 + 1e-4 * 0.001. */
    @Test
    void theLargestIsOneOfThoseBeyondTheTolerance() {
        TensorDifference difference = TensorDifference.of(
                Tensor.of(new float[] {1000, 0.001f, 0.001f}, 3),
                Tensor.of(new float[] {1000.05f, 0.01f, 0.001f}, 3),
                Tolerance.standard());
        assertThat(difference)
                .hasToString("1 of 3 numbers differ, most at (1): 0.00100000 against 0.0100000, by 9.0e-03");
        assertThat(difference.at()).containsExactly(1);
        TensorDifference within = TensorDifference.of(
                Tensor.of(new float[] {1000, 1}, 2), Tensor.of(new float[] {1000.0625f, 1}, 2), Tolerance.standard());
        assertThat(within.agrees()).isTrue();
        assertThat(within.largest()).isEqualTo(0.0625);
    }

    /** A hundred-thousandth of a class number is another class. */
    @Test
    void wholeNumbersAreNotRounded() {
        Tensor one = Tensor.of(new long[] {200_000, 1}, 2);
        Tensor other = Tensor.of(new long[] {200_001, 1}, 2);
        assertThat(TensorDifference.of(one, other, Tolerance.standard()).beyond())
                .isEqualTo(1);
        assertThat(TensorDifference.of(one, other, new Tolerance(1, 0)).agrees())
                .isTrue();
    }

    @Test
    void anotherTypeOrShapeIsADifference() {
        TensorDifference shape = TensorDifference.of(ROWS, Tensor.of(new float[6], 3, 2), new Tolerance(9, 9));
        assertThat(shape.agrees()).isFalse();
        assertThat(shape).hasToString("float (2, 3) against float (3, 2)");
        assertThat(TensorDifference.of(ROWS, Tensor.of(new long[6], 2, 3), new Tolerance(9, 9)))
                .hasToString("float (2, 3) against int64 (2, 3)");
    }

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
                input("FLOAT", TensorType.FLOAT, BATCH),
                input("FLOAT16", TensorType.FLOAT16, BATCH),
                input("BFLOAT16", TensorType.BFLOAT16, BATCH),
                input("DOUBLE", TensorType.DOUBLE, BATCH),
                input("bytes", TensorType.UINT8, BATCH),
                input("tokens", TensorType.INT64, BATCH));
        Map<String, Tensor> drawn = RandomInputs.of(inputs, 10_000, Map.of(), 3);

        for (String type : List.of("FLOAT", "FLOAT16", "BFLOAT16", "DOUBLE")) {
            double[] real = numbers(drawn, type);
            assertThat(Arrays.stream(real).average().orElseThrow()).isCloseTo(0, within(0.05));
            double square = Arrays.stream(real).map(x -> x * x).average().orElseThrow();
            assertThat(square).as(type).isCloseTo(1, within(0.1));
            assertThat(numbers(RandomInputs.of(inputs, 10_000, Map.of(), 3), type))
                    .isEqualTo(real);
            assertThat(numbers(RandomInputs.of(inputs, 10_000, Map.of(), 4), type))
                    .isNotEqualTo(real);
        }
        assertThat(Arrays.stream(numbers(drawn, "bytes")).distinct()).hasSize(256);
        assertThat(Arrays.stream(numbers(drawn, "tokens")).distinct()).containsExactlyInAnyOrder(0.0, 1.0);
    }

    @Test
    void aFileThatDoesNotSayItsAxesIsRefused() {
        argumentRefused(() -> RandomInputs.of(
                        List.of(new TensorInfo("x", TensorType.FLOAT, Optional.empty())), 1, Map.of(), 1))
                .contains("expected a file that says how many axes its input x has");
    }
}
