package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.remote.RemoteExecutor.Sent;
import io.catwalk.runner.remote.TrialExecutorContract;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutorFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A shell of this machine stands for that of another. */
final class ShellExecutorTest extends TrialExecutorContract {

    private static final String WORK = "'%s' -cp '%s' io.catwalk.runner.cli.Main work $ORDER --out $OUTCOME --json --lives-with input"
            .formatted(
                    Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path"));

    @Override
    protected TrialExecutor openAnew() throws IOException {
        String on = "shell:" + WORK;
        return TrialExecutorFactory.of(on)
                .checked(new TrialExecutorFactory.Request(on, false, false, false))
                .open(new TrialExecutorFactory.Needs(1, 2, shared.resolve("log.txt"), shared));
    }

    /** What no thread catches is a stack trace on the user's terminal; this command still prints when it is stopped. */
    @Test
    void aTrialThatIsCanceledPrintsNoStackTrace() throws InterruptedException {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
        try {
            Sent sent = new Sent(
                    shared.resolve("0.json"), shared.resolve("0.zip"), "canceled", news -> Thread.currentThread()
                            .interrupt());
            assertThatThrownBy(() -> ShellExecutor.carryOut("yes", 1, sent)).isInstanceOf(InterruptedException.class);
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("slot 1")) {
                    thread.join();
                }
            }
            assertThat(uncaught).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(null);
        }
    }
}
