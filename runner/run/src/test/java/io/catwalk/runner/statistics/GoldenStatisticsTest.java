package io.catwalk.runner.statistics;

import static io.catwalk.runner.Golden.doubles;
import static io.catwalk.runner.Golden.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.statistics.CriticalDifference.StudentizedRange;
import io.catwalk.runner.statistics.PairedAccuracy.McNemar;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares every test with scipy, statsmodels and baycomp, in test-data/golden/statistics.json. */
@Tag("tiny")
class GoldenStatisticsTest {

    private static final JsonNode GOLDEN = Golden.file("statistics.json");
    private static final double TOLERANCE = 1e-9;

    static Stream<JsonNode> paired() {
        return GOLDEN.get("paired").valueStream();
    }

    static Stream<JsonNode> friedman() {
        return GOLDEN.get("friedman").valueStream();
    }

    private static boolean[] booleans(JsonNode array) {
        boolean[] values = new boolean[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt() == 1;
        }
        return values;
    }

    private static void agree(double actual, JsonNode expected) {
        Golden.agree(actual, expected, TOLERANCE);
    }

    @Test
    void mcNemarAgreesWithStatsmodels() {
        assertThat(GOLDEN.get("mcnemar").valueStream()).hasSizeGreaterThan(5).allSatisfy(node -> {
            McNemar test =
                    McNemar.of(node.get("first").asInt(), node.get("second").asInt());
            agree(test.p(), node.get("p"));
            assertThat(test.p() / node.get("p").asDouble()).isCloseTo(1, within(TOLERANCE));
        });
    }

    @Test
    void holmAgreesWithStatsmodels() {
        assertThat(GOLDEN.get("holm").valueStream())
                .hasSizeGreaterThan(3)
                .allSatisfy(node -> assertThat(PairedValues.holm(doubles(node.get("p"))))
                        .containsExactly(doubles(node.get("adjusted")), within(TOLERANCE)));
    }

    @Test
    void cochranAgreesWithStatsmodels() {
        assertThat(GOLDEN.get("cochran").valueStream()).hasSize(3).allSatisfy(node -> {
            CochranQ test = CochranQ.of(node.get("correct")
                    .valueStream()
                    .map(GoldenStatisticsTest::booleans)
                    .toList());
            agree(test.statistic(), node.get("statistic"));
            agree(test.p(), node.get("p"));
        });
    }

    @ParameterizedTest
    @MethodSource("paired")
    void theCorrectedTTestAgreesWithNadeauAndBengiosFormula(JsonNode node) {
        CorrectedTTest test = test(node);

        agree(test.difference(), node.get("difference"));
        agree(test.statistic(), node.get("t"));
        agree(test.p(), node.get("p"));
        agree(test.interval(0.95).low(), node.get("low"));
        agree(test.interval(0.95).high(), node.get("high"));
    }

    @ParameterizedTest
    @MethodSource("paired")
    void theBayesianTTestAgreesWithBaycomp(JsonNode node) {
        var region = new EquivalenceRegion(node.get("region").asDouble());

        Posterior posterior = Posterior.ofFolds(test(node), region);

        agree(posterior.worse(), node.get("worse"));
        agree(posterior.equivalent(), node.get("equivalent"));
        agree(posterior.better(), node.get("better"));
    }

    @Test
    void theExampleGivesWhatScikitLearnsDocumentationPrints() {
        JsonNode example = GOLDEN.get("paired").get(0);
        CorrectedTTest test = test(example);

        assertThat(example.get("name").asString()).isEqualTo("scikit-learn's example");
        assertThat(test.statistic()).isCloseTo(0.750, within(5e-4));
        assertThat(test.p() / 2).isCloseTo(0.227, within(5e-4));
        assertThat(test.interval(0.95).low()).isCloseTo(-0.016445, within(5e-7));
        assertThat(test.interval(0.95).high()).isCloseTo(0.036445, within(5e-7));
        assertThat(Posterior.ofFolds(test, new EquivalenceRegion(1)).equivalent())
                .isCloseTo(0.432, within(5e-4));
        assertThat(Posterior.ofFolds(test, new EquivalenceRegion(0)).better()).isCloseTo(0.773, within(5e-4));
    }

    private static CorrectedTTest test(JsonNode node) {
        double testShare = 1.0 / (node.get("folds").asInt() - 1);
        return CorrectedTTest.of(doubles(node.get("first")), doubles(node.get("second")), testShare);
    }

    @Test
    void theStudentizedRangeAgreesWithScipy() {
        assertThat(GOLDEN.get("nemenyi").valueStream()).hasSize(21).allSatisfy(node -> {
            int count = node.get("count").asInt();
            double q = node.get("q").asDouble();
            agree(1 - StudentizedRange.cumulativeProbability(count, q), node.get("survival"));
            double level = node.get("level").asDouble();
            assertThat(StudentizedRange.inverseSurvivalProbability(count, level))
                    .isCloseTo(q, within(TOLERANCE));
        });
    }

    @ParameterizedTest
    @MethodSource("friedman")
    void friedmanAndNemenyiAgreeWithScipy(JsonNode node) {
        double[][] scores =
                node.get("scores").valueStream().map(Golden::doubles).toArray(double[][]::new);
        List<String> names =
                IntStream.range(0, scores[0].length).mapToObj(c -> "" + c).toList();

        CriticalDifference result = CriticalDifference.of(names, scores, 0.05);

        agree(result.friedman(), node.get("friedman"));
        agree(result.p(), node.get("p"));
        agree(result.difference(), node.get("difference"));
        assertThat(result.ranks())
                .hasSameSizeAs(names)
                .allSatisfy(rank -> agree(rank.average(), node.get("ranks").get(Integer.parseInt(rank.classifier()))));
    }

    @Test
    void theSpreadOverSeedsAgreesWithScipy() {
        assertThat(GOLDEN.get("spread").valueStream()).hasSize(2).allSatisfy(node -> {
            Spread spread = Spread.of(doubles(node.get("values")));
            agree(spread.mean(), node.get("mean"));
            agree(spread.standardDeviation(), node.get("deviation"));
            agree(spread.interval().low(), node.get("low"));
            agree(spread.interval().high(), node.get("high"));
        });
    }

    @Test
    void theBootstrapAgreesWithScipyButForTheDraws() {
        JsonNode node = GOLDEN.get("bootstrap");
        int[] predicted = ints(node.get("predicted"));
        float[] logits = new float[4 * predicted.length];
        for (int i = 0; i < predicted.length; i++) {
            logits[4 * i + predicted[i]] = 1;
        }

        Interval interval = Objects.requireNonNull(Bootstrap.macroF1(
                new Predictions(4, ints(node.get("labels")), logits).predictedClasses(), 20_000, 0.95, 1));

        // The draws differ; over seeds a bound from 20,000 draws varies by 0.0005 (one standard deviation).
        Golden.agree(interval.low(), node.get("low"), 0.002);
        Golden.agree(interval.high(), node.get("high"), 0.002);
    }
}
