package io.catwalk.testkit.contract;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs checks on a plugin, one after another, and remembers which have not passed. */
public final class ContractRun {

    /** How often it is looked at what a check has taken. */
    private static final long LOOK_MILLIS = 100;

    private final Subject subject;
    private final Expectations expected;
    /** Ids of checks that have not passed, each with the one that failed and that the others wait for. */
    private final Map<String, String> unkept = new HashMap<>();

    /**
     * Starts a run.
     *
     * @param unkept ids of checks that have not passed before
     */
    public ContractRun(Subject subject, Expectations expected, Collection<String> unkept) {
        this.subject = subject;
        this.expected = expected;
        unkept.forEach(id -> this.unkept.put(id, id));
    }

    /**
     * Runs a check in its own thread, which is abandoned if it hangs.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public Result run(Check check) throws InterruptedException {
        String failed = new TreeSet<>(check.presumed())
                .stream()
                        .filter(unkept::containsKey)
                        .findFirst()
                        .map(unkept::get)
                        .orElse(null);
        if (failed != null) {
            unkept.put(check.id(), failed);
            return Result.skipped(check.id(), "was not run, since " + failed + " did not pass");
        }
        Result result = expected.judge(tried(check));
        if (result.verdict() != Verdict.PASSED) {
            unkept.put(check.id(), check.id());
        }
        return result;
    }

    private Result tried(Check check) throws InterruptedException {
        AtomicReference<@Nullable String> line = new AtomicReference<>("did not end");
        Thread thread = new Thread(
                () -> {
                    try {
                        check.body().hold(new Candidate(subject));
                        line.set(null);
                    } catch (Throwable e) { // whatever a plugin throws is the result
                        line.set(Lines.found(e));
                    }
                },
                "check-" + check.id());
        thread.setDaemon(true);
        Duration limit = subject.limits().check();
        long start = System.nanoTime();
        Effort effort = Effort.of(ProcessHandle.current());
        thread.start();
        try {
            do {
                thread.join(Math.max(1, Math.min(LOOK_MILLIS, limit.toMillis())));
            } while (thread.isAlive() && !effort.exceeds(limit));
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        if (thread.isAlive()) {
            thread.interrupt();
            return new Result(
                    check.id(),
                    Verdict.FAILED,
                    "did not end within " + limit.toMillis() / 1000.0 + " s, and was stopped",
                    true,
                    millis);
        }
        String broken = line.get();
        return broken == null
                ? new Result(check.id(), Verdict.PASSED, "", false, millis)
                : Result.failed(check.id(), broken, millis);
    }
}
