package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.runtimes.Runner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds the runners that somebody asks for, and of those that can answer about a file the program. */
final class InstalledRunners {

    private final Set<String> operators;
    private final List<Runner> runners;
    private final Map<Runner, Path> programs = new LinkedHashMap<>();

    private InstalledRunners(Set<String> operators, List<Runner> runners) {
        this.operators = operators;
        this.runners = runners;
    }

    /**
     * Finds those that can answer, before anything takes long.
     *
     * @param file that they are asked about
     * @param operators of it
     * @param options that name them
     * @param beat is called every half second
     * @throws RequestException if none is installed, or one that was asked for by name is not
     */
    static InstalledRunners of(Path file, Set<String> operators, RuntimeOptions options, Runnable beat)
            throws IOException, InterruptedException {
        InstalledRunners found = new InstalledRunners(operators, options.runners());
        for (Runner runner : found.runners) {
            Optional<String> unknown = runner.unknown(operators);
            Optional<Path> program = unknown.isPresent() ? Optional.empty() : runner.find(beat);
            if (program.isEmpty() && !options.takesWhatIsThere()) {
                throw new RequestException("--runtimes " + runner.name() + ": " + found.reason(runner));
            }
            program.ifPresent(there -> found.programs.put(runner, there));
        }
        if (found.programs.isEmpty()) {
            Runner first = found.runners.get(0);
            throw new RequestException("expected a runtime that can read " + file + ", found none; " + first.runtime()
                    + ", for one,"
                    + found.reason(first).substring(first.runtime().length()));
        }
        return found;
    }

    /** Returns all that were asked for, in that order. */
    List<Runner> all() {
        return runners;
    }

    /** Returns the program of a runner; null if it cannot answer. */
    @Nullable
    Path program(Runner runner) {
        return programs.get(runner);
    }

    /** Says why a runner cannot answer. */
    String reason(Runner runner) {
        return runner.runtime() + " "
                + runner.unknown(operators)
                        .map(operator ->
                                "knows no " + operator + ": export the file with --unroll-recurrent --batch 1 for it")
                        .orElseGet(() -> "is not installed: " + runner.install());
    }
}
