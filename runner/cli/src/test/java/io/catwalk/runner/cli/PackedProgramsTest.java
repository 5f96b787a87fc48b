package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.runner.Json;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.runtimes.Runner;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Runs each program of a packed folder, as its README says, on the samples there, and compares its output with the
 * expected answers there. Runtimes that are not installed are skipped, with a hint how to install them.
 */
@Tag("long")
@ExtendWith(ExportedRun.class)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands of README.md are those of a Unix shell")
final class PackedProgramsTest {

    private static final Path RUNTIMES =
            Path.of("../../onnx-models/runtimes").toAbsolutePath().normalize();

    private static final Path SHOW_PAGE =
            Path.of("../report/src/test/browser/show-page.mjs").toAbsolutePath();

    private static final List<String> INSTALLED = List.of("target", "node_modules");

    private static final int MOST_LINES = 35;

    /** For all tests: packing a file takes longer than most of its programs. */
    @TempDir
    private static Path folder;

    private static Path gray;
    private static Path color;
    private static Path pixels;

    /** Packs a trial with a recurrent layer, and a file for color images in both forms, each with photos beside. */
    @BeforeAll
    static void pack() throws IOException {
        ExportedRun world = ExportedRun.get();
        Path pictures = ColorImages.write(folder, 6);
        gray = packed("gray", world.trial(ExportedRun.GOOD), world.images());
        color = packed("color", ColorImages.model(folder.resolve("color.onnx"), export -> export), pictures);
        Path embedded = ColorImages.model(
                folder.resolve("pixels.onnx"),
                export -> export.withEmbeddedPreprocessing(ColorImages.MEAN, ColorImages.STD));
        pixels = packed("pixels", embedded, pictures);
        BufferedImage colored = photo(8, 8);
        BufferedImage same = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 64; i++) {
            int rgb = colored.getRGB(i % 8, i / 8);
            double luma = 0.299 * (rgb >> 16 & 255) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255);
            same.getRaster().setSample(i % 8, i / 8, 0, (int) Math.round(luma));
        }
        ImageIO.write(colored, "png", gray.resolve("colored.png").toFile());
        ImageIO.write(same, "png", gray.resolve("gray.png").toFile());
        ImageIO.write(photo(8, 6), "png", color.resolve("photo.png").toFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "djl-onnxruntime", "node", "python", "web"})
    void aGrayModelAnswersAsExpected(String runtime) throws Exception {
        requireExpected(runtime, gray, "model.pixels.onnx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "djl-onnxruntime", "node", "opencv-java", "opencv-python", "python", "web"})
    void aColorModelAnswersAsExpectedInBothForms(String runtime) throws Exception {
        String model = runtime.startsWith("opencv") ? "model.onnx" : "model.pixels.onnx";
        requireExpected(runtime, color, model);
        requireExpected(runtime, pixels, model);
    }

    @Test
    void everyRuntimeHasAShortProgram() throws IOException {
        List<String> programs = new ArrayList<>();
        try (Stream<Path> all = Files.walk(color)) {
            for (Path program : all.filter(file -> file.toString().matches(".*\\.(java|py|mjs)"))
                    .toList()) {
                programs.add(color.relativize(program).toString());
                assertThat(Files.readAllLines(program)).hasSizeLessThanOrEqualTo(MOST_LINES);
            }
        }
        assertThat(programs)
                .containsExactlyInAnyOrder(
                        "djl-onnxruntime/Classify.java",
                        "java/Classify.java",
                        "node/classify.mjs",
                        "opencv-java/Classify.java",
                        "opencv-python/classify.py",
                        "python/classify.py",
                        "web/classify.mjs");
    }

    /** The answers of {@code predict}, which sees the same bytes; those of the page are in the test below. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "djl-onnxruntime", "node", "python"})
    void photosOfOtherSizesGetTheAnswersOfPredict(String runtime) throws Exception {
        for (Path packed : List.of(gray, color)) {
            for (int[] size : new int[][] {{3, 2}, {90, 131}, {400, 37}}) {
                Path photo = packed.resolve("other.png");
                ImageIO.write(photo(size[0], size[1]), "png", photo.toFile());
                JsonNode expected = predicted(packed, photo);
                String[] said =
                        classify(runtime, packed, "other.png").out().strip().split("\t", -1);
                assertThat(said).hasSize(3);
                assertThat(said[1]).isEqualTo(expected.path("label").asString());
                assertThat(Double.parseDouble(said[2]))
                        .isCloseTo(expected.path("probabilities").path(said[1]).asDouble(-1), within(1e-5));
            }
        }
    }

    private static JsonNode predicted(Path packed, Path photo) {
        return Catwalk.ask("predict %s %s --json", packed.resolve("model.pixels.onnx"), photo)
                .json()
                .path(0);
    }

    /** A part of a photo, or its red channel alone, would get a wrong answer. */
    @ParameterizedTest
    @ValueSource(strings = {"opencv-java", "opencv-python"})
    void aPhotoOfAnotherSizeIsRefusedInOneLine(String runtime) throws Exception {
        ChildProcess.Ending ending = classify(runtime, color, "photo.png");

        assertThat(ending.exitCode()).as("%s", ending).isEqualTo(1);
        assertThat(ending.out()).isEmpty();
        assertThat(ending.err().lines().filter(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS")))
                .last()
                .asString()
                .startsWith("photo.png: ")
                .contains("4x4", "8x6");
    }

    @Test
    void thePageAnswersPhotosOfOtherSizesLikePredict() throws Exception {
        JsonNode images = expected(color);
        String replaced = images.path(0).path("image").asString();
        byte[] sample = Files.readAllBytes(color.resolve(replaced));
        Files.copy(color.resolve("photo.png"), color.resolve(replaced), StandardCopyOption.REPLACE_EXISTING);
        try {
            ChildProcess.Ending ending = run("web", color, page(images.size()));
            JsonNode expected = predicted(color, color.resolve("photo.png"));
            String label = expected.path("label").asString();

            assertThat(ending.out().strip().lines()).as("%s", ending).hasSize(images.size());
            String[] first =
                    ending.out().strip().lines().findFirst().orElseThrow().split("\t", -1);
            assertThat(first).startsWith(replaced, label);
            assertThat(Double.parseDouble(first[2]))
                    .isCloseTo(expected.path("probabilities").path(label).asDouble(), within(1e-4));
        } finally {
            Files.write(color.resolve(replaced), sample);
        }
    }

    /** For a network of gray images, the file converts a colored one. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "djl-onnxruntime", "node", "python"})
    void aColoredPhotoIsGray(String runtime) throws Exception {
        String expected = classify(runtime, gray, "gray.png").out();

        assertThat(expected).startsWith("gray.png\t");
        assertThat(classify(runtime, gray, "colored.png").out()).isEqualTo(expected.replace("gray.png", "colored.png"));
    }

    private static Path packed(String name, Path subject, Path images) {
        Path to = folder.resolve(name);
        String command = "package %s --out %s --dataset %s --runtimes-dir %s --plugins-dir %s"
                .formatted(subject, to, images, RUNTIMES, ExportedRun.get().plugins());
        Catwalk.run(command.split(" ", -1)).done();
        return to;
    }

    private static JsonNode expected(Path packed) throws IOException {
        return Json.JSON.readTree(packed.resolve("samples/expected.json")).path("images");
    }

    private static void requireExpected(String name, Path packed, String model) throws Exception {
        JsonNode images = expected(packed);
        ChildProcess.Ending ending =
                name.equals("web") ? run(name, packed, page(images.size())) : run(name, packed, command(name));
        assertThat(ending.exitCode()).as("%s", ending).isZero();
        List<String> lines = ending.out().strip().lines().toList();
        assertThat(lines).as("%s", ending).hasSameSizeAs(images);
        for (int i = 0; i < images.size(); i++) {
            JsonNode expected = images.path(i).path("answers").path(model);
            String[] said = lines.get(i).split("\t", -1);
            assertThat(said[0]).isEqualTo(images.path(i).path("image").asString());
            assertThat(said[1]).isEqualTo(expected.path("label").asString());
            assertThat(Double.parseDouble(said[2]))
                    .isCloseTo(expected.path("probability").asDouble(-1), within(1e-4));
        }
    }

    private static ChildProcess.Ending classify(String name, Path packed, String photo) throws Exception {
        return run(name, packed, command(name).replace("samples/*.png", photo));
    }

    private static String command(String name) throws IOException {
        return runner(name).example().orElseThrow().run();
    }

    private static String page(int images) {
        return "node '" + SHOW_PAGE + "' . /web/index.html " + images + " " + folder.resolve("profile");
    }

    private static Runner runner(String name) throws IOException {
        return Runner.in(RUNTIMES).stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Runs a command with what the runners of this checkout have installed, where the program looks for it. */
    private static ChildProcess.Ending run(String name, Path packed, String command) throws Exception {
        Runner runner = runner(name);
        Path program = runner.find(Set.of()).orElse(null);
        assumeTrue(program != null, "skipped: " + runner.reason(Set.of()));
        String path = Objects.requireNonNull(program).getParent() + File.pathSeparator + System.getenv("PATH");
        // Native libraries that Java programs unpack are deleted with the folder.
        String options = "-Dorg.bytedeco.javacpp.cachedir=" + folder + " -Djava.io.tmpdir=" + folder;
        Map<String, String> environment =
                Map.of("PATH", path, "JAVA_TOOL_OPTIONS", options, "ORT_DISABLE_TELEMETRY", "1");
        for (String installed : INSTALLED) {
            Path there = RUNTIMES.resolve(name).resolve(installed);
            if (Files.isDirectory(there)) {
                Files.createSymbolicLink(packed.resolve(name).resolve(installed), there);
            }
        }
        try {
            ChildProcess.Ending ending = ChildProcess.program(List.of("sh", "-c", command))
                    .with(environment)
                    .in(packed)
                    .run(Duration.ofMinutes(3));
            assumeTrue(
                    !ending.err().matches("(?s).*(No module named 'PIL'|Cannot find package 'pngjs').*"),
                    "skipped: what reads images is not installed: "
                            + runner.example().orElseThrow().install());
            return ending;
        } finally {
            for (String installed : INSTALLED) { // JUnit would warn of each link
                Files.deleteIfExists(packed.resolve(name).resolve(installed));
            }
        }
    }

    private static BufferedImage photo(int width, int height) {
        BufferedImage photo = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            photo.setRGB(i % width, i / width, ((i * 3) << 16) | ((200 - i) << 8) | (i * i % 256));
        }
        return photo;
    }
}
