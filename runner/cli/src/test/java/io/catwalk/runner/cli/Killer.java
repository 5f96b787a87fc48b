package io.catwalk.runner.cli;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Starts the program and kills it, or a process that it has started, at random instants; counts the kills. */
final class Killer {

    /** The program that runs trials, the process of one, or a program that exports, reports or resumes the run. */
    enum Kind {
        PARENT,
        CHILD,
        EXPORT,
        REPORT,
        RESUME
    }

    private final Path folder;
    private final Path screen;
    private final SplittableRandom random;

    /** The latest time after its start at which a process of each kind is killed. */
    private final Map<Kind, Long> spans = new EnumMap<>(Kind.class);

    private final Map<Kind, Integer> hits = new EnumMap<>(Kind.class);
    private final List<String> story = new ArrayList<>();

    /** Works in a folder, where a short command takes this many milliseconds. */
    Killer(Path folder, long millis, long seed) {
        this.folder = folder;
        screen = folder.resolve("screen.txt");
        random = new SplittableRandom(seed);
        for (Kind kind : Kind.values()) {
            spans.put(kind, millis);
            hits.put(kind, 0);
        }
    }

    Map<Kind, Integer> hits() {
        return hits;
    }

    int allHits() {
        return hits.values().stream().mapToInt(Integer::intValue).sum();
    }

    List<String> story() {
        return story;
    }

    Process start(String... arguments) throws IOException {
        File printed = screen.toFile();
        ProcessBuilder program = Catwalk.process(folder, arguments)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(printed))
                .redirectError(ProcessBuilder.Redirect.appendTo(printed));
        program.environment().put("CATWALK_OPTS", "-XX:TieredStopAtLevel=1"); // so that trials take seconds
        return program.start();
    }

    /** Kills a program that has just been started, at a random instant. */
    void kill(Kind kind, Process program) throws Exception {
        long start = System.nanoTime();
        long wait = anInstant(kind);
        if (program.waitFor(wait, MILLISECONDS)) {
            spans.put(kind, Math.max(1, (System.nanoTime() - start) / 1_000_000));
            endedByItself(kind, program);
        } else {
            end(kind, program, wait);
        }
    }

    /** Kills the program at a random instant while a trial is running, if one is. */
    void killParent(Process program) throws Exception {
        if (trialAfterAWhile(Kind.PARENT, program) == null) {
            endedByItself(Kind.PARENT, program);
        } else {
            end(Kind.PARENT, program, -1);
        }
    }

    /** Kills a trial at a random instant; the program continues. Returns whether a trial was running. */
    boolean killChild(Process program) throws Exception {
        ProcessHandle trial = trialAfterAWhile(Kind.CHILD, program);
        while (trial != null && !trial.destroyForcibly()) {
            trial = trialAfterAWhile(Kind.CHILD, program); // the trial had just ended
        }
        if (trial == null) {
            endedByItself(Kind.CHILD, program);
            return false;
        }
        trial.onExit().get(20, SECONDS);
        hit(Kind.CHILD, "killed");
        return true;
    }

    /**
     * Waits for a trial, then for a random time, and returns a trial that is running then; null if the program ends
     * first.
     */
    private @Nullable ProcessHandle trialAfterAWhile(Kind kind, Process program) throws InterruptedException {
        boolean waited = false;
        while (program.isAlive()) {
            List<ProcessHandle> trials =
                    program.descendants().filter(ProcessHandle::isAlive).toList();
            if (trials.isEmpty()) {
                program.waitFor(10, MILLISECONDS);
            } else if (waited) {
                return trials.get(random.nextInt(trials.size()));
            } else {
                program.waitFor(anInstant(kind), MILLISECONDS);
                waited = true;
            }
        }
        return null;
    }

    private long anInstant(Kind kind) {
        return random.nextLong(Objects.requireNonNull(spans.get(kind)));
    }

    private void end(Kind kind, Process program, long after) throws Exception {
        List<ProcessHandle> children = program.descendants().toList();
        program.destroyForcibly();
        assertThat(program.waitFor(20, SECONDS)).as("%s ends", kind).isTrue();
        for (ProcessHandle child : children) {
            child.onExit().get(20, SECONDS);
        }
        if (program.exitValue() == 0) {
            endedByItself(kind, program);
        } else {
            hit(kind, "killed" + (after < 0 ? "" : " after " + after + " ms"));
        }
    }

    private void hit(Kind kind, String how) {
        hits.merge(kind, 1, Integer::sum);
        story.add(kind + " " + how);
    }

    private void endedByItself(Kind kind, Process program) throws IOException {
        if (kind == Kind.EXPORT && program.exitValue() == ExitCode.BAD_REQUEST) {
            // A resume was killed while it repaired what a trial had lost; only the next resume can finish that.
            story.add(kind + " refused");
            assertThat(screen).content().as("%s", story).endsWith("has no trial.json: finish it with catwalk resume\n");
            return;
        }
        story.add(kind + " ended by itself");
        assertThat(program.exitValue())
                .as("%s: %s", story, Files.readString(screen))
                .isZero();
    }
}
