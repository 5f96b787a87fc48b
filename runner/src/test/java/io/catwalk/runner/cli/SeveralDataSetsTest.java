package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
        // Without latencies, which take two processes for each of ten networks.
        compared = Catwalk.run(arguments(runs, SETS, "--no-latency"));
    }

    private static String[] arguments(Path out, int sets, String... more) {
        List<String> arguments = new ArrayList<>(List.of("compare", "linear", "small-conv"));
        for (int i = 0; i < sets; i++) {
            arguments.addAll(List.of(
                    "--dataset",
                    folder.resolve("data" + i)
                            .resolve(i < 2 ? "shapes" : "set" + i)
                            .toString()));
        }
        arguments.addAll(List.of("--plugins-dir", folder.resolve("plugins").toString(), "--out", out.toString()));
        arguments.addAll(List.of("--batch-size", "4", "--threads", "1", "--in-process"));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--epochs")) {
            arguments.addAll(List.of("--epochs", "3"));
        }
        return arguments.toArray(String[]::new);
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
        return Json.JSON.readTree(Files.readString(file));
    }

    private static String flat(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void eachDataSetHasAnOrdinaryRunOfItsOwnAndANumberWhereNamesCollide() throws IOException {
        assertThat(compared.exitCode()).as("%s", compared).isEqualTo(ExitCode.DONE);
        for (String name : List.of("shapes", "shapes-2", "set2", "set3", "set4")) {
            Path run = runs.resolve(name);
            assertThat(run.resolve("report.html")).isRegularFile();
            assertThat(run.resolve("trials/small-conv/1-0/model.onnx")).isRegularFile();
            assertThat(json(run.resolve("results.json")).path("trials").size()).isEqualTo(2);
        }
        assertThat(Catwalk.run("report", runs.resolve("set3").toString()).exitCode())
                .isEqualTo(ExitCode.DONE);
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
        assertThat(flat(compared.out())).contains(flat(headline), flat(sentence), "1 shapes 2 shapes-2");
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
        Catwalk.Answer report = Catwalk.run("report", runs.toString());

        assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.DONE);
        assertThat(report.out().strip()).isEqualTo(runs.resolve("across.html").toString());
        assertThat(runs.resolve("set3/report.html")).isRegularFile();
        assertThat(Files.readString(summary)).isEqualTo(before);

        Files.delete(summary);
        Catwalk.Answer resumed = Catwalk.run(
                "resume",
                runs.toString(),
                "--json",
                "--in-process",
                "--no-latency",
                "--plugins-dir",
                folder.resolve("plugins").toString());

        assertThat(resumed.exitCode()).as("%s", resumed).isEqualTo(ExitCode.DONE);
        assertThat(Json.JSON.readTree(resumed.out())).isEqualTo(Json.JSON.readTree(before));
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

        Catwalk.Answer answer = Catwalk.run(
                "crossval",
                "linear",
                "small-conv",
                "--folds=2",
                "--seeds=4,9",
                "--split-seed=7",
                "--epochs=1",
                "--batch-size=4",
                "--in-process",
                "--config=" + file,
                "--out=" + two,
                "--plugins-dir=" + folder.resolve("plugins"));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        JsonNode across = json(two.resolve("across.json"));
        assertThat(across.path("ranking").isNull()).isTrue();
        assertThat(across.path("pairs").size()).isZero();
        assertThat(across.path("headline").asString())
                .startsWith("There is no ranking: expected at least 5 data sets")
                .contains("but found 2");
        JsonNode results = json(two.resolve("set2/results.json"));
        assertThat(results.path("trials").valueStream())
                .extracting(trial -> trial.path("classifier").asString() + trial.path("seed") + trial.path("fold"))
                .containsExactly(
                        "linear41",
                        "small-conv41",
                        "linear42",
                        "small-conv42",
                        "linear91",
                        "small-conv91",
                        "linear92",
                        "small-conv92");
        assertThat(Files.readString(two.resolve("set2/experiment.yaml"))).contains("seed: 7");
        assertThat(Files.readString(two.resolve("set2/standings.csv")))
                .startsWith("contestant,trials,accuracy,standard_deviation,accuracy_low,accuracy_high,");
        assertThat(Files.readString(two.resolve("set2/results.md"))).contains("| 95 % interval |", " to ");
        assertThat(across.at("/data_sets/0/accuracies/linear").asDouble())
                .isEqualTo(
                        results.path("trials")
                                .valueStream()
                                .filter(trial ->
                                        trial.path("classifier").asString().equals("linear"))
                                .mapToDouble(trial ->
                                        trial.at("/metrics/test/accuracy").asDouble())
                                .average()
                                .orElseThrow(),
                        within(1e-12));
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

        Catwalk.Answer answer = Catwalk.run(
                "compare",
                "linear",
                "small-conv",
                "--dataset=" + folder.resolve("one").resolve(name),
                "--dataset=" + folder.resolve("two").resolve(name),
                "--plugins-dir=" + folder.resolve("plugins"),
                "--out=" + out,
                "--epochs=1",
                "--batch-size=4",
                "--threads=1",
                "--in-process",
                "--no-latency");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(out.resolve("s".repeat(80)).resolve("results.json")).isRegularFile();
        assertThat(out.resolve("s".repeat(78) + "-2").resolve("results.json")).isRegularFile();
    }

    @Test
    void theSameImagesTwiceAreRefusedBeforeAnythingIsWritten() {
        Path out = folder.resolve("twice");
        String data = folder.resolve("data0/shapes").toString();

        Catwalk.Answer answer = Catwalk.run(arguments(out, 1, "--dataset", data));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).hasLineCount(1).contains("different data sets", data, "there twice");
        assertThat(out).doesNotExist();
    }

    @Test
    void aFolderThatIsThereIsNotReplacedByMistake() throws IOException {
        assertThat(Catwalk.run(arguments(runs, 2)).err()).hasLineCount(1).contains("replace it with --force");
        Path mine = Files.writeString(runs.resolve("shapes/mine.txt"), "precious");

        Catwalk.Answer refused = Catwalk.run(arguments(runs, 2, "--force"));

        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err()).hasLineCount(1).contains("shapes holds mine.txt");
        assertThat(runs.resolve("shapes-2/results.json")).isRegularFile();
        Files.delete(mine);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--seeds 0; --seed 0",
                "--seeds 20240101; for the one seed 20240101 try --seed 20240101",
                "--seeds 1,1; must not repeat a seed, but is 1,1",
                "--seeds 1,x; such as 1,7,9, but is 1,x",
                "--seeds 3 --seed 2; must not be given together with --seed: keep one of them"
            })
    void seedsThatAreNoneAreRefused(String options, String message) {
        Catwalk.Answer answer = Catwalk.run(arguments(folder.resolve("none"), 1, options.split(" ", -1)));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).hasLineCount(1).contains(message);
    }

    @Test
    void aNumberOfSeedsCountsFromOneAndSeveralAreThemselves() {
        assertThat(Typed.seeds("5")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(Typed.seeds("1,7,9")).containsExactly(1L, 7L, 9L);
    }

    @Test
    void theCommandsForOneRunSayWhatToName() {
        Catwalk.Answer answer = Catwalk.run("evaluate", runs.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).hasLineCount(1).contains("several data sets", "name one of the folders");
    }
}
