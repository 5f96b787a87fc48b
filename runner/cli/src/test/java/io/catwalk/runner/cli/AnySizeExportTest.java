package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.evaluation.Predictions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A file that takes the bytes of images of any size, against the trial's own file, for which Catwalk prepares them. The
 * network sees gray images of 8 x 8.
 */
@ExtendWith(ExportedRun.class)
final class AnySizeExportTest {

    /** Widths and heights: the network's own, smaller, larger, portrait and landscape. */
    private static final int[][] SIZES = {{8, 8}, {5, 3}, {1, 1}, {201, 155}, {64, 300}, {333, 20}, {7, 90}};

    private static final int COUNT = 100;

    @TempDir
    private static Path folder;

    private static ExportedRun world;
    private static Path file;
    private static final List<String> PHOTOS = new ArrayList<>();

    @BeforeAll
    static void export() throws IOException {
        world = ExportedRun.get();
        Catwalk.ask("export %s --plugins-dir %s --out %s --any-size", trial(), world.plugins(), folder)
                .done();
        file = folder.resolve("mixed.onnx");
        Random random = new Random(3);
        for (int[] size : SIZES) {
            for (int type : List.of(BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_3BYTE_BGR)) {
                BufferedImage photo = new BufferedImage(size[0], size[1], type);
                for (int i = 0; i < size[0] * size[1]; i++) {
                    photo.setRGB(i % size[0], i / size[0], random.nextInt());
                }
                Path to = folder.resolve(size[0] + "x" + size[1] + "-" + type + ".png");
                ImageIO.write(photo, "png", to.toFile());
                PHOTOS.add(to.toString());
            }
        }
    }

    private static Path trial() {
        return world.trial(ExportedRun.GOOD);
    }

    private static JsonNode predicted(Path model, String... more) {
        List<String> words = new ArrayList<>(List.of("predict", model.toString(), "--json"));
        words.addAll(PHOTOS);
        words.addAll(List.of(more));
        return Catwalk.run(words.toArray(String[]::new)).done().json();
    }

    @Test
    void photosOfAllSizesGetTheProbabilitiesThatCatwalksPreparationGives() {
        JsonNode expected = predicted(world.model(), "--fit", "stretch");
        JsonNode found = predicted(file);

        assertThat(found).hasSize(2 * SIZES.length);
        for (int i = 0; i < found.size(); i++) {
            JsonNode probabilities = found.path(i).path("probabilities");
            JsonNode own = expected.path(i).path("probabilities");
            assertThat(probabilities.propertyNames()).hasSize(10);
            for (String name : own.propertyNames()) {
                assertThat(probabilities.path(name).asDouble(-1))
                        .as("%s, %s", PHOTOS.get(i), name)
                        .isCloseTo(own.path(name).asDouble(), within(1e-5));
            }
        }
    }

    @Test
    void theSignatureTheMetadataAndTheCardSayWhatItTakes() throws IOException {
        JsonNode signature = Catwalk.json(folder.resolve("mixed.signature.json"));
        requireJson(signature, "/input/name=image", "/input/type=uint8", "/input/layout=NHWC", "/resize/fit=stretch");
        assertThat(signature.path("input").path("shape"))
                .extracting(JsonNode::asString)
                .containsExactly("batch", "height", "width", "channels");
        assertThat(signature.path("normalization").isNull()).isTrue();
        assertThat(signature.path("exif_orientation").asString()).isEqualTo("outside");
        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("preprocessing.resizes")).hasValue("1-32768");
        assertThat(metadata.get("preprocessing.fit")).hasValue("stretch");
        assertThat(metadata.get("parity.flips")).hasValue("0");
        assertThat(folder.resolve("mixed.md"))
                .content()
                .contains("upright images of any size", "resizes to 8x8", "{\"image\": batch}");
    }

    @Test
    void itIsEvaluatedAndVerifiedAsAnyFile() {
        Catwalk.ask("verify %s --against %s --plugins-dir %s", file, trial(), world.plugins())
                .done();
        JsonNode own = evaluated(world.model());
        assertThat(evaluated(file).at("/metrics/accuracy")).isEqualTo(own.at("/metrics/accuracy"));
        assertThat(evaluated(file).at("/agrees").asBoolean()).isTrue();
    }

    /** Ten photos of each of ten classes, one and a half times as wide as high; each second is in color, which the network is not. */
    private static Path photos() throws IOException {
        Path photos = folder.resolve("photos");
        for (int i = 0; i < COUNT && !Files.exists(photos.resolve("9/99.png")); i++) {
            int type = i % 2 == 0 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
            BufferedImage photo = new BufferedImage(30 + 3 * i, 20 + 2 * i, type);
            Random random = new Random(i);
            int[] samples = random.ints(
                            (long) photo.getRaster().getNumBands() * photo.getWidth() * photo.getHeight(), 0, 256)
                    .toArray();
            photo.getRaster().setPixels(0, 0, photo.getWidth(), photo.getHeight(), samples);
            Path to = Files.createDirectories(photos.resolve(String.valueOf(i / 10)));
            ImageIO.write(photo, "png", to.resolve("%02d.png".formatted(i)).toFile());
        }
        return photos;
    }

    /** The file stretches; images that were prepared by {@code --fit pad} would get other answers. */
    @Test
    void imagesAreSentAsTheirFilesHaveThem() throws IOException {
        Path answers = folder.resolve("answers.csv");
        Catwalk.ask(
                        "verify %s --dataset %s --test-share 1 --fit pad --classes-by-index --predictions %s",
                        file, photos(), answers)
                .done();
        requireThoseOfPredict(answers);

        Path run = folder.resolve("compared");
        Catwalk.ask(
                        "compare %s --dataset %s --test-share 1 --image-size 8x8 --fit pad --no-latency"
                                + " --plugins-dir %s --out %s",
                        file, photos(), world.plugins(), run)
                .done();
        requireThoseOfPredict(run.resolve("trials/mixed/1-0/predictions.csv"));
    }

    private static void requireThoseOfPredict(Path answers) throws IOException {
        Predictions found = Predictions.read(answers);
        List<String> names = OnnxMetadata.read(file).labels().orElseThrow();
        JsonNode expected =
                Catwalk.ask("predict %s %s --json", file, photos()).done().json();
        assertThat(expected).hasSize(COUNT);
        for (int i = 0; i < COUNT; i++) {
            double[] probabilities = found.probabilities(i);
            JsonNode own = expected.path(i).path("probabilities");
            for (int c = 0; c < probabilities.length; c++) {
                assertThat(probabilities[c]).isCloseTo(own.path(names.get(c)).asDouble(-1), within(1e-6));
            }
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the runner of this test is a shell script")
    void otherRuntimesGetThemToo() throws IOException {
        Path runner = Files.createDirectories(folder.resolve("runtimes/kept"));
        Files.writeString(runner.resolve("run.sh"), "cp \"$2\" signature.json; cp \"$3\" images; exit 1");
        Files.writeString(runner.resolve("runtime.json"), """
                {"runtime": "Keeps", "command": ["sh", "run.sh"], "probe": [], "files": [], "install": "", "without": []}
                """);
        Catwalk.ask(
                        "verify %s --dataset %s --test-share 1 --classes-by-index --runtimes kept --runtimes-dir %s",
                        file, photos(), folder.resolve("runtimes"))
                .exits(ExitCode.SOME_FAILED);

        assertThat(Catwalk.json(runner.resolve("signature.json"))
                        .at("/input/shape/1")
                        .asString())
                .isEqualTo("height");
        ByteBuffer images =
                ByteBuffer.wrap(Files.readAllBytes(runner.resolve("images"))).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < COUNT; i++) {
            int channels = 1 + i % 2 * 2;
            assertThat(List.of(images.getInt(), images.getInt(), images.getInt()))
                    .containsExactly(20 + 2 * i, 30 + 3 * i, channels);
            int[] samples = new Random(i)
                    .ints((long) channels * (20 + 2 * i) * (30 + 3 * i), 0, 256)
                    .toArray();
            for (int sample : samples) {
                assertThat(images.get()).isEqualTo((byte) sample);
            }
        }
        assertThat(images.hasRemaining()).isFalse();
    }

    private static JsonNode evaluated(Path model) {
        return Catwalk.ask("verify %s --dataset %s --json", model, world.images())
                .done()
                .json();
    }

    @Test
    void anImageWithALongerSideIsRefused() throws IOException {
        Path photo = folder.resolve("long.png");
        ImageIO.write(new BufferedImage(32_769, 1, BufferedImage.TYPE_BYTE_GRAY), "png", photo.toFile());

        Catwalk.ask("predict %s %s", file, photo).refused(photo.toString(), "32768", "32769x1");
    }

    @Test
    void whatCannotBeOneIsRefused() throws IOException {
        Catwalk.ask("export %s --plugins-dir %s --any-size", trial(), world.plugins())
                .refused("--out");
        Path other = Files.createDirectory(folder.resolve("other"));
        Catwalk.ask("export %s --plugins-dir %s --out %s --any-size --batch 2", trial(), world.plugins(), other)
                .refused("--batch");
        assertThat(other).isEmptyDirectory();
    }
}
