package io.catwalk.runner.evaluation;

import static io.catwalk.runner.Golden.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.evaluation.Calibration.Bin;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares bins of equal mass with numpy and scipy in test-data/golden/intervals.json. */
@Tag("tiny")
class CalibrationTest {

    static Stream<Arguments> bins() {
        return Golden.file("intervals.json")
                .get("bins")
                .valueStream()
                .map(node -> Arguments.of(node.get("name").asString(), node));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bins")
    void binsOfEqualMassAgree(String name, JsonNode node) {
        Calibration calibration = of(doubles(node.get("confidence_of")), doubles(node.get("correct")));

        JsonNode expected = node.get("bins");
        Golden.agree(calibration.expectedError(), node.get("error"), 1e-9);
        agree(calibration, Bin::images, expected, "images");
        agree(calibration, Bin::low, expected, "low");
        agree(calibration, Bin::high, expected, "high");
        agree(calibration, Bin::confidence, expected, "confidence");
        agree(calibration, Bin::accuracy, expected, "accuracy");
        agree(calibration, Bin::accuracyLow, expected, "accuracy_low");
        agree(calibration, Bin::accuracyHigh, expected, "accuracy_high");
    }

    @Test
    void imagesOfEqualConfidenceShareABin() {
        assertThat(bins().map(arguments -> arguments.get()[0])).contains("tied", "few", "one bin");
        assertThat(of(new double[300], new double[300], 1).reliability())
                .singleElement()
                .extracting(Bin::images)
                .isEqualTo(300);
    }

    /** Images of equal confidence make a bin larger, and leave too few for the next or the last one. */
    @Test
    void everyBinHasAtLeastFiftyImages() {
        assertThat(sizes(100, 120)).containsExactly(120);
        assertThat(sizes(90, 150)).containsExactly(90, 60);
        assertThat(sizes(120, 200)).containsExactly(120, 80);
    }

    /** Returns the sizes of the bins of images of which the first have the same confidence, and each other its own. */
    private static List<Integer> sizes(int same, int images) {
        double[] confidence = new double[images];
        for (int i = 0; i < images; i++) {
            confidence[i] = i < same ? 0.5 : 0.5 + 0.001 * i;
        }
        return of(confidence, new double[images]).reliability().stream()
                .map(Bin::images)
                .toList();
    }

    /**
     * 9 of 10 is 0.5958 to 0.9821 by Wilson, 900 of 1000 is 0.8798 to 0.9171 (scipy): only the many images are
     * conclusive.
     */
    @Test
    void aBinOfFewImagesDoesNotPretend() {
        agrees(bin(10), 0.5958, 0.9821);
        assertThat(bin(10).confidence()).isLessThan(bin(10).accuracyHigh());
        agrees(bin(1000), 0.8798, 0.9171);
        assertThat(bin(1000).confidence()).isGreaterThan(bin(1000).accuracyHigh());
    }

    private static void agrees(Bin bin, double low, double high) {
        assertThat(bin.accuracyLow()).isCloseTo(low, within(5e-5));
        assertThat(bin.accuracyHigh()).isCloseTo(high, within(5e-5));
    }

    /**
     * Returns the only bin of this many images with a confidence of 0.95, nine in ten of which are predicted correctly.
     */
    private static Bin bin(int images) {
        double[] correct = new double[images];
        for (int i = 0; i < images; i++) {
            correct[i] = i % 10 == 0 ? 0 : 1;
        }
        List<Bin> bins = of(new double[images], correct, 0.95).reliability();
        assertThat(bins).hasSize(1);
        return bins.get(0);
    }

    private static Calibration of(double[] confidence, double[] correct, double all) {
        Arrays.fill(confidence, all);
        return of(confidence, correct);
    }

    private static Calibration of(double[] confidence, double[] correct) {
        int[] predicted = new int[correct.length];
        for (int i = 0; i < correct.length; i++) {
            predicted[i] = correct[i] == 1 ? 0 : 1;
        }
        return Calibration.of(new int[correct.length], predicted, confidence);
    }

    private static void agree(Calibration calibration, ToDoubleFunction<Bin> number, JsonNode bins, String key) {
        assertThat(calibration.reliability().stream().mapToDouble(number).toArray())
                .as(key)
                .containsExactly(
                        bins.valueStream()
                                .mapToDouble(bin -> bin.get(key).asDouble())
                                .toArray(),
                        within(1e-9));
    }
}
