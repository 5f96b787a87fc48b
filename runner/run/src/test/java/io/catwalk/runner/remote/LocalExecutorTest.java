package io.catwalk.runner.remote;

import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialProcess;

/** The pool of this machine keeps the contract of executors. */
final class LocalExecutorTest extends TrialExecutorContract {

    @Override
    protected TrialExecutor openAnew() {
        return new LocalExecutor(TrialProcess::train, 2);
    }
}
