package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.runtimes.Runner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that compares numbers: which other runtimes run a file, and what counts as equal. */
final class RuntimeOptions {

    private static final String ALL = "all";

    @Option(
            names = "--runtimes",
            paramLabel = "all|NAME,...",
            hideParamSyntax = true,
            split = ",",
            description = "Run the file in other runtimes too, and compare their answers with those of ONNX Runtime "
                    + "for Java: python, node, web and more, see docs/how-to/use-an-onnx-file.md. all skips those that "
                    + "are not installed, and says how to install them; verify gives slow ones fewer images.")
    private List<String> names = List.of();

    @Option(names = "--runtime-timeout", paramLabel = "TIME", description = "Limit for each. Default: ${DEFAULT-VALUE}")
    private String timeout = "10m";

    @Option(names = "--runtimes-dir", paramLabel = "DIR", description = "Folder of the runners. Default: Catwalk's own")
    private Path folder = Home.runtimes();

    @Option(
            names = "--abs",
            paramLabel = "X",
            description = "Absolute tolerance of a number. Default: 1e-4; for diff without --runtimes 1e-5")
    private @Nullable Double absolute;

    @Option(
            names = "--rel",
            paramLabel = "X",
            description = "Relative tolerance, added to --abs. Default: 0; for diff 1e-4. For verify, two labels whose "
                    + "reference logits are closer than their tolerances together are a near tie, which passes.")
    private @Nullable Double relative;

    boolean compares() {
        return absolute != null || relative != null;
    }

    Tolerance tolerance(double usualAbsolute, double usualRelative) {
        try {
            return new Tolerance(
                    Objects.requireNonNullElse(absolute, usualAbsolute),
                    Objects.requireNonNullElse(relative, usualRelative));
        } catch (IllegalArgumentException e) {
            throw new RequestException("--abs and --rel: " + e.getMessage(), e);
        }
    }

    boolean areGiven() {
        return !names.isEmpty();
    }

    /** Returns how many of some images a runtime is asked about: of all runtimes, a slow one gets fewer. */
    int images(Runner runner, int size) {
        return names.contains(ALL) ? runner.images(size) : size;
    }

    Duration timeout() {
        return OptionParsers.timeout("--runtime-timeout", timeout);
    }

    private List<Runner> runners() throws IOException {
        List<Runner> known = Runner.in(folder);
        if (names.contains(ALL)) {
            return known;
        }
        Object[] words =
                Stream.concat(Stream.of(ALL), known.stream().map(Runner::name)).toArray();
        names.forEach(name -> OptionParsers.oneOf("--runtimes", name, words));
        return names.stream()
                .flatMap(name -> known.stream().filter(runner -> runner.name().equals(name)))
                .toList();
    }

    /** Finds the program of each runner that can run a file with these operators, before anything takes long. */
    Map<Runner, Optional<Path>> programs(Path file, Set<String> operators) throws IOException, InterruptedException {
        List<Runner> runners = runners();
        Map<Runner, Optional<Path>> programs = new LinkedHashMap<>();
        for (Runner runner : runners) {
            programs.put(runner, runner.find(operators));
            if (programs.get(runner).isEmpty() && !names.contains(ALL)) {
                throw new RequestException("--runtimes " + runner.name() + ": " + runner.reason(operators));
            }
        }
        if (programs.values().stream().allMatch(Optional::isEmpty)) {
            throw new RequestException("expected a runtime that can read " + file + ", found none, for one: "
                    + runners.get(0).reason(operators));
        }
        return programs;
    }
}
