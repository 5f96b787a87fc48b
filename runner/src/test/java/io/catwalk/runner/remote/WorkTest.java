package io.catwalk.runner.remote;

import io.catwalk.runner.Json;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.TrialExecution;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialInProcess;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** What goes to another machine and back keeps the contract of executors, without a cluster in between; in short, WorkCommandTest shows it. */
@Tag("long")
final class WorkTest extends TrialExecutorContract {

    /** Packs each order, carries out what was packed, and takes back what was handed back. */
    @Override
    TrialExecutor openAnew() throws IOException {
        Work work = new Work(new TrialProcess(), folder);
        Packing packing = new Packing(Files.createDirectories(folder.resolve("supplies")), false);
        TrialExecution thereAndBack = (order, trial, listener) -> {
            try (Scratch scratch = new Scratch()) {
                Path written = scratch.file("order.json");
                synchronized (packing) {
                    Files.writeString(written, Json.JSON.writeValueAsString(packing.packed(order)));
                }
                TrialOrder read = Json.read(written, TrialOrder.class, "an order");
                Path delivery = scratch.file("outcome.zip");
                work.carryOut(read, folder.resolve("order.json").toUri(), scratch.file("trial"), delivery, listener);
                trial.writeOrder(order);
                return Delivery.read(delivery, order, trial, new TrialInProcess());
            }
        };
        return new LocalExecutor(thereAndBack, 2);
    }

    @Override
    void killTheWork() throws InterruptedException {
        Works.kill(() -> ProcessHandle.current().descendants());
    }
}
