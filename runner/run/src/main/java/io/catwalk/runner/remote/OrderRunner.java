package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.supply.InputFetcher.Place;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out orders that came from another machine, and packs the results.
 *
 * @param knownImages parent of the folders of the known data sets
 */
public record OrderRunner(LocalExecutor.Execution execution, Path knownImages) {

    private static final Logger LOG = LoggerFactory.getLogger(OrderRunner.class);

    /**
     * Carries out an order, packs the result, and meanwhile says beside it which machine does. The folder of the files may
     * have those of an earlier attempt; it is deleted, unless the trial is lost: the next attempt can then continue from
     * it. Without a folder, the files are temporary ones.
     */
    public TrialOutcome carryOut(
            TrialOrder order, URI base, @Nullable Path files, Path delivery, Consumer<Epoch> listener)
            throws IOException, InterruptedException {
        Path claim = claim(delivery, order.attempt());
        try (Scratch scratch = new Scratch()) {
            write(claim, 0);
            Path own = files == null ? scratch.file("trial") : files;
            TrialFolder folder = new TrialFolder(Files.createDirectories(own));
            TrialOrder here = order.from(order.dataset(), from(base, order));
            folder.prepare(here);
            TrialOutcome outcome = execution.train(here, folder, news -> {
                if (news instanceof TrialNews.Trained trained) {
                    write(claim, trained.epoch().epoch());
                    listener.accept(trained.epoch());
                }
            });
            TrialResultArchive.write(delivery, outcome, folder);
            if (!(outcome instanceof TrialOutcome.Lost)) {
                Scratch.delete(own);
            }
            return outcome;
        } finally {
            Files.deleteIfExists(claim);
        }
    }

    private TrialOrder.Artifacts from(URI base, TrialOrder order) {
        TrialOrder.Artifacts supplies = order.supplies();
        List<Place> images = new ArrayList<>(from(base, supplies.images()));
        if (images.isEmpty()) {
            images.add(Place.here(knownImages.resolve(order.dataset().name())));
        }
        return new TrialOrder.Artifacts(
                from(base, supplies.plugin()), images, from(base, supplies.labels()), from(base, supplies.weights()));
    }

    private static List<Place> from(URI base, List<Place> places) {
        return places.stream().map(place -> place.from(base)).toList();
    }

    /** Returns the file for the result of an order. */
    public static Path delivery(Path order, int attempt) {
        return order.resolveSibling(name(order).replaceFirst("\\.json$", "") + ".outcome-" + attempt + ".zip");
    }

    /** Returns the file that says who works on an order. */
    private static Path claim(Path delivery, int attempt) {
        String stem = name(delivery).replaceFirst("(\\.outcome-" + attempt + ")?\\.zip$", "");
        return delivery.resolveSibling(stem + ".started-" + attempt + ".json");
    }

    /**
     * Says which machine works on an order.
     *
     * @param epoch the last one that was completed; 0 before the first
     */
    record Claim(String place, int epoch) {}

    /** Reads which machine works on an order; empty if there is no claim. */
    static Optional<Claim> claimed(Path delivery, int attempt) {
        Path file = claim(delivery, attempt);
        try {
            return Files.isRegularFile(file) ? Optional.of(Json.read(file, Claim.class, "a claim")) : Optional.empty();
        } catch (IOException | RequestException e) {
            return Optional.empty(); // the file is being replaced; it is only information
        }
    }

    /** Writes which machine works on an order; a failure to write it is ignored. */
    private static void write(Path file, int epoch) {
        try {
            AtomicFiles.write(file, Json.JSON.writeValueAsString(new Claim(machine(), epoch)));
        } catch (IOException e) {
            LOG.warn("{} cannot be written", file, e);
        }
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a machine without a name";
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
