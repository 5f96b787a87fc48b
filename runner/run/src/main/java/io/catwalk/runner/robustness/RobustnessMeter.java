package io.catwalk.runner.robustness;

import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.robustness.Robustness.Classifier;
import io.catwalk.runner.robustness.Robustness.Curve;
import io.catwalk.runner.robustness.Robustness.Step;
import io.catwalk.runner.statistics.PairedValues;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the ONNX files of a run on corrupted test images. The pixels are corrupted as they come from an image file,
 * and then normalized.
 */
public final class RobustnessMeter {

    /** With this many test images an accuracy is known to within 3.1 points. */
    public static final int IMAGES = 1_000;

    /** The sample and the noise are the same in every run, so that classifiers of several runs can be compared. */
    private static final long SEED = 0;

    private final RecordedRun run;
    private final ImageDataset dataset;
    private final ImageSource images;
    private final Robustness.Sample sample;
    private final Map<String, Done> files;

    private RobustnessMeter(RecordedRun run, ImageDataset dataset, int most, Map<String, Done> files) {
        this.run = run;
        this.dataset = dataset;
        this.files = files;
        images = dataset.test().limit(most, dataset.classes().size(), SEED);
        sample = new Robustness.Sample(
                images.size(),
                dataset.test().size(),
                SEED,
                files.values().iterator().next().trial().fold(),
                dataset.sha256(),
                images.sha256());
    }

    /**
     * Finds the ONNX files of a run, one for each classifier that was trained in it on images of the run's size, and the
     * test images that all of them were evaluated on, at least 1.
     *
     * @param note receives, in one line, what is left out
     * @throws RequestException if there is no ONNX file, or its test images do not exist any more
     */
    public static RobustnessMeter of(RecordedRun run, DataHome home, int most, Consumer<String> note)
            throws IOException {
        RunResults results = run.results();
        boolean searched = results.tuning() != null && results.tuning().best() != null;
        Map<String, Done> files = new LinkedHashMap<>();
        Set<String> others = new TreeSet<>();
        ImageDataset dataset = null;
        int fold = 0;
        for (Done done : (searched ? results.withoutCandidates() : results).done()) {
            if (!done.trial().trains()
                    || !Files.exists(run.folder().trial(done.trial()).onnx())) {
                continue;
            }
            // Corruptions of images of another size would not be the same.
            if (!done.provenance().datasetSha256().equals(results.dataset().sha256())) {
                others.add(done.trial().label());
                continue;
            }
            if (dataset == null) {
                fold = done.trial().fold();
                TrialOrder order = run.folder().trial(done.trial()).readOrder();
                ImageDataset whole = order.dataset().load(home);
                if (!whole.sha256().equals(results.dataset().sha256())) {
                    throw new RequestException("expected the test images that "
                            + run.folder().path() + " was evaluated on, but those of " + whole.name()
                            + " have been changed: restore the original images");
                }
                dataset = order.split().split(whole, fold).dataset();
            }
            if (done.trial().fold() == fold) {
                files.putIfAbsent(done.trial().label(), done);
            }
        }
        if (dataset == null) {
            throw new RequestException("expected networks with ONNX files in "
                    + run.folder().path() + ", for images of its size, found none: write them with catwalk export "
                    + run.folder().path());
        }
        if (!others.isEmpty()) {
            note.accept("left out, as their images have another size: " + String.join(", ", others));
        }
        return new RobustnessMeter(run, dataset, most, files);
    }

    /**
     * Measures every file that was not measured before on the same images.
     *
     * @param note receives, in one line, what is being measured
     * @throws RequestException if a file does not belong to its trial
     */
    public Robustness measure(@Nullable Robustness before, Consumer<String> note) throws IOException {
        RunFolder folder = run.folder();
        Software software = Software.current();
        Robustness kept = before != null
                        && before.sample().equals(sample)
                        && before.software().equals(software)
                ? before.current(folder, List.copyOf(files.values()))
                : null;
        List<Classifier> classifiers = new ArrayList<>();
        for (Map.Entry<String, Done> each : files.entrySet()) {
            Classifier known = kept == null ? null : kept.of(each.getKey());
            String id = each.getValue().trial().id();
            if (known != null && known.trial().equals(id)) {
                classifiers.add(known);
                continue;
            }
            note.accept("measuring the robustness of " + each.getKey() + " on " + Numbers.count(images.size())
                    + " test images (" + (classifiers.size() + 1) + " of " + files.size() + ")");
            classifiers.add(measured(each.getKey(), each.getValue()));
        }
        return new Robustness(Robustness.SCHEMA, sample, software, classifiers);
    }

    private Classifier measured(String name, Done done) throws IOException {
        Path file = run.folder().trial(done.trial()).onnx();
        String digest = Sha256.of(file);
        for (TrialFile.Digest own : done.files()) {
            if (own.file().equals(String.valueOf(file.getFileName()))
                    && !own.sha256().equals(digest)) {
                throw new RequestException(
                        "expected the ONNX file of " + done.trial().title() + ", but " + file
                                + " has been changed: write it again with catwalk export "
                                + run.folder().path());
            }
        }
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard())) {
            List<Curve> curves = new ArrayList<>();
            for (Corruption corruption : Corruption.values()) {
                List<Step> steps = new ArrayList<>();
                for (int step = 1; step <= Corruption.STEPS; step++) {
                    int strength = corruption.strength(step);
                    steps.add(new Step(strength, accuracy(predictor, corruption, strength)));
                }
                curves.add(new Curve(corruption, steps));
            }
            return new Classifier(name, done.trial().id(), digest, accuracy(predictor, Corruption.SHIFT, 0), curves);
        }
    }

    private Accuracy accuracy(OnnxPredictor predictor, Corruption corruption, int strength) {
        SplittableRandom random = noise();
        int classes = dataset.classes().size();
        int length = images.imageLength();
        float[] logits = new float[Math.multiplyExact(images.size(), classes)];
        for (int from = 0; from < images.size(); from += images.batchSize()) {
            int to = Math.min(images.size(), from + images.batchSize());
            byte[] pixels = new byte[(to - from) * length];
            for (int i = from; i < to; i++) {
                byte[] corrupted =
                        corruption.of(images.image(i), strength, i, random).pixels();
                System.arraycopy(corrupted, 0, pixels, (i - from) * length, length);
            }
            float[] answers = predictor.logits(pixels, to - from);
            System.arraycopy(answers, 0, logits, from * classes, answers.length);
        }
        PredictedClasses answers = new Predictions(classes, images.labels(), logits).predictedClasses();
        return Accuracy.of(images.size(), PairedValues.count(answers.correct()));
    }

    /** Starts the noise, which is the same for every classifier and every strength. */
    static SplittableRandom noise() {
        return new SplittableRandom(SEED);
    }
}
