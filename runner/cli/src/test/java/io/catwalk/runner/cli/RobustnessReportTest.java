package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class RobustnessReportTest {

    @TempDir
    private static Path world;

    private static Path plugins;
    private static Path images;

    @TempDir
    private Path folder;

    private Path run;

    @BeforeAll
    static void train() throws IOException {
        plugins = Files.createDirectory(world.resolve("plugins"));
        for (String name : List.of("dense", "wide")) {
            TestPlugin.sound(name).write(plugins.resolve(name + ".jar"));
        }
        images = TinyImages.write(world.resolve("tiny"));
        String compare = "compare dense wide --plugins-dir %s --dataset %s --out %s/run --epochs=40 --batch-size=16"
                + " --threads=1 --in-process --no-latency";
        Catwalk.ask(compare, plugins, images, world).done();
    }

    @BeforeEach
    void copy() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
    }

    private Catwalk.Answer report(String options) {
        return Catwalk.ask("report " + run + " " + options).done();
    }

    private void refused(String options, String... facts) {
        Catwalk.ask("report " + run + " " + options).refused(facts);
    }

    private JsonNode record() throws IOException {
        return Catwalk.json(run.resolve("robustness.json"));
    }

    @Test
    @Tag("long")
    void whatWasMeasuredStandsInEveryOutputAndIsTheSameAgain() throws IOException {
        Catwalk.Answer answer = report("--robustness --appendix");

        assertThat(answer.out().lines())
                .hasSizeGreaterThan(8)
                .allMatch(line -> line.length() <= 80 || line.contains("" + folder));
        assertThat(answer.out()).contains("Classifier  Clean %  Shift %  Rotation %  Noise %  Contrast %");
        assertThat(run.resolve("report.html")).content().contains("id=\"robustness\"", "Rotation (30 degrees) leaves ");
        assertThat(run.resolve("results.md")).content().contains("| Classifier | Clean % | Shift % | Rotation % |");
        assertThat(run.resolve("robustness.csv")).content().hasLineCount(1 + 2 * 21);
        for (String name : List.of("shift", "rotation", "noise", "contrast")) {
            assertThat(run.resolve("plots/robustness-" + name + ".svg")).isNotEmptyFile();
            assertThat(run.resolve("plots/robustness-" + name + ".png")).isNotEmptyFile();
        }
        try (XMLSlideShow show = new XMLSlideShow(Files.newInputStream(run.resolve("slides.pptx")))) {
            assertThat(show.getSlides())
                    .extracting(XSLFSlide::getTitle)
                    .filteredOn("Robustness"::equals)
                    .as("a table and four charts")
                    .hasSizeGreaterThanOrEqualTo(5);
            assertThat(show.getSlides().stream()
                            .filter(slide -> "Robustness".equals(slide.getTitle()))
                            .flatMap(slide -> slide.getShapes().stream())
                            .filter(XSLFTextShape.class::isInstance)
                            .map(shape -> ((XSLFTextShape) shape).getText())
                            .collect(Collectors.joining("\n")))
                    .contains("Shift (20 % of the side)", "Rotation (30 degrees)")
                    .contains("Noise (30 % of the range)", "Contrast (");
        }
        requireCleanImagesToHaveTheAccuracyOfTheRun();

        byte[] first = Files.readAllBytes(run.resolve("robustness.json"));
        Files.delete(run.resolve("robustness.json"));
        report("--robustness");
        assertThat(run.resolve("robustness.json")).hasBinaryContent(first);

        report("--robustness --images 20");
        assertThat(record().at("/sample/images").asInt()).isEqualTo(20);
        assertThat(run.resolve("report.html")).content().contains("on 20 of the 40 test images");
    }

    private void requireCleanImagesToHaveTheAccuracyOfTheRun() throws IOException {
        JsonNode results = Catwalk.json(run.resolve("results.json"));
        for (JsonNode trial : results.path("trials")) {
            String name = trial.path("classifier").asString();
            JsonNode measured = record().path("classifiers").path(name.equals("dense") ? 0 : 1);
            assertThat(measured.path("name").asString()).isEqualTo(name);
            assertThat(measured.at("/clean/images").asInt()).isEqualTo(TinyImages.TEST);
            assertThat(measured.at("/clean/share").asDouble())
                    .isEqualTo(trial.at("/metrics/test/accuracy").asDouble())
                    .isGreaterThan(0.3);
            // The class of these images is a row: an image that is shifted down or up gets another class.
            assertThat(measured.at("/curves/0/steps/4/accuracy/right").asInt())
                    .isLessThan(measured.at("/clean/right").asInt());
        }
    }

    @Test
    @Tag("long")
    void whatIsKnownIsReadAndOnlyAChangedFileIsMeasuredAgain() {
        assertThat(report("--robustness").err()).contains("robustness of dense", "robustness of wide");
        assertThat(report("--robustness").err()).isEmpty();
        report("");
        assertThat(run.resolve("report.html")).content().contains("id=\"robustness\"");

        Catwalk.ask("export %s/trials/dense/1-0 --plugins-dir %s --opset 15", run, plugins)
                .done();
        report("");
        assertThat(run.resolve("trials/dense/1-0/card.md")).content().contains("opset 15");
        assertThat(run.resolve("report.html")).content().contains("The robustness of 1 classifier was measured with");
        assertThat(report("--robustness").err()).contains("robustness of dense").doesNotContain("robustness of wide");
    }

    /** Ten images of ten classes cannot be split, but that is not what the user has to know. */
    @Test
    void whatIsMissingOrHasChangedIsOneLine() throws IOException {
        refused("--images 20", "--images", "--robustness");
        refused("--robustness --images 0", "--images", "1");
        Path gone = Files.move(images, folder.resolve("gone"));
        refused("--robustness", images.toString());
        Files.move(gone, images);
        TinyImages.write(images, 10);
        try {
            refused("--robustness", "" + run, "tiny", "changed");
        } finally {
            TinyImages.write(images);
        }
        Path known = Files.writeString(run.resolve("robustness.json"), "{}");
        refused("", "robustness.json");
        Files.delete(known);
        for (String name : List.of("dense", "wide")) {
            Files.delete(run.resolve("trials/" + name + "/1-0/model.onnx"));
        }
        refused("--robustness", "ONNX files in " + run);
        assertThat(known).doesNotExist();
    }
}
