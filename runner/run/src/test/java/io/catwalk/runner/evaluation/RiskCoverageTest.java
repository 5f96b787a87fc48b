package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.RiskCoverage.Threshold;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Areas and thresholds are computed by hand. */
final class RiskCoverageTest {

    /** Images of class 0; those predicted as class 1 are wrong. */
    private static RiskCoverage of(int[] predicted, double... confidence) {
        return RiskCoverage.of(new int[predicted.length], predicted, confidence);
    }

    /** Error rates 0, 0, 1/3, 1/4 and 2/5; the chord ends at 2/5, which is 0.16 above the second. */
    @Test
    void theAreaIsTheMeanErrorOverAllCoverages() {
        RiskCoverage curve = of(new int[] {1, 0, 1, 0, 0}, 0.5, 0.6, 0.7, 0.8, 0.9);

        assertThat(curve.area()).isCloseTo((1 / 3.0 + 1 / 4.0 + 2 / 5.0) / 5, within(1e-15));
        assertThat(curve.knee()).isEqualTo(new Threshold(0.8, 0.4, 0));
        assertThat(curve.curve())
                .containsExactly(
                        new Threshold(0.9, 0.2, 0),
                        new Threshold(0.8, 0.4, 0),
                        new Threshold(0.7, 0.6, 1 / 3.0),
                        new Threshold(0.6, 0.8, 0.25),
                        new Threshold(0.5, 1, 0.4));
    }

    /** Three images share a confidence: their error rate is that of all down to them, whichever comes first. */
    @Test
    void imagesOfEqualConfidenceAreOneStep() {
        RiskCoverage first = of(new int[] {0, 1, 0, 0, 1}, 0.9, 0.6, 0.6, 0.6, 0.5);
        RiskCoverage last = of(new int[] {0, 0, 0, 1, 1}, 0.9, 0.6, 0.6, 0.6, 0.5);

        assertThat(first).isEqualTo(last);
        assertThat(first.area()).isCloseTo((0 + 3 / 4.0 + 2 / 5.0) / 5, within(1e-15));
        assertThat(first.knee()).isEqualTo(new Threshold(0.9, 0.2, 0));
        assertThat(first.curve()).hasSize(3);
    }

    @Test
    void aCurveThatIsNowhereBelowItsChordHasItsKneeAtAllImages() {
        Threshold wrongFirst = of(new int[] {1, 0, 0, 0}, 0.9, 0.8, 0.7, 0.6).knee();
        RiskCoverage right = of(new int[] {0, 0}, 0.9, 0.8);
        RiskCoverage wrong = of(new int[] {1, 1}, 0.9, 0.8);

        assertThat(wrongFirst).isEqualTo(new Threshold(0.6, 1, 0.25));
        assertThat(right.area()).isZero();
        assertThat(right.knee()).isEqualTo(new Threshold(0.8, 1, 0));
        assertThat(wrong.area()).isEqualTo(1);
        assertThat(wrong.knee()).isEqualTo(new Threshold(0.8, 1, 1));
    }

    @Test
    void theCurveHasAPointForEachPercentOfTheImages() {
        double[] confidence =
                IntStream.range(0, 1234).mapToDouble(i -> 1 - i / 2000.0).toArray();

        RiskCoverage curve = of(new int[1234], confidence);

        assertThat(curve.curve()).hasSize(100);
        assertThat(curve.curve().get(0).coverage()).isCloseTo(13 / 1234.0, within(1e-15));
        assertThat(curve.curve().get(99).coverage()).isEqualTo(1);
    }
}
