package io.catwalk.runner.remote;

import io.catwalk.runner.Json;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** What goes to another machine and back keeps the contract of executors, without a cluster in between; in short, WorkCommandTest shows it. */
@Tag("long")
final class RemoteExecutorTest extends TrialExecutorContract {

    @Override
    protected TrialExecutor openAnew() throws IOException {
        return new RemoteExecutor(2, 1, false, this::carryOut);
    }

    private void carryOut(RemoteExecutor.Sent sent) throws IOException, InterruptedException {
        sent.news().accept(new TrialNews.Started("here"));
        TrialOrder read = Json.read(sent.order(), TrialOrder.class, "an order");
        new OrderRunner(TrialProcess::train, folder)
                .carryOut(
                        read,
                        sent.order().toUri(),
                        null,
                        sent.outcome(),
                        epoch -> sent.heard(Json.LINE.writeValueAsString(epoch)));
    }
}
