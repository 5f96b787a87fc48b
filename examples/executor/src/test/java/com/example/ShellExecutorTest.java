package com.example;

import io.catwalk.runner.remote.TrialExecutorContract;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutorFactory;
import java.io.IOException;
import java.nio.file.Path;

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
}
