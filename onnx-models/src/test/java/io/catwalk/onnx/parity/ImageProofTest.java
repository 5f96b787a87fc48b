package io.catwalk.onnx.parity;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.parity.Parity.Flip;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.parity.Proof.NormalizedImages;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Tolerance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
class ImageProofTest {

    private static final int COUNT = 300;
    private static final NormalizedImages IMAGES = images(TestModels.random(new Random(11), 1100 * 64), 1100);

    private static NormalizedImages images(float[] images, int count) {
        int size = images.length / count;
        return (from, to) -> Arrays.copyOfRange(images, from * size, to * size);
    }

    @TempDir
    Path folder;

    private static <T> List<T> each(ProofReport report, Function<OnnxOptions, T> of) {
        return report.outcomes().stream()
                .map(outcome -> of.apply(outcome.options()))
                .toList();
    }

    @Test
    void aFileAgreesWithItselfInEveryConfiguration() {
        ProofReport report = check(TestModels.convolution(5), TestModels.convolution(5));
        assertThat(report.agrees()).isTrue();
        assertThat(report.worst().agrees()).isTrue();
        assertThat(each(report, OnnxOptions::optimization)).contains(OptimizationLevel.values());
        assertThat(each(report, OnnxOptions::threads)).contains(1, OnnxOptions.ALL_THREADS);
        assertThat(each(report, OnnxOptions::batch)).contains(1, 7, 256);
        assertThat(each(report, Function.identity())).hasSize(5 * 2 * 3).doesNotHaveDuplicates();
        // The first is the default, over all images.
        ProofReport.Outcome first = report.outcomes().get(0);
        assertThat(first.options()).isEqualTo(OnnxOptions.standard().withBatch(256));
        assertThat(first.configuration()).isEqualTo("level ALL, all threads, batch 256");
        assertThat(first.worst().images()).isEqualTo(COUNT);
        assertThat(report.outcomes())
                .extracting(ProofReport.Outcome::configuration)
                .isEqualTo(Proof.ofImages().configurations(COUNT));
    }

    @Test
    void aBriefCheckRunsTheFileInFourConfigurationsAndSeesADifferenceInEach() {
        Proof brief = Proof.ofImages().withExtent(Proof.Extent.BRIEF);

        ProofReport report = check(brief, TestModels.convolution(5), withBias(1, 0, 0, 0, 0));

        assertThat(report.outcomes())
                .extracting(ProofReport.Outcome::configuration)
                .containsExactly(
                        "level ALL, 1 thread(s), batch 256",
                        "level ALL, 1 thread(s), batch 7",
                        "level NONE, 1 thread(s), batch 256",
                        "level NONE, 1 thread(s), batch 7");
        assertThat(report.outcomes()).noneMatch(ProofReport.Outcome::agrees);
        assertThat(report.agrees()).isFalse();
    }

    @Test
    void oneChangedWeightIsSeenInEveryConfiguration() {
        ProofReport report = check(withBias(0, 0, 0, 0, 0), withBias(0, 0, 0.001f, 0, 0));
        assertThat(report.agrees()).isFalse();
        assertThat(report.outcomes()).hasSize(30).noneMatch(ProofReport.Outcome::agrees);
    }

    @Test
    void aBatchSizeThatIsBakedInIsAFailedOutcome() {
        ModelProto.Builder baked = TestModels.convolution(5);
        baked.getGraphBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("shape")
                        .setDataType(TensorProto.DataType.INT64_VALUE)
                        .addDims(2)
                        .addInt64Data(1)
                        .addInt64Data(288))
                .setNode(2, TestModels.node("Reshape", List.of("active", "shape"), "flat"));
        ProofReport report = check(TestModels.convolution(5), baked);
        assertThat(report.outcomes())
                .allSatisfy(outcome ->
                        assertThat(outcome.agrees()).isEqualTo(outcome.options().batch() == 1));
        assertThat(report.worst().failure()).contains("a batch of 256").doesNotContain("\n");
    }

    @Test
    void aFileOfOtherImagesOrClassesIsAFailedOutcome() {
        assertThat(check(TestModels.convolution(5), TestModels.linear()).outcomes())
                .hasSize(30)
                .noneMatch(outcome -> outcome.failure().isEmpty());
        Predictor threeClasses = predictor((images, count) -> new float[count * 3]);
        Path file = TestModels.write(folder.resolve("candidate.onnx"), TestModels.convolution(5));
        ProofReport.Outcome worst =
                Proof.ofImages().run(threeClasses, file, IMAGES, COUNT).worst();
        assertThat(worst.failure())
                .isEqualTo("expected logits as float (256, 3), as the reference gave it, found float (256, 5)");
    }

    @Test
    void withoutImagesOrFileThereIsNothingToCompare() {
        Path file = TestModels.write(folder.resolve("candidate.onnx"), TestModels.convolution(5));
        Predictor reference = predictor((images, count) -> new float[count * 5]);
        argumentRefused(() -> Proof.ofImages().run(reference, file, IMAGES, 0)).contains("1 image", "found 0");
        Path missing = folder.resolve("missing.onnx");
        fileRefused(() -> Proof.ofImages().run(reference, missing, IMAGES, COUNT))
                .contains("no such file");
    }

    @Test
    void notANumberFromTheReferenceDisagrees() {
        Path file = TestModels.write(folder.resolve("candidate.onnx"), TestModels.convolution(5));
        Predictor reference = predictor((images, count) -> {
            float[] logits = new float[count * 5];
            logits[0] = Float.NaN;
            return logits;
        });
        for (Proof check : List.of(Proof.ofImages(), Proof.ofImages().withRoundedWeights())) {
            ProofReport report = check.run(reference, file, IMAGES, COUNT);
            assertThat(report.outcomes()).noneMatch(ProofReport.Outcome::agrees);
        }
    }

    /** The tolerance for rounded weights depends on the largest logit. */
    @Test
    void oneInfiniteLogitHidesNoOtherDifference() {
        ModelProto.Builder reference = withBias(Float.NEGATIVE_INFINITY, 0, 0, 0, 0);
        Proof rounded = Proof.ofImages().withRoundedWeights();

        assertThat(check(rounded, reference, reference).agrees()).isTrue();
        assertThat(check(rounded, reference, withBias(Float.NEGATIVE_INFINITY, 0, 5, 0, 0))
                        .outcomes())
                .noneMatch(ProofReport.Outcome::agrees);
    }

    private static ModelProto.Builder withBias(float... values) {
        ModelProto.Builder model = TestModels.convolution(5);
        model.getGraphBuilder().setInitializer(3, TestModels.tensor("bias", values, 5));
        return model;
    }

    @Test
    void smallBatchesSeeTheFirstThousandImages() {
        Path file = TestModels.write(folder.resolve("candidate.onnx"), TestModels.convolution(5));
        try (OnnxPredictor network = OnnxPredictor.open(file)) {
            ProofReport report = Proof.ofImages().run(network, file, IMAGES, 1100);
            assertThat(report.agrees()).isTrue();
            assertThat(report.outcomes())
                    .allSatisfy(outcome -> assertThat(outcome.worst().images())
                            .isEqualTo(outcome.options().batch() == 256 ? 1100 : 1000));
        }
    }

    @Test
    void someBatchSizeLeavesASmallerLastBatch() {
        for (int count : new int[] {3, 255, 256, 257, 512, 10_000, 65_280}) {
            List<Integer> batches = Proof.ofImages().batches(count);
            assertThat(batches).startsWith(256, 1, 7).doesNotHaveDuplicates();
            assertThat(batches).anyMatch(batch -> batch > 100 && count % batch != 0);
        }
    }

    @Test
    void theNetworkSeesEveryImageOnceAndInOrder() {
        Path file = TestModels.write(folder.resolve("candidate.onnx"), TestModels.convolution(5));
        List<Integer> counts = new ArrayList<>();
        List<Float> seen = new ArrayList<>();
        Predictor network = predictor((images, count) -> {
            counts.add(count);
            for (int i = 0; i < count; i++) {
                seen.add(images[i * 64]);
            }
            return new float[count * 5];
        });
        Proof.ofImages().withExtent(Proof.Extent.BRIEF).run(network, file, IMAGES, COUNT);
        assertThat(counts).containsExactly(256, 44);
        for (int i = 0; i < COUNT; i++) {
            assertThat(seen.get(i)).isEqualTo(IMAGES.range(i, i + 1)[0]);
        }
    }

    /** Compares two logits with two others. */
    private static ProofReport.Outcome compared(OnnxOptions options, float... logits) {
        float[] reference = Arrays.copyOf(logits, 2);
        float[] candidate = Arrays.copyOfRange(logits, 2, 4);
        return outcome(options, parity(reference, candidate, 1, 1));
    }

    private static ProofReport.Outcome outcome(OnnxOptions options, Parity parity) {
        return new ProofReport.Outcome(options, List.of(parity), "");
    }

    private static Parity parity(float[] reference, float[] candidate, int count, double tolerance) {
        return Parity.of(reference, candidate, count, new Tolerance(tolerance, 0), FlipRule.NONE);
    }

    @Test
    void theWorstOutcomeIsTheMostHarmful() {
        OnnxOptions single = OnnxOptions.standard().withBatch(1);
        ProofReport.Outcome small = compared(single, 1, 0, 1, 0);
        ProofReport.Outcome large = compared(single, 9, 0, 5, 0);
        ProofReport.Outcome flip = compared(single, 1, 0, 0, 1);
        ProofReport.Outcome nan = compared(single, 1, 0, 1, Float.NaN);
        ProofReport.Outcome failed = new ProofReport.Outcome(single, List.of(), "no such operator");
        List<ProofReport.Outcome> rising = List.of(small, large, flip, nan, failed);
        for (int last = 1; last <= rising.size(); last++) {
            assertThat(new ProofReport(Proof.ofImages(), rising.subList(0, last)).worst())
                    .isSameAs(rising.get(last - 1));
        }
        argumentRefused(() -> new ProofReport(Proof.ofImages(), List.of()));
    }

    private ProofReport check(ModelProto.Builder reference, ModelProto.Builder candidate) {
        return check(Proof.ofImages(), reference, candidate);
    }

    private ProofReport check(Proof check, ModelProto.Builder reference, ModelProto.Builder candidate) {
        Path file = TestModels.write(folder.resolve("candidate.onnx"), candidate);
        try (OnnxPredictor network =
                OnnxPredictor.open(TestModels.write(folder.resolve("reference.onnx"), reference))) {
            return check.run(network, file, IMAGES, COUNT);
        }
    }

    private interface Answer {
        float[] logits(float[] images, int count);
    }

    private static Predictor predictor(Answer answer) {
        return new Predictor() {
            @Override
            public float[] logits(float[] images, int count) {
                return answer.logits(images, count);
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void nearTiesOfAllConfigurationsAreListedOnceAndAgree() {
        OnnxOptions single = OnnxOptions.standard().withBatch(1);
        Tolerance tolerance = new Tolerance(1, 0);
        float[] reference = {1, 0, 0, 1, 1, 0};
        ProofReport report = new ProofReport(
                Proof.ofImages(),
                Stream.of(new float[] {1, 0, 0, 1, 0, 0.5f}, new float[] {1, 0, 0, 1, 1, 0}, new float[] {
                            0, 0.5f, 0, 1, 0, 0.25f
                        })
                        .map(candidate ->
                                outcome(single, Parity.of(reference, candidate, 3, tolerance, FlipRule.NEAR_TIES)))
                        .toList());

        assertThat(report.agrees()).isTrue();
        assertThat(report.nearTies()).containsExactly(new Flip(0, 0, 1, 1), new Flip(2, 0, 1, 1));
    }

    private static final float NAN = Float.NaN;
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    @Test
    void differencesAreMeasuredOverAllLogits() {
        Parity parity = parity(new float[] {1, 2, 3, 5}, new float[] {1, 2.5f, 3, 4}, 2, 1);
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
        Parity parity = parity(reference, candidate, 1000, 10);
        assertThat(parity.p999Abs()).isEqualTo(2); // the 1,998th of 2,000
        assertThat(parity.maxAbs()).isEqualTo(4);
        assertThat(parity.meanAbs()).isCloseTo(0.005, within(1e-15));
    }

    @Test
    void anImageWithAnotherLabelIsListedWithItsMargin() {
        Parity parity = parity(new float[] {0, 1, 0, 3, 2.75f, 0}, new float[] {0, 1, 0, 2.5f, 2.75f, 0}, 2, 1);
        assertThat(parity.flips()).containsExactly(new Flip(1, 0, 1, 0.25));
        assertThat(parity.agrees()).isFalse();
    }

    private static float[] of(float... logits) {
        return logits;
    }

    @Test
    void aDifferenceOfTheToleranceAgreesAndOneAboveDoesNot() {
        assertThat(parity(of(2, 0), of(2.5f, 0), 1, 0.5).agrees()).isTrue();
        assertThat(parity(of(2, 0), of(2.5f, 0), 1, 0.49).agrees()).isFalse();
        assertThat(parity(of(1, 1), of(1, 0.75f), 1, 1).flips()).isEmpty(); // of equal logits, the first is the label
        assertThat(parity(of(1, -INFINITE), of(1, -INFINITE), 1, 0).agrees()).isTrue();
        assertThat(parity(of(1, -INFINITE), of(1, 0), 1, 1e30).agrees()).isFalse();
    }

    @Test
    void notANumberOnEitherSideOrBothDisagrees() {
        float[] good = {1, 0};
        float[] bad = {NAN, 0};
        for (Parity parity : List.of(
                parity(good, bad, 1, INFINITE), parity(bad, good, 1, INFINITE), parity(bad, bad, 1, INFINITE))) {
            assertThat(parity.agrees()).isFalse();
            assertThat(parity.notNumbers()).isEqualTo(1);
            assertThat(List.of(parity.maxAbs(), parity.meanAbs(), parity.p999Abs()))
                    .containsOnly(Double.NaN);
        }
    }

    @Test
    void answersOfAnotherSizeAreRefused() {
        argumentRefused(() -> parity(new float[4], new float[6], 2, 1)).contains("expected 4 logits", "found 6");
        argumentRefused(() -> parity(new float[5], new float[5], 2, 1));
        argumentRefused(() -> parity(new float[0], new float[0], 0, 1));
        argumentRefused(() -> parity(new float[2], new float[2], 1, Double.NaN));
    }

    /** The second image flips within the tolerance, which only files with rounded weights may do. */
    @Test
    void aLabelMayFlipWithinTheToleranceWhereWeightsWereRounded() {
        float[] reference = {0, 1, 1, 1.25f};
        float[] candidate = {0, 1, 1.25f, 1};
        Tolerance exact = new Tolerance(0.25, 0);
        for (FlipRule rule : List.of(FlipRule.WITHIN_TOLERANCE, FlipRule.NONE)) {
            Parity parity = Parity.of(reference, candidate, 2, exact, rule);
            assertThat(parity.flips()).containsExactly(new Flip(1, 1, 0, 0.25));
            assertThat(parity.nearTies()).isEmpty();
            assertThat(parity.agrees()).isEqualTo(rule == FlipRule.WITHIN_TOLERANCE);
        }
        Tolerance less = new Tolerance(0.24, 0);
        assertThat(Parity.of(reference, candidate, 2, less, FlipRule.WITHIN_TOLERANCE)
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
