package io.catwalk.onnx.parity;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.diff.Tolerance;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class ParityTest {

    private static final float NAN = Float.NaN;
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    @Test
    void differencesAreMeasuredOverAllLogits() {
        Parity parity = Parity.of(new float[] {1, 2, 3, 5}, new float[] {1, 2.5f, 3, 4}, 2, 1);
        assertThat(parity.images()).isEqualTo(2);
        assertThat(parity.maxAbs()).isEqualTo(1);
        assertThat(parity.meanAbs()).isEqualTo(0.375);
        assertThat(parity.flips()).isEmpty();
        assertThat(parity.agrees()).isTrue();
    }

    @Test
    void thePercentileIsTheNearestRank() {
        float[] reference = new float[2000];
        float[] candidate = new float[2000];
        candidate[17] = 4;
        candidate[1200] = 3;
        candidate[3] = 2;
        candidate[4] = -1;
        Parity parity = Parity.of(reference, candidate, 1000, 10);
        assertThat(parity.p999Abs()).isEqualTo(2); // the 1,998th of 2,000
        assertThat(parity.maxAbs()).isEqualTo(4);
        assertThat(parity.meanAbs()).isCloseTo(0.005, within(1e-15));
    }

    /** The logits of 100,000 images with 1,000 classes take 400 MB. */
    @Test
    void noAnswerOfTheCandidateIsKept() {
        int images = 2000;
        int classes = 1000;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] reference = new float[images * classes];
        Predictor candidate = CrossCheckTest.predictor((given, count) -> {
            float[] logits = new float[count * classes];
            logits[0] = -0.5f;
            return logits;
        });
        Tolerance one = new Tolerance(1, 0);

        long before = threads.getCurrentThreadAllocatedBytes();
        Parity parity =
                Parity.between(reference, candidate, (a, b) -> new float[1], images, 256, images, one, FlipRule.NONE);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(parity.images()).isEqualTo(images);
        assertThat(parity.maxAbs()).isEqualTo(0.5);
        // The logits of the candidate take 8 MB, batch by batch, and all differences would take 16 MB.
        assertThat(allocated).isLessThan(12_000_000);
    }

    @Test
    void anImageWithAnotherLabelIsListedWithItsMargin() {
        Parity parity = Parity.of(new float[] {0, 1, 0, 3, 2.75f, 0}, new float[] {0, 1, 0, 2.5f, 2.75f, 0}, 2, 1);
        assertThat(parity.flips()).containsExactly(new Flip(1, 0, 1, 0.25));
        assertThat(parity.agrees()).isFalse();
    }

    private static float[] of(float... logits) {
        return logits;
    }

    @Test
    void aDifferenceOfTheToleranceAgreesAndOneAboveDoesNot() {
        assertThat(Parity.of(of(2, 0), of(2.5f, 0), 1, 0.5).agrees()).isTrue();
        assertThat(Parity.of(of(2, 0), of(2.5f, 0), 1, 0.49).agrees()).isFalse();
        assertThat(Parity.of(of(1, -INFINITE), of(1, -INFINITE), 1, 0).agrees()).isTrue();
        assertThat(Parity.of(of(1, -INFINITE), of(1, 0), 1, 1e30).agrees()).isFalse();
    }

    @Test
    void notANumberOnEitherSideOrBothDisagrees() {
        float[] good = {1, 0};
        float[] bad = {NAN, 0};
        for (Parity parity : List.of(
                Parity.of(good, bad, 1, INFINITE),
                Parity.of(bad, good, 1, INFINITE),
                Parity.of(bad, bad, 1, INFINITE))) {
            assertThat(parity.agrees()).isFalse();
            assertThat(parity.notNumbers()).isEqualTo(1);
            assertThat(List.of(parity.maxAbs(), parity.meanAbs(), parity.p999Abs()))
                    .containsOnly(Double.NaN);
        }
    }

    @Test
    void theNumbersBecomeMetadata() {
        Parity parity = Parity.of(new float[] {1, 2, 3, 5}, new float[] {1, 2.5f, 3, 2}, 2, 0.25);
        assertThat(parity.entries())
                .isEqualTo(Map.of(
                        "parity.images", "2",
                        "parity.flips", "1",
                        "parity.max_abs", "3.0",
                        "parity.mean_abs", "0.875",
                        "parity.p999_abs", "3.0",
                        "parity.tolerance", "0.25"));
    }

    @Test
    void answersOfAnotherSizeAreRefused() {
        argumentRefused(() -> Parity.of(new float[4], new float[6], 2, 1)).contains("expected 4 logits", "found 6");
        argumentRefused(() -> Parity.of(new float[5], new float[5], 2, 1));
        argumentRefused(() -> Parity.of(new float[0], new float[0], 0, 1));
        argumentRefused(() -> Parity.of(new float[2], new float[2], 1, Double.NaN));
    }

    /** The second image flips within the tolerance, which only files with rounded weights may do. */
    @Test
    void aLabelMayFlipWithinTheToleranceWhereWeightsWereRounded() {
        float[] reference = {0, 1, 1, 1.25f};
        float[] images = new float[2];
        Predictor candidate = CrossCheckTest.predictor((some, count) -> new float[] {0, 1, 1.25f, 1});
        Tolerance exact = new Tolerance(0.25, 0);
        for (FlipRule rule : List.of(FlipRule.WITHIN_TOLERANCE, FlipRule.NONE)) {
            Parity parity = Parity.between(reference, candidate, (from, to) -> images, 2, 2, 2, exact, rule);
            assertThat(parity.flips()).containsExactly(new Flip(1, 1, 0, 0.25));
            assertThat(parity.nearTies()).isEmpty();
            assertThat(parity.agrees()).isEqualTo(rule == FlipRule.WITHIN_TOLERANCE);
        }
        Tolerance less = new Tolerance(0.24, 0);
        assertThat(Parity.between(reference, candidate, (from, to) -> images, 2, 2, 2, less, FlipRule.WITHIN_TOLERANCE)
                        .agrees())
                .isFalse();
    }

    /** Both logits may move by the tolerance: twice the tolerance is the largest margin that can flip. */
    @Test
    void aFlipWithinWhatTheToleranceAllowsIsANearTieAndListed() {
        float[] reference = {0, 1, 1, 1.25f};
        float[] candidate = {0, 1, 1.125f, 1.0625f};
        Flip flip = new Flip(1, 1, 0, 0.25);

        Parity near = Parity.of(reference, candidate, 2, new Tolerance(0.1875, 0), FlipRule.NEAR_TIES);
        assertThat(near.nearTies()).containsExactly(flip);
        assertThat(near.flips()).isEmpty();
        assertThat(near.agrees()).isTrue();

        for (Parity parity : List.of(
                Parity.of(reference, candidate, 2, new Tolerance(0.1875, 0), FlipRule.NONE),
                // The margin is above 2 * 0.12, and the second logit moved by more than 0.12.
                Parity.of(reference, candidate, 2, new Tolerance(0.12, 0), FlipRule.NEAR_TIES))) {
            assertThat(parity.flips()).containsExactly(flip);
            assertThat(parity.nearTies()).isEmpty();
            assertThat(parity.agrees()).isFalse();
        }
        // A near tie excuses no logit that moves beyond the tolerance.
        Parity beyond = Parity.of(of(1, 1.25f), of(9, 1.25f), 1, new Tolerance(0.125, 0), FlipRule.NEAR_TIES);
        assertThat(beyond.nearTies()).containsExactly(new Flip(0, 1, 0, 0.25));
        assertThat(beyond.beyond()).isEqualTo(1);
        assertThat(beyond.agrees()).isFalse();
    }

    @Test
    void theToleranceIsAbsolutePlusAShareOfTheReference() {
        float[] reference = {-100, 8};
        float[] candidate = {-101, 8.5f};
        // Allowed are 0.5 + 1 and 0.5 + 0.08, then 0.4 + 1 and 0.4 + 0.08.
        Parity within = Parity.of(reference, candidate, 1, new Tolerance(0.5, 0.01), FlipRule.NONE);
        assertThat(within.agrees()).isTrue();
        Parity beyond = Parity.of(reference, candidate, 1, new Tolerance(0.4, 0.01), FlipRule.NONE);
        assertThat(beyond.agrees()).isFalse();
        assertThat(beyond.beyond()).isEqualTo(1);
        // A margin of 1.5 between 100 and 98.5 is a near tie: 1 + 0.985 are allowed.
        Parity tie = Parity.of(of(100, 98.5f), of(99, 99.25f), 1, new Tolerance(0, 0.01), FlipRule.NEAR_TIES);
        assertThat(tie.nearTies()).containsExactly(new Flip(0, 0, 1, 1.5));
        assertThat(tie.agrees()).isTrue();
    }
}
