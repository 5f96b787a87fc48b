package io.catwalk.runner.trial;

import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Normalization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the networks of trials on all engines that can run them: with the same image, and only if all answer it
 * alike.
 */
public final class TrialBench {

    private static final Logger LOG = LoggerFactory.getLogger(TrialBench.class);

    private final LatencyBench bench;
    private final LatencySettings settings;
    private final Path pluginsDir;
    private final Task task;
    private final byte[] pixels;

    /**
     * Prepares to measure with the first test image of a data set.
     *
     * @param bench measures one network
     * @param settings how long each may take on each engine
     * @param pluginsDir the folder of the plugin jars
     * @param dataset that the trials are about
     */
    public TrialBench(LatencyBench bench, LatencySettings settings, Path pluginsDir, ImageDataset dataset) {
        this.bench = bench;
        this.settings = settings;
        this.pluginsDir = pluginsDir.toAbsolutePath();
        task = DatasetSpec.shape(dataset);
        pixels = dataset.test().image(0).pixels();
    }

    /**
     * Holds what came of a trial.
     *
     * @param latencies of the engines that could be measured
     * @param problems why others could not, each in one line
     */
    public record Outcome(Map<InferenceEngine, Latency> latencies, List<String> problems) {

        /** Copies both; the engines stay in their order. */
        public Outcome {
            latencies = Collections.unmodifiableMap(new TreeMap<>(latencies));
            problems = List.copyOf(problems);
        }

        /**
         * Says what else the machine did meanwhile.
         *
         * @return in words; empty if it was quiet
         */
        public Optional<String> busy() {
            return latencies.values().stream()
                    .map(Latency::busy)
                    .filter(Objects::nonNull)
                    .findFirst();
        }
    }

    /**
     * Measures a trial.
     *
     * @param trial one that was trained
     * @param folder of the trial
     * @param normalization that its network expects
     * @param threads of the engines
     * @return latencies, or why there are none
     * @throws InterruptedException if the calling thread is interrupted
     */
    public Outcome measure(TrialOrder trial, TrialFolder folder, Normalization normalization, int threads)
            throws InterruptedException {
        BenchImage image = new BenchImage(pixels, normalization);
        Map<InferenceEngine, LatencyBench.Measured> measured = new EnumMap<>(InferenceEngine.class);
        List<String> problems = new ArrayList<>();
        for (InferenceEngine engine : folder.engines()) {
            BenchOrder order = switch (engine) {
                case PYTORCH ->
                    new BenchOrder.OfWeights(
                            trial, folder.path().toAbsolutePath(), pluginsDir, task, image, threads, settings);
                case ONNX_RUNTIME ->
                    new BenchOrder.OfFile(folder.onnx(), OnnxHints.none(), folder.path(), image, threads, settings);
            };
            try {
                measured.put(engine, bench.measure(order));
            } catch (IOException e) {
                LOG.error(
                        "The latency of {} on {} could not be measured",
                        trial.spec().title(),
                        engine,
                        e);
                problems.add(engine.title() + ": " + Reasons.of(e));
            }
        }
        List<float[]> answers =
                measured.values().stream().map(LatencyBench.Measured::logits).toList();
        if (answers.size() == 2 && !Answers.same(answers.get(0), answers.get(1))) {
            return new Outcome(Map.of(), List.of(different(answers.get(0), answers.get(1))));
        }
        Map<InferenceEngine, Latency> latencies = new EnumMap<>(InferenceEngine.class);
        measured.forEach((engine, one) -> latencies.put(engine, one.latency()));
        return new Outcome(latencies, problems);
    }

    private static String different(float[] first, float[] second) {
        return String.format(
                Locale.ROOT,
                "the weights and the ONNX file answer the same image differently (by %.1e of the largest logit), so"
                        + " that they are not one network: write the file anew with catwalk export",
                Answers.difference(first, second));
    }
}
