package io.catwalk.runner.statistics;

import static io.catwalk.runner.Refusals.illegal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class PrincipalAxesTest {

    private static final double[][] POINTS = {
        {2.5, 2.4, 0.5}, {0.5, 0.7, 1.5}, {2.2, 2.9, 0.1}, {1.9, 2.2, 1.0},
        {3.1, 3.0, 2.2}, {2.3, 2.7, 0.3}, {2.0, 1.6, 1.9}, {1.0, 1.1, 0.8}
    };

    private static final String ACROSS = "0.687716190094 -2.030187476876 0.896964798895 0.069585834186"
            + " 1.304650515465 0.794396714589 -0.413637539691 -1.309489036662";
    private static final String UP = "-0.395140288909 0.167629259632 -0.891171883104 -0.054109182591"
            + " 1.358191791959 -0.659339807507 0.879174032803 -0.405233922282";

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    /** By NumPy: u, s, v = np.linalg.svd(c) of the centered points, c @ v.T and s**2 / sum(s**2). */
    @Test
    void theProjectionIsThatOfNumPy() {
        PrincipalAxes axes = PrincipalAxes.of(POINTS);

        assertThat(axes.across()).containsExactly(numbers(ACROSS), within(1e-11));
        assertThat(axes.up()).containsExactly(numbers(UP), within(1e-11));
        assertThat(axes.acrossShare()).isCloseTo(0.686746793733, within(1e-11));
        assertThat(axes.upShare()).isCloseTo(0.299584369863, within(1e-11));
    }

    /** Around a middle: 3 to both sides along the unit vector (0, 0.6, 0.8, 0, 0, 0), 1 along (1, 0, 0, 0, 0, 0). */
    private static final double[][] CROSS = {
        {5, 6.8, 7.4, 5, 5, 5}, {5, 3.2, 2.6, 5, 5, 5}, {6, 5, 5, 5, 5, 5}, {4, 5, 5, 5, 5, 5}
    };

    /** The squares along the two axes are 2 x 9 and 2 x 1. */
    @Test
    void thereMayBeMoreCoordinatesThanPoints() {
        PrincipalAxes axes = PrincipalAxes.of(CROSS);

        assertThat(axes.across()).containsExactly(new double[] {3, -3, 0, 0}, within(1e-12));
        assertThat(axes.up()).containsExactly(new double[] {0, 0, 1, -1}, within(1e-12));
        assertThat(axes.acrossShare()).isCloseTo(0.9, within(1e-12));
        assertThat(axes.upShare()).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void pointsOnALineDoNotVaryAlongTheSecondAxis() {
        PrincipalAxes axes = PrincipalAxes.of(new double[][] {{1, 2, 2, 9}, {2, 4, 4, 9}, {3, 6, 6, 9}});

        assertThat(axes.across()).containsExactly(new double[] {-3, 0, 3}, within(1e-12));
        assertThat(axes.up()).containsExactly(new double[] {0, 0, 0}, within(1e-12));
    }

    /** There is room for four points of six coordinates: the axes are fitted to every second one, and none is kept. */
    @Test
    void pointsThatDoNotFitIntoMemoryAreReadInParts() {
        double[][] between = {{6, 6.8, 7.4, 5, 5, 5}, {5, 5, 5, 5, 5, 5}, {3, 5, 5, 5, 5, 5}, {5, 5.6, 5.8, 5, 5, 5}};
        List<List<Integer>> reads = new ArrayList<>();
        PrincipalAxes.Points points = new PrincipalAxes.Points() {
            @Override
            public int count() {
                return 8;
            }

            @Override
            public int coordinates() {
                return 6;
            }

            @Override
            public double[][] read(int[] places) {
                reads.add(IntStream.of(places).boxed().toList());
                return IntStream.of(places)
                        .mapToObj(place -> (place % 2 == 0 ? CROSS : between)[place / 2])
                        .toArray(double[][]::new);
            }
        };

        PrincipalAxes axes = PrincipalAxes.of(points, 4 * 6);

        assertThat(reads).containsExactly(List.of(0, 2, 4, 6), List.of(0, 1, 2, 3), List.of(4, 5, 6, 7));
        assertThat(axes.across()).containsExactly(new double[] {3, 3, -3, 0, 0, 0, 0, 1}, within(1e-12));
        assertThat(axes.up()).containsExactly(new double[] {0, 1, 0, 0, 1, -2, -1, 0}, within(1e-12));
        assertThat(axes.acrossShare()).isCloseTo(0.9, within(1e-12));
    }

    @Test
    void pointsThatDoNotDifferHaveNoAxes() {
        double[][] alike = {{1, 2}, {1, 2}, {1, 2}};
        illegal(() -> PrincipalAxes.of(alike), "found 3 alike");
    }
}
