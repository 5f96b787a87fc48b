package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.training.Epoch;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs trials in this process, one after the other, to debug a plugin. */
public final class TrialInProcess implements TrialExecution {

    private static final Logger LOG = LoggerFactory.getLogger(TrialInProcess.class);

    @Override
    public TrialOutcome train(TrialOrder order, Consumer<Epoch> listener) throws IOException {
        AtomicFiles.write(new TrialFolder(order.folder()).order(), Json.JSON.writeValueAsString(order));
        try {
            return new TrialRun(order).run(listener, judged -> {});
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("The trial failed", e);
            return new TrialOutcome.Failed(order.spec(), TrialMain.reason(e));
        }
    }
}
