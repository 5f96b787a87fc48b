package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Damages each file of a run in each way: a command answers with one line in our words, and changes nothing. */
final class DamagedRunTest {

    private static final String TRIAL = "trials/dense/1-0/";

    /** Each file, and the command that reads it first. */
    private static final Map<String, String> FILES = new LinkedHashMap<>();

    private static final Map<String, UnaryOperator<String>> DAMAGES = new LinkedHashMap<>();

    static {
        FILES.put("experiment.yaml", "report");
        FILES.put("journal.jsonl", "resume");
        FILES.put("baselines.json", "report");
        FILES.put(TRIAL + "trial.json", "evaluate");
        FILES.put(TRIAL + "order.json", "evaluate");
        FILES.put(TRIAL + "history.csv", "report");
        FILES.put(TRIAL + "predictions.csv", "report");

        DAMAGES.put("a folder", text -> text);
        DAMAGES.put("empty", text -> "");
        DAMAGES.put("blank", text -> " \n");
        DAMAGES.put("cut in the middle", text -> text.substring(0, text.length() / 2) + "\n");
        DAMAGES.put("NUL bytes", text -> "\0".repeat(text.length()));
        DAMAGES.put("a NUL byte in the middle", text -> new StringBuilder(text).insert(text.length() / 2, "\0\n") + "");
        DAMAGES.put("null", text -> "null\n");
        DAMAGES.put("an empty list", text -> "[]\n");
        DAMAGES.put("an empty object", text -> "{}\n");
        DAMAGES.put("a list", text -> "[1, {\"a\": 2}]\n");
        DAMAGES.put("prose", text -> "eggs, milk and bread\n");
        DAMAGES.put("deep", text -> "[".repeat(100_000) + "\n");
        DAMAGES.put(
                "random letters",
                text -> new Random(7)
                        .ints(2000, 33, 127)
                        .mapToObj(Character::toString)
                        .collect(joining("", "", "\n")));
        DAMAGES.put("no text", text -> "\u00e9\u00ff" + text);
        DAMAGES.put("a terminal's commands", text -> "\u001b[2J\u001b]0;x\u0007\n");
    }

    /** Kinds of damage that for a table are the same as prose. */
    private static final List<String> OF_JSON =
            List.of("null", "an empty list", "an empty object", "a list", "deep", "blank");

    /** One run for all tests: each test damages a copy. */
    @TempDir
    private static Path world;

    @TempDir
    private Path folder;

    private Path run;

    @BeforeAll
    static void makeUp() throws IOException {
        Path plugins = Files.createDirectory(world.resolve("plugins"));
        TestPlugin.sound("dense").write(plugins.resolve("dense.jar"));
        Path images = TinyImages.write(world.resolve("tiny"));
        String train = "train dense --plugins-dir %s --dataset %s --out %s --batch-size 8 --on=made-up: --no-latency";
        Catwalk.ask(train, plugins, images, world.resolve("run")).done();
    }

    @BeforeEach
    void copy() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
    }

    static Stream<Arguments> damages() {
        return FILES.keySet().stream()
                .flatMap(file -> DAMAGES.keySet().stream()
                        .filter(damage -> !file.endsWith(".csv") || !OF_JSON.contains(damage))
                        .map(damage -> Arguments.of(file, damage)));
    }

    @ParameterizedTest
    @Tag("long")
    @MethodSource("damages")
    void aDamagedFileIsNamed(String file, String damage) throws IOException {
        Path damaged = run.resolve(file);
        String text = Objects.requireNonNull(DAMAGES.get(damage)).apply(Files.readString(damaged));
        Files.write(damaged, text.getBytes(damage.equals("no text") ? ISO_8859_1 : UTF_8));
        if (damage.equals("a folder")) {
            Files.delete(damaged);
            Files.createDirectory(damaged);
        }
        if (file.equals("journal.jsonl") && List.of("empty", "NUL bytes").contains(damage)) {
            return; // a run that was stopped before its first trial was recorded
        }

        assertRefused(file);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            experiment.yaml | schema: 1      | schema: -1              | is of schema -1
            experiment.yaml | schema: 1      | schema: 0               | is of schema 0
            experiment.yaml | schema: 1      | 'schema: 99\\nwings: 4' | is of schema 99
            experiment.yaml | schema: 1      | 'schema: 1\\nwings: 4'  | unknown key wings
            experiment.yaml | schema: 1      | ''                      | schema is missing or wrong
            experiment.yaml | jobs: 1        | jobs: many              | value of jobs is missing or wrong
            experiment.yaml | jobs: 1        | jobs: 0                 | --jobs must be at least 1
            experiment.yaml | name: dense    | name: a/../../b         | classifier must be at most
            trials/dense/1-0/trial.json  | '"classifier" : "dense"' | '"classifier" : null'   | classifier
            trials/dense/1-0/trial.json  | '"seed" : 1'             | '"seed" : "x"'          | seed
            trials/dense/1-0/order.json  | '"classifier" : "dense"' | '"classifier" : "../x"' | classifier must
            trials/dense/1-0/history.csv | '\\n1,'                  | '\\none,'               | line 2
            """)
    void aChangedValueIsNamed(String file, String from, String to, String said) throws IOException {
        String text = Files.readString(run.resolve(file));
        String changed = text.replaceFirst(from, to.replace("\\n", "\n"));
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(run.resolve(file), changed);

        assertThat(assertRefused(file)).contains(said);
    }

    private String assertRefused(String file) throws IOException {
        Map<Path, byte[]> before = contents();
        String command = Objects.requireNonNull(FILES.get(file));
        Catwalk.Answer answer = command.equals("report")
                ? Catwalk.ask("report %s", run)
                : Catwalk.ask(command + " %s --plugins-dir %s", run, world.resolve("plugins"));

        answer.exits(ExitCode.BAD_REQUEST);
        assertThat(answer.err().lines().filter(line -> line.startsWith("catwalk: ")))
                .as("%s", answer)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("expected ", run.resolve(file).toString())
                        .doesNotContainPattern("(?i)jackson|exception|java\\.|reference chain|deserializ|\\p{Cntrl}")
                        .hasSizeLessThan(run.toString().length() * 2 + 500));
        assertThat(contents()).usingRecursiveComparison().isEqualTo(before);
        return answer.err();
    }

    /** Reads the files that no command may change, and those that a test may damage. */
    private Map<Path, byte[]> contents() throws IOException {
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        for (String file : FILES.keySet()) {
            if (Files.isRegularFile(run.resolve(file))) {
                contents.put(run.resolve(file), Files.readAllBytes(run.resolve(file)));
            }
        }
        return contents;
    }
}
