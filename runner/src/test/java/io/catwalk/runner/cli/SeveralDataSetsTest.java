package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** One comparison over five folders of images, and the commands applied to it. */
final class SeveralDataSetsTest {

    private static final int SETS = 5;
    private static final int SIDE = 8;
    private static final String OPTIONS =
            "--plugins-dir %s/plugins --batch-size 4 --on made-up: --no-latency --epochs 1";

    @TempDir
    private static Path folder;

    private static Path runs;
    private static Catwalk.Answer compared;

    @BeforeAll
    static void compare() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.ours("small-conv").write(plugins.resolve("small-conv.jar"));
        // A linear network cannot distinguish stripes from their negatives, or from those of the other class.
        TestPlugin.sound("linear").write(plugins.resolve("linear.jar"));
        for (int i = 0; i < SETS; i++) {
            // The first two have the same name, in different folders.
            images(folder.resolve("data" + i).resolve(i < 2 ? "shapes" : "set" + i), i);
        }
        runs = folder.resolve("runs");
        compared = Catwalk.ask(command(runs, SETS)).done();
    }

    /** The command for the first data sets. */
    private static String command(Path out, int sets) {
        StringBuilder command = new StringBuilder("compare linear small-conv --batch-size 4 --threads 1 --in-process");
        command.append(" --epochs 3 --no-latency --plugins-dir ")
                .append(folder)
                .append("/plugins --out ")
                .append(out);
        for (int i = 0; i < sets; i++) {
            command.append(" --dataset ")
                    .append(folder)
                    .append("/data")
                    .append(i)
                    .append(i < 2 ? "/shapes" : "/set" + i);
        }
        return command.toString();
    }

    /** Draws two classes that differ only in their stripes. */
    private static void images(Path dataset, int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (String part : List.of("train", "test")) {
            for (String name : List.of("across", "down")) {
                Path ofClass = Files.createDirectories(dataset.resolve(part).resolve(name));
                for (int i = 0; i < (part.equals("train") ? 20 : 10); i++) {
                    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
                    int phase = random.nextInt(2);
                    for (int y = 0; y < SIDE; y++) {
                        for (int x = 0; x < SIDE; x++) {
                            int place = name.equals("across") ? y : x;
                            int value = ((place + phase) % 2 == 0 ? 200 : 40) + random.nextInt(20);
                            image.getRaster().setSample(x, y, 0, value);
                        }
                    }
                    ImageIO.write(image, "png", ofClass.resolve(i + ".png").toFile());
                }
            }
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return Catwalk.json(file);
    }

    @Test
    void eachDataSetHasAnOrdinaryRunOfItsOwnAndANumberWhereNamesCollide() throws IOException {
        for (String name : List.of("shapes", "shapes-2", "set2", "set3", "set4")) {
            Path run = runs.resolve(name);
            assertThat(run.resolve("report.html")).isRegularFile();
            assertThat(run.resolve("trials/small-conv/1-0/model.onnx")).isRegularFile();
            assertThat(json(run.resolve("results.json")).path("trials").size()).isEqualTo(2);
        }
        Catwalk.ask("report %s/set3", runs).done();
    }

    @Test
    void theSummaryRanksByTheAccuraciesOfTheRuns() throws IOException {
        JsonNode across = json(runs.resolve("across.json"));

        assertThat(across.path("contestants").valueStream())
                .extracting(JsonNode::asString)
                .containsExactly("small-conv", "linear");
        for (JsonNode one : across.path("data_sets")) {
            JsonNode results = json(runs.resolve(one.path("folder").asString()).resolve("results.json"));
            assertThat(one.path("counts").asBoolean()).isTrue();
            assertThat(one.at("/accuracies/linear")).isEqualTo(results.at("/trials/0/metrics/test/accuracy"));
            assertThat(one.at("/accuracies/small-conv")).isEqualTo(results.at("/trials/1/metrics/test/accuracy"));
            assertThat(one.at("/accuracies/small-conv").asDouble())
                    .isGreaterThan(one.at("/accuracies/linear").asDouble());
        }
        // Two classifiers, one of which wins on all five: chi-square 5 and a critical difference of 1.96 / sqrt(5).
        assertThat(across.at("/ranking/friedman").asDouble()).isEqualTo(5);
        assertThat(across.at("/ranking/ranks/0/average").asDouble()).isEqualTo(1);
        assertThat(across.at("/ranking/difference").asDouble()).isBetween(0.8765, 0.8766);
        assertThat(across.at("/pairs/0/wins").asInt()).isEqualTo(5);
        assertThat(across.at("/pairs/0/outcome").asString()).isEqualTo("better");
        assertThat(across.path("headline").asString())
                .startsWith("Over 5 data sets small-conv ranks significantly above linear: average ranks 1.00");
    }

    @Test
    void tableMarkdownAndPageSayTheSame() throws IOException {
        String headline = json(runs.resolve("across.json")).path("headline").asString();
        String sentence =
                json(runs.resolve("across.json")).at("/pairs/0/sentence").asString();
        assertThat(compared.joined()).contains(headline, sentence, "1 shapes 2 shapes-2");
        assertThat(compared.out().lines().toList())
                .anyMatch(line -> line.startsWith("small-conv") && line.endsWith("1.00"));
        assertThat(Files.readString(runs.resolve("across.md")))
                .contains("**" + headline + "**", "- " + sentence)
                .contains("| classifier | shapes | shapes-2 | set2 | set3 | set4 | mean rank |");
        assertThat(Files.readString(runs.resolve("across.html")))
                .contains("<svg", "critical difference 0.88", "small-conv (1.00)", "linear (2.00)")
                .contains("href=\"shapes-2/report.html\"")
                .doesNotContain("http://", "https://", "class=\"group\"");
    }

    @Test
    @Tag("long")
    void reportAndResumeUnderstandTheFolderAndTrainNothingAgain() throws IOException {
        Path summary = runs.resolve("across.json");
        String before = Files.readString(summary);
        Path trial = runs.resolve("set2/trials/linear/1-0/predictions.csv");
        var trained = Files.getLastModifiedTime(trial);

        Files.delete(summary);
        Files.delete(runs.resolve("across.html"));
        Files.delete(runs.resolve("set3/report.html"));

        assertThat(Catwalk.ask("report %s", runs).done().out().strip()).isEqualTo(runs + "/across.html");
        assertThat(runs.resolve("set3/report.html")).isRegularFile();
        assertThat(Files.readString(summary)).isEqualTo(before);

        Files.delete(summary);
        assertThat(Catwalk.ask("resume %s --json --in-process --no-latency --plugins-dir %s/plugins", runs, folder)
                        .done()
                        .json())
                .isEqualTo(Json.JSON.readTree(before));
        assertThat(Files.readString(summary)).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(trial)).isEqualTo(trained);
    }

    @Test
    @Tag("long")
    void twoDataSetsOfAFileHaveATableOfMeansAndNoRanking() throws IOException {
        Path two = folder.resolve("two");
        Path file = Files.writeString(
                folder.resolve("sets.yaml"),
                "datasets:\n- %s\n- {name: %s, limit_train: 16}\n"
                        .formatted(folder.resolve("data2/set2"), folder.resolve("data3/set3")));

        Catwalk.ask(
                        "crossval linear small-conv --folds=2 --seeds=4,9 --split-seed=7 --epochs=1 --batch-size=4 --on=made-up:"
                                + " --no-latency --config=%s --out=%s --plugins-dir=%s/plugins",
                        file, two, folder)
                .done();

        JsonNode across = json(two.resolve("across.json"));
        assertThat(across.path("ranking").isNull()).isTrue();
        assertThat(across.path("pairs").size()).isZero();
        assertThat(across.path("headline").asString())
                .startsWith("There is no ranking: expected at least 5 data sets")
                .contains("but found 2");
        JsonNode results = json(two.resolve("set2/results.json"));
        assertThat(results.path("trials").valueStream())
                .extracting(trial -> trial.path("classifier").asString() + trial.path("seed") + trial.path("fold"))
                .containsExactlyElementsOf(Stream.of("41", "42", "91", "92")
                        .flatMap(each -> Stream.of("linear" + each, "small-conv" + each))
                        .toList());
        assertThat(Files.readString(two.resolve("set2/experiment.yaml"))).contains("seed: 7");
        assertThat(Files.readString(two.resolve("set2/standings.csv")))
                .startsWith("contestant,trials,accuracy,standard_deviation,accuracy_low,accuracy_high,");
        assertThat(Files.readString(two.resolve("set2/results.md"))).contains("| 95 % interval |", " to ");
        double mean = results.path("trials")
                .valueStream()
                .filter(trial -> trial.path("classifier").asString().equals("linear"))
                .mapToDouble(trial -> trial.at("/metrics/test/accuracy").asDouble())
                .average()
                .orElseThrow();
        assertThat(across.at("/data_sets/0/accuracies/linear").asDouble()).isEqualTo(mean, within(1e-12));
        assertThat(across.at("/data_sets/0/train").asInt()).isEqualTo(18); // of 40, minus a fold and a tenth
        assertThat(across.at("/data_sets/1/train").asInt()).isLessThan(8); // of 16
        assertThat(Files.readString(two.resolve("across.html"))).doesNotContain("<svg");
    }

    @Test
    void longNamesThatCollideAreCutToMakeRoomForTheNumber() throws IOException {
        String name = "s".repeat(85);
        images(folder.resolve("one").resolve(name), 11);
        images(folder.resolve("two").resolve(name), 12);
        Path out = folder.resolve("long");

        String two = "--dataset %s/one/" + name + " --dataset %s/two/" + name;
        Catwalk.ask("compare linear " + two + " --out %s " + OPTIONS, folder, folder, out, folder)
                .done();

        assertThat(out.resolve("s".repeat(80)).resolve("results.json")).isRegularFile();
        assertThat(out.resolve("s".repeat(78) + "-2").resolve("results.json")).isRegularFile();
    }

    @Test
    void whatCannotBeDoneWithSeveralIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path out = folder.resolve("twice");
        Catwalk.ask(command(out, 1) + " --dataset %s/data0/shapes", folder).refused(folder + "/data0/shapes", "twice");
        assertThat(out).doesNotExist();
        Catwalk.ask("evaluate %s", runs).refused("several data sets");
        Catwalk.ask(command(runs, 2)).refused("--force");
        Path mine = Files.writeString(runs.resolve("shapes/mine.txt"), "precious");
        Catwalk.ask(command(runs, 2) + " --force").refused("shapes holds mine.txt");
        assertThat(runs.resolve("shapes-2/results.json")).isRegularFile();
        Files.delete(mine);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                --seeds 0; --seed 0
                --seeds 20240101; --seed 20240101
                --seeds 1,1; 1,1
                --seeds 1,x; 1,x
                --seeds 3 --seed 2; --seed:
                """)
    void seedsThatAreNoneAreRefused(String options, String fact) {
        Catwalk.ask(command(folder.resolve("none"), 1) + " " + options).refused(fact);
    }

    @Test
    void aNumberOfSeedsCountsFromOneAndSeveralAreThemselves() {
        assertThat(Typed.seeds("5")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(Typed.seeds("1,7,9")).containsExactly(1L, 7L, 9L);
    }
}
