package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Golden;
import io.catwalk.runner.data.ImageDecoder.UnreadableImageException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares decoding and resizing with Pillow's results for the same files, in test-data/golden/images.json. */
@Tag("tiny")
class GoldenImagesTest {

    private static final Path FOLDER = Golden.FOLDER.resolve("images");
    private static final JsonNode GOLDEN = Golden.file("images.json");

    static Stream<Arguments> formats() {
        return GOLDEN.path("formats").properties().stream()
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    static Stream<Arguments> resized() {
        return GOLDEN.path("resized")
                .valueStream()
                .map(one -> Arguments.of(
                        one.path("file").asString(),
                        new ResizeRule(
                                one.path("width").asInt(),
                                one.path("height").asInt(),
                                ResizeRule.Fit.parse(one.path("fit").asString())),
                        one));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formats")
    void aFileIsSeenAsPillowSeesIt(String name, JsonNode expected) throws UnreadableImageException {
        DecodedImage image = ImageDecoder.decode(FOLDER.resolve(name));

        assertThat(image.channels()).isEqualTo(expected.path("channels").asInt());
        assertThat(image.width()).isEqualTo(expected.path("width").asInt());
        assertThat(image.height()).isEqualTo(expected.path("height").asInt());
        int within = expected.path("within").asInt();
        requireClose(image.raster(null).pixels(), expected, within);
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("resized")
    void anImageIsResizedAsPillowResizesItToWithinOneGrayLevel(String name, ResizeRule rule, JsonNode expected)
            throws UnreadableImageException {
        DecodedImage image = ImageDecoder.decode(FOLDER.resolve(name));

        requireClose(image.raster(rule).pixels(), expected, 1);
    }

    @Test
    void aFileThatTheReaderLeavesThingsOutOfIsRefused() {
        Path file = FOLDER.resolve("raw-alpha.webp");
        refused(
                UnreadableImageException.class,
                () -> ImageDecoder.decode(file),
                "Uncompressed WebP alpha not implemented");
    }

    private static void requireClose(byte[] pixels, JsonNode expected, int within) {
        byte[] golden = Base64.getDecoder().decode(expected.path("pixels").asString());
        assertThat(pixels).hasSameSizeAs(golden);
        int worst = 0;
        for (int i = 0; i < golden.length; i++) {
            worst = Math.max(worst, Math.abs(Byte.toUnsignedInt(golden[i]) - Byte.toUnsignedInt(pixels[i])));
        }
        assertThat(worst).isLessThanOrEqualTo(within);
    }
}
