package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/**
 * The same images with their classes in another order, or with other names: a network identifies its classes by name.
 */
final class ClassNamesTest {

    @TempDir
    private static Path folder;

    private static Path trial;
    private static double accuracy;

    @BeforeAll
    static void train() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").write(plugins.resolve("dense.jar"));
        TinyImages.write(folder.resolve("tiny"));
        Catwalk.Answer trained = Catwalk.run(
                "train",
                "dense",
                "--dataset=" + folder.resolve("tiny"),
                "--plugins-dir=" + plugins,
                "--out=" + folder.resolve("run"),
                "--epochs=8",
                "--batch-size=8",
                "--threads=1",
                "--in-process",
                "--no-latency");
        assertThat(trained.exitCode()).as("%s", trained).isEqualTo(ExitCode.DONE);
        trial = folder.resolve("run/trials/dense/1-0");
        accuracy = Json.JSON
                .readTree(Files.readString(trial.resolve("trial.json")))
                .at("/metrics/test/accuracy")
                .asDouble();
        assertThat(accuracy).isGreaterThan(0.5); // matched by index, nearly every answer would be wrong
    }

    /** Writes the images with their classes reversed, so that class 0 has label 9, and the names of the labels. */
    private Path reversed(String name, List<String> classes) throws IOException {
        Path other = Files.createDirectories(folder.resolve(name));
        for (String part : List.of("train", "t10k")) {
            String images = part + "-images-idx3-ubyte";
            Files.copy(folder.resolve("tiny").resolve(images), other.resolve(images));
            byte[] labels = Files.readAllBytes(folder.resolve("tiny").resolve(part + "-labels-idx1-ubyte"));
            for (int i = 8; i < labels.length; i++) {
                labels[i] = (byte) (9 - labels[i]);
            }
            Files.write(other.resolve(part + "-labels-idx1-ubyte"), labels);
        }
        Files.write(other.resolve("classes.txt"), classes);
        return other;
    }

    private static List<String> names(String prefix) {
        return IntStream.rangeClosed(0, 9).mapToObj(i -> prefix + (9 - i)).toList();
    }

    private Catwalk.Answer evaluate(Path dataset, String... more) {
        return Catwalk.run(with(
                more,
                "evaluate",
                trial.toString(),
                "--json",
                "--plugins-dir=" + folder.resolve("plugins"),
                "--dataset=" + dataset));
    }

    private Catwalk.Answer verify(Path dataset, String... more) {
        return Catwalk.run(
                with(more, "verify", trial.resolve("model.onnx").toString(), "--json", "--dataset=" + dataset));
    }

    private static String[] with(String[] more, String... first) {
        String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private static double accuracy(Catwalk.Answer answer) {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        JsonNode json = Json.JSON.readTree(answer.out());
        return (json.isArray() ? json.get(0) : json).at("/metrics/accuracy").asDouble();
    }

    @Test
    void classesOfAnotherOrderAreMatchedByName() throws IOException {
        Path other = reversed("reversed", names(""));

        assertThat(accuracy(evaluate(other))).isCloseTo(accuracy, within(1e-9));
        assertThat(accuracy(verify(other))).isCloseTo(accuracy, within(1e-9));
    }

    @Test
    void byTheirPlacesTheAnswersAreHeldAgainstTheWrongClasses() throws IOException {
        Path other = reversed("by-place", names(""));

        assertThat(accuracy(evaluate(other, "--classes-by-index"))).isLessThan(0.3);
        assertThat(accuracy(verify(other, "--classes-by-index"))).isLessThan(0.3);
    }

    @Test
    void byTheirPlacesTheImagesTakeTheNamesOfTheFileIfEachClassHasItsOwn() throws IOException {
        FileDataset byIndex = CommandLine.populateCommand(new FileDataset(), "--classes-by-index");
        Path file = trial.resolve("model.onnx");
        OnnxMetadata metadata = OnnxMetadata.read(file);
        ImageDataset images = new DatasetSpec(
                        folder.resolve("tiny").toString(), null, null, null, null, 0, 0, null, null)
                .load(DataHome.of(folder));

        ImageDataset renamed = byIndex.matched(file, images, metadata.withLabels(names("class-")));

        assertThat(renamed.classes()).isEqualTo(names("class-"));
        assertThat(renamed.test().labels()).isEqualTo(images.test().labels());
        for (List<String> others : List.of(Collections.nCopies(10, "class"), List.of("a", "b"))) {
            assertThat(byIndex.matched(file, images, metadata.withLabels(others)))
                    .isSameAs(images);
        }
    }

    @Test
    void otherNamesAreRefusedUnlessTheirPlacesCount() throws IOException {
        Path other = reversed("renamed", names("class-"));

        for (Catwalk.Answer refused : List.of(evaluate(other), verify(other))) {
            assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .hasLineCount(1)
                    .contains("renamed has no 0, 1, 2 and 7 more")
                    .contains("has class-9, class-8, class-7 and 7 more besides", "--classes-by-index");
        }
        assertThat(accuracy(evaluate(other, "--classes-by-index"))).isLessThan(0.3);
    }

    @Test
    void theNamesStandInTheFolderOfTheTrial() throws IOException {
        assertThat(Json.JSON.readTree(Files.readString(trial.resolve("classes.json"))))
                .hasToString("[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]");
    }
}
