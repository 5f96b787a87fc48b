package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.BrowserScript;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.ImageTags.Orientation;
import io.catwalk.runner.data.ResizeRule.Fit;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the page of {@code catwalk demo} resizes as the program does, which is compared with Pillow. */
@Tag("browser")
final class ResizingInBrowserTest {

    private static final Path PAGE = Path.of("src/main/resources/io/catwalk/runner/demo/index.html");

    /** Shapes that shrink, grow, do both, and have half pixels at their sides. */
    private static final String SHAPES = "45x31 31x45 20x20 200x90 17x64 10x90 28x28";

    @TempDir
    private Path folder;

    @Test
    void colorImagesOfAllShapesComeToTheSamePixels() throws IOException, InterruptedException {
        List<Map<String, Object>> cases = new ArrayList<>();
        for (String shape : SHAPES.split(" ", -1)) {
            for (Fit fit : Fit.values()) {
                cases.add(example(ResizeRule.parse(shape), new ResizeRule(28, 24, fit)));
            }
        }
        Path file = folder.resolve("cases.json");
        Files.writeString(file, Json.LINE.writeValueAsString(cases));

        String worst = BrowserScript.run("check-resizing.mjs", List.of(PAGE, file));

        assertThat(worst.strip()).isEqualTo("0");
    }

    /** All shapes of networks: the page gives its drawing the same. */
    @Test
    void aStrokeOnATestImageChangesNoOtherPixel() throws IOException, InterruptedException {
        BrowserScript.run("check-drawing.mjs", List.of(PAGE));
    }

    private static Map<String, Object> example(ResizeRule shape, ResizeRule rule) {
        SplittableRandom random = new SplittableRandom(shape.width());
        BufferedImage image = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        List<Integer> bytes = new ArrayList<>();
        for (int i = 0; i < shape.width() * shape.height(); i++) {
            int color = random.nextInt(1 << 24);
            image.setRGB(i % shape.width(), i / shape.width(), color);
            bytes.addAll(List.of(color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff, 0xff));
        }
        Samples samples = Samples.of(image.getColorModel(), image.getRaster()).orElseThrow();
        byte[] pixels = new DecodedImage(image.getRaster(), samples, Orientation.UPRIGHT)
                .raster(rule)
                .pixels();
        List<Integer> expected = new ArrayList<>();
        for (byte pixel : pixels) {
            expected.add(pixel & 0xff);
        }
        return Map.of(
                "channels", 3,
                "fit", rule.fit().key(),
                "height", rule.height(),
                "width", rule.width(),
                "image", Map.of("width", shape.width(), "height", shape.height(), "data", bytes),
                "expected", expected);
    }
}
