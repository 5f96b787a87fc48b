package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.OutcomeCheck;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutorFactory;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialKey;
import io.catwalk.runner.trial.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes orders into a folder, from which a scheduler runs them later and elsewhere, and collects the results of
 * earlier orders.
 */
public final class OrderFolderExecutor implements TrialExecutor {

    /** Hands out orders into a folder: a new one, or that of the run that continues. */
    public static final class Factory implements TrialExecutorFactory {

        @Override
        public String scheme() {
            return "orders:";
        }

        @Override
        public Opening checked(Request request) {
            if (request.budget()) {
                throw new RequestException("--orders trains nothing here: leave --budget out");
            }
            Path path = Path.of(request.place());
            OrderFolder folder =
                    request.resumes() && Files.isDirectory(path) ? OrderFolder.open(path) : OrderFolder.unused(path);
            return needs -> {
                folder.make();
                return new OrderFolderExecutor(folder, request.imagesInPlace(), new TrialProcess());
            };
        }
    }

    /** A trial that was lost this many times stays lost. */
    private static final int MOST_ATTEMPTS = 3;

    private final OrderFolder folder;
    private final Packing packing;
    private final OutcomeCheck check;

    /** Orders of the folder, and their numbers by the keys of their trials. */
    private final SortedMap<Integer, TrialOrder> given;

    private final Map<TrialKey, Integer> numbers = new HashMap<>();
    private final SortedSet<Integer> open = new TreeSet<>();

    /** Orders whose outcome came back, but could not be saved here: it is still there, and made once is enough. */
    private final Set<Integer> unsaved = new HashSet<>();

    /** Opens a folder, and deletes the drafts that a killed process has left in it. */
    public OrderFolderExecutor(OrderFolder folder, boolean imagesInPlace, OutcomeCheck check) throws IOException {
        this.folder = folder;
        this.check = check;
        AtomicFiles.sweep(folder.supplies());
        packing = new Packing(folder.supplies(), imagesInPlace);
        given = new TreeMap<>(folder.orders());
        given.forEach((number, order) -> {
            numbers.put(TrialKey.of(order), number);
            packing.knows(order);
        });
    }

    @Override
    public int slots() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean outlivesUs() {
        return true;
    }

    @Override
    public @Nullable HandedOut handedOut() {
        return open.isEmpty() ? null : new HandedOut(OrderFolder.ranges(open), folder.path());
    }

    @Override
    public Submitted submit(TrialOrder order, TrialFolder trial, Consumer<TrialNews> listener) {
        CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
        try {
            Integer number = numbers.get(TrialKey.of(order));
            if (number == null) {
                handOut(given.isEmpty() ? 0 : given.lastKey() + 1, order.numbered(1));
            } else if (order.attempt() > 1 && attempt(number) < MOST_ATTEMPTS && !unsaved.contains(number)) {
                handOut(number, order.numbered(attempt(number) + 1));
            } else {
                gather(number, order, trial, listener, outcome);
            }
        } catch (IOException | RuntimeException e) {
            outcome.complete(
                    new TrialOutcome.Lost(order.spec(), "it cannot be handed out: " + RemoteExecutor.reason(e)));
        }
        return new Submitted(outcome, () -> {}); // the order stays in the folder
    }

    private int attempt(int number) {
        return Objects.requireNonNull(given.get(number)).attempt();
    }

    private void handOut(int number, TrialOrder order) throws IOException {
        TrialOrder packed = packing.packed(order);
        folder.write(number, packed);
        given.put(number, packed);
        numbers.put(TrialKey.of(order), number);
        open.add(number);
    }

    private void gather(
            int number,
            TrialOrder order,
            TrialFolder trial,
            Consumer<TrialNews> listener,
            CompletableFuture<TrialOutcome> outcome) {
        Path delivery = OrderFolder.delivery(folder.order(number), attempt(number));
        if (!Files.exists(delivery)) {
            open.add(number);
            folder.claimed(number, attempt(number))
                    .ifPresent(claim -> listener.accept(new TrialNews.Started(claim.place())));
            return;
        }
        try {
            TrialOutcome came = Delivery.read(delivery, order, trial, check);
            trial.writeOrder(order);
            outcome.complete(came);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller stops when it waits for an outcome
            outcome.cancel(false);
        } catch (IOException e) {
            unsaved.add(number);
            outcome.complete(
                    new TrialOutcome.Lost(order.spec(), "the returned files cannot be saved: " + Reasons.of(e)));
        }
    }

    @Override
    public void close() {}
}
