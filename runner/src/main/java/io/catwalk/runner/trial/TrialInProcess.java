package io.catwalk.runner.trial;

import io.catwalk.runner.training.Epoch;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs trials in this process, one after the other, to debug a plugin. */
public final class TrialInProcess implements TrialExecution, OutcomeCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TrialInProcess.class);

    @Override
    public TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<Epoch> listener) throws IOException {
        folder.writeOrder(order);
        try {
            return new TrialRun(order, folder).run(listener, evaluated -> {});
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("The trial failed", e);
            return new TrialOutcome.Failed(order.spec(), TrialMain.reason(e));
        }
    }

    @Override
    public TrialOutcome check(TrialOrder order, TrialFolder folder) throws IOException {
        try {
            return ReturnedTrial.checked(order, folder);
        } catch (TroubleException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
