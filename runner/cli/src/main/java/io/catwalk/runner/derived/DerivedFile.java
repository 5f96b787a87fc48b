package io.catwalk.runner.derived;

import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.LatencySettings;
import io.catwalk.runner.trial.EvaluatedImages;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What all files that are made of others share: how they are measured, described and written. */
final class DerivedFile {

    private DerivedFile() {}

    /** Writes a file where it is named so, and states what it reached; an earlier one of the name asked for goes. */
    static void publish(
            Path draft, ImageDataset images, Evaluation evaluation, Map<String, String> stated, Path named, Path to)
            throws IOException {
        SortedMap<String, String> entries =
                new TreeMap<>(OnnxMetadata.read(draft).entries());
        EvaluatedImages.restate(entries, images, evaluation.metrics());
        entries.putAll(stated);
        new OnnxMetadata(entries).write(draft);
        AtomicFiles.write(named, Files.readAllBytes(draft));
        if (!named.equals(to)) {
            Files.deleteIfExists(to);
        }
    }

    /** Measures files in turns on the same image. */
    static List<Latency> latencies(List<Path> files, OnnxHints hints, LatencyBench.Image image, int threads)
            throws IOException, InterruptedException {
        Map<Path, LatencyBench.Order> orders = new LinkedHashMap<>();
        LatencySettings settings = LatencySettings.standard();
        files.forEach(file -> orders.put(
                file, new LatencyBench.Order(file.toAbsolutePath(), null, hints, null, image, threads, settings)));
        List<Latency> latencies = new ArrayList<>();
        for (LatencyBench.Result result : new LatencyBench(TrialProcess::measure)
                .measure(orders, file -> {})
                .values()) {
            latencies.add(result.latency());
        }
        return latencies;
    }

    /** Writes facts as entries of metadata; null for what there is not. */
    static SortedMap<String, String> stated(String prefix, Map<String, @Nullable Object> facts) {
        SortedMap<String, String> entries = new TreeMap<>();
        facts.forEach((name, value) -> {
            if (value != null) {
                entries.put(prefix + name, value.toString());
            }
        });
        return entries;
    }
}
