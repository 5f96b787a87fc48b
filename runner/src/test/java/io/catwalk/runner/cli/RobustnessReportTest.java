package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Accuracy on corrupted images, measured with the ONNX files of a run. */
final class RobustnessReportTest {

    @TempDir
    private static Path world;

    private static String plugins;
    private static Path images;

    @TempDir
    private Path folder;

    private Path run;

    @BeforeAll
    static void train() throws IOException {
        plugins = Files.createDirectory(world.resolve("plugins")).toString();
        for (String name : List.of("dense", "wide")) {
            TestPlugin.sound(name).write(Path.of(plugins, name + ".jar"));
        }
        images = TinyImages.write(world.resolve("tiny"));
        Catwalk.Answer answer = Catwalk.run(
                "compare",
                "dense",
                "wide",
                "--plugins-dir",
                plugins,
                "--dataset",
                images.toString(),
                "--out",
                world.resolve("run").toString(),
                "--epochs=40",
                "--batch-size=16",
                "--threads=1",
                "--in-process",
                "--no-latency");
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
    }

    @BeforeEach
    void copy() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
    }

    private Catwalk.Answer report(String... more) {
        return Catwalk.run(Stream.concat(Stream.of("report", run.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private JsonNode record() throws IOException {
        return Json.JSON.readTree(run.resolve("robustness.json"));
    }

    @Test
    void whatWasMeasuredStandsInEveryOutput() throws IOException {
        Catwalk.Answer answer = report("--robustness", "--appendix");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines().limit(8)).allMatch(line -> line.length() <= 80);
        assertThat(answer.out()).contains("clean  shift  rotation  noise  contrast");
        assertThat(run.resolve("report.html"))
                .content()
                .contains("id=\"robustness\"", "alt=\"With rotation: 30 degrees\"");
        assertThat(run.resolve("results.md")).content().contains("| classifier | clean | shift | rotation |");
        assertThat(run.resolve("robustness.csv")).content().hasLineCount(1 + 2 * 21);
        for (String name : List.of("shift", "rotation", "noise", "contrast")) {
            assertThat(run.resolve("plots/robustness-" + name + ".svg")).isNotEmptyFile();
            assertThat(run.resolve("plots/robustness-" + name + ".png")).isNotEmptyFile();
        }
        try (XMLSlideShow show = new XMLSlideShow(Files.newInputStream(run.resolve("slides.pptx")))) {
            assertThat(show.getSlides())
                    .extracting(XSLFSlide::getTitle)
                    .contains(
                            "Appendix: accuracy under shift and rotation",
                            "Appendix: accuracy under noise and contrast");
        }
    }

    @Test
    void cleanImagesHaveTheAccuracyThatTheRunRecorded() throws IOException {
        report("--robustness");

        JsonNode results = Json.JSON.readTree(run.resolve("results.json"));
        for (JsonNode trial : results.path("trials")) {
            String name = trial.path("classifier").asString();
            JsonNode measured = record().path("classifiers").path(name.equals("dense") ? 0 : 1);
            assertThat(measured.path("name").asString()).isEqualTo(name);
            assertThat(measured.path("clean").path("images").asInt()).isEqualTo(TinyImages.TEST);
            assertThat(measured.path("clean").path("share").asDouble())
                    .isEqualTo(
                            trial.path("metrics").path("test").path("accuracy").asDouble())
                    .isGreaterThan(0.3);
            // The class of these images is a row: an image that is shifted down or up gets another class.
            assertThat(measured.path("curves")
                            .path(0)
                            .path("steps")
                            .path(4)
                            .path("accuracy")
                            .path("right")
                            .asInt())
                    .isLessThan(measured.path("clean").path("right").asInt());
        }
    }

    @Test
    void theSameIsMeasuredAgain() throws IOException {
        report("--robustness");
        byte[] first = Files.readAllBytes(run.resolve("robustness.json"));
        Files.delete(run.resolve("robustness.json"));

        report("--robustness");

        assertThat(run.resolve("robustness.json")).hasBinaryContent(first);
    }

    @Test
    @Tag("long")
    void whatIsKnownIsReadAndOnlyAChangedFileIsMeasuredAgain() throws IOException {
        assertThat(report("--robustness").err()).contains("robustness of dense", "robustness of wide");
        assertThat(report("--robustness").err()).isEmpty();
        assertThat(report().exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.resolve("report.html")).content().contains("id=\"robustness\"");

        Path trial = run.resolve("trials/dense/1-0");
        Catwalk.Answer exported = Catwalk.run("export", trial.toString(), "--plugins-dir", plugins, "--opset", "15");
        assertThat(exported.exitCode()).as("%s", exported).isEqualTo(ExitCode.DONE);
        report();
        assertThat(run.resolve("report.html"))
                .content()
                .contains("The robustness of 1 classifier was measured with other ONNX files");

        assertThat(report("--robustness").err()).contains("robustness of dense").doesNotContain("robustness of wide");
    }

    @Test
    void fewerImagesAreASampleOfTheirOwn() throws IOException {
        assertThat(report("--robustness", "--images", "20").exitCode()).isEqualTo(ExitCode.DONE);

        assertThat(record().path("sample").path("images").asInt()).isEqualTo(20);
        assertThat(run.resolve("report.html")).content().contains("on 20 of the 40 test images");
    }

    @Test
    void whatIsMissingIsOneLine() throws IOException {
        assertRefused(report("--images", "20"), "--images is for --robustness");
        assertRefused(report("--robustness", "--images", "0"), "--images must be at least 1");
        Path gone = Files.move(images, folder.resolve("gone"));
        assertRefused(report("--robustness"), images.toString());
        Files.move(gone, images);
        Path known = Files.writeString(run.resolve("robustness.json"), "{}");
        assertRefused(report(), "robustness.json");
        Files.delete(known);
        for (String name : List.of("dense", "wide")) {
            Files.delete(run.resolve("trials/" + name + "/1-0/model.onnx"));
        }
        assertRefused(report("--robustness"), "expected networks with ONNX files in " + run + ", found none");
        assertThat(known).doesNotExist();
    }

    /** Ten images of ten classes cannot be split, but that is not what the user has to know. */
    @Test
    void imagesThatHaveChangedAreNamedEvenIfTheyCannotBeSplit() throws IOException {
        TinyImages.write(images, 10);
        try {
            assertRefused(
                    report("--robustness"),
                    "expected the test images that " + run
                            + " was evaluated on, but those of tiny have been changed: restore the original images");
        } finally {
            TinyImages.write(images);
        }
        assertThat(run.resolve("robustness.json")).doesNotExist();
    }

    private static void assertRefused(Catwalk.Answer answer, String words) {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).hasLineCount(1).startsWith("catwalk: ").contains(words);
    }
}
