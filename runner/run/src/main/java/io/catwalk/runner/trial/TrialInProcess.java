package io.catwalk.runner.trial;

import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs trials in this process, one after the other, to debug a plugin. */
public final class TrialInProcess implements TrialExecution, OutcomeCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TrialInProcess.class);

    @Override
    public TrialOutcome train(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) throws IOException {
        listener.accept(new TrialNews.Started(""));
        folder.writeOrder(order);
        try {
            return new TrialRun(order, folder)
                    .run(epoch -> listener.accept(new TrialNews.Trained(epoch)), evaluated -> {});
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("The trial failed", e);
            return new TrialOutcome.Failed(order.spec(), TrialMain.reason(e));
        }
    }

    @Override
    public TrialOutcome check(TrialOrder order, TrialFolder folder) throws IOException {
        try {
            return ReturnedTrial.checked(order, folder);
        } catch (InfrastructureException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
