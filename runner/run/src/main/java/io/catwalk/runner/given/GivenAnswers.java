package io.catwalk.runner.given;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.OriginalImages;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answers of a file of another program for test images.
 *
 * @param predicted the class of each image
 * @param scores logits in the order of the data set's classes, logarithms where the file gives probabilities; null for a
 *     table without scores
 * @param report what else a reader must know
 */
public record GivenAnswers(
        PredictedClasses predicted, @Nullable Predictions scores, GivenReport report) {

    /** Sums of probabilities in 16-bit floating point, or in 8 bits, differ from 1. */
    private static final double LARGEST_GAP = 0.02;

    /** Evaluates them; metrics that need scores are null where there are none. */
    public Evaluation evaluation(List<String> classes) {
        return scores == null ? Evaluation.of(predicted, classes) : Evaluation.of(scores, classes);
    }

    /** Returns what is stored: where there are no scores, 1 for the predicted class. */
    public Predictions stored(int classes) {
        if (scores != null) {
            return scores;
        }
        float[] chosen = new float[predicted.images() * classes];
        for (int i = 0; i < predicted.images(); i++) {
            chosen[i * classes + predicted.predicted()[i]] = 1;
        }
        return new Predictions(classes, predicted.labels(), chosen);
    }

    /**
     * Asks a file about the test images of a data set.
     *
     * @param file where it is here
     * @param dataset its images have the size that the model states
     * @param folder of the files of the images, to resize some in another way; null if they have none
     * @throws RequestException if the file cannot answer all images; the message says what to state
     */
    public static GivenAnswers of(GivenModel model, Path file, ImageDataset dataset, @Nullable Path folder) {
        if (model.kind() == GivenModel.Kind.TABLE) {
            return new PredictionTable(file, model.classes(), dataset).answers();
        }
        ImageSource images = dataset.test();
        try (OnnxPredictor predictor = OnnxPredictor.open(
                file,
                OnnxOptions.standard(),
                GivenSource.hints(model.output()).withImageSize(images.height(), images.width()))) {
            return asked(new GivenNetwork(predictor, model, dataset.classes()), file, dataset, folder);
        } catch (OnnxFileException e) {
            throw new RequestException(Reasons.oneLine(String.valueOf(e.getMessage())), e);
        }
    }

    private static GivenAnswers asked(GivenNetwork network, Path file, ImageDataset dataset, @Nullable Path folder) {
        ImageSource images = dataset.test();
        boolean resizes = network.predictor().resizes();
        float[] originals = resizes ? new OriginalImages(images, folder).answers(network.predictor()) : new float[0];
        int classes = dataset.classes().size();
        float[] scores = new float[Math.multiplyExact(images.size(), classes)];
        boolean probabilities = true; // by their sums, where the graph does not show it
        int batch = images.batchSize();
        for (int from = 0; from < images.size(); from += batch) {
            int to = Math.min(images.size(), from + batch);
            float[] answers = resizes
                    ? Arrays.copyOfRange(originals, from * network.outputs(), to * network.outputs())
                    : network.answers(images.read(from, to), images.channels(), to - from);
            for (int i = 0; i < answers.length; i++) {
                if (!Float.isFinite(answers[i])) {
                    throw new RequestException(file + ": expected finite answers, found " + answers[i] + " for image "
                            + images.title(from + i / network.outputs())
                            + "; check normalize, or export it with 32-bit numbers");
                }
            }
            probabilities &= areProbabilities(answers, network.outputs(), 1 - LARGEST_GAP);
            System.arraycopy(network.selected(answers), 0, scores, from * classes, (to - from) * classes);
        }
        probabilities |= network.predictor().scores() != Scores.LOGITS;
        Predictions predictions = new Predictions(classes, images.labels(), scores).ofLogits(probabilities);
        PredictedClasses predicted = predictions.predictedClasses();
        List<String> others =
                new ArrayList<>(Objects.requireNonNull(network.model().classes()));
        others.removeAll(dataset.classes());
        return new GivenAnswers(
                predicted,
                predictions,
                new GivenReport(
                        true,
                        probabilities,
                        others,
                        network.predictor()
                                .metadata()
                                .get(MetadataKeys.PROVENANCE + "dataset_sha256")
                                .filter(dataset::holdsAllOf)
                                .isPresent(),
                        resizes ? null : new PreparationSearch(network, images, predicted, folder).suggestion()));
    }

    /** Tells whether every row has numbers from 0 to 1 whose sum is at most 1, and at least this. */
    static boolean areProbabilities(float[] rows, int length, double least) {
        for (int from = 0; from < rows.length; from += length) {
            double sum = 0;
            for (int i = from; i < from + length; i++) {
                if (!(rows[i] >= 0 && rows[i] <= 1 + LARGEST_GAP)) {
                    return false;
                }
                sum += rows[i];
            }
            if (sum < least || sum > 1 + LARGEST_GAP) {
                return false;
            }
        }
        return true;
    }
}
