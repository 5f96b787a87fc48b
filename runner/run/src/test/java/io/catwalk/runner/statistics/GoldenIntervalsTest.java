package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Golden;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.statistics.PairedAccuracy.McNemar;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares intervals of differences with published examples and scipy, in test-data/golden/intervals.json. */
@Tag("tiny")
class GoldenIntervalsTest {

    private static final JsonNode GOLDEN = Golden.file("intervals.json");
    private static final double TOLERANCE = 1e-9;

    static Stream<JsonNode> tango() {
        return GOLDEN.get("tango").valueStream();
    }

    static Stream<JsonNode> newcombe() {
        return GOLDEN.get("newcombe").valueStream();
    }

    @ParameterizedTest
    @MethodSource("tango")
    void pairedDifferencesAgreeWithTango(JsonNode node) {
        McNemar test = McNemar.of(node.get("first").asInt(), node.get("second").asInt());
        PairedAccuracy pair = new PairedAccuracy(node.get("images").asInt(), test);
        Interval interval = pair.interval(node.get("level").asDouble());

        agree(interval, node, node.path("digits").asInt());
    }

    @ParameterizedTest
    @MethodSource("newcombe")
    void differencesOfOtherImagesAgreeWithNewcombe(JsonNode node) {
        int[] right = Golden.ints(node.get("right"));
        int[] images = Golden.ints(node.get("images"));
        agree(Interval.newcombe(right[0], images[0], right[1], images[1], 0.95), node, 4);
    }

    private static void agree(Interval interval, JsonNode node, int digits) {
        Golden.agree(interval.low(), node.get("low"), TOLERANCE);
        Golden.agree(interval.high(), node.get("high"), TOLERANCE);
        if (node.has("published")) {
            double rounding = 0.501 * Math.pow(10, -digits);
            Golden.agree(interval.low(), node.at("/published/0"), rounding);
            Golden.agree(interval.high(), node.at("/published/1"), rounding);
        }
    }

    @Test
    void theGoldenFileHoldsPublishedExamples() {
        assertThat(tango().filter(node -> node.has("published"))).hasSize(7);
        assertThat(newcombe().filter(node -> node.has("published"))).hasSize(3);
    }
}
