package io.catwalk.runner.given;

import static io.catwalk.runner.Refusals.refused;
import static io.catwalk.runner.given.GivenFilesTest.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.given.GivenReport.Suggestion;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes are planted in the preparation of images; each is found, and where there is none, none is found. */
@Tag("tiny")
class PreparationSearchTest {

    /** The colors of the classes, red first; each has a class of the opposite order. */
    private static final int[][] COLORS = {
        {230, 120, 20}, {20, 120, 230}, {120, 30, 70}, {70, 30, 120}, {250, 240, 150}, {150, 240, 250}
    };

    private static final int IMAGES = 300;

    /** Sides of images: all preparations are tried on all 200 small ones, but on 50 large ones. */
    private static final int SMALL = 5;

    private static final int LARGE = 65;

    @TempDir
    Path folder;

    /** Writes the classifier of the nearest color, in the numbers that a preparation gives: 2 m x - m m for each. */
    private Path nearest(String normalize, String order) throws IOException {
        TypedNormalization typed = TypedNormalization.parse(normalize);
        Path file = folder.resolve("model.onnx");
        float[][] weights = new float[3][COLORS.length];
        float[] bias = new float[COLORS.length];
        for (int k = 0; k < COLORS.length; k++) {
            for (int c = 0; c < 3; c++) {
                double mean = typed.mean(file, 3).get(c);
                double color =
                        (COLORS[k][c] / 255.0 - mean) / typed.std(file, 3).get(c);
                weights[order.equals("bgr") ? 2 - c : c][k] = (float) (2 * color);
                bias[k] -= (float) (color * color);
            }
        }
        ColorNetwork network = new ColorNetwork(weights, bias);
        return network.input(ColorNetwork.FLOAT, "n", 3, "h", "w")
                .labels("a", "b", "c", "d", "e", "f")
                .write(file);
    }

    private static ImageDataset images(int count, int side) {
        SplittableRandom random = new SplittableRandom(1);
        int[] labels =
                IntStream.range(0, count).map(i -> i * COLORS.length / count).toArray();
        byte[] pixels = new byte[count * 3 * side * side];
        for (int i = 0; i < pixels.length; i++) {
            int color = COLORS[labels[i / (3 * side * side)]][i / (side * side) % 3];
            pixels[i] = (byte) Math.max(0, Math.min(255, color + random.nextInt(-60, 61)));
        }
        ImageSource all = HeapImages.of(3, side, side, pixels, labels);
        return new ImageDataset("six", "0".repeat(64), List.of("a", "b", "c", "d", "e", "f"), all, all);
    }

    private static @Nullable Suggestion suggestion(GivenSource source, ImageDataset images, @Nullable Path folder) {
        return GivenAnswers.of(GivenModel.of(source, images, null), source.path(), images, folder)
                .report()
                .suggestion();
    }

    @ParameterizedTest
    @CsvSource({
        "imagenet, rgb, none,     rgb, imagenet,",
        "imagenet, rgb, 0-1,      bgr, imagenet, rgb",
        "imagenet, bgr, imagenet, rgb,         , bgr",
        "none,     rgb, imagenet, rgb, none    ,",
        "none,     bgr, 0-1,      rgb, none    , bgr",
        "-1-1,     rgb, none,     rgb, -1-1    ,",
        "-1-1,     bgr, none,     rgb, -1-1    , bgr",
        "0-1,      rgb, 0-1,      bgr,         , rgb",
        "0-1,      rgb, none,     bgr, 0-1     , rgb",
        "none,     rgb, -1-1,     bgr, none    , rgb"
    })
    void aPlantedMistakeIsFound(
            String normalize,
            String order,
            String askedNormalize,
            String askedOrder,
            @Nullable String suggestedNormalize,
            @Nullable String suggestedOrder)
            throws IOException {
        Path file = nearest(normalize, order);
        GivenSource source = source(file, "normalize=" + askedNormalize, "order=" + askedOrder);
        for (int side : new int[] {SMALL, LARGE}) {
            Suggestion found = Objects.requireNonNull(suggestion(source, images(IMAGES, side), null));
            assertThat(found.normalize()).isEqualTo(suggestedNormalize);
            assertThat(found.order()).isEqualTo(suggestedOrder);
            assertThat(found.images()).isEqualTo(200);
            assertThat(found.right()).isGreaterThan(190);
            assertThat(found.rightAsAsked()).isLessThan(110);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "imagenet, rgb, 300", "imagenet, bgr, 300", "none, rgb, 300", "none, bgr, 300", "0-1, rgb, 300",
        "0-1, bgr, 300", "-1-1, rgb, 300", "-1-1, bgr, 300", "0.4/0.3, rgb, 300", "imagenet, rgb, 12"
    })
    void aRightPreparationIsNotDoubted(String normalize, String order, int count) throws IOException {
        Path file = nearest(normalize, order);
        GivenSource source = source(file, "normalize=" + normalize, "order=" + order);
        assertThat(suggestion(source, images(count, SMALL), null)).isNull();
        assertThat(suggestion(source, images(count, LARGE), null)).isNull();
    }

    @Test
    void aNetworkThatIsWrongInEveryWayHasNoSuggestion() throws IOException {
        Path file = new ColorNetwork(new float[3][6], 1, 0, 0, 0, 0, 0)
                .labels("a", "b", "c", "d", "e", "f")
                .write(folder.resolve("constant.onnx"));
        assertThat(suggestion(source(file, "normalize=0-1"), images(IMAGES, SMALL), null))
                .isNull();
    }

    /** Of dark images it says "e", of bright ones "a": it is always wrong, and raw pixels are all bright. */
    @Test
    void aPreparationThatIsRightByChanceIsNoSuggestion() throws IOException {
        float[] light = {1 / 3f, 0, 0, 0, 0, 0};
        Path file = new ColorNetwork(new float[][] {light, light, light}, -0.6f, -1e3f, -1e3f, -1e3f, 0, -1e3f)
                .input(ColorNetwork.FLOAT, "n", 3, "h", "w")
                .labels("a", "b", "c", "d", "e", "f")
                .write(folder.resolve("model.onnx"));
        for (int side : new int[] {SMALL, LARGE}) {
            assertThat(right(file, "0-1", images(IMAGES, side))).isLessThan(IMAGES / 20);
            assertThat(right(file, "none", images(IMAGES, side))).isEqualTo(IMAGES / 6);
            assertThat(suggestion(source(file, "normalize=0-1"), images(IMAGES, side), null))
                    .isNull();
        }
    }

    private static long right(Path file, String normalize, ImageDataset images) {
        GivenModel model = GivenModel.of(source(file, "normalize=" + normalize), images, null);
        PredictedClasses answers = GivenAnswers.of(model, file, images, null).predicted();
        return IntStream.range(0, IMAGES).filter(answers::correct).count();
    }

    /** The class is the color of the middle; a stretched image also has what is beside it. */
    @Test
    void anotherFitIsFound() throws IOException {
        Path photos = folder.resolve("photos");
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < 60; i++) {
                int k = i % COLORS.length;
                BufferedImage image = new BufferedImage(30, 10, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                int[] beside = COLORS[(k + 1) % COLORS.length];
                graphics.setColor(new Color(beside[0], beside[1], beside[2]));
                graphics.fillRect(0, 0, 30, 10);
                graphics.setColor(new Color(COLORS[k][0], COLORS[k][1], COLORS[k][2]));
                graphics.fillRect(10, 0, 10, 10);
                graphics.dispose();
                Path to = photos.resolve(part).resolve("" + (char) ('a' + k)).resolve(i + ".png");
                Files.createDirectories(Objects.requireNonNull(to.getParent()));
                ImageIO.write(image, "png", to.toFile());
            }
        }
        DataHome home = new DataHome(folder, new ImageCache(folder.resolve("cache"), ImageCache.Listener.none()));
        ImageDataset whole = home.load(photos.toString(), null, FolderReading.STANDARD);
        GivenSource source = source(nearest("0-1", "rgb"), "normalize=0-1", "fit=stretch", "size=5x5");
        GivenModel model = GivenModel.of(source, whole, null);
        assertThat(model.imageSize()).isEqualTo("5x5");
        GivenSource silent = source(source.path(), "normalize=0-1", "size=5x5");
        assertThat(GivenModel.of(silent, whole, Fit.CROP).imageSize()).isEqualTo("5x5 crop");
        refused(() -> GivenModel.of(silent, whole, null), "30x10 to its 5x5", "state fit");
        ImageDataset small = home.load(photos.toString(), ResizeRule.parse("5x5"), FolderReading.STANDARD);
        Suggestion found = Objects.requireNonNull(
                GivenAnswers.of(model, source.path(), small, photos).report().suggestion());
        assertThat(found.fit()).isEqualTo("crop");
        assertThat(found.normalize()).isNull();
        assertThat(found.order()).isNull();
        assertThat(found.right()).isEqualTo(60);

        GivenSource asLoaded = source(source.path(), "normalize=0-1");
        assertThat(GivenModel.of(asLoaded, small, null).imageSize()).isNull();
        assertThat(suggestion(asLoaded, small, photos)).isEqualTo(found);
        GivenSource corrected = source(source.path(), "normalize=0-1", "fit=crop", "size=5x5");
        assertThat(GivenModel.of(corrected, small, null).imageSize()).isEqualTo("5x5 crop");
    }
}
