package io.catwalk.runner.trial;

import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.LatencySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures the networks of trials on all engines that run them, and only if these give the same for one image. */
public final class TrialBench {

    private static final Logger LOG = LoggerFactory.getLogger(TrialBench.class);

    /**
     * Difference of a logit, relative to the largest one or to 1, from which two engines compute different functions.
     * The cross-check proves on all images that they agree to 1e-4.
     */
    private static final double SAME = 1e-3;

    private final LatencyBench bench;
    private final LatencySettings settings;
    private final Path pluginsDir;
    private final Task task;
    private final byte[] pixels;

    /** Prepares measurements with the first test image of a data set, for trials of it. */
    public TrialBench(
            LatencyBench.BenchProcess process, LatencySettings settings, Path pluginsDir, ImageDataset dataset) {
        bench = new LatencyBench(process);
        this.settings = settings;
        this.pluginsDir = pluginsDir.toAbsolutePath();
        task = DatasetSpec.shape(dataset);
        pixels = dataset.test().image(0).pixels();
    }

    /** The latencies of a trial, and why other engines could not be measured, each in one line. */
    public record Outcome(Map<InferenceEngine, Latency> latencies, List<String> problems) {

        /** Returns what else the machine did meanwhile; empty if it was quiet. */
        public Optional<Latency.Busy> busy() {
            return latencies.values().stream()
                    .map(Latency::busy)
                    .filter(Objects::nonNull)
                    .findFirst();
        }

        public TrialOutcome.Done added(TrialOutcome.Done done) {
            TrialOutcome.Done added = done;
            for (Map.Entry<InferenceEngine, Latency> latency : latencies.entrySet()) {
                added = added.withLatency(latency.getKey(), latency.getValue());
            }
            return added;
        }
    }

    /**
     * The network of a trained trial, with the normalization that it expects and the threads of its engines.
     *
     * @param normalization null for a table of predictions, which nothing runs
     * @param first the first test image, in the size of the trial; null if that is the one of the run
     */
    public record Network(
            TrialOrder trial,
            TrialFolder folder,
            @Nullable Normalization normalization,
            int threads,
            @Nullable RasterImage first) {

        private List<InferenceEngine> engines() {
            return folder.engines(trial.spec());
        }

        private LatencyBench.Image image(byte[] pixels) {
            GivenModel given = trial.spec().prepared();
            return new LatencyBench.Image(
                    first == null ? pixels : given == null ? first.pixels() : given.input(first),
                    Objects.requireNonNull(normalization, "a network has one"));
        }

        private Task task(Task ofRun) {
            return first == null ? ofRun : Task.of(ofRun.channels(), first.height(), first.width(), ofRun.classes());
        }

        private OnnxHints hints() {
            GivenModel given = trial.spec().given();
            return given == null || first == null ? OnnxHints.none() : given.hints(first);
        }
    }

    /** Receives progress. */
    public interface Listener {

        /**
         * Called when a network is about to be measured, on all of its engines.
         *
         * @param number of the measurement, from 1
         * @param of number of all measurements; each network is measured in several turns
         */
        void measuring(TrialSpec trial, int number, int of);

        /** Called after each turn but the last with the results so far, in order; what it throws ends the measuring. */
        default void turned(List<Outcome> soFar) throws IOException {}
    }

    /** A network on an engine. */
    private record Place(Network network, InferenceEngine engine) {}

    /**
     * Measures networks in turns. Several networks of one classifier, from other seeds or folds, share the processes
     * that a single network would have: they have the same latency.
     *
     * @return for each, in their order, the latencies, or why there are none
     * @throws IOException if the listener cannot keep a result
     */
    public List<Outcome> measure(List<Network> networks, Listener listener) throws IOException, InterruptedException {
        Map<Place, LatencyBench.Order> orders = new LinkedHashMap<>();
        int all = 0;
        for (Network network : networks) {
            LatencySettings share = settings.withProcesses(share(network, networks));
            LatencyBench.Image image = network.image(pixels);
            all += share.processes();
            for (InferenceEngine engine : network.engines()) {
                orders.put(new Place(network, engine), order(network, engine, image, share));
            }
        }
        int of = all;
        AtomicInteger number = new AtomicInteger();
        return outcomes(networks, bench.measure(orders, new LatencyBench.Listener<>() {
            @Override
            public void begins(Place place) {
                if (place.engine == place.network.engines().get(0)) {
                    listener.measuring(place.network.trial.spec(), number.incrementAndGet(), of);
                }
            }

            @Override
            public void turned(Map<Place, LatencyBench.Result> soFar) throws IOException {
                listener.turned(outcomes(networks, soFar));
            }
        }));
    }

    private static List<Outcome> outcomes(List<Network> networks, Map<Place, LatencyBench.Result> results) {
        return networks.stream().map(network -> outcome(network, results)).toList();
    }

    private int share(Network network, List<Network> networks) {
        String label = network.trial.spec().label();
        int sharing = (int) networks.stream()
                .filter(other -> other.trial.spec().label().equals(label))
                .count();
        return (settings.processes() + sharing - 1) / sharing;
    }

    private LatencyBench.Order order(
            Network network, InferenceEngine engine, LatencyBench.Image image, LatencySettings share) {
        TrialSpec spec = network.trial.spec();
        boolean weights = engine == InferenceEngine.PYTORCH;
        return new LatencyBench.Order(
                weights ? network.folder.file(TrialFile.WEIGHTS).toAbsolutePath() : network.folder.onnx(),
                weights
                        ? new LatencyBench.Network(
                                pluginsDir,
                                network.trial.inputs().pluginSha256(),
                                spec.classifier(),
                                spec.hyperparameters(),
                                network.task(task))
                        : null,
                network.hints(),
                network.folder.path().toAbsolutePath(),
                image,
                network.threads,
                share);
    }

    private static Outcome outcome(Network network, Map<Place, LatencyBench.Result> results) {
        Map<InferenceEngine, Latency> latencies = new EnumMap<>(InferenceEngine.class);
        List<float[]> answers = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (InferenceEngine engine : InferenceEngine.values()) {
            LatencyBench.Result result = results.get(new Place(network, engine));
            if (result == null) {
                continue;
            }
            try {
                latencies.put(engine, result.latency());
                answers.add(result.processes().get(0).logits());
            } catch (IOException e) {
                String title = network.trial.spec().title();
                LOG.error("The latency of {} on {} could not be measured", title, engine, e);
                problems.add(engine.title() + ": " + Reasons.of(e));
            }
        }
        double difference = answers.size() == 2 ? difference(answers.get(0), answers.get(1)) : 0;
        return difference <= SAME
                ? new Outcome(latencies, problems)
                : new Outcome(
                        Map.of(),
                        List.of(String.format(
                                Locale.ROOT,
                                "the weights and the ONNX file answer the same image differently (by %.1e of the"
                                        + " largest logit), so that they are not one network: write the file again with"
                                        + " catwalk export",
                                difference)));
    }

    /** Returns the largest difference, relative to the largest of the first logits or to 1; NaN differs, too. */
    private static double difference(float[] first, float[] second) {
        if (first.length != second.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 1;
        double difference = 0;
        for (int i = 0; i < first.length; i++) {
            largest = Math.max(largest, Math.abs(first[i]));
            difference = Math.max(difference, Math.abs((double) first[i] - second[i]));
        }
        return difference / largest;
    }
}
