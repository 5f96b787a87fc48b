package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.OnnxMetadata;
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
        String how = " --epochs=8 --batch-size=8 --threads=1 --in-process --no-latency";
        Catwalk.ask(
                        "train dense --dataset=%s --plugins-dir=%s --out=%s" + how,
                        folder.resolve("tiny"),
                        plugins,
                        folder.resolve("run"))
                .done();
        trial = folder.resolve("run/trials/dense/1-0");
        assertThat(Catwalk.json(trial.resolve("classes.json")))
                .hasToString("[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]");
        accuracy = Catwalk.json(trial.resolve("trial.json"))
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

    private static List<Catwalk.Answer> scored(Path dataset, String more) {
        Path plugins = folder.resolve("plugins");
        return List.of(
                Catwalk.ask("evaluate %s --json --plugins-dir=%s --dataset=%s" + more, trial, plugins, dataset),
                Catwalk.ask("verify %s --json --dataset=%s" + more, trial.resolve("model.onnx"), dataset));
    }

    private static double accuracy(Catwalk.Answer answer) {
        JsonNode json = answer.done().json();
        return (json.isArray() ? json.get(0) : json).at("/metrics/accuracy").asDouble();
    }

    @Test
    void classesOfAnotherOrderAreMatchedByNameUnlessTheirPlacesCount() throws IOException {
        Path other = reversed("reversed", names(""));

        assertThat(scored(other, ""))
                .allSatisfy(one -> assertThat(accuracy(one)).isCloseTo(accuracy, within(1e-9)));
        assertThat(scored(other, " --classes-by-index")).allMatch(one -> accuracy(one) < 0.3);
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

        for (Catwalk.Answer answer : scored(other, "")) {
            answer.refused(
                    "renamed has no 0, 1, 2 and 7 more", "class-9, class-8, class-7 and 7 more", "--classes-by-index");
        }
        assertThat(scored(other, " --classes-by-index")).allMatch(one -> accuracy(one) < 0.3);
    }
}
