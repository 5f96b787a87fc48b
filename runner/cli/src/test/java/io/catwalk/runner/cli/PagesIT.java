package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands of the tutorial and of each how-to page as written, in order, in one shell in an empty folder, with
 * the packaged program. The text after {@code sh} says what is expected of a block:
 *
 * <ul>
 *   <li>nothing: it is run, and each command ends with 0;
 *   <li>{@code exit=N}: it is run, and ends with N;
 *   <li>{@code if=PROGRAM}: it is run where the program is installed ({@link #PROBES});
 *   <li>{@code no-run: WHY}: it cannot be run here.
 * </ul>
 *
 * A block of another language with a file name after it is that file, which exists from the beginning.
 */
@Tag("long")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs shell commands")
final class PagesIT {

    private static final Path DOCS = Path.of("../..", "docs");

    private static final Path HOME =
            Path.of("../target", "catwalk-" + Software.current().catwalk()).toAbsolutePath();

    private static final Pattern FENCE =
            Pattern.compile("^```sh(?<info>[^\n]*)\n(?<commands>.*?)\n```$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern FILE =
            Pattern.compile("^```[a-z]+ ([\\w.]+)\\n(.*?\\n)```$", Pattern.DOTALL | Pattern.MULTILINE);

    /** How a shell finds out whether a program is installed. */
    private static final Map<String, String> PROBES = Map.of(
            "python", "python3 -c 'import numpy, onnxruntime, PIL'",
            "torchvision", "python3 -c 'import onnx, torchvision'",
            "npm", "npm --version && node --version");

    /** Tested by WritingAPluginIT (which needs Maven), OnnxOperationTest, PluginCommandTest and SparkCommandIT. */
    private static final List<String> ELSEWHERE = List.of(
            "how-to/write-a-plugin.md",
            "how-to/add-an-operation.md",
            "how-to/ship-a-plugin.md",
            "how-to/train-on-spark.md");

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private record Block(String page, String info, String commands) {

        boolean runs() {
            return !info.startsWith("no-run");
        }

        /** Writes the block so that the shell continues only if the block ends as expected. */
        String script(int number) {
            String begin = "echo '== block " + number + "'\n";
            if (info.startsWith("if=")) {
                return begin + "if { " + PROBES.get(info.substring(3)) + "; } >/dev/null 2>&1; then\n" + commands
                        + "\nelse echo '== skipped: needs " + info.substring(3) + "'; fi\n";
            }
            if (info.startsWith("exit=")) {
                return begin + "code=0\n( set +e\n" + commands + "\n) || code=$?\n[ \"$code\" = " + info.substring(5)
                        + " ] || { echo \"== exit code $code\"; exit 99; }\n";
            }
            return begin + commands + "\n";
        }
    }

    static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>();
        for (String kind : List.of("tutorial", "how-to")) {
            try (Stream<Path> files = Files.list(DOCS.resolve(kind))) {
                files.map(file -> DOCS.relativize(file).toString()).forEach(pages::add);
            }
        }
        return pages.stream()
                .filter(name -> name.endsWith(".md") && !ELSEWHERE.contains(name))
                .filter(name -> name.contains(System.getProperty("catwalk.page", "")))
                .sorted()
                .toList();
    }

    private static List<Block> blocks(String page) throws IOException {
        return FENCE.matcher(Files.readString(DOCS.resolve(page)))
                .results()
                .map(found -> new Block(page, found.group(1).strip(), found.group(2)))
                .toList();
    }

    @BeforeAll
    static void copyTheProgram() throws IOException {
        ProgramCopy.make(HOME, shared.resolve("catwalk"));
    }

    @Test
    void whatIsExpectedOfABlockIsKnown() throws IOException {
        List<Block> all = new ArrayList<>();
        for (String page : pages()) {
            all.addAll(blocks(page));
        }

        assertThat(all)
                .extracting(Block::info)
                .allMatch(info -> info.isEmpty()
                        || info.matches("exit=[0-9]+|no-run: .{10,}")
                        || (info.startsWith("if=") && PROBES.containsKey(info.substring(3))));
        assertThat(all.stream().filter(block -> !block.runs())).hasSizeLessThanOrEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theCommandsWorkAsTheyStand(String page) throws Exception {
        Path catwalk = shared.resolve("catwalk");
        StringBuilder script = new StringBuilder("set -eu\n");
        int number = 0;
        for (Block block : blocks(page)) {
            if (block.runs()) {
                script.append(block.script(++number));
            }
        }
        script.append("echo '== end'\n");
        for (var file :
                FILE.matcher(Files.readString(DOCS.resolve(page))).results().toList()) {
            if (!file.group().startsWith("```sh ")) {
                Files.writeString(folder.resolve(file.group(1)), file.group(2));
            }
        }
        // In a shell of its own, for processes that it starts in the background.
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script.toString()).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        // Debian's Python has the packages.
        environment.put("PATH", catwalk.resolve("bin") + ":/usr/bin:" + environment.get("PATH"));
        environment.put("CATWALK", catwalk.toString());
        environment.put("XDG_CACHE_HOME", shared.resolve("cache").toString());
        environment.put("CATWALK_LATENCY_MILLIS", "60");
        environment.put("npm_config_prefer_offline", "true");

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).as(answer.out() + answer.err()).isZero();
        assertThat(number).as("blocks of commands").isPositive();
        assertThat(answer.out()).endsWith("== end\n");
    }

    @AfterAll
    static void unlink() throws IOException {
        try (Stream<Path> parts = Files.list(shared.resolve("catwalk"))) {
            for (Path link : parts.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }
}
