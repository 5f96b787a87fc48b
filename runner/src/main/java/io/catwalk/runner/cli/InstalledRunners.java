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

/** Holds the requested runners, and the program of each that can run a file. */
final class InstalledRunners {

    private final Set<String> operators;
    private final List<Runner> runners;
    private final Map<Runner, Path> programs = new LinkedHashMap<>();

    private InstalledRunners(Set<String> operators, List<Runner> runners) {
        this.operators = operators;
        this.runners = runners;
    }

    /** Finds the runners that can answer, before anything takes long. */
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

    /** Returns all requested runners, in the order of the request. */
    List<Runner> all() {
        return runners;
    }

    /** Returns the program of a runner; null if it cannot run the file. */
    @Nullable
    Path program(Runner runner) {
        return programs.get(runner);
    }

    /** Returns the reason why a runner cannot run the file. */
    String reason(Runner runner) {
        return runner.runtime() + " "
                + runner.unknown(operators)
                        .map(operator ->
                                "knows no " + operator + ": export the file with --unroll-recurrent --batch 1 for it")
                        .orElseGet(() -> "is not installed: " + runner.install());
    }
}
