package io.catwalk.runner.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.RasterImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds corrupted images against what numpy and scipy make of them in test-data/golden/corruptions.json. */
@Tag("tiny")
class CorruptionTest {

    private static final JsonNode GOLDEN =
            new JsonMapper().readTree(Path.of("../../test-data/golden/corruptions.json"));

    private static RasterImage image(int channels) {
        return image(channels, GOLDEN.get("images").get(Integer.toString(channels)));
    }

    private static RasterImage image(int channels, JsonNode levels) {
        byte[] pixels = new byte[levels.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) levels.get(i).asInt();
        }
        return new RasterImage(
                channels, GOLDEN.get("height").asInt(), GOLDEN.get("width").asInt(), pixels);
    }

    private static List<JsonNode> cases() {
        return StreamSupport.stream(GOLDEN.get("cases").spliterator(), false).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPixelIsThatOfScipy(JsonNode golden) {
        Corruption corruption =
                Corruption.valueOf(golden.get("corruption").asString().toUpperCase(Locale.ROOT));
        int channels = golden.get("channels").asInt();

        RasterImage after = corruption.of(
                image(channels),
                golden.get("strength").asInt(),
                golden.get("number").asInt(),
                new SplittableRandom(42));

        assertThat(after.pixels())
                .containsExactly(image(channels, golden.get("after")).pixels());
    }

    @Test
    void theCasesAreOfEachCorruption() {
        assertThat(cases())
                .extracting(golden -> golden.get("corruption").asString())
                .contains("shift", "rotation", "noise", "contrast")
                .hasSizeGreaterThan(40);
    }

    @ParameterizedTest
    @EnumSource
    void strengthZeroLeavesEveryPixelAsItIs(Corruption corruption) {
        for (int number = 0; number < 4; number++) {
            RasterImage image = image(3);

            assertThat(corruption
                            .of(image, 0, number, new SplittableRandom(number))
                            .pixels())
                    .containsExactly(image.pixels());
        }
    }

    @ParameterizedTest
    @EnumSource
    void stepsAreWholeAndOfTheSameSize(Corruption corruption) {
        for (int step = 0; step <= Corruption.STEPS; step++) {
            assertThat(corruption.strength(step) * Corruption.STEPS).isEqualTo(corruption.strongest() * step);
        }
    }
}
