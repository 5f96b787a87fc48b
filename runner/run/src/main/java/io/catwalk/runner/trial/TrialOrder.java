package io.catwalk.runner.trial;

import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.supply.InputFetcher.Place;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;

/**
 * Orders a trial, to be run on this machine or another: what to do, what it is made from, and where that is.
 *
 * @param inputs plugin, data and software that are expected; others are refused
 * @param timeoutSeconds time after which it is stopped; null for no limit
 * @param processor model that it must run on, as in {@link io.catwalk.runner.latency.Machine}, since bits are equal only on the same model; null
 *     for any
 * @param attempt number of the attempt, from 1: a lost trial is ordered again
 */
public record TrialOrder(
        TrialSpec spec,
        DatasetSpec dataset,
        SplitSpec split,
        Inputs inputs,
        Artifacts supplies,
        @Nullable Long timeoutSeconds,
        @Nullable String processor,
        int attempt) {

    /** The longest time of a trial, a year: no clock of a process counts what some numbers would mean. */
    private static final long MOST_SECONDS = 366L * 24 * 60 * 60;

    /** Checks the ranges of the numbers. */
    public TrialOrder {
        require("timeout_seconds", timeoutSeconds == null ? 1 : timeoutSeconds, 1, MOST_SECONDS);
        require("attempt", attempt, 1, Integer.MAX_VALUE);
        if (spec != null && split != null) { // an order without them is refused where it is read
            require("threads", spec.threads(), 1, TrialSpec.MOST_THREADS);
            require("fold", spec.fold(), 0, split.lastFold());
        }
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new RequestException(key + " must be from " + least + " to " + most + ", but is " + value);
        }
    }

    /** Names what a trial is made from, besides its own specification: a process that runs it refuses anything else. */
    public record Inputs(
            String pluginId, String pluginVersion, String pluginSha256, String datasetSha256, Software software) {

        public Inputs with(Software newSoftware) {
            return new Inputs(pluginId, pluginVersion, pluginSha256, datasetSha256, newSoftware);
        }
    }

    /**
     * Says where the files are that a trial is made from. The places of each list have the same content, and are tried in
     * turn.
     *
     * @param plugin jar of the plugin
     * @param images folder of the data set, or, on another machine, file of the features that a backbone made of it;
     *     empty for a known one, which the program that trains then finds itself
     * @param labels table of the labels of the images; empty if the folders are the labels
     * @param weights file of the weights to start from, of the given model or of the backbone; empty for random weights
     */
    public record Artifacts(List<Place> plugin, List<Place> images, List<Place> labels, List<Place> weights) {

        public Artifacts {
            plugin = List.copyOf(plugin);
            images = List.copyOf(images);
            labels = List.copyOf(labels);
            weights = List.copyOf(weights);
        }

        /** Names places on this machine. */
        public static Artifacts here(Path pluginsDir, Path images, @Nullable String labels, TrialSpec trial) {
            GivenModel network = trial.prepared();
            String weights = network != null
                    ? network.file()
                    : trial.init() != null ? trial.init().file() : null;
            return new Artifacts(
                    List.of(Place.here(pluginsDir)),
                    List.of(Place.here(images)),
                    labels == null ? List.of() : List.of(Place.here(Path.of(labels))),
                    weights == null ? List.of() : List.of(Place.here(Path.of(weights))));
        }
    }

    /**
     * Identifies what makes the trial: with another key, the outcome may differ. It is the SHA-256, in hexadecimal, of the
     * plugin with its jar, the data set, the split, the versions of Catwalk, DJL and PyTorch, and the trial with its
     * hyperparameters, recipe, seed, fold, threads and device.
     */
    public String key() {
        List<Object> parts = List.of(
                inputs.pluginId(),
                inputs.pluginVersion(),
                inputs.pluginSha256(),
                inputs.datasetSha256(),
                inputs.software().catwalk(),
                inputs.software().djl(),
                inputs.software().pytorch(),
                dataset.imageSize() == null ? "" : dataset.imageSize(),
                dataset.limitTrain(),
                dataset.limitTest(),
                split,
                spec);
        // The order in which hyperparameters were written does not change the network.
        String text =
                Json.LINE.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).writeValueAsString(parts);
        return new Sha256().add(text).hex();
    }

    /** Identifies the features that a backbone makes of the images. */
    public String featuresKey(BackboneSpec backbone) {
        return backbone.key(inputs.datasetSha256(), dataset.limitTrain(), dataset.limitTest());
    }

    /** Tells whether the network is trained once more, on all images but the test images: those that score in folds are not. */
    public boolean refits() {
        return split.refits() && spec.trains() && spec.fold() == 0;
    }

    public TrialOrder with(Inputs newInputs) {
        return new TrialOrder(spec, dataset, split, newInputs, supplies, timeoutSeconds, processor, attempt);
    }

    public TrialOrder from(DatasetSpec newDataset, Artifacts newSupplies) {
        return new TrialOrder(spec, newDataset, split, inputs, newSupplies, timeoutSeconds, processor, attempt);
    }

    public TrialOrder numbered(int newAttempt) {
        return new TrialOrder(spec, dataset, split, inputs, supplies, timeoutSeconds, processor, newAttempt);
    }

    public TrialOrder on(@Nullable String newProcessor) {
        return new TrialOrder(spec, dataset, split, inputs, supplies, timeoutSeconds, newProcessor, attempt);
    }

    /** Refuses an outcome that was made from other inputs than ordered. */
    public TrialOutcome own(TrialOutcome outcome) {
        boolean own = outcome.trial().id().equals(spec.id())
                && (!(outcome instanceof TrialOutcome.Done done)
                        || with(done.provenance().inputs()).key().equals(key()));
        return own
                ? outcome
                : new TrialOutcome.Lost(
                        spec, "it was made with another plugin, other images or another version than the order states");
    }
}
