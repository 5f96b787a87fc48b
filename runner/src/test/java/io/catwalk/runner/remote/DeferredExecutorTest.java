package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an executor is opened and closed; no trial is run. */
@Tag("tiny")
final class DeferredExecutorTest {

    @TempDir
    private Path folder;

    private final List<String> events = new ArrayList<>();
    private final TrialOrder order = Orders.any();

    private TrialExecutor.Submitted submit(TrialExecutor executor) {
        return executor.submit(order, new TrialFolder(folder), news -> {});
    }

    /** Writes down what is asked of it. */
    private final class Recorder implements TrialExecutor {

        Recorder() {
            events.add("open");
        }

        @Override
        public int slots() {
            return 3;
        }

        @Override
        public Submitted submit(TrialOrder ordered, TrialFolder trial, Consumer<TrialNews> listener) {
            events.add("submit");
            return new Submitted(new CompletableFuture<>(), () -> events.add("cancel"));
        }

        @Override
        public void close() {
            events.add("close");
        }
    }

    @Test
    void withoutATrialNothingIsOpened() {
        try (TrialExecutor executor = new DeferredExecutor(3, Recorder::new)) {
            assertThat(executor.slots()).isEqualTo(3);
            assertThat(executor.outlivesUs()).isFalse();
        }
        assertThat(events).isEmpty();
    }

    @Test
    void itIsOpenedForTheFirstTrialAndClosedAfterTheLast() {
        try (TrialExecutor executor = new DeferredExecutor(3, Recorder::new)) {
            submit(executor).cancel();
            submit(executor);
        }
        assertThat(events).containsExactly("open", "submit", "cancel", "submit", "close");
    }

    @Test
    void whyItCannotBeOpenedReachesTheUser() {
        RequestException reason = new RequestException("the Spark application did not start");
        try (TrialExecutor executor = new DeferredExecutor(3, () -> {
            throw reason;
        })) {
            assertThatThrownBy(() -> submit(executor)).isSameAs(reason);
        }
    }

    @Test
    void anInterruptWhileItIsOpenedCancelsTheTrial() {
        try (TrialExecutor executor = new DeferredExecutor(3, () -> {
            throw new InterruptedException();
        })) {
            TrialExecutor.Submitted submitted = submit(executor);

            assertThat(Thread.interrupted()).isTrue();
            assertThatThrownBy(() -> submitted.outcome().get()).isInstanceOf(CancellationException.class);
        }
    }
}
