package io.catwalk.runner.derived;

import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.quantize.CalibratedModel;
import io.catwalk.onnx.quantize.MixedPrecision;
import io.catwalk.onnx.quantize.NodeNoise;
import io.catwalk.onnx.quantize.OnnxQuantization;
import io.catwalk.onnx.quantize.Scorer;
import io.catwalk.onnx.quantize.WeightRange;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.statistics.PairedAccuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quantizes an image classifier to 8 bits and evaluates it: calibrates and selects on training images, compares on all
 * test images, and measures both files in turns.
 *
 * @param calibrationImages number of training images that ranges are computed from; at least 1
 * @param threads of ONNX Runtime while the latency is measured
 */
public record Quantizer(QuantizationVerdict.Gate gate, WeightRange weights, int calibrationImages, int threads) {

    /** Number of training images that models are selected by; one image is then a twentieth of a percentage point. */
    private static final int VALIDATION_IMAGES = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(Quantizer.class);

    /** Speeds differ by this share from one measurement to the next, even on a quiet machine. */
    private static final double NOTHING = 0.05;

    private static final int LARGEST_BATCH = 100;

    /** All float tensors of a batch are in memory together: some hundred times the size of its images. */
    private static final int BATCH_NUMBERS = 1 << 20;

    private static final long SEED = 0;

    private static final String SHARED_GROUPS = "calibrated and selected on images of the same groups, since there are"
            + " too few groups to keep them apart: add training images of other groups";

    /**
     * An 8-bit model.
     *
     * @param file with a name that ends in {@code .rejected.onnx} or {@code .undecided.onnx} if it does not ship
     * @param notes what users should know about how it was made, one line each
     */
    public record Result(
            Path file,
            MixedPrecision found,
            QuantizationVerdict verdict,
            double floatAccuracy,
            double accuracy,
            Latency floatLatency,
            Latency latency,
            List<String> notes) {

        public String words() {
            return Quantizer.words(verdict);
        }

        /** Returns the figures that JSON states, and of which the metadata of the file state most. */
        public Map<String, @Nullable Object> figures() {
            Map<String, @Nullable Object> figures = new LinkedHashMap<>();
            figures.put("decision", verdict.decision().title("float"));
            figures.put("verdict", words());
            figures.put("needed_test_images", verdict.neededTestImages());
            figures.put("accuracy", accuracy);
            figures.put("float_accuracy", floatAccuracy);
            figures.put("only_float_right", verdict.accuracy().test().onlyFirst());
            figures.put("only_int8_right", verdict.accuracy().test().onlySecond());
            figures.put("lost_interval", verdict.lost());
            figures.put("mcnemar_p", verdict.accuracy().test().p());
            figures.put("speedup_64", verdict.speedupOf64());
            figures.put("speedup_1", verdict.speedupOfOne());
            figures.put("shrinking", verdict.shrinking());
            figures.put("calibration", found.method().title());
            return figures;
        }
    }

    /** Returns the path of the 8-bit file of a float file: {@code lstm.int8.onnx} beside {@code lstm.onnx}. */
    public static Path beside(Path file) {
        return ModelFiles.beside(file, ".int8.onnx");
    }

    /** Quantizes a file, whose classes are those of the images. */
    public Result quantize(Path file, OnnxHints hints, ImageDataset images, Normalization normalization, Path to)
            throws IOException, InterruptedException {
        OnnxQuantization quantization = OnnxQuantization.of(file).withWeights(weights);
        List<String> classes = images.classes();
        Parts parts = parts(images);
        ImageSource calibration = images.train().select(parts.split().train());
        ImageSource chosen = calibration.limit(Math.min(calibrationImages, calibration.size()), classes.size(), SEED);
        ImageSource validation = images.train().select(parts.split().validation());
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints);
                Scratch scratch = new Scratch()) {
            List<Batch> batches = batches(file, predictor.signature(), chosen);
            Iterable<Map<String, Tensor>> inputs = () -> inputs(batches, predictor, chosen, normalization);
            CalibratedModel calibrated = quantization.calibrated(inputs);
            Scorer scorer = model -> score(model, hints, validation, normalization, classes);
            Iterable<Map<String, Tensor>> few = () -> inputs(batches.subList(0, 1), predictor, chosen, normalization);
            MixedPrecision found = MixedPrecision.search(calibrated, scorer, few, gate.budget() / 100);
            Predictions before = answers(predictor, images.test(), normalization, classes.size());
            Predictions after = answers(found.model().bytes(), hints, images.test(), normalization, classes.size());
            Path draft = scratch.file("int8.onnx");
            Files.write(draft, found.model().bytes());
            List<Latency> latencies =
                    DerivedFile.latencies(List.of(file, draft), hints, LatencyBench.Image.noise(predictor), threads);
            QuantizationVerdict verdict = QuantizationVerdict.of(
                    latencies.get(0),
                    latencies.get(1),
                    (double) ModelFiles.size(file) / found.model().bytes().length,
                    PairedAccuracy.of(
                            before.predictedClasses().correct(),
                            after.predictedClasses().correct()),
                    gate);
            Evaluation evaluation = Evaluation.of(after, classes);
            Result quantized = new Result(
                    verdict.decision().path(to),
                    found,
                    verdict,
                    Evaluation.of(before, classes).accuracy(),
                    evaluation.accuracy(),
                    latencies.get(0),
                    latencies.get(1),
                    parts.notes());
            Map<String, String> stated =
                    DerivedFile.stated(MetadataKeys.QUANTIZATION, facts(file, quantized, chosen.size()));
            DerivedFile.publish(draft, images, evaluation, stated, quantized.file(), to);
            return quantized;
        }
    }

    /** The training images to calibrate with (train) and to select by (validation), and notes for users. */
    record Parts(Split split, List<String> notes) {}

    /** Splits the training images into those to calibrate with and to select by; clusters are split if there are few. */
    static Parts parts(ImageDataset images) {
        int classes = images.classes().size();
        double share = Math.min(0.5, (double) VALIDATION_IMAGES / images.train().size());
        try {
            return new Parts(Split.holdOut(images.train(), classes, share, SEED), List.of());
        } catch (RequestException e) {
            LOG.warn("The images to calibrate with and those to select by share groups: {}", e.getMessage());
            return new Parts(Split.holdOut(images.train().labels(), classes, share, SEED), List.of(SHARED_GROUPS));
        }
    }

    private record Batch(int from, int to) {}

    private static List<Batch> batches(Path file, Signature signature, ImageSource images) {
        boolean any = signature.batch() == Signature.ANY_BATCH;
        int size = any ? Math.max(1, Math.min(LARGEST_BATCH, BATCH_NUMBERS / images.imageLength())) : signature.batch();
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; any ? from < images.size() : from + size <= images.size(); from += size) {
            batches.add(new Batch(from, Math.min(images.size(), from + size)));
        }
        if (batches.isEmpty()) {
            throw new RequestException(file + ": expected at least " + size + " calibration images, as many as the file"
                    + " takes at once, found " + images.size() + ": raise --calibration-images, name a --dataset with"
                    + " more training images, or export the model with a smaller batch");
        }
        return batches;
    }

    private Iterator<Map<String, Tensor>> inputs(
            List<Batch> batches, OnnxPredictor predictor, ImageSource images, Normalization normalization) {
        return batches.stream()
                .map(batch -> predictor.input(
                        images.normalized(normalization, batch.from(), batch.to()), batch.to() - batch.from()))
                .iterator();
    }

    private Scorer.Score score(
            byte[] model, OnnxHints hints, ImageSource images, Normalization normalization, List<String> classes) {
        Evaluation evaluation = Evaluation.of(answers(model, hints, images, normalization, classes.size()), classes);
        return new Scorer.Score(Objects.requireNonNull(evaluation.metrics().logLoss()), evaluation.accuracy());
    }

    private Predictions answers(
            byte[] model, OnnxHints hints, ImageSource images, Normalization normalization, int classes) {
        try (OnnxPredictor predictor = OnnxPredictor.open(model, OnnxOptions.standard(), hints)) {
            return answers(predictor, images, normalization, classes);
        }
    }

    private static Predictions answers(
            OnnxPredictor predictor, ImageSource images, Normalization normalization, int classes) {
        return Predictions.of(predictor, images, normalization, classes).ofLogits(predictor.scores() != Scores.LOGITS);
    }

    /** Collects for the 8-bit file what it was compared with, and the results; null for what there is not. */
    private Map<String, @Nullable Object> facts(Path from, Result quantized, int calibrated) throws IOException {
        QuantizationVerdict verdict = quantized.verdict;
        Map<String, @Nullable Object> facts = quantized.figures();
        facts.keySet().removeAll(Set.of("lost_interval", "shrinking"));
        facts.put("float_sha256", Sha256.of(from));
        List<String> beside = new ArrayList<>();
        for (Path weightsFile : ModelFiles.of(from)) {
            if (!weightsFile.equals(from)) {
                beside.add(Sha256.of(weightsFile));
            }
        }
        facts.put("float_data_sha256", lines(beside));
        facts.put("lost", verdict.accuracy().difference());
        facts.put("lost_low", verdict.lost().low());
        facts.put("lost_high", verdict.lost().high());
        facts.put("test_images", verdict.accuracy().images());
        facts.put("calibration_images", calibrated);
        facts.put("weights", "int8 from " + -weights.largest() + " to " + weights.largest());
        facts.put("measured_on", quantized.latency().place());
        facts.put("in_float", String.join("\n", quantized.found.model().inFloat()));
        facts.put("budget_points", verdict.gate().budget());
        facts.put("min_speedup", verdict.gate().speedup());
        facts.put("busy", verdict.busy() == null ? null : Wording.busy(verdict.busy()));
        if (quantized.found.model().onlyForOnnxRuntime()) {
            facts.put("runtime", "ONNX Runtime only: its LSTMs are com.microsoft.DynamicQuantizeLSTM");
        }
        facts.put(
                "signal_to_noise_db",
                lines(quantized.found.noise().stream().map(Quantizer::line).toList()));
        facts.put("notes", lines(quantized.notes()));
        return facts;
    }

    private static @Nullable String lines(List<String> lines) {
        return lines.isEmpty() ? null : String.join("\n", lines);
    }

    private static String line(NodeNoise noise) {
        double decibels = noise.decibels(); // infinite where both outputs are equal
        return noise.node() + " " + (Double.isFinite(decibels) ? Math.round(decibels * 10) / 10.0 : decibels);
    }

    /** Describes a verdict with its numbers, in one line. */
    static String words(QuantizationVerdict verdict) {
        double shrinking = verdict.shrinking();
        return "int8 is " + speed(verdict) + ", " + Numbers.fixed(Math.max(shrinking, 1 / shrinking), 1) + " times "
                + (shrinking < 1 ? "larger, " : "smaller, ")
                + Wording.points(verdict.accuracy(), verdict.lost(), "less accurate", "more accurate") + ": "
                + conclusion(verdict);
    }

    private static String speed(QuantizationVerdict verdict) {
        double speedup = verdict.speedup();
        String words = Math.abs(speedup - 1) < NOTHING
                ? "as fast"
                : Numbers.fixed(Math.max(speedup, 1 / speedup), 1) + (speedup > 1 ? " times faster" : " times slower");
        return (verdict.busy() == null ? "" : Latency.ROUGH)
                + words
                + (verdict.speedupOf64() != null ? "" : " for one image at a time");
    }

    private static String conclusion(QuantizationVerdict verdict) {
        return switch (verdict.decision()) {
            case SHIP -> "ship it";
            case KEEP -> whyNot(verdict) + ": ship the float file";
            case CANNOT_TELL -> {
                List<String> open = new ArrayList<>();
                if (!verdict.keepsAccuracy()) {
                    open.add("cannot tell whether it keeps the budget of " + budget(verdict) + " points: "
                            + needs(verdict));
                }
                if (verdict.speedUnknown()) {
                    open.add("cannot tell whether it is fast enough: the machine was busy");
                }
                yield String.join("; ", open);
            }
        };
    }

    private static String whyNot(QuantizationVerdict verdict) {
        if (verdict.losesTooMuch()) {
            return "beyond the budget of " + budget(verdict) + " points";
        }
        return verdict.speedup() < 1 + NOTHING
                ? "not faster here"
                : "not the required " + Numbers.fixed(verdict.gate().speedup(), 2) + " times as fast";
    }

    private static String needs(QuantizationVerdict verdict) {
        Long needed = verdict.neededTestImages();
        return needed == null
                ? "no number of test images shows it: raise --budget"
                : "needs about " + Numbers.count(needed) + " test images, has "
                        + Numbers.count(verdict.accuracy().images());
    }

    private static String budget(QuantizationVerdict verdict) {
        return Numbers.plainPoints(verdict.gate().budget() / 100);
    }
}
