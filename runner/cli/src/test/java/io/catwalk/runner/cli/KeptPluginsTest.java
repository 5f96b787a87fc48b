package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Trains plugins that were compiled against version 1.0.0 of the contract and stored: {@code kept} calls all of it,
 * {@code lstm} is one of ours. They are never compiled again, so a change that breaks them also breaks third-party
 * plugins.
 */
@Tag("long")
final class KeptPluginsTest {

    private static final String JARS =
            Path.of("src", "test", "contract").toAbsolutePath().toString();

    private static final Path CONTRACT = Path.of("../..", "core-api", "src", "main", "java", "io", "catwalk", "api");

    @TempDir
    private Path folder;

    @Test
    void pluginsOfTheFirstContractTrainAndExport() throws Exception {
        requireTrained(compare());

        JsonNode kept = Catwalk.json(folder.resolve("run/trials/kept/1-0/trial.json"));
        assertThat(kept.at("/provenance/transfer/taken").valueStream().map(JsonNode::asString))
                .containsExactly("01Conv2d.weight", "01Conv2d.bias");
        JsonNode recipe = Json.YAML
                .readTree(Files.readString(folder.resolve("run/experiment.yaml")))
                .at("/classifiers/0/recipe");
        assertThat(recipe.path("loss").asString()).isEqualTo("own");
        assertThat(recipe.path("augmentations")
                        .valueStream()
                        .map(one -> one.path("type").asString()))
                .containsExactly("horizontal-flip", "shift", "rotate", "crop", "light", "erase", "own", "mixup");
    }

    /** A later version of recipe, task and augmentation, each with one more component, is first on the class path. */
    @Test
    void theyRunOnAContractThatHasGrown() throws Exception {
        Path grown = grown();
        ProcessBuilder builder = compare();
        List<String> command = new ArrayList<>(builder.command());
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, grown + File.pathSeparator + command.get(classPath));
        requireTrained(builder.command(command));

        String request = Files.readString(folder.resolve("run/experiment.yaml"));
        assertThat(request).contains("grown: true").contains("ratio: 1.0");
    }

    private ProcessBuilder compare() throws IOException {
        TinyImages.write(folder.resolve("tiny"));
        String compare = "compare kept lstm --dataset tiny --augment all --epochs 1 --batch-size 16 --in-process";
        return Catwalk.process(
                folder, Catwalk.words(compare + " --threads 1 --no-latency --out run --plugins-dir %s", JARS));
    }

    private static void requireTrained(ProcessBuilder builder) throws Exception {
        Catwalk.Answer answer = Catwalk.finish(builder).done();
        assertThat(answer.err()).doesNotContain("failed");
        assertThat(answer.out()).contains("kept", "lstm");
    }

    private Path grown() throws IOException {
        Path sources = folder.resolve("sources");
        Files.createDirectories(sources);
        try (Stream<Path> files = Files.list(CONTRACT)) {
            for (Path file : files.toList()) {
                Files.copy(file, sources.resolve(file.getFileName()));
            }
        }
        edit(sources.resolve("Recipe.java"), """
                private final boolean pretrained;           -> $0 private final boolean grown;
                @Nullable Boolean pretrained\\) \\{           -> @Nullable Boolean pretrained, @Nullable Boolean grown) {
                this\\.pretrained =                          -> this.grown = grown == null || grown; $0
                (\\n\\s+)pretrained\\);                     -> $1pretrained, grown);
                private boolean pretrained;                 -> $0 private boolean grown = true;
                pretrained = recipe\\.pretrained;            -> $0 grown = recipe.grown;
                public boolean pretrained\\(\\)              -> public boolean grown() { return grown; } $0
                """);
        edit(sources.resolve("Task.java"), """
                private final boolean mirrored;             -> $0 private final String title;
                boolean mirrored\\) \\{                       -> boolean mirrored, NULLABLE String title) { TITLE
                new Task\\(([^;]*)\\);                       -> new Task($1, "");
                public boolean mirrored\\(\\)                -> public String title() { return title; } $0
                """.replace("TITLE", "this.title = title == null ? \"\" : title;"));
        edit(sources.resolve("Augmentation.java"), """
                private final double smallestArea;          -> $0 private final double ratio;
                Crop\\(double smallestArea\\) \\{\\s+Check      -> Crop(double smallestArea, NULLABLE Double ratio) { RATIO Check
                new Crop\\(smallestArea\\)                   -> new Crop(smallestArea, 1.0)
                public double smallestArea\\(\\)             -> public double ratio() { return ratio; } $0
                """.replace("RATIO", "this.ratio = ratio == null ? 1 : ratio;"));
        Path classes = Files.createDirectory(folder.resolve("grown"));
        String options = "-proc:none -nowarn -parameters -d %s -cp %s";
        List<String> arguments =
                new ArrayList<>(List.of(Catwalk.words(options, classes, System.getProperty("java.class.path"))));
        try (Stream<Path> files = Files.list(sources)) {
            files.forEach(file -> arguments.add(file.toString()));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return classes;
    }

    /** Replaces what matches the pattern before each arrow. */
    private static void edit(Path file, String edits) throws IOException {
        String text = Files.readString(file);
        for (String line : edits.replace("NULLABLE", "@org.jspecify.annotations.Nullable")
                .lines()
                .toList()) {
            String[] one = line.split(" +-> ", 2);
            Matcher matcher = Pattern.compile(one[0]).matcher(text);
            assertThat(matcher.find()).as("%s in %s", one[0], file).isTrue();
            text = matcher.replaceAll(one[1]);
        }
        Files.writeString(file, text);
    }
}
