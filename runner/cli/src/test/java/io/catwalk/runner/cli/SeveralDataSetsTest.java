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
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

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
            images(dataset(i), i);
        }
        runs = folder.resolve("runs");
        compared = Catwalk.ask(command(runs, SETS)).done();
    }

    private static String command(Path out, int sets) {
        String command = "compare linear small-conv --batch-size 4 --threads 1 --in-process --epochs 3 --no-latency";
        StringBuilder all = new StringBuilder(command + " --plugins-dir " + folder + "/plugins --out " + out);
        for (int i = 0; i < sets; i++) {
            all.append(" --dataset ").append(dataset(i));
        }
        return all.toString();
    }

    /** The first two have the same name, in different folders. */
    private static Path dataset(int number) {
        return folder.resolve("data" + number).resolve(number < 2 ? "shapes" : "set" + number);
    }

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

    @Test
    void eachDataSetHasAnOrdinaryRunOfItsOwnAndANumberWhereNamesCollide() throws IOException {
        for (String name : List.of("shapes", "shapes-2", "set2", "set3", "set4")) {
            Path run = runs.resolve(name);
            assertThat(run.resolve("report.html")).isRegularFile();
            assertThat(run.resolve("trials/small-conv/1-0/model.onnx")).isRegularFile();
            assertThat(Catwalk.json(run.resolve("results.json")).path("trials").size())
                    .isEqualTo(2);
        }
        Catwalk.ask("report %s/set3", runs).done();
    }

    @Test
    void theSummaryRanksByTheAccuraciesOfTheRuns() throws IOException {
        JsonNode across = Catwalk.json(runs.resolve("across.json"));
        for (JsonNode one : across.path("data_sets")) {
            JsonNode results =
                    Catwalk.json(runs.resolve(one.path("folder").asString()).resolve("results.json"));
            JsonNode linear = one.at("/accuracies/linear");
            JsonNode conv = one.at("/accuracies/small-conv");
            assertThat(one.path("counts").asBoolean()).isTrue();
            assertThat(linear).isEqualTo(results.at("/trials/0/metrics/test/accuracy"));
            assertThat(conv).isEqualTo(results.at("/trials/1/metrics/test/accuracy"));
            assertThat(conv.asDouble()).isGreaterThan(linear.asDouble());
        }
        // Two classifiers, one of which wins on all five: chi-square 5 and a critical difference of 1.96 / sqrt(5).
        assertThat(across.at("/ranking/friedman").asDouble()).isEqualTo(5);
        assertThat(across.at("/ranking/ranks/0/average").asDouble()).isEqualTo(1);
        assertThat(across.at("/ranking/difference").asDouble()).isBetween(0.8765, 0.8766);
        Catwalk.requireJson(
                across,
                "/classifiers/0=small-conv",
                "/classifiers/1=linear",
                "/pairs/0/only_first=5",
                "/pairs/0/test=signed_rank",
                "/pairs/0/outcome=better");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    @Test
    void tableMarkdownAndPageSayTheSame() throws IOException {
        JsonNode across = Catwalk.json(runs.resolve("across.json"));
        String headline = "Over 5 data sets small-conv ranks significantly above linear: mean ranks 1.00";
        String conv = across.path("data_sets")
                .valueStream()
                .map(one -> percent(one.at("/accuracies/small-conv").asDouble()))
                .collect(Collectors.joining(" | "));
        assertThat(compared.joined()).contains(headline, "5 set4");
        assertThat(compared.out()).containsPattern("(?m)^small-conv +" + conv.replace(" | ", " +") + " +1.00$");
        assertThat(Files.readString(runs.resolve("across.md")))
                .contains("**" + headline, "| small-conv | " + conv + " | 1.00 |")
                .contains("| Classifier | shapes % | shapes-2 % | set2 % | set3 % | set4 % | Mean rank |")
                .contains("| small-conv | linear | 5 | 0 | ");
        assertThat(Files.readString(runs.resolve("across.html")))
                .contains("<svg", headline, "at least 0.88 apart")
                .contains(conv.split(" . ", -1))
                .contains("href=\"shapes-2/report.html\"")
                .doesNotContain("src=\"http", "href=\"http");
        // In the chart of the ranks, each classifier's row begins with its name and ends with its rank.
        assertThat(Files.readString(runs.resolve("across.html")))
                .containsPattern("(?s)>small-conv</text>(?:(?!</g>).)*>1\\.00</text>")
                .containsPattern("(?s)>linear</text>(?:(?!</g>).)*>2\\.00</text>");
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
        String sets = "datasets:\n- %s\n- {name: %s, limit_train: 16}\n".formatted(dataset(2), dataset(3));
        Path file = Files.writeString(folder.resolve("sets.yaml"), sets);
        String crossval = "crossval linear small-conv --folds=2 --seeds=4,9 --split-seed=7 --config=%s --out=%s ";
        Catwalk.ask(crossval + OPTIONS, file, two, folder).done();

        JsonNode across = Catwalk.json(two.resolve("across.json"));
        assertThat(across.path("ranking").isNull()).isTrue();
        assertThat(across.path("pairs").size()).isZero();
        assertThat(two.resolve("across.md")).content().contains("no ranking", "at least 5 data sets", "found 2");
        JsonNode results = Catwalk.json(two.resolve("set2/results.json"));
        assertThat(results.path("trials").valueStream())
                .extracting(trial -> trial.path("classifier").asString() + trial.path("seed") + trial.path("fold"))
                .containsExactlyElementsOf(Stream.of("41", "42", "91", "92")
                        .flatMap(each -> Stream.of("linear" + each, "small-conv" + each))
                        .toList());
        assertThat(two.resolve("set2/experiment.yaml")).content().contains("seed: 7");
        assertThat(two.resolve("set2/standings.csv"))
                .content()
                .startsWith("classifier,trials,accuracy,standard_deviation,accuracy_low,accuracy_high,");
        assertThat(two.resolve("set2/results.md")).content().contains("| 95 % interval |", " to ");
        double mean = results.path("trials")
                .valueStream()
                .filter(trial -> trial.path("classifier").asString().equals("linear"))
                .mapToDouble(trial -> trial.at("/metrics/test/accuracy").asDouble())
                .average()
                .orElseThrow();
        assertThat(across.at("/data_sets/0/accuracies/linear").asDouble()).isEqualTo(mean, within(1e-12));
        assertThat(across.at("/data_sets/0/train").asInt()).isEqualTo(18); // of 40, minus a fold and a tenth
        assertThat(across.at("/data_sets/1/train").asInt()).isLessThan(8); // of 16
        assertThat(two.resolve("across.html")).content().doesNotContain("id=\"ranks\"", "id=\"odds\"");
    }

    @Test
    void longNamesThatCollideAreCutToMakeRoomForTheNumber() throws IOException {
        String name = "s".repeat(85);
        Path one = folder.resolve("one").resolve(name);
        Path other = folder.resolve("other").resolve(name);
        images(one, 11);
        images(other, 12);
        Path out = folder.resolve("long");
        Catwalk.ask("compare linear --dataset %s --dataset %s --out %s " + OPTIONS, one, other, out, folder)
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

    @Test
    void aNumberOfSeedsCountsFromOneAndSeveralAreThemselves() {
        assertThat(OptionParsers.seeds("5")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(OptionParsers.seeds("1,7,9")).containsExactly(1L, 7L, 9L);
    }
}
