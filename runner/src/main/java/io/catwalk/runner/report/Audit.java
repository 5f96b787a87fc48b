package io.catwalk.runner.report;

import io.catwalk.runner.data.Duplicate;
import io.catwalk.runner.data.Duplicates;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.evaluation.WrongForAll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An audit of a test set: which of its images have a duplicate in the training set or in the test set itself, how the
 * duplicates change the accuracy of models, and which images no model gets right.
 *
 * @param dataset that is audited
 * @param distance up to which two images look the same, as {@link Duplicates} defines it
 * @param leaked pairs of a test image (the first) and a training image
 * @param repeated pairs of two test images
 * @param predictions of each model for all test images, by the name of the model; may be empty
 */
public record Audit(
        ImageDataset dataset,
        double distance,
        List<Duplicate> leaked,
        List<Duplicate> repeated,
        Map<String, PredictedClasses> predictions) {

    /** Copies the lists and the map, which keeps its order. */
    public Audit {
        leaked = List.copyOf(leaked);
        repeated = List.copyOf(repeated);
        predictions = new LinkedHashMap<>(predictions);
    }

    /**
     * The accuracy of a model.
     *
     * @param model its name
     * @param all accuracy on all test images
     * @param withoutDuplicates accuracy on the test images that resemble no training image; null if there are none
     */
    public record Model(
            String model, Accuracy all, @Nullable Accuracy withoutDuplicates) {}

    /**
     * Counts of duplicates.
     *
     * @param pairs number of pairs
     * @param exact number of them with the same pixels
     * @param otherLabel number of them with two different labels
     * @param images number of test images that are the first of a pair
     */
    public record Count(int pairs, int exact, int otherLabel, int images) {}

    /**
     * Audits a data set.
     *
     * @param distance up to which two images look the same, 0 to 255
     * @param predictions of each model for all of its test images, by name; may be empty
     * @throws io.catwalk.runner.RequestException if the distance is out of its range, or there are more than a million
     *     pairs
     */
    public static Audit of(ImageDataset dataset, double distance, Map<String, PredictedClasses> predictions) {
        return new Audit(
                dataset,
                distance,
                Duplicates.between(dataset.test(), dataset.train(), distance),
                Duplicates.within(dataset.test(), distance),
                predictions);
    }

    /** Counts the pairs of a test and a training image. */
    public Count leakedCount() {
        return count(leaked, dataset.train());
    }

    /** Counts the pairs of two test images. */
    public Count repeatedCount() {
        return count(repeated, dataset.test());
    }

    private Count count(List<Duplicate> pairs, ImageSource others) {
        int exact = 0;
        int otherLabel = 0;
        for (Duplicate pair : pairs) {
            exact += pair.exact() ? 1 : 0;
            otherLabel += dataset.test().labels()[pair.first()] == others.labels()[pair.second()] ? 0 : 1;
        }
        int images = (int) pairs.stream().mapToInt(Duplicate::first).distinct().count();
        return new Count(pairs.size(), exact, otherLabel, images);
    }

    /**
     * Computes the accuracy of each model, on all test images and on those that resemble no training image.
     *
     * @return one entry for each model, in their order
     */
    public List<Model> models() {
        boolean[] duplicate = new boolean[dataset.test().size()];
        leaked.forEach(pair -> duplicate[pair.first()] = true);
        int[] all = IntStream.range(0, duplicate.length).toArray();
        int[] others = IntStream.of(all).filter(i -> !duplicate[i]).toArray();
        List<Model> models = new ArrayList<>();
        predictions.forEach((name, answers) -> {
            boolean[] correct = answers.correct();
            models.add(new Model(name, accuracy(correct, all), others.length == 0 ? null : accuracy(correct, others)));
        });
        return models;
    }

    private static Accuracy accuracy(boolean[] correct, int[] images) {
        int right = (int) IntStream.of(images).filter(i -> correct[i]).count();
        return Accuracy.of(images.length, right);
    }

    /**
     * Lists the test images that no model gets right.
     *
     * @return their indices, ascending; empty without models
     */
    public int[] wrongForAll() {
        return predictions.isEmpty() ? new int[0] : WrongForAll.of(List.copyOf(predictions.values()));
    }

    /** Returns the audit as a map, for JSON. */
    public Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("dataset", dataset.name());
        map.put("dataset_sha256", dataset.sha256());
        map.put("train", dataset.train().size());
        map.put("test", dataset.test().size());
        map.put("distance", distance);
        map.put("distance_meaning", Duplicates.DISTANCE);
        map.put("test_and_train", leakedCount());
        map.put("within_test", repeatedCount());
        map.put("models", models());
        map.put("wrong_for_all", predictions.isEmpty() ? null : wrongForAll());
        return map;
    }

    /**
     * Writes the lists as CSV, and a contact sheet for each list that is not empty. Files of an earlier audit with the
     * same names are replaced.
     *
     * @param folder to write to; created if it does not exist
     * @throws IOException if they cannot be written
     */
    public List<Path> write(Path folder) throws IOException {
        return new AuditFiles(this, folder).write();
    }

    /**
     * Reads which test images resemble training images, from the file that {@link #write} wrote.
     *
     * @return pairs of a test image (the first) and a training image, sorted by test image, then by distance; null if
     *     the run was not audited
     * @throws IOException if the file cannot be read
     * @throws io.catwalk.runner.RequestException if it is damaged
     */
    public static @Nullable List<Duplicate> readLeaked(Path run) throws IOException {
        Path folder = folder(run);
        return Files.exists(folder.resolve(AuditFiles.LEAKED + ".csv")) ? AuditFiles.readLeaked(folder) : null;
    }

    /** Returns the default folder for the audit of a run. */
    public static Path folder(Path run) {
        return run.resolve("audit");
    }
}
