package io.catwalk.runner.remote;

import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens an executor when the first trial is submitted: a run that has nothing left to train does not need it. */
final class DeferredExecutor implements TrialExecutor {

    private final int slots;
    private final Opening opening;
    private @Nullable TrialExecutor opened;

    /** Opens the executor. */
    interface Opening {

        TrialExecutor open() throws IOException, InterruptedException;
    }

    DeferredExecutor(int slots, Opening opening) {
        this.slots = slots;
        this.opening = opening;
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) {
        try {
            if (opened == null) {
                if (Thread.interrupted()) { // as by the opening before; each one would start Spark
                    throw new InterruptedException();
                }
                opened = opening.open();
            }
            return opened.submit(order, folder, listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller stops when it waits for an outcome
            return new Submitted(CompletableFuture.failedFuture(new CancellationException()), () -> {});
        }
    }

    @Override
    public boolean isOver() {
        return opened != null && opened.isOver();
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
