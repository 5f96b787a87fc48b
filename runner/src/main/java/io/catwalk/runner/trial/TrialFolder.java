package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Knows the files of a trial. {@code trial.json} is written last: a folder that has it is complete.
 *
 * @param path the folder
 */
public record TrialFolder(Path path) {

    /**
     * Returns where the trial's process writes what it has to say.
     *
     * @return path of a text file
     */
    public Path log() {
        return path.resolve("log.txt");
    }

    /**
     * Returns where the JVM of the trial reports that it crashed, if it did.
     *
     * @return path of a text file
     */
    public Path crashReport() {
        return path.resolve("crash.log");
    }

    /**
     * Returns where the order of the trial stands, from which it can be measured or judged again.
     *
     * @return path of a JSON file
     */
    public Path order() {
        return path.resolve("order.json");
    }

    /**
     * Returns where the outcome stands, once there is one.
     *
     * @return path of a JSON file
     */
    public Path outcome() {
        return path.resolve("trial.json");
    }

    /**
     * Returns where the answers to some images stand.
     *
     * @param part {@code test} or {@code validation}
     * @return path of a CSV file
     */
    public Path predictions(String part) {
        return path.resolve(part.equals("test") ? "predictions.csv" : "predictions-" + part + ".csv");
    }

    /**
     * Returns where the ONNX file stands.
     *
     * @return path of a file that is there only if it answers like the network
     */
    public Path onnx() {
        return path.resolve("model.onnx");
    }

    /**
     * Returns where the card of the model stands.
     *
     * @return path of a Markdown file
     */
    public Path card() {
        return path.resolve("card.md");
    }

    /**
     * Reads how the ONNX file was written.
     *
     * @return the options of the last export; the standard ones if there was none after the training
     * @throws IOException if they cannot be read
     */
    public ExportOptions readExportOptions() throws IOException {
        return Files.exists(export())
                ? Json.JSON.readValue(Files.readString(export()), ExportOptions.class)
                : ExportOptions.standard();
    }

    void writeExportOptions(ExportOptions options) throws IOException {
        AtomicFiles.write(export(), Json.JSON.writeValueAsString(options));
    }

    private Path export() {
        return path.resolve("export.json");
    }

    /**
     * Lists what the trained network can run on. A file that disagrees with it, or was never written, is
     * not run.
     *
     * @return PyTorch, and ONNX Runtime if there is a file
     */
    public List<InferenceEngine> engines() {
        return Files.exists(onnx())
                ? List.of(InferenceEngine.PYTORCH, InferenceEngine.ONNX_RUNTIME)
                : List.of(InferenceEngine.PYTORCH);
    }

    /**
     * Reads the weights.
     *
     * @param classifier whose network it is
     * @param chosen the same point of its search space
     * @param task what it solves
     * @return the trained network
     * @throws IOException if they cannot be read
     */
    public TrainedModel readModel(LoadedClassifier classifier, Hyperparameters chosen, Task task) throws IOException {
        return TrainedModel.load(model(), classifier, chosen, task);
    }

    /**
     * Reads what the trial was asked to do.
     *
     * @return the order, with its folder where it is now
     * @throws IOException if it cannot be read
     */
    public TrialOrder readOrder() throws IOException {
        return Json.JSON.readValue(Files.readString(order()), TrialOrder.class).at(path.toAbsolutePath());
    }

    /**
     * Writes the outcome.
     *
     * @param outcome of the trial
     * @throws IOException if it cannot be written
     */
    public void writeOutcome(TrialOutcome outcome) throws IOException {
        AtomicFiles.write(outcome(), Json.JSON.writeValueAsString(outcome));
    }

    /**
     * Reads the outcome.
     *
     * @return what {@link #writeOutcome} wrote
     * @throws IOException if it cannot be read
     */
    public TrialOutcome readOutcome() throws IOException {
        return Json.JSON.readValue(Files.readString(outcome()), TrialOutcome.class);
    }

    /**
     * Deletes everything but the log; the outcome first, so that what a kill leaves behind is not taken for
     * a finished trial.
     *
     * @throws IOException if something cannot be deleted
     */
    public void clear() throws IOException {
        Files.deleteIfExists(outcome());
        List<Path> entries;
        try (Stream<Path> all = Files.walk(path)) {
            entries = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : entries) {
            if (!entry.equals(path) && !entry.equals(log())) {
                Files.delete(entry);
            }
        }
    }

    void writeModel(TrainedModel model) throws IOException {
        Path beside = path.resolve("model.part");
        Files.createDirectories(beside);
        model.save(beside);
        try (Stream<Path> files = Files.list(beside)) {
            for (Path file : files.toList()) {
                AtomicFiles.force(file);
            }
        }
        Files.move(beside, model());
    }

    long modelBytes() throws IOException {
        try (Stream<Path> files = Files.list(model())) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /**
     * Writes which of the data set's own training images choose the epoch and, with folds, which judge; all
     * others are trained on.
     */
    void writeSplit(TrialImages images) throws IOException {
        Map<String, @Nullable Object> indices = new LinkedHashMap<>();
        indices.put("sha256", images.sha256());
        indices.put("train", images.split().train().length);
        indices.put("validation", images.validation());
        indices.put("fold", images.fold() == null ? null : images.fold().validation());
        AtomicFiles.write(path.resolve("split.json"), Json.LINE.writeValueAsString(indices));
    }

    void writePredictions(String part, Predictions predictions) throws IOException {
        predictions.write(predictions(part));
    }

    /** Writes the course of the training so far, one line an epoch. */
    void writeHistory(List<Epoch> history) {
        StringBuilder csv = new StringBuilder(
                "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,seconds\n");
        for (Epoch epoch : history) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%d,%.6f,%.6f,%.6f,%.6f,%.6g,%.3f%n",
                    epoch.epoch(),
                    epoch.trainLoss(),
                    epoch.trainAccuracy(),
                    epoch.validationLoss(),
                    epoch.validationAccuracy(),
                    epoch.learningRate(),
                    epoch.seconds()));
        }
        try {
            AtomicFiles.write(path.resolve("history.csv"), csv.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the course of the training.
     *
     * @return one record an epoch; empty if none was written
     * @throws IOException if it cannot be read
     */
    public List<Epoch> readHistory() throws IOException {
        Path file = path.resolve("history.csv");
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .map(cells -> new Epoch(
                        Integer.parseInt(cells[0]),
                        Double.parseDouble(cells[1]),
                        Double.parseDouble(cells[2]),
                        Double.parseDouble(cells[3]),
                        Double.parseDouble(cells[4]),
                        Double.parseDouble(cells[5]),
                        Double.parseDouble(cells[6])))
                .toList();
    }

    private Path model() {
        return path.resolve("model");
    }
}
