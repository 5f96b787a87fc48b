package io.catwalk.runner.robustness;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The accuracy of the ONNX files of a run on corrupted test images, as in {@code robustness.json}. All classifiers, in
 * the order of the results, were evaluated on the same corrupted images.
 */
public record Robustness(int schema, Sample sample, Software software, List<Classifier> classifiers) {

    static final int SCHEMA = 1;

    private static final String HEAD = "classifier,corruption,strength,unit,images,right,accuracy,low,high\n";

    private static final double CONFIDENCE = 0.95;

    private static final String FILE = "robustness.json";

    /**
     * The images that were corrupted: their number, out of all test images of a fold (0 for a hold-out), and their
     * digest, as in {@link io.catwalk.runner.data.ImageSource#sha256}. The seed is that of the sample and of the noise.
     */
    public record Sample(int images, int of, long seed, int fold, String datasetSha256, String sha256) {}

    /** The accuracy of the file of a trial, on the uncorrupted images and under each corruption. */
    public record Classifier(String name, String trial, String onnxSha256, Accuracy clean, List<Curve> curves) {

        /** Returns the accuracies under one corruption, which was measured. */
        public Curve curve(Corruption corruption) {
            return curves.stream()
                    .filter(curve -> curve.corruption() == corruption)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(name + " has no curve of " + corruption.title()));
        }

        /** Returns the share of its accuracy that is left at the strongest step; 0 if the clean accuracy is 0. */
        public double kept(Corruption corruption) {
            return clean.right() == 0
                    ? 0
                    : (double) curve(corruption).last().accuracy().right() / clean.right();
        }

        /** Returns the 95 % Wilson interval of that share, as if no image that is wrong when clean became right. */
        public Interval keptInterval(Corruption corruption) {
            int right = curve(corruption).last().accuracy().right();
            return Interval.wilson(Math.min(right, clean.right()), Math.max(1, clean.right()), CONFIDENCE);
        }
    }

    /** The accuracy of a file by the strength of a corruption, from weak to strong. */
    public record Curve(Corruption corruption, List<Step> steps) {

        public Step last() {
            return steps.get(steps.size() - 1);
        }
    }

    /** The accuracy of a file at one strength, in the unit of the corruption. */
    public record Step(int strength, Accuracy accuracy) {}

    /** Reads the measurements of a run; null if there are none. */
    public static @Nullable Robustness in(RunFolder run) throws IOException {
        Path file = run.path().resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        Robustness read = Json.read(file, Robustness.class, "the robustness of a run");
        boolean whole = read.classifiers.stream()
                .allMatch(one -> one.curves.size() == Corruption.values().length
                        && one.curves.stream().allMatch(curve -> curve.steps.size() == Corruption.STEPS));
        if (read.schema != SCHEMA || !whole) {
            throw new RequestException("expected the robustness of a run of schema " + SCHEMA
                    + " with every corruption in "
                    + file + ", found other contents: delete it and measure again with catwalk report " + run.path()
                    + " --robustness");
        }
        return read;
    }

    public void write(RunFolder run) throws IOException {
        AtomicFiles.write(run.path().resolve(FILE), Json.JSON.writeValueAsString(this));
    }

    /** Removes the measurements of files that have been replaced since. */
    public Robustness current(RunFolder run, List<Done> done) throws IOException {
        List<Classifier> current = new ArrayList<>();
        for (Classifier one : classifiers) {
            Optional<Path> file = done.stream()
                    .filter(each -> each.trial().id().equals(one.trial()))
                    .map(each -> run.trial(each.trial()).onnx())
                    .filter(Files::isRegularFile)
                    .findFirst();
            if (file.isPresent() && Sha256.of(file.get()).equals(one.onnxSha256())) {
                current.add(one);
            }
        }
        return new Robustness(schema, sample, software, current);
    }

    public @Nullable Classifier of(String name) {
        return classifiers.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Returns a row for each classifier, corruption and strength: shares from 0 to 1, with 95 % intervals. */
    public String csv() {
        StringBuilder csv = new StringBuilder(HEAD);
        for (Classifier one : classifiers) {
            row(csv, one, "none", 0, "", one.clean());
            for (Curve curve : one.curves()) {
                Corruption kind = curve.corruption();
                curve.steps()
                        .forEach(step -> row(csv, one, kind.title(), step.strength(), kind.unit(), step.accuracy()));
            }
        }
        return csv.toString();
    }

    private static void row(
            StringBuilder csv, Classifier one, String corruption, int strength, String unit, Accuracy accuracy) {
        List<Object> cells = List.of(
                one.name(),
                corruption,
                strength,
                unit,
                accuracy.images(),
                accuracy.right(),
                accuracy.share(),
                accuracy.low(),
                accuracy.high());
        csv.append(cells.stream()
                        .map(cell -> TextEscaping.csvCell(cell.toString()))
                        .collect(Collectors.joining(",")))
                .append('\n');
    }
}
