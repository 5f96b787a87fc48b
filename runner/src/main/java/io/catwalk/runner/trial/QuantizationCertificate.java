package io.catwalk.runner.trial;

import io.catwalk.onnx.quantize.NodeNoise;
import io.catwalk.onnx.quantize.WeightRange;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes into an 8-bit file what it was compared with, and the results. */
final class QuantizationCertificate {

    private static final String KEY = MetadataKeys.QUANTIZATION;

    private QuantizationCertificate() {}

    /**
     * Collects the metadata of the 8-bit file: what it states already, and the results.
     *
     * @param from the float file
     * @param draft the 8-bit file, which states what is true of both files
     * @param quantized result of the quantization
     * @param calibrationImages number of images that the ranges come from
     * @param weights how many of the 8 bits weights use
     * @param images whose test images both are evaluated on
     * @param metrics of the 8-bit file on the test images
     */
    static OnnxMetadata of(
            Path from,
            Path draft,
            QuantizedFile quantized,
            int calibrationImages,
            WeightRange weights,
            ImageDataset images,
            Metrics metrics)
            throws IOException {
        SortedMap<String, String> entries =
                new TreeMap<>(OnnxMetadata.read(draft).entries());
        entries.putAll(OnnxModel.metrics(metrics));
        EvaluatedImages.restate(entries, images);
        QuantizationVerdict verdict = quantized.verdict();
        Interval interval = verdict.accuracy().interval(0.95);
        Map<String, Object> facts = new TreeMap<>();
        facts.put("float_sha256", Sha256.of(from));
        List<String> beside = new ArrayList<>();
        for (Path weightsFile : ModelFiles.of(from)) {
            if (!weightsFile.equals(from)) {
                beside.add(Sha256.of(weightsFile));
            }
        }
        if (!beside.isEmpty()) {
            facts.put("float_data_sha256", String.join("\n", beside));
        }
        facts.put("float_accuracy", quantized.floatAccuracy());
        facts.put("accuracy", quantized.accuracy());
        facts.put("lost", verdict.accuracy().lost());
        facts.put("lost_low", interval.low());
        facts.put("lost_high", interval.high());
        facts.put("only_float_right", verdict.accuracy().test().onlyFirst());
        facts.put("only_int8_right", verdict.accuracy().test().onlySecond());
        facts.put("mcnemar_p", verdict.accuracy().test().p());
        facts.put("test_images", verdict.accuracy().images());
        facts.put("calibration", quantized.found().method().title());
        facts.put("calibration_images", calibrationImages);
        facts.put("weights", "int8 from " + -weights.largest() + " to " + weights.largest());
        if (verdict.speedupOf64() != null) {
            facts.put("speedup_64", verdict.speedupOf64());
        }
        facts.put("speedup_1", verdict.speedupOfOne());
        facts.put("measured_on", quantized.latency().place());
        facts.put("in_float", String.join("\n", quantized.found().model().inFloat()));
        facts.put("budget_points", verdict.gate().budget());
        facts.put("min_speedup", verdict.gate().speedup());
        facts.put("decision", verdict.decision().title());
        facts.put("verdict", verdict.words());
        if (verdict.neededTestImages() != null) {
            facts.put("needed_test_images", verdict.neededTestImages());
        }
        if (verdict.busy() != null) {
            facts.put("busy", verdict.busy());
        }
        if (quantized.found().model().onlyForOnnxRuntime()) {
            facts.put("runtime", "ONNX Runtime only: its LSTMs are com.microsoft.DynamicQuantizeLSTM");
        }
        if (!quantized.found().noise().isEmpty()) {
            facts.put("signal_to_noise_db", noise(quantized));
        }
        if (!quantized.notes().isEmpty()) {
            facts.put("notes", String.join("\n", quantized.notes()));
        }
        facts.forEach((name, value) -> entries.put(KEY + name, String.valueOf(value)));
        return new OnnxMetadata(entries);
    }

    private static String noise(QuantizedFile quantized) {
        return quantized.found().noise().stream()
                .map(QuantizationCertificate::line)
                .collect(Collectors.joining("\n"));
    }

    private static String line(NodeNoise noise) {
        double decibels = noise.decibels(); // infinite where both outputs are equal
        return noise.node() + " " + (Double.isFinite(decibels) ? Math.round(decibels * 10) / 10.0 : decibels);
    }
}
