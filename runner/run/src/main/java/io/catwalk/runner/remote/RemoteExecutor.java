package io.catwalk.runner.remote;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.InfrastructureException;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Runs trials on other machines while this one waits: each order is packed with what it needs, whoever can reach a
 * machine has it carried out there by {@code catwalk work}, and what comes back is believed only after a check.
 */
public final class RemoteExecutor implements TrialExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteExecutor.class);

    private final Carrier carrier;
    private final Scratch scratch = new Scratch();
    private final Path orders = scratch.file("orders");
    private final AtomicInteger numbers = new AtomicInteger();
    private final ArtifactPacker packer;

    /** Each check takes as many cores as a trial. */
    private final Semaphore checks;

    private final LocalExecutor pool;

    /** Has orders carried out on another machine. */
    public interface Carrier {

        /**
         * Has an order carried out, and brings its outcome back.
         *
         * @throws IOException if no outcome came back; its message says why, in one line
         * @throws InterruptedException if the calling thread is interrupted: the order is canceled
         */
        void carryOut(Sent sent) throws IOException, InterruptedException;
    }

    /**
     * An order that leaves this machine.
     *
     * @param order its file; what it needs is in the folder {@code supplies} beside it
     * @param outcome where the file is expected that {@code catwalk work} writes
     * @param news to be told when a machine begins
     */
    public record Sent(Path order, Path outcome, String title, Consumer<TrialNews> news) {

        /**
         * Passes on what the program prints where the trial runs.
         *
         * @param line of {@code catwalk work --json}; other lines are ignored
         */
        public void heard(String line) {
            try {
                news.accept(new TrialNews.Trained(Json.LINE.readValue(line, Epoch.class)));
            } catch (JacksonException e) {
                LOG.debug("{}: {}", title, line);
            }
        }
    }

    /**
     * Opens an executor.
     *
     * @param slots number of orders that are on their way at once
     * @param carrier has orders carried out, in as many threads
     * @throws IOException if there is no room for orders
     */
    public RemoteExecutor(int slots, int threads, boolean imagesInPlace, Carrier carrier) throws IOException {
        this.carrier = carrier;
        packer = new ArtifactPacker(Files.createDirectories(orders.resolve("supplies")), imagesInPlace);
        checks = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / threads));
        pool = new LocalExecutor(this::thereAndBack, slots);
    }

    @Override
    public int slots() {
        return pool.slots();
    }

    @Override
    public Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) {
        return pool.submit(order, folder, listener);
    }

    private TrialOutcome thereAndBack(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener)
            throws IOException, InterruptedException {
        Path file = orders.resolve(numbers.getAndIncrement() + ".json");
        Path outcome = OrderRunner.delivery(file, order.attempt());
        String title = order.spec().title() + (order.attempt() == 1 ? "" : ", attempt " + order.attempt());
        String step = "it cannot be handed out: ";
        try {
            synchronized (packer) {
                Files.writeString(file, Json.JSON.writeValueAsString(packer.packed(order)));
            }
            step = "";
            carrier.carryOut(new Sent(file, outcome, title, listener));
            step = "the returned files cannot be saved: ";
            checks.acquire();
            try {
                TrialOutcome came = TrialResultArchive.read(outcome, order, folder, TrialProcess::check);
                folder.writeOrder(order);
                return came;
            } finally {
                checks.release();
            }
        } catch (IOException | RuntimeException e) { // whatever came back of one trial, the others go on
            LOG.info("{} is lost", title, e);
            return new TrialOutcome.Lost(order.spec(), step + reason(e));
        } finally {
            Files.deleteIfExists(outcome);
            Files.deleteIfExists(file);
        }
    }

    /** Says in one line what went wrong; our own messages are already written for people. */
    static String reason(Throwable e) {
        return e instanceof RequestException || e instanceof InfrastructureException
                ? Reasons.oneLine(String.valueOf(e.getMessage()))
                : Reasons.of(e);
    }

    /** Cancels what is on its way; a check that runs stops its process. */
    @Override
    public void close() {
        pool.close();
        scratch.close();
    }
}
