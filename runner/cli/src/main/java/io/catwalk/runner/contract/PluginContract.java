package io.catwalk.runner.contract;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import io.catwalk.testkit.contract.Check;
import io.catwalk.testkit.contract.Effort;
import io.catwalk.testkit.contract.Expectations;
import io.catwalk.testkit.contract.Limits;
import io.catwalk.testkit.contract.Result;
import io.catwalk.testkit.contract.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs checks on a built plugin in other processes: what hangs or ends one has failed, and the next starts another. */
public final class PluginContract {

    private static final Logger LOG = LoggerFactory.getLogger(PluginContract.class);

    private static final String LOADING = "jar-loads";

    /** Exit code of a process that signal 9 has killed. */
    private static final int KILLED = 128 + 9;

    /** The result of one check on a classifier, whose name is empty where the plugin could not be loaded. */
    public record CheckedPlugin(String classifier, Result result) {}

    private final List<Check> checks;
    private final Expectations expected;
    private final Duration budget;
    private final Consumer<CheckedPlugin> listener;

    /** State of the current plugin; the messages of a process arrive in another thread. */
    private final List<CheckedPlugin> settled = new ArrayList<>();

    private final List<String> classifiers = new ArrayList<>();
    private @Nullable String begun;
    private boolean over;

    /** Prepares to check one plugin; the listener receives each result. */
    public PluginContract(
            List<Check> checks, Expectations expected, Duration budget, Consumer<CheckedPlugin> listener) {
        this.checks = List.copyOf(checks);
        this.expected = expected;
        this.budget = budget;
        this.listener = listener;
    }

    /** Runs the checks in their order, on each classifier of the plugin. */
    public List<CheckedPlugin> run(Path jar) throws InterruptedException {
        PrivateFolder.claim(); // says where temporary files go
        try (Scratch scratch = new Scratch()) {
            String sha256 = Sha256.of(jar);
            Duration left = budget;
            while (!isOver()) {
                left = left.minus(check(jar.toAbsolutePath(), sha256, scratch, left));
            }
        } catch (IOException e) {
            throw new RequestException("cannot check " + jar + ": " + Reasons.of(e), e);
        }
        return results();
    }

    /** Runs the remaining checks in a process, until one of them ends it, and returns what that has taken. */
    private Duration check(Path jar, String sha256, Scratch scratch, Duration left)
            throws IOException, InterruptedException {
        if (left.isNegative() || left.isZero()) {
            timeIsOver();
            return Duration.ZERO;
        }
        int before = results().size();
        Path order = Files.writeString(scratch.file("order.json"), order(jar, sha256));
        List<String> options = new ArrayList<>(EngineSettings.jvmOptions(1));
        // The heap is small: a network is in native memory, which a separate check limits.
        options.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-Dcatwalk.log=OFF"));
        options.addAll(ChildProcess.optionsOfUser());
        ChildProcess process = ChildProcess.jvm(ContractMain.class, options, List.of(order.toString()))
                .with(Map.of("OMP_NUM_THREADS", "1"))
                .in(scratch.folder());
        AtomicReference<@Nullable Effort> effort = new AtomicReference<>();
        AtomicReference<Duration> taken = new AtomicReference<>(Duration.ZERO);
        ChildProcess.Limit limit = (handle, time, silence) -> {
            Effort now = Objects.requireNonNullElseGet(effort.get(), () -> Effort.of(handle));
            effort.set(now);
            taken.set(now.taken());
            return now.exceeds(left);
        };
        ChildProcess.Ending ending = process.run(scratch.file("log.txt"), limit, ContractMain.Event.class, this::take);
        Path crashReport = ChildProcess.crashReport(scratch.folder());
        if (ending.timedOut()) {
            timeIsOver();
        } else if (!isOver()) {
            ended(ending, Files.exists(crashReport), before);
            Files.deleteIfExists(crashReport);
        }
        return Objects.requireNonNull(taken.get());
    }

    private synchronized String order(Path jar, String sha256) {
        List<String> unkept = settled.stream()
                .skip(settled.size() - settled.size() % checks.size())
                .map(CheckedPlugin::result)
                .filter(result -> result.verdict() != Verdict.PASSED)
                .map(Result::check)
                .toList();
        return Json.LINE.writeValueAsString(new ContractMain.Order(
                jar.toString(),
                sha256,
                checks.stream().map(Check::id).toList(),
                settled.size(),
                unkept,
                Math.min(
                        Limits.standard().check().toMillis(),
                        budget.dividedBy(2).toMillis())));
    }

    /** Handles a message, and returns whether it was the last one. */
    private synchronized boolean take(ContractMain.Event event) {
        if (event.classifiers() != null && classifiers.isEmpty()) {
            classifiers.addAll(event.classifiers());
        } else if (event.begun() != null) {
            begun = event.begun();
        } else if (event.ended() != null) {
            settle(event.ended());
        } else if (event.refused() != null) {
            refuse(event.refused());
        } else if (event.classifiers() == null) {
            over = true;
        }
        return over;
    }

    private synchronized boolean isOver() {
        return over || (!classifiers.isEmpty() && settled.size() == classifiers.size() * checks.size());
    }

    private synchronized List<CheckedPlugin> results() {
        return List.copyOf(settled);
    }

    private void settle(Result result) {
        begun = null;
        int classifier = settled.size() / checks.size();
        settle(classifier < classifiers.size() ? classifiers.get(classifier) : "", result);
    }

    private void settle(String classifier, Result result) {
        CheckedPlugin checked = new CheckedPlugin(classifier, expected.judge(result));
        settled.add(checked);
        listener.accept(checked);
    }

    /** Ends the checks of a plugin that the program cannot load. */
    private void refuse(String reason) {
        settle("", Result.failed(LOADING, reason, 0));
        over = true;
    }

    /** Attributes the end of the process to the check that was running. */
    private synchronized void ended(ChildProcess.Ending ending, boolean crashed, int before) {
        String how = ending.isMute()
                ? "closed the output of its process"
                : crashed
                        ? "crashed its process in native code"
                        : ending.exitCode() == KILLED
                                ? "was killed, perhaps out of memory"
                                : "ended its process with exit code " + ending.exitCode();
        if (begun != null) {
            settle(Result.failed(begun, how, 0));
        } else if (settled.size() == before) {
            refuse(how + " while it was loaded");
        } else {
            LOG.debug("The process ended after a check that hung");
        }
    }

    private synchronized void timeIsOver() {
        String seconds = budget.toMillis() % 1000 == 0 ? "" + budget.toSeconds() : "" + budget.toMillis() / 1000.0;
        String limit = "the limit of " + seconds + " s for the plugin";
        if (classifiers.isEmpty()) {
            refuse("did not load within " + limit);
            return;
        }
        int under = settled.size();
        for (int i = under; i < classifiers.size() * checks.size(); i++) {
            String id = checks.get(i % checks.size()).id();
            settle(
                    i == under
                            ? Result.failed(id, "did not end within " + limit, 0)
                            : Result.skipped(id, "was not run within " + limit));
        }
        over = true;
    }
}
