package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.evaluation.Interval;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares intervals of differences with published examples and scipy, in test-data/golden/intervals.json. */
@Tag("tiny")
class GoldenIntervalsTest {

    private static final JsonNode GOLDEN = new JsonMapper().readTree(Path.of("../test-data/golden/intervals.json"));
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

        Interval interval = new PairedAccuracy(node.get("images").asInt(), test)
                .interval(node.get("level").asDouble());

        agree(interval, node, node.path("digits").asInt());
    }

    @ParameterizedTest
    @MethodSource("newcombe")
    void differencesOfOtherImagesAgreeWithNewcombe(JsonNode node) {
        Interval interval = Interval.newcombe(
                node.at("/right/0").asInt(),
                node.at("/images/0").asInt(),
                node.at("/right/1").asInt(),
                node.at("/images/1").asInt(),
                0.95);

        agree(interval, node, 4);
    }

    private static void agree(Interval interval, JsonNode node, int digits) {
        assertThat(interval.low()).isCloseTo(node.get("low").asDouble(), within(TOLERANCE));
        assertThat(interval.high()).isCloseTo(node.get("high").asDouble(), within(TOLERANCE));
        if (node.has("published")) {
            Offset<Double> rounding = within(0.501 * Math.pow(10, -digits));
            assertThat(interval.low()).isCloseTo(node.at("/published/0").asDouble(), rounding);
            assertThat(interval.high()).isCloseTo(node.at("/published/1").asDouble(), rounding);
        }
    }

    @Test
    void theGoldenFileHoldsPublishedExamples() {
        assertThat(tango().filter(node -> node.has("published"))).hasSize(7);
        assertThat(newcombe().filter(node -> node.has("published"))).hasSize(3);
    }
}
