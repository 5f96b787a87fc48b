package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The checker that each run folder holds passes what the program writes, and finds whatever was changed. */
final class CheckRunTest {

    @TempDir
    private static Path folder;

    private static final Map<String, Path> RUNS = new LinkedHashMap<>();

    @BeforeAll
    static void run() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        for (String name : List.of("one", "two", "three")) {
            TestPlugin.sound(name).write(plugins.resolve(name + ".jar"));
        }
        TinyImages.write(folder.resolve("images"));
        made("models", "compare", "one", "two", "three", "--on", "made-up:one=0.5,two=0.7,three=0.9");
        made("seeds", "compare", "one", "two", "--seeds", "4", "--on", "made-up:one/2-0=0.5,one/3-0=0.6");
        made("folds", "crossval", "one", "two", "--folds", "4", "--on", "made-up:one=0.5,two/1-3=0.6");
        made("repeats", "crossval", "one", "two", "--folds", "2", "--repeats", "2", "--seeds", "2", "--on", "made-up:");
        made("missing", "compare", "one", "two", "--seeds", "4", "--on", "made-up:one/3-0=failed,two/2-0=lost");
        made("weak", "compare", "one", "--on", "made-up:one=0.08"); // 1 of 12 has no end in decimals
        made("search", "tune", "one", "--candidates", "2", "--on", "made-up:");
        made(
                "untested",
                "compare",
                "one",
                "two",
                "--on",
                "made-up:one=0.5",
                "--dataset",
                untested().toString());
        Path kept = folder.resolve("onnx");
        ExportedRun.copy(Path.of("../..", "test-data", "runs", "0.1.0", "finished"), kept);
        Catwalk.ask("report %s", kept).done(); // writes its results in the present form
        RUNS.put("onnx", kept);
        stopped("three");
    }

    /** Leaves a run that was stopped before a classifier had any network. */
    private static void stopped(String last) throws IOException {
        Path run = folder.resolve("stopped");
        ExportedRun.copy(Objects.requireNonNull(RUNS.get("models")), run);
        Path journal = run.resolve("journal.jsonl");
        List<String> lines = Files.readAllLines(journal);
        assertThat(lines.removeIf(line -> line.contains("\"classifier\":\"" + last + "\"")))
                .isTrue();
        Files.write(journal, lines);
        Catwalk.ask("report %s", run).done();
        RUNS.put("stopped", run);
    }

    /** Writes test images of which none is of the last class, and one of the class before. */
    private static Path untested() throws IOException {
        Path images = TinyImages.write(folder.resolve("untested images"));
        Path file = images.resolve("t10k-labels-idx1-ubyte");
        byte[] labels = Files.readAllBytes(file);
        boolean single = false;
        for (int i = 8; i < labels.length; i++) {
            if (labels[i] == 9 || (labels[i] == 8 && single)) {
                labels[i] = 0;
            }
            single |= labels[i] == 8;
        }
        Files.write(file, labels);
        return images;
    }

    private static void made(String name, String... words) {
        Path run = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("--plugins-dir", folder.resolve("plugins").toString()));
        command.addAll(List.of("--out", run.toString()));
        if (!command.contains("--dataset")) {
            command.addAll(List.of("--dataset", folder.resolve("images").toString()));
        }
        command.addAll(List.of("--batch-size", "8", "--no-latency"));
        Catwalk.Answer answer = Catwalk.piped(command.toArray(String[]::new));
        assertThat(answer.exitCode()).as("%s", answer).isLessThan(ExitCode.BAD_REQUEST);
        RUNS.put(name, run);
    }

    @Test
    void everyRunPassesWhereverItIsCheckedFrom() throws Exception {
        List<String> command = new ArrayList<>(List.of("docs/reference/check_run.py"));
        RUNS.values().forEach(run -> command.add(run.toAbsolutePath().toString()));
        Catwalk.Answer all = python(Path.of("../..").toAbsolutePath(), command);
        Catwalk.Answer own = python(folder.resolve("models"), List.of("check_run.py"));

        assertThat(all.exitCode()).as("%s", all).isZero();
        assertThat(all.out().lines()).hasSize(RUNS.size()).allMatch(line -> line.contains(": PASS, "));
        assertThat(own.exitCode()).as("%s", own).isZero();
    }

    @Test
    void whatIsNoRunIsNamed() throws Exception {
        Catwalk.Answer answer = python(folder, List.of("models/check_run.py", "images"));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("images", "journal.jsonl").hasLineCount(1);
    }

    /** What {@code benchmarks/publish.py} leaves for docs/results: one file for each trial, without its network. */
    @Test
    void aPublishedRunPasses_untilTheTrialsOfTwoSeedsAreExchanged() throws Exception {
        Path seeds = Objects.requireNonNull(RUNS.get("seeds")).toAbsolutePath();
        Path published = folder.resolve("published").toAbsolutePath();
        Path root = Path.of("../..").toAbsolutePath();
        Catwalk.Answer passed = python(root, List.of("benchmarks/publish.py", seeds.toString(), published.toString()));
        Path first = published.resolve("trials/one/1-0.tar.xz");
        Path second = first.resolveSibling("2-0.tar.xz");
        Files.move(first, folder.resolve("aside"));
        Files.move(second, first);
        Files.move(folder.resolve("aside"), second);
        Catwalk.Answer exchanged = python(root, List.of("docs/reference/check_run.py", published.toString()));
        Files.delete(second);
        Catwalk.Answer lost = python(root, List.of("docs/reference/check_run.py", published.toString()));
        // What may be left out of an archive may not be missing in a run that has an archive beside it.
        Path whole = folder.resolve("beside");
        ExportedRun.copy(seeds, whole);
        Files.copy(first, whole.resolve("trials/one/2-0.tar.xz"));
        Files.delete(whole.resolve("trials/one/2-0/predictions-validation.csv"));
        Catwalk.Answer beside = python(root, List.of("docs/reference/check_run.py", whole.toString()));

        assertThat(passed.exitCode()).as("%s", passed).isZero();
        assertThat(passed.out()).contains("PASS", "files left out");
        assertThat(exchanged.out())
                .contains("one/1-0: predictions.csv sha256", "one/2-0: predictions.csv sha256", "FAIL");
        assertThat(exchanged.exitCode()).isEqualTo(1);
        assertThat(lost.out()).contains("2-0/trial.json is missing", "FAIL");
        assertThat(beside.out()).contains("one/2-0: predictions-validation.csv is missing", "FAIL");
    }

    @Test
    @Tag("long")
    void everyFalsifiedRunIsFound() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("src/test/cases/falsified-runs.txt")).stream()
                .filter(line -> line.contains(" | ") && !line.startsWith("Falsified"))
                .toList();
        Path falsified = Files.createDirectory(folder.resolve("falsified"));
        Path program = Path.of("../..", "docs", "reference", "check_run.py").toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(program.toString()));
        for (int i = 0; i < lines.size(); i++) {
            String[] parts = (lines.get(i) + " ").split(" \\| ?", -1);
            Path copy = falsified.resolve(Integer.toString(i));
            ExportedRun.copy(Objects.requireNonNull(RUNS.get(parts[0])), copy);
            falsify(copy, parts[1], parts[2].strip(), parts[3].strip());
            command.add(copy.toString());
        }

        Catwalk.Answer answer = python(folder, command);

        assertThat(lines).hasSizeGreaterThanOrEqualTo(60);
        assertThat(IntStream.range(0, lines.size())
                        .filter(i -> !answer.out().contains("falsified/" + i + ": FAIL, "))
                        .mapToObj(lines::get))
                .isEmpty();
        assertThat(answer.exitCode()).isEqualTo(1);
    }

    private static void falsify(Path run, String file, String where, String value) throws IOException {
        Path path = run.resolve(file);
        if (file.equals("all")) {
            everywhere(run, where, value);
        } else if (where.equals("delete")) {
            Files.delete(path);
        } else if (where.equals("swap")) {
            Files.move(path, run.resolve("aside"));
            Files.move(run.resolve(value), path);
            Files.move(run.resolve("aside"), run.resolve(value));
        } else if (where.startsWith("/")) {
            Files.writeString(path, changed(Files.readString(path), where, value));
        } else {
            List<String> lines = new ArrayList<>(Files.readAllLines(path));
            if (where.startsWith("drop ")) {
                lines.remove(Integer.parseInt(where.substring("drop ".length())));
            } else if (where.startsWith("line ")) {
                String[] parts = value.split("=>", -1);
                lines.replaceAll(line ->
                        line.contains(parts[0]) && line.equals(lines.get(1)) ? line.replace(parts[0], parts[1]) : line);
                assertThat(lines).anyMatch(line -> line.contains(parts[1]));
            } else {
                int at = Integer.parseInt(where.substring(0, where.indexOf(':')));
                lines.set(at, changed(lines.get(at), where.substring(where.indexOf('/')), value));
            }
            Files.write(path, lines);
        }
    }

    private static String changed(String json, String pointer, String value) {
        JsonNode tree = Json.JSON.readTree(json);
        assertThat(tree.at(pointer).isMissingNode()).as(pointer).isFalse();
        int cut = pointer.lastIndexOf('/');
        String key = pointer.substring(cut + 1);
        JsonNode parent = tree.at(pointer.substring(0, cut));
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(key), Json.JSON.readTree(value));
        } else {
            ((ObjectNode) parent).set(key, Json.JSON.readTree(value));
        }
        return Json.LINE.writeValueAsString(tree);
    }

    /** Changes the first number of a key in every file that states results, as somebody would who knows them all. */
    private static void everywhere(Path run, String key, String value) throws IOException {
        String results = Files.readString(run.resolve("results.json"));
        String old = results.replaceFirst("(?s).*?\"" + key + "\" : ([-\\d.eE]+).*", "$1");
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(json|jsonl|csv)"))
                    .toList()) {
                String text = Files.readString(file);
                String forged = text.replaceAll("(\"" + key + "\" ?: ?)" + Pattern.quote(old), "$1" + value);
                if (file.endsWith("results.csv")) {
                    forged = forged.replace("," + old + ",", "," + value + ",");
                }
                Files.writeString(file, forged);
            }
        }
        assertThat(run.resolve("results.json")).content().isNotEqualTo(results);
    }

    /** Requires that all numbers of a run are computed again, by the program in its folder. */
    static void requirePass(Path run) throws IOException, InterruptedException {
        Catwalk.Answer answer = python(run, List.of("check_run.py"));
        assertThat(answer.exitCode()).as("%s", answer).isZero();
    }

    private static Catwalk.Answer python(Path working, List<String> words) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs Python");
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-B"));
        command.addAll(words);
        return Catwalk.finish(new ProcessBuilder(command).directory(working.toFile()));
    }
}
