package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** All expected values were computed by hand. */
final class HistogramsTest {

    private static float[] histograms(NDManager manager, NDArray image) {
        Block block = Layers.histograms(2);
        block.initialize(manager, DataType.FLOAT32, image.getShape());
        return block.forward(new ParameterStore(manager, false), new NDList(image), false)
                .singletonOrThrow()
                .toFloatArray();
    }

    private static double[] squares(float[] roots) {
        double[] squares = new double[roots.length];
        Arrays.setAll(squares, i -> (double) roots[i] * roots[i]);
        return squares;
    }

    private static double[] expected(int length, double value, int... indices) {
        double[] expected = new double[length];
        for (int index : indices) {
            expected[index] = value;
        }
        return expected;
    }

    /** An edge between columns 4 and 5 of 10 is seen in two columns, one in each half; its gradients have the angle 0. */
    @Test
    void anEdgeCountsInTheCellsAroundItAndInTheAnglesNearIt() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray columns = manager.arange(10f).gte(5).toType(DataType.FLOAT32, false);
            NDArray image = columns.broadcast(new Shape(1, 1, 10, 10));
            double[] found = squares(histograms(manager, image));

            double near = Math.pow(Math.cos(Math.toRadians(40)), 3);
            double far = Math.pow(Math.cos(Math.toRadians(80)), 3);
            double all = 4 * (1 + 2 * near + 2 * far);
            for (int cell = 0; cell < 4; cell++) {
                double[] angles = {1 / all, near / all, far / all, 0, 0, 0, 0, far / all, near / all};
                for (int angle = 0; angle < angles.length; angle++) {
                    assertThat(found[4 * angle + cell]).isCloseTo(angles[angle], within(1e-5));
                }
            }
        }
    }

    /** 2 pixels in 8 inner columns have the strength 1 in bins of 4/7: 1.75; 0 is 3.5 bins above -2, and 1 is 5.25. */
    @Test
    void aValueCountsInTheTwoBinsNearestToIt() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray columns = manager.arange(10f).gte(5).toType(DataType.FLOAT32, false);
            double[] found = squares(histograms(manager, columns.broadcast(new Shape(1, 1, 10, 10))));

            assertThat(Arrays.copyOfRange(found, 36, 44))
                    .containsExactly(new double[] {0.75, 0.0625, 0.1875, 0, 0, 0, 0, 0}, within(2e-3));
            assertThat(Arrays.copyOfRange(found, 44, 52))
                    .containsExactly(new double[] {0, 0, 0, 0.25, 0.25, 0.375, 0.125, 0}, within(1e-5));
        }
    }

    /** 0 is in the middle between bins 1 and 2 of 4; what is darker than the lowest bin counts in it. */
    @Test
    void aColorCountsInTheBinsOfItsThreeChannels() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray gray = manager.zeros(new Shape(1, 3, 10, 10));
            double[] found = squares(histograms(manager, gray));
            assertThat(found).hasSize(36 + 8 + 24 + 64);
            assertThat(Arrays.copyOfRange(found, 68, 132))
                    .containsExactly(expected(64, 0.125, 21, 22, 25, 26, 37, 38, 41, 42), within(1e-5));

            double[] dark = squares(histograms(manager, gray.sub(9)));
            assertThat(Arrays.copyOfRange(dark, 68, 132)).containsExactly(expected(64, 1, 0), within(1e-5));
        }
    }

    /** The same pixels are added up in another order, as in other runtimes; the root of a small share enlarges what that costs. */
    @Test
    void smallSharesKeepTheirDigits() {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int seed = 0; seed < 20; seed++) {
                manager.getEngine().setRandomSeed(seed);
                NDArray image = manager.randomNormal(new Shape(1, 1, 64, 64)).div(2);
                float[] found = histograms(manager, image);
                float[] turned = histograms(manager, image.transpose(0, 1, 3, 2));

                assertThat(Arrays.copyOfRange(turned, 36, 52))
                        .containsExactly(Arrays.copyOfRange(found, 36, 52), within(1e-6f));
            }
        }
    }
}
