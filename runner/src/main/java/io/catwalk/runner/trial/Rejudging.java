package io.catwalk.runner.trial;

import ai.djl.MalformedModelException;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.training.TrainedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges the saved weights of a trial anew.
 *
 * @param result of the trial, as it was
 * @param evaluation of what the weights answer now
 * @param changedLabels number of images that get another label than in the stored predictions; -1 if
 *     other images were judged
 */
public record Rejudging(TrialResult result, Evaluation evaluation, int changedLabels) {

    /**
     * Judges a trial.
     *
     * @param folder of the trial
     * @param catalog with the plugin that it was trained with
     * @param dataHome the folder that holds the known data sets
     * @param other images to judge on, of the same shape and with as many classes; null takes the trial's own
     * @return what came of it
     * @throws IOException if the folder cannot be read
     * @throws RequestException if the trial has no weights, or the plugin or images do not fit them
     */
    public static Rejudging of(TrialFolder folder, PluginCatalog catalog, Path dataHome, @Nullable DatasetSpec other)
            throws IOException {
        if (!Files.exists(folder.result())) {
            throw new RequestException("expected a finished trial, but " + folder.path() + " has no trial.json");
        }
        TrialResult result = folder.readResult();
        Normalization normalization = result.normalization();
        if (result.status() == TrialResult.Status.FAILED || normalization == null) {
            throw new RequestException("expected a trained trial, but " + folder.path() + " failed: " + result.error());
        }
        TrialOrder order = folder.readOrder();
        LoadedClassifier classifier = catalog.require(order.spec().classifier());
        requireSamePlugin(result, classifier);
        ImageDataset dataset = (other == null ? order.dataset() : other).load(dataHome);
        Task task = TrialRun.task(dataset);
        try (TrainedModel model = model(folder, classifier, result, dataset, task);
                Predictor predictor = model.predictor()) {
            Predictions now = Predictions.of(
                    predictor, dataset.test(), normalization, dataset.classes().size());
            return new Rejudging(
                    result,
                    Evaluation.of(now, dataset.classes()),
                    other == null ? changed(Predictions.read(folder.predictions("test")), now) : -1);
        }
    }

    /** Another jar may build another network, whose answers would be given this one's name. */
    private static void requireSamePlugin(TrialResult result, LoadedClassifier classifier) {
        String trainedWith = Objects.requireNonNull(result.provenance()).pluginSha256();
        if (!trainedWith.equals(classifier.jarSha256())) {
            throw new RequestException("expected the plugin that " + result.classifier() + " was trained with (sha256 "
                    + trainedWith.substring(0, 12) + "), but found "
                    + classifier.jar().getFileName() + " ("
                    + classifier.jarSha256().substring(0, 12) + "): name the folder of the old one with --plugins-dir");
        }
    }

    private static TrainedModel model(
            TrialFolder folder, LoadedClassifier classifier, TrialResult result, ImageDataset dataset, Task task)
            throws IOException {
        try {
            return folder.readModel(classifier, new Hyperparameters(result.hyperparameters()), task);
        } catch (IOException e) {
            if (e.getCause() instanceof MalformedModelException) {
                throw new RequestException(
                        "expected images of the shape and number of classes that %s was trained on, but %s has %dx%dx%d"
                                        .formatted(
                                                result.classifier(),
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
