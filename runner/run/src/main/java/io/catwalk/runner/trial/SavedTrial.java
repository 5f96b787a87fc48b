package io.catwalk.runner.trial;

import ai.djl.MalformedModelException;
import io.catwalk.api.Task;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDataset.ClassMatch;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.trial.AppliedNetwork.LocalBackbone;
import io.catwalk.runner.trial.ParityResult.Missing;
import io.catwalk.runner.trial.TrialRun.TrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds the network of a finished trial with its weights. Closing it frees them. */
public final class SavedTrial implements AutoCloseable {

    /** Other machines and numbers of threads sum in another order, which changes a logit by less than this. */
    private static final double ROUNDING = 1e-3;

    private final TrialFolder folder;
    private final TrialOutcome.Done result;
    private final AppliedNetwork network;
    private final boolean ownImages;
    private final LoadedPlugin plugin;

    private SavedTrial(
            TrialFolder folder,
            TrialOutcome.Done result,
            AppliedNetwork network,
            boolean ownImages,
            LoadedPlugin plugin) {
        this.folder = folder;
        this.result = result;
        this.network = network;
        this.ownImages = ownImages;
        this.plugin = plugin;
    }

    /** Loads a trial with its own images. */
    public static SavedTrial open(TrialFolder folder, PluginCatalog catalog, DataHome dataHome) throws IOException {
        return open(folder, catalog, dataHome, null, ClassMatch.BY_NAME);
    }

    /**
     * Loads a trial.
     *
     * @param other images to evaluate on, of the same shape and with as many classes; null for the trial's own
     * @param match how their classes are matched with those that the network was trained on
     * @throws RequestException if the trial has no weights, the plugin or images do not fit them, or the trial's own
     *     images are not those of its training any more
     */
    public static SavedTrial open(
            TrialFolder folder, PluginCatalog catalog, DataHome dataHome, @Nullable DatasetSpec other, ClassMatch match)
            throws IOException {
        if (!Files.exists(folder.outcome())) {
            throw new RequestException("expected a finished trial, but " + folder.path() + " has no trial.json:"
                    + " finish it with catwalk resume");
        }
        TrialOutcome outcome = folder.readOutcome();
        if (!(outcome instanceof TrialOutcome.Done result)) {
            throw new RequestException(
                    "expected a trained trial, but " + folder.path() + " failed: " + outcome.error());
        }
        GivenModel given = result.trial().given();
        if (given != null) {
            throw new RequestException("expected a trial that was trained here, but " + folder.path()
                    + " evaluates a given model: use " + given.file() + " itself");
        }
        folder.requireOwn(result, folder.file(TrialFile.WEIGHTS));
        TrialOrder order = folder.readOrder();
        InstalledClassifier classifier = catalog.require(order.spec().classifier());
        requireSamePlugin(result, classifier);
        ImageDataset whole = other == null ? ownImages(order, result, dataHome) : other.load(dataHome);
        ImageDataset dataset =
                other == null ? order.split().split(whole, order.spec().fold()).dataset() : whole;
        BackboneSpec backbone = order.spec().backbone();
        LocalBackbone local = backbone == null ? null : new LocalBackbone(backbone, file(backbone));
        ImageDataset inputs = dataset;
        if (backbone != null) {
            // Of other images only the test images are evaluated.
            ImageDataset asked = other == null ? whole : whole.limited(1, 0, 0);
            ImageDataset features = dataHome.cache()
                    .features()
                    .open(
                            other == null
                                    ? order.featuresKey(backbone)
                                    : backbone.key(whole.sha256(), 1, other.limitTest()),
                            () -> asked,
                            images -> backbone.open(file(backbone), images));
            inputs = other == null
                    ? order.split().split(features, order.spec().fold()).dataset()
                    : features;
        }
        LoadedPlugin plugin = classifier.load();
        try {
            TrainedModel model = model(folder, plugin.require(classifier.name()), result, inputs);
            try {
                Normalization normalization = backbone == null
                        ? Objects.requireNonNull(result.normalization(), "a given model is not opened")
                        : ofFeatures(folder, order);
                List<String> classes = folder.readClasses();
                AppliedNetwork network = new AppliedNetwork(
                        model,
                        normalization,
                        inputs.labeledAs(classes, match),
                        dataset.labeledAs(classes, match),
                        local);
                return new SavedTrial(folder, result, network, other == null, plugin);
            } catch (IOException | RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            plugin.close();
            throw e;
        }
    }

    public TrialOutcome.Done result() {
        return result;
    }

    /** Returns the images that the network is evaluated on: the trial's own, or those that it was opened with. */
    public ImageDataset dataset() {
        return network.images();
    }

    /**
     * Returns the latency and throughput, on ONNX Runtime, of a file with these options; null if it was not measured, or
     * the file that was measured has other operators.
     */
    public @Nullable Latency latency(ExportOptions options) throws IOException {
        return options.sameGraph(folder.readExportOptions())
                ? result.efficiency().onnxruntime()
                : null;
    }

    /** Evaluates the predictions for the test images from when the network was trained. */
    public Evaluation storedEvaluation() throws IOException {
        return Evaluation.of(folder.readPredictions(result, "test"), classes());
    }

    /**
     * A new evaluation of the saved weights of a trial; {@code changedLabels} is the number of images that get another
     * label than in the stored predictions, -1 if other images were evaluated.
     */
    public record Reevaluation(TrialOutcome.Done result, Evaluation evaluation, int changedLabels) {}

    /** Evaluates the weights again. */
    public Reevaluation reevaluate() throws IOException {
        Predictions now = network.predictions();
        return new Reevaluation(
                result,
                Evaluation.of(now, classes()),
                ownImages ? changed(folder.readPredictions(result, "test"), now) : -1);
    }

    private List<String> classes() {
        return network.images().classes();
    }

    /**
     * Writes the network as an ONNX file and cross-checks it on the test images, if its predictions for them are still
     * those of its training: the numbers in the file are of that network.
     *
     * @param file where to; a file that disagrees is named {@code NAME.rejected.onnx} instead, and an existing
     *     file stays
     * @throws RequestException if the stored predictions are not those of the trial
     */
    public ParityResult export(Path file, ExportOptions options) throws IOException {
        return export(file, options, () -> {});
    }

    private ParityResult export(Path file, ExportOptions options, OnnxModel.Replacement replacement)
            throws IOException {
        String other = otherNetwork();
        ParityResult parity = other == null
                ? OnnxModel.write(file, network, folder.readOrder(), result, options, replacement)
                : ParityResult.without(Missing.ANOTHER_NETWORK, other);
        if (parity.missing() == Missing.UNWRITTEN) {
            throw new IOException("cannot write " + file + ": " + parity.worst());
        }
        return parity;
    }

    /** Checks the stored predictions, without which {@link #export} writes nothing. */
    public void requireOwnPredictions() throws IOException {
        ownPredictions();
    }

    private Predictions ownPredictions() throws IOException {
        Predictions then = folder.readPredictions(result, "test");
        double accuracy = Evaluation.of(then, classes()).accuracy();
        if (accuracy != result.metrics().test().accuracy()) {
            throw new RequestException("expected the accuracy of the stored predictions, " + accuracy + ", in "
                    + folder.outcome() + ", but found "
                    + result.metrics().test().accuracy()
                    + ": one of them has been edited, make both again with catwalk resume");
        }
        return then;
    }

    /** Says how the network differs from the one that was evaluated; null if it does not. */
    private @Nullable String otherNetwork() throws IOException {
        Predictions then = ownPredictions();
        try {
            Predictions now = network.predictions();
            if (now.logits().length != then.logits().length) {
                return "there are " + now.images() + " test images, but there were " + then.images();
            }
            Parity parity =
                    Parity.of(then.logits(), now.logits(), then.images(), new Tolerance(ROUNDING, 0), FlipRule.NONE);
            return Arrays.equals(then.logits(), now.logits()) || parity.maxAbs() <= ROUNDING
                    ? null
                    : "the network no longer gives the answers that it gave after training: "
                            + parity.flips().size() + " of " + parity.images() + " images get another label, and logits"
                            + " differ by up to " + (float) parity.maxAbs()
                            + "; does its plugin draw random numbers, or has the machine changed?";
        } catch (RuntimeException e) {
            return "the network no longer answers: " + Reasons.of(e);
        }
    }

    /** Records outcomes of a trial where others read them, as the journal of its run. */
    public interface Recorder {

        void record(TrialOutcome outcome) throws IOException;
    }

    /**
     * Writes the network as the ONNX file of the trial, cross-checks it, and records both. If it does not agree and
     * there is a file that was proven before, everything stays as it is. While files are replaced, the trial is on record
     * as one without an ONNX file: if the program is killed then, the run can be read, and resume exports again.
     */
    public ParityResult exportInPlace(ExportOptions options, Recorder recorder) throws IOException {
        ParityResult parity = export(
                folder.onnx(),
                options,
                () -> record(result.withoutOnnx(Missing.UNWRITTEN, "its export was stopped"), recorder));
        if (parity.agrees()) {
            folder.write(TrialFile.EXPORT, options);
        }
        if (parity.agrees() || (parity.exported() && !isProven())) {
            record(result.withOnnx(parity, folder), recorder);
        }
        return parity;
    }

    private void record(TrialOutcome outcome, Recorder recorder) throws IOException {
        folder.writeOutcome(outcome);
        recorder.record(outcome);
    }

    /** Writes the current export of the network, with the options of the trial's own file, without a cross-check. */
    public void writeUnproven(Path file) throws IOException {
        OnnxModel.export(file, network, folder.readOrder(), result, folder.readExportOptions());
    }

    /** Cross-checks an ONNX file against the network, on the test images. Near ties are listed, and are not label flips. */
    public ParityResult crossCheck(Path file, Tolerance tolerance) {
        Proof check = Proof.ofImages().withTolerance(tolerance).withNearTies();
        return OnnxModel.crossCheck(file, network, check);
    }

    /** Evaluates an ONNX file whose results differ from those of the network, on the test images. */
    public Evaluation evaluation(Path file) {
        return OnnxModel.evaluation(file, network);
    }

    @Override
    public void close() {
        network.model().close();
        plugin.close();
    }

    private boolean isProven() throws IOException {
        return result.parity() != null
                && result.parity().agrees()
                && Files.exists(folder.onnx())
                && folder.damage(result, folder.onnx()).isEmpty();
    }

    /** Another jar may build another network, whose results would be shown under the name of this one. */
    private static void requireSamePlugin(TrialOutcome.Done result, InstalledClassifier classifier) {
        String trainedWith = result.provenance().pluginSha256();
        if (!trainedWith.equals(classifier.plugin().sha256())) {
            throw new RequestException("expected the plugin that "
                    + result.trial().classifier() + " was trained with (sha256 "
                    + Sha256.shortened(trainedWith) + "), but found "
                    + classifier.plugin().path().getFileName() + " ("
                    + Sha256.shortened(classifier.plugin().sha256())
                    + "): name the folder of the old one with --plugins-dir");
        }
    }

    /** Loads the images of a trial. Others are refused: it may have been trained on some of their test images. */
    public static ImageDataset ownImages(TrialOrder order, TrialOutcome.Done result, DataHome dataHome) {
        ImageDataset whole = order.dataset().load(dataHome);
        String trainedOn = result.provenance().datasetSha256();
        if (!whole.sha256().equals(trainedOn)) {
            throw new RequestException("expected the images of " + whole.name() + " that "
                    + result.trial().classifier() + " was trained on (sha256 "
                    + Sha256.shortened(trainedOn) + "), but found others ("
                    + Sha256.shortened(whole.sha256())
                    + "): they have changed, or an earlier version split them in another way: restore the old ones, or"
                    + " make the trial again with catwalk resume");
        }
        return whole;
    }

    /** Finds the file of a backbone where it was when the network was trained. */
    private static Path file(BackboneSpec backbone) {
        Path file = Path.of(backbone.network().file());
        String found = Files.isRegularFile(file) ? GivenModel.digest(file) : "";
        if (!found.equals(backbone.network().sha256())) {
            throw new RequestException("expected the backbone " + file + " of sha256 "
                    + Sha256.shortened(backbone.network().sha256()) + ", but "
                    + (found.isEmpty() ? "there is no such file" : "found " + Sha256.shortened(found))
                    + ": restore the old file, or use the ONNX file of the trial, which holds it");
        }
        return file;
    }

    private static Normalization ofFeatures(TrialFolder folder, TrialOrder order) throws IOException {
        TrainedWeights weights = folder.readTraining(order.key());
        if (weights == null) {
            throw new RequestException(
                    "expected how the features of " + order.spec().title() + " are normalized in " + folder.path()
                            + ", but found nothing: make the trial again with catwalk resume");
        }
        return weights.normalization();
    }

    private static TrainedModel model(
            TrialFolder folder, LoadedClassifier classifier, TrialOutcome.Done result, ImageDataset dataset)
            throws IOException {
        Task task = DatasetSpec.shape(dataset);
        try {
            return folder.readModel(TrialFile.WEIGHTS, classifier, result.trial(), task);
        } catch (IOException e) {
            if (e.getCause() instanceof MalformedModelException) {
                throw new RequestException(
                        "expected images of the shape and number of classes that %s was trained on, but %s has %dx%dx%d"
                                        .formatted(
                                                result.trial().classifier(),
                                                dataset.name(),
                                                task.channels(),
                                                task.height(),
                                                task.width())
                                + " (channels, height, width) and " + task.classes()
                                + " classes: choose another --dataset, or --image-size",
                        e);
            }
            throw e;
        }
    }

    private static int changed(Predictions before, Predictions now) {
        int changed = Math.abs(before.images() - now.images());
        int[] labelsBefore = before.predicted();
        int[] labelsNow = now.predicted();
        for (int i = 0; i < Math.min(labelsBefore.length, labelsNow.length); i++) {
            changed += labelsBefore[i] == labelsNow[i] ? 0 : 1;
        }
        return changed;
    }
}
