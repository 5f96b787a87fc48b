package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialExecutorFactory;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes orders into a folder, from which a scheduler runs them later and elsewhere, and collects the results of
 * earlier orders. Each order is a file with a number, from 0 on, like the jobs of an array. Its result is written beside
 * it. The name of the result contains the attempt, so that a worker of an earlier attempt that finishes late overwrites
 * nothing.
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
            Path folder = Path.of(request.place());
            if (!request.resumes() || !Files.isDirectory(folder)) {
                requireUnused(folder);
            } else if (!Files.isDirectory(folder.resolve(SUPPLIES))) {
                throw new RequestException("--orders must name the folder of orders that the run was started with, but "
                        + folder + " has no " + SUPPLIES);
            }
            return needs -> new OrderFolderExecutor(folder, request.imagesInPlace(), TrialProcess::check);
        }
    }

    private static final Pattern ORDER = Pattern.compile("(0|[1-9][0-9]{0,8})\\.json");
    private static final String SUPPLIES = "supplies";

    /** A trial that was lost this many times stays lost. */
    private static final int MOST_ATTEMPTS = 3;

    private final Path folder;
    private final ArtifactPacker packer;
    private final TrialResultArchive.Check check;

    /** Orders of the folder, and their numbers by the keys of their trials. */
    private final SortedMap<Integer, TrialOrder> given;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final SortedSet<Integer> open = new TreeSet<>();

    /** Orders whose outcome came back, but could not be saved here: it is still there, and made once is enough. */
    private final Set<Integer> unsaved = new HashSet<>();

    /** Opens a folder, which may be new, and deletes the drafts that a killed process has left in it. */
    OrderFolderExecutor(Path folder, boolean imagesInPlace, TrialResultArchive.Check check) throws IOException {
        this.folder = folder;
        this.check = check;
        Path supplies = folder.resolve(SUPPLIES);
        try {
            Files.createDirectories(supplies);
        } catch (IOException e) {
            throw new RequestException(unwritable(folder, Reasons.of(e)), e);
        }
        AtomicFiles.sweep(supplies);
        packer = new ArtifactPacker(supplies, imagesInPlace);
        given = orders(folder);
        given.forEach((number, order) -> {
            numbers.put(order.key(), number);
            packer.knows(order);
        });
    }

    /** Refuses a folder with files, or in which none can be made. */
    private static void requireUnused(Path path) {
        if (Files.isDirectory(path)) {
            try (Stream<Path> all = Files.list(path)) {
                if (all.findAny().isPresent()) {
                    throw new RequestException("--orders must name a new or an empty folder, but " + path
                            + " is not empty: to continue its run, try catwalk resume RUN --orders " + path);
                }
            } catch (IOException e) {
                throw new RequestException(unwritable(path, Reasons.of(e)), e);
            }
        }
        Path there = path.toAbsolutePath();
        for (Path up = there.getParent(); up != null && !Files.exists(there); up = up.getParent()) {
            there = up;
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            String reason = there + (Files.isDirectory(there) ? " cannot be written" : " is no folder");
            throw new RequestException(unwritable(path, reason));
        }
    }

    private static String unwritable(Path path, String reason) {
        return "expected a folder that can be written, but " + path + " cannot (" + reason
                + "): choose another with --orders";
    }

    /** Reads all orders, by their numbers. */
    static SortedMap<Integer, TrialOrder> orders(Path folder) throws IOException {
        SortedMap<Integer, TrialOrder> orders = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                Matcher name = ORDER.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    orders.put(
                            Integer.valueOf(name.group(1)), Json.read(file, TrialOrder.class, "the order of a trial"));
                }
            }
        }
        return orders;
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
        return open.isEmpty() ? null : new HandedOut(ranges(open), folder);
    }

    @Override
    public Submitted submit(TrialOrder order, TrialFolder trial, Consumer<TrialNews> listener) {
        CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
        try {
            Integer number = numbers.get(order.key());
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

    private Path file(int number) {
        return folder.resolve(number + ".json");
    }

    private int attempt(int number) {
        return Objects.requireNonNull(given.get(number)).attempt();
    }

    private void handOut(int number, TrialOrder order) throws IOException {
        TrialOrder packed = packer.packed(order);
        AtomicFiles.write(file(number), Json.JSON.writeValueAsString(packed));
        given.put(number, packed);
        numbers.put(order.key(), number);
        open.add(number);
    }

    private void gather(
            int number,
            TrialOrder order,
            TrialFolder trial,
            Consumer<TrialNews> listener,
            CompletableFuture<TrialOutcome> outcome) {
        Path delivery = OrderRunner.delivery(file(number), attempt(number));
        if (!Files.exists(delivery)) {
            open.add(number);
            OrderRunner.claimed(delivery, attempt(number))
                    .ifPresent(claim -> listener.accept(new TrialNews.Started(claim.place())));
            return;
        }
        try {
            TrialOutcome came = TrialResultArchive.read(delivery, order, trial, check);
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

    /** Formats numbers of orders like the arrays of a scheduler. */
    static String ranges(SortedSet<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        int first = 0;
        Integer last = null;
        for (int number : numbers) {
            if (last == null || number != last + 1) {
                first = number;
                ranges.add(Integer.toString(number));
            } else {
                ranges.set(ranges.size() - 1, first + "-" + number);
            }
            last = number;
        }
        return String.join(",", ranges);
    }

    @Override
    public void close() {}
}
