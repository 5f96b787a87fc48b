package io.catwalk.runner.robustness;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
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
import org.jspecify.annotations.Nullable;

/**
 * Says how accurate the ONNX files of a run are on corrupted test images, as {@code robustness.json} has it. All classifiers
 * saw the same images, corrupted alike.
 *
 * @param schema version of the format
 * @param sample the images
 * @param software that measured
 * @param classifiers in the order of the results
 */
public record Robustness(int schema, Sample sample, Software software, List<Classifier> classifiers) {

    static final int SCHEMA = 1;

    private static final double CONFIDENCE = 0.95;

    private static final String FILE = "robustness.json";

    /** Copies the list. */
    public Robustness {
        classifiers = List.copyOf(classifiers);
    }

    /**
     * Says which images were corrupted.
     *
     * @param images how many; at least 1
     * @param of how many test images there are
     * @param seed that drew them, and the noise
     * @param fold of which they are the test images; 0 for a hold-out
     * @param datasetSha256 digest of the data set
     * @param sha256 digest of the sample, as {@link io.catwalk.runner.data.ImageSource#sha256} has it
     */
    public record Sample(int images, int of, long seed, int fold, String datasetSha256, String sha256) {}

    /**
     * Says how accurate one file is.
     *
     * @param name of the classifier, with its variant
     * @param trial whose file it is, as {@link io.catwalk.runner.trial.TrialSpec#id} has it
     * @param onnxSha256 digest of the file
     * @param clean accuracy on the images as they are
     * @param curves one for each corruption
     */
    public record Classifier(String name, String trial, String onnxSha256, Accuracy clean, List<Curve> curves) {

        /** Copies the list. */
        public Classifier {
            curves = List.copyOf(curves);
        }

        /**
         * Returns what it loses by one corruption.
         *
         * @throws IllegalArgumentException if that was not measured
         */
        public Curve curve(Corruption corruption) {
            return curves.stream()
                    .filter(curve -> curve.corruption() == corruption)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(name + " has no curve of " + corruption.title()));
        }

        /** Returns which share of its accuracy is left at the strongest step; 0 for one that is never right. */
        public double kept(Corruption corruption) {
            return clean.right() == 0
                    ? 0
                    : (double) curve(corruption).last().accuracy().right() / clean.right();
        }

        /** Bounds that share by its 95 % Wilson interval, as if no image that is wrong when clean became right. */
        public Interval keptInterval(Corruption corruption) {
            int right = curve(corruption).last().accuracy().right();
            return Interval.wilson(Math.min(right, clean.right()), Math.max(1, clean.right()), CONFIDENCE);
        }
    }

    /**
     * Says how accurate a file is by the strength of a corruption.
     *
     * @param corruption of the images
     * @param steps from weak to strong
     */
    public record Curve(Corruption corruption, List<Step> steps) {

        /** Copies the list. */
        public Curve {
            steps = List.copyOf(steps);
        }

        /** Returns the strongest step. */
        public Step last() {
            return steps.get(steps.size() - 1);
        }
    }

    /**
     * Says how accurate a file is at one strength.
     *
     * @param strength in the unit of the corruption
     * @param accuracy with its interval
     */
    public record Step(int strength, Accuracy accuracy) {}

    /**
     * Reads what was measured in a run.
     *
     * @param run its folder
     * @return null if nothing was
     * @throws RequestException if the file is damaged, or of a format that this program does not read
     * @throws IOException if it cannot be read
     */
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

    /**
     * Writes it into a run folder.
     *
     * @param run its folder
     * @throws IOException if it cannot be written
     */
    public void write(RunFolder run) throws IOException {
        AtomicFiles.write(run.path().resolve(FILE), Json.JSON.writeValueAsString(this));
    }

    /**
     * Leaves out what was measured of other files than those that are there now.
     *
     * @param run its folder
     * @param done its trained networks
     * @return the same, or less of it
     * @throws IOException if a file cannot be read
     */
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

    /** Returns what was measured of a classifier; null if nothing was. */
    public @Nullable Classifier of(String name) {
        return classifiers.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
