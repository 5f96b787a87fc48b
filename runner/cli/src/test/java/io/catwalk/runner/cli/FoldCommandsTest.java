package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A cross-validation and a search, and the files that they write. */
final class FoldCommandsTest {

    /** Where only the request is judged, nothing is trained. */
    private static final String MADE_UP = " --on=made-up: --no-latency";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makePluginsAndImages() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("wide").write(plugins.resolve("wide.jar"));
        TestPlugin.sound("narrow").write(plugins.resolve("narrow.jar"));
        TestPlugin.having("spacious", "", """
                        @Override public SearchSpace searchSpace() {
                            return SearchSpace.none().with("rate", Choice.range(0.1, 0.0, 0.9)).with("size", 4, 6, 8);
                        """).write(plugins.resolve("spacious.jar"));
        TinyImages.write(folder.resolve("tiny"));
    }

    private static Catwalk.Answer run(String command, String out) {
        return run(folder.resolve("tiny"), command, out);
    }

    private static Catwalk.Answer run(Path images, String command, String out) {
        String where = " --plugins-dir %s --dataset %s --out %s --threads 1";
        String how = command.contains(MADE_UP) ? "" : " --in-process";
        return Catwalk.ask(command + where + how, folder.resolve("plugins"), images, folder.resolve(out));
    }

    private static JsonNode json(String file) throws IOException {
        return Catwalk.json(folder.resolve(file));
    }

    @Test
    @Tag("long")
    void everyTrainingImageJudgesOnceInEachRepeatAndChoosesNoEpochThere() throws IOException {
        run("crossval wide narrow --folds 3 --repeats 2 --epochs 2 --batch-size 8", "cv")
                .done();

        for (int repeat = 0; repeat < 2; repeat++) {
            List<Integer> judging = new ArrayList<>();
            for (int fold = 1 + 3 * repeat; fold <= 3 + 3 * repeat; fold++) {
                JsonNode split = json("cv/trials/wide/1-" + fold + "/split.json");
                assertThat(json("cv/trials/narrow/1-" + fold + "/split.json")).isEqualTo(split);
                List<Integer> judges = integers(split.path("fold"));
                assertThat(judges).hasSize(TinyImages.TRAIN / 3);
                assertThat(integers(split.path("validation"))).isNotEmpty().doesNotContainAnyElementsOf(judges);
                judging.addAll(judges);
            }
            assertThat(judging)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, TinyImages.TRAIN).boxed().toList());
        }
        JsonNode results = json("cv/results.json");
        assertThat(results.path("trials").valueStream())
                .hasSize(12)
                .allSatisfy(trial ->
                        assertThat(trial.at("/metrics/test/images").asInt()).isEqualTo(TinyImages.TRAIN / 3));
        requireJson(results, "/comparison/scope=classifiers");
        assertThat(results.at("/comparison/pairs").size()).isEqualTo(1);
        // Only one network of each is exported and measured; the others are only scored.
        assertThat(results.path("trials").valueStream())
                .filteredOn(trial -> !trial.path("parity").isNull())
                .extracting(trial -> trial.path("classifier").asString() + trial.path("fold"))
                .containsExactly("wide1", "narrow1");
    }

    @Test
    void batchesAreNotLargerThanTheSmallestFoldAllows() throws IOException {
        Path images = folder.resolve("groups");
        String request = "crossval narrow --folds 3 --epochs 1 --labels " + groups(images);

        Catwalk.Answer larger =
                run(images, request + " --batch-size 26", "larger").exits(ExitCode.BAD_REQUEST);
        assertThat(larger.err()).contains("25, but is 26 for narrow");
        assertThat(run(images, request + MADE_UP, "grouped").done().err())
                .contains("narrow: batches of 25 images instead of ");
    }

    /** Writes images of two classes in large groups: the three folds leave 37, 25 and 39 images for training. */
    private static Path groups(Path images) throws IOException {
        StringBuilder table = new StringBuilder("path,label,group,split\n");
        int image = 0;
        for (String group : List.of("a 20", "b 19", "a 18", "a 17", "b 3", "b 2", "a 1", "b 1")) {
            String[] labelAndSize = group.split(" ", -1);
            for (int i = 0; i < Integer.parseInt(labelAndSize[1]); i++) {
                picture(images, image);
                String part = group.endsWith(" 1") ? "test" : "train";
                table.append("%d.png,%s,%s,%s\n".formatted(image++, labelAndSize[0], group, part));
            }
        }
        return Files.writeString(images.resolve("labels.csv"), table);
    }

    private static void picture(Path folder, int image) throws IOException {
        BufferedImage pixels = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
        pixels.getRaster().setSample(0, 0, 0, image);
        Path file = Files.createDirectories(folder).resolve(image + ".png");
        ImageIO.write(pixels, "png", file.toFile());
    }

    /** Each fold leaves 22 of the 36 images for training, but the best is trained on the 12 of the folder train. */
    @Test
    void aBatchThatTheTrainingOfTheBestDoesNotFillIsRefusedBeforeTheSearch() throws IOException {
        Path images = folder.resolve("validated");
        for (int image = 0; image < 40; image++) {
            String part = image < 12 ? "train" : image < 36 ? "val" : "test";
            picture(images.resolve(part).resolve(image % 2 == 0 ? "a" : "b"), image);
        }
        String request = "tune narrow --strategy grid --search learning_rate=0.01 --folds 3 --epochs 1 --batch-size 13";

        run(images, request, "searched").refused("12, but is 13 for narrow");
        assertThat(folder.resolve("searched")).doesNotExist();
    }

    @Test
    void aSearchTrainsTheBestInFullAndJudgesItOnTheTestImagesOnce() throws IOException {
        Catwalk.Answer answer = run(
                        "tune wide --epochs 2 --no-latency --candidates=4 --eta=2 --folds=2 --score-epochs=2"
                                + " --search=learning_rate=0.003,0.03 --search=batch_size=8,16",
                        "tuned")
                .done();

        JsonNode results = json("tuned/results.json");
        List<JsonNode> candidates =
                results.at("/tuning/candidates").valueStream().toList();
        assertThat(candidates).hasSize(4);
        assertThat(results.at("/tuning/best").asInt())
                .isEqualTo(candidates.get(0).path("number").asInt());
        List<JsonNode> onTest = results.path("trials")
                .valueStream()
                .filter(trial -> trial.path("fold").asInt() == 0)
                .toList();
        JsonNode best = onTest.get(0);
        assertThat(onTest).hasSize(1);
        requireJson(best, "/variant=best", "/metrics/test/images=40");
        assertThat(best.at("/recipe/batch_size")).isEqualTo(candidates.get(0).at("/choices/batch_size"));
        assertThat(best.at("/recipe/optimizer/learning_rate"))
                .isEqualTo(candidates.get(0).at("/choices/learning_rate"));
        assertThat(results.at("/comparison/standings").valueStream())
                .extracting(standing -> standing.path("classifier").asString())
                .containsExactly("wide@best");
        requireJson(results, "/dataset/test=40", "/dataset/largest_class=4");
        assertThat(results.at("/dataset/train").asInt()
                        + results.at("/dataset/validation").asInt())
                .isEqualTo(TinyImages.TRAIN);
        assertThat(answer.out()).contains("2 folds", TinyImages.TEST + " test images");

        assertThat(Catwalk.ask("audit %s", folder.resolve("tuned")).done().out())
                .contains("wide@best seed 1");
        Path trial = folder.resolve("tuned/trials/wide@best/1-0");
        Catwalk.Answer evaluated = Catwalk.ask("evaluate %s --plugins-dir %s", trial, folder.resolve("plugins"));
        assertThat(evaluated.done().out()).startsWith("wide@best seed 1: accuracy ");
    }

    @Test
    void aResolvedRequestGivesTheSameNumbersAgain() throws IOException {
        run("compare wide --epochs 2 --batch-size 8 --no-latency", "first").done();

        run("compare --no-latency --config " + folder.resolve("first/experiment.yaml"), "again")
                .done();

        assertThat(json("again/results.json").at("/trials/0/metrics"))
                .isEqualTo(json("first/results.json").at("/trials/0/metrics"));
        assertThat(folder.resolve("again/trials/wide/1-0/predictions.csv"))
                .hasSameTextualContentAs(folder.resolve("first/trials/wide/1-0/predictions.csv"));
    }

    private static Catwalk.Answer withFile(String command, String out, String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve(out + ".yaml"), yaml);
        return run(command + MADE_UP + " --config " + file, out);
    }

    @Test
    void optionsWinOverTheFile() throws IOException {
        withFile("crossval --seed 6 --epochs 2 --batch-size 8", "mine", """
                        seeds: [4, 5]
                        split: {folds: 2, hold_out: 0.2}
                        classifiers:
                        - name: narrow
                          variant: slow
                          recipe: {epochs: 7, optimizer: {learning_rate: 0.01}}
                        region: 1.5
                        """).done();

        JsonNode trials = json("mine/results.json").path("trials");
        assertThat(trials.valueStream())
                .extracting(trial -> trial.path("variant").asString() + trial.path("seed") + trial.path("fold"))
                .containsExactly("slow61", "slow62");
        requireJson(trials, "/0/recipe/epochs=2", "/0/recipe/optimizer/learning_rate=0.01");
        assertThat(Files.readString(folder.resolve("mine/experiment.yaml"))).contains("region: 1.5", "hold_out: 0.2");
    }

    @ParameterizedTest
    @CsvSource({
        "train narrow --set learning_rate=0.02, set, slow",
        "tune narrow --strategy grid --search learning_rate=0.02 --folds 2 --score-epochs 1, search, best"
    })
    void whatIsChosenChangesTheEntryOfTheFile(String command, String out, String variant) throws IOException {
        withFile(command, out, """
                        classifiers:
                        - name: narrow
                          variant: slow
                          recipe: {epochs: 1, batch_size: 8, optimizer: {learning_rate: 0.01, weight_decay: 0.5}}
                        """).done();

        JsonNode trial = json(out + "/results.json")
                .path("trials")
                .valueStream()
                .filter(one -> one.path("fold").asInt() == 0)
                .findFirst()
                .orElseThrow();
        requireJson(trial, "/variant=" + variant, "/recipe/epochs=1", "/recipe/batch_size=8");
        requireJson(trial.at("/recipe/optimizer"), "/learning_rate=0.02", "/weight_decay=0.5");
    }

    @ParameterizedTest
    @CsvSource({"rate=0.4..0.6, within, 0.5", "rate, offered, 0.5", "size, options, 8"})
    @Tag("long")
    void aSearchStartsAtTheEntryOfTheFile(String search, String out, String value) throws IOException {
        String tune = "tune spacious --strategy random --candidates 1 --folds 2 --score-epochs 1 --search ";
        withFile(tune + search, out, """
                        classifiers:
                        - name: spacious
                          hyperparameters: {rate: 0.5, size: 8}
                          recipe: {epochs: 1, batch_size: 8}
                        """).done();

        String name = search.replaceAll("=.*", "");
        requireJson(json(out + "/results.json"), "/tuning/candidates/0/choices/" + name + "=" + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train narrow --set learning_rate=0.02", "tune narrow"})
    void anEntryThatCannotBeChangedIsRefused(String command) throws IOException {
        String pinned = "classifiers: [{name: narrow, plugin_sha256: '%s'}]".formatted("0".repeat(64));
        withFile(command, "pinned", pinned).refused("classifiers[0].plugin_sha256", "0000");
        withFile(command, "several", "classifiers: [{name: narrow, variant: a}, {name: narrow, variant: b}]")
                .refused("one entry of narrow", "the variants a, b");
        assertThat(folder.resolve("pinned")).doesNotExist();
    }

    private static List<Integer> integers(JsonNode array) {
        return array.valueStream().map(JsonNode::asInt).toList();
    }
}
