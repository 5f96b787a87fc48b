package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares decoding and resizing with Pillow's results for the same files, in test-data/golden/images.json. */
@Tag("tiny")
class GoldenImagesTest {

    private static final Path FOLDER = Path.of("../test-data/golden");
    private static final JsonNode GOLDEN =
            new JsonMapper().readTree(FOLDER.resolve("images.json").toFile());

    static Stream<Arguments> formats() {
        return GOLDEN.path("formats").properties().stream()
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    static Stream<Arguments> resized() {
        return GOLDEN.path("resized")
                .valueStream()
                .map(one -> Arguments.of(
                        one.path("file").asString() + " to "
                                + one.path("width").asInt() + "x"
                                + one.path("height").asInt() + " "
                                + one.path("fit").asString(),
                        one));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formats")
    void aFileIsSeenAsPillowSeesIt(String name, JsonNode expected) throws UnreadableImageException {
        DecodedImage image = ImageDecoder.decode(FOLDER.resolve("images").resolve(name));

        assertThat(image.channels()).isEqualTo(expected.path("channels").asInt());
        assertThat(image.height()).isEqualTo(expected.path("height").asInt());
        assertThat(image.width()).isEqualTo(expected.path("width").asInt());
        requireClose(
                image.pixels(image.channels(), null),
                expected,
                expected.path("within").asInt());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resized")
    void anImageIsResizedAsPillowResizesItToWithinOneGrayLevel(String name, JsonNode expected)
            throws UnreadableImageException {
        DecodedImage image = ImageDecoder.decode(
                FOLDER.resolve("images").resolve(expected.path("file").asString()));
        ResizeRule rule = new ResizeRule(
                new ImageSize(
                        expected.path("width").asInt(), expected.path("height").asInt()),
                Fit.parse(expected.path("fit").asString()));

        requireClose(image.pixels(image.channels(), rule), expected, 1);
    }

    @Test
    void aFileThatTheReaderLeavesThingsOutOfIsRefused() {
        assertThatThrownBy(() -> ImageDecoder.decode(FOLDER.resolve("images/raw-alpha.webp")))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessage("a WebP that cannot be decoded (Uncompressed WebP alpha not implemented)");
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
