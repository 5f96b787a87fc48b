package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialRun.Choice;
import io.catwalk.runner.trial.TrialRun.Kept;
import io.catwalk.runner.trial.TrialRun.TrainedWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Reads and writes the files of a trial. {@code trial.json} is written last: a folder that has it is complete. */
public record TrialFolder(Path path) {

    private static final String AGAIN = ": make it again with catwalk resume";

    private static final Logger LOG = LoggerFactory.getLogger(TrialFolder.class);

    /** Returns the path of a file, which may not exist. */
    public Path file(TrialFile file) {
        return path.resolve(file.path());
    }

    /** Returns the path of the outcome, once there is one. */
    public Path outcome() {
        return file(TrialFile.OUTCOME);
    }

    /** Returns the path of the ONNX file, which exists only if it agrees with the network. */
    public Path onnx() {
        return file(TrialFile.ONNX);
    }

    /**
     * Returns the path of the predictions for some images, {@code test} or {@code validation}: an array of NumPy if there
     * is one, otherwise a CSV file, which may not exist.
     */
    public Path predictions(String part) {
        Path array = predictions(part, ".npy");
        return Files.exists(array) ? array : predictions(part, ".csv");
    }

    private Path predictions(String part, String extension) {
        return path.resolve((part.equals("test") ? "predictions" : "predictions-" + part) + extension);
    }

    /** Reads the options of the ONNX file: of the last export, or the standard ones. */
    public ExportOptions readExportOptions() throws IOException {
        Path export = file(TrialFile.EXPORT);
        return Files.exists(export)
                ? read(export, ExportOptions.class, "the options of an export")
                : ExportOptions.standard();
    }

    /** Lists the engines that can run the trained network; a file that disagrees with it, or is missing, is not run. */
    public List<InferenceEngine> engines(TrialSpec trial) {
        List<InferenceEngine> engines = new ArrayList<>();
        if (Files.exists(file(TrialFile.WEIGHTS)) && trial.backbone() == null) {
            engines.add(InferenceEngine.PYTORCH);
        }
        if (Files.exists(onnx())) {
            engines.add(InferenceEngine.ONNX_RUNTIME);
        }
        return engines;
    }

    /** Reads a trained network of a classifier at the same point of its search space. */
    TrainedModel readModel(TrialFile weights, LoadedClassifier classifier, TrialSpec trial, Task task)
            throws IOException {
        return TrainedModel.load(folder(weights), classifier, new Hyperparameters(trial.hyperparameters()), task);
    }

    public TrialOrder readOrder() throws IOException {
        return read(file(TrialFile.ORDER), TrialOrder.class, "the order of a trial");
    }

    /** Writes the order of this attempt. */
    public void writeOrder(TrialOrder order) throws IOException {
        write(TrialFile.ORDER, order);
    }

    public void writeOutcome(TrialOutcome outcome) throws IOException {
        write(TrialFile.OUTCOME, outcome);
    }

    /** Writes a record. */
    void write(TrialFile file, Object content) throws IOException {
        AtomicFiles.write(file(file), Json.JSON.writeValueAsString(content));
    }

    public TrialOutcome readOutcome() throws IOException {
        return read(outcome(), TrialOutcome.class, "the outcome of a trial");
    }

    private static <T> T read(Path file, Class<T> type, String what) throws IOException {
        try {
            return Json.read(file, type, what);
        } catch (RequestException e) {
            throw new RequestException(e.getMessage() + AGAIN, e);
        }
    }

    /** Tells whether a file of this folder is kept when another machine has carried out the trial. */
    public boolean isResult(Path file) {
        return isOneOf(TrialFile.Use.RETURNED, file);
    }

    private boolean isOneOf(TrialFile.Use use, Path entry) {
        return TrialFile.with(use).stream().anyMatch(one -> file(one).equals(entry));
    }

    /**
     * Prepares the folder for an attempt. Of an earlier attempt only the log is kept and, if it was made from
     * the same inputs, what this attempt can continue from. Files that no trial writes stay, such as a quantized one.
     * The outcome is deleted first, so that after a kill the folder does not look like that of a finished trial.
     */
    public void prepare(TrialOrder order) throws IOException {
        boolean same = earlierOrder()
                .filter(earlier -> earlier.key().equals(order.key()))
                .isPresent();
        Files.deleteIfExists(outcome());
        for (Path entry : content()) {
            if (!entry.equals(file(TrialFile.LOG))
                    && !(same
                            && (entry.startsWith(folder(TrialFile.WEIGHTS))
                                    || entry.startsWith(folder(TrialFile.CHOSEN_WEIGHTS))
                                    || isOneOf(TrialFile.Use.CONTINUED, entry)))
                    && TrialFile.isOne(path.relativize(entry).getName(0).toString())) {
                Files.delete(entry);
            }
        }
    }

    /** Finds something in the folder that an attempt would delete, but that no attempt of the same trial wrote. */
    public Optional<String> foreign(TrialOrder order) throws IOException {
        Optional<TrialOrder> earlier = earlierOrder();
        if (earlier.isPresent()) {
            // A plugin runs in this folder and may have left anything. The inputs of a trial may have changed since.
            return earlier.filter(one -> !one.spec().id().equals(order.spec().id()))
                    .map(one -> TrialFile.ORDER.path() + " of another trial");
        }
        return content().stream()
                .map(entry -> path.relativize(entry).toString().replace('\\', '/'))
                .filter(name -> !TrialFile.isOne(name))
                .findFirst();
    }

    /** Lists what is in the folder, if there is one: what is in a folder before that folder. */
    private List<Path> content() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(entry -> !entry.equals(path))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Optional<TrialOrder> earlierOrder() {
        if (!Files.isRegularFile(file(TrialFile.ORDER))) {
            return Optional.empty();
        }
        try {
            return Optional.of(readOrder());
        } catch (IOException | RequestException e) {
            LOG.info("The order of the earlier attempt cannot be read", e);
            return Optional.empty();
        }
    }

    /** Describes files that differ from what the outcome says, such as {@code predictions.csv is missing}. */
    public List<String> damage(TrialOutcome.Done done) throws IOException {
        return damage(done.files());
    }

    private List<String> damage(List<TrialFile.Digest> files) throws IOException {
        List<String> damage = new ArrayList<>();
        for (TrialFile.Digest file : files) {
            file.damage(path).ifPresent(damage::add);
        }
        return damage;
    }

    /** Reads the predictions for some images; refuses a file that is not as the trial left it. */
    public Predictions readPredictions(TrialOutcome.Done done, String part) throws IOException {
        requireOwn(done, predictions(part));
        return Predictions.read(predictions(part));
    }

    /** Reads which classes were predicted for some images, without keeping logits, likewise. */
    public PredictedClasses readPredictedClasses(TrialOutcome.Done done, String part) throws IOException {
        requireOwn(done, predictions(part));
        return PredictedClasses.read(predictions(part));
    }

    /** Refuses a file that has changed since the trial: results computed from it would bear this trial's name. */
    void requireOwn(TrialOutcome.Done done, Path file) throws IOException {
        String damage = damage(done, file).orElse(null);
        if (damage != null) {
            throw new RequestException("expected the files of " + done.trial().title() + " as its training left them,"
                    + " but " + path + "/" + damage + AGAIN);
        }
    }

    /** Refuses an ONNX file, or options of its export, that have changed since the trial. */
    public void requireOwnOnnx(TrialOutcome.Done done) throws IOException {
        for (TrialFile file : List.of(TrialFile.ONNX, TrialFile.ONNX_DATA, TrialFile.EXPORT)) {
            requireOwn(done, file(file));
        }
    }

    /** Refuses an ONNX file in the folder of a finished trial if it has changed since, or is that of another trial. */
    public static void requireOwnOnnx(Path file) throws IOException {
        TrialFolder folder = new TrialFolder(file.toAbsolutePath().resolveSibling(""));
        if (!file.toAbsolutePath().equals(folder.onnx()) || !Files.isRegularFile(folder.outcome())) {
            return;
        }
        TrialOutcome outcome;
        try {
            outcome = folder.readOutcome();
        } catch (RequestException e) {
            LOG.info("{} is not looked at", file, e); // whatever lies beside it says nothing about it
            return;
        }
        if (outcome instanceof TrialOutcome.Done done) {
            folder.requireOwnOnnx(done);
        }
    }

    /** Computes the digests of all files that there are and that the outcome lists. */
    List<TrialFile.Digest> digests() throws IOException {
        return digests(digests(List.of(), TrialFile.Use.LISTED), TrialFile.Use.EXPORTED);
    }

    /** Computes the digests of the files of the export anew, and keeps all others, which no export has written. */
    List<TrialFile.Digest> digests(List<TrialFile.Digest> then) throws IOException {
        return digests(
                then.stream().filter(digest -> !TrialFile.isExported(digest)).toList(), TrialFile.Use.EXPORTED);
    }

    private List<TrialFile.Digest> digests(List<TrialFile.Digest> before, TrialFile.Use use) throws IOException {
        List<TrialFile.Digest> digests = new ArrayList<>(before);
        for (TrialFile file : TrialFile.with(use)) {
            if (Files.exists(file(file))) {
                digests.add(TrialFile.Digest.of(path, file));
            }
        }
        return digests;
    }

    /** Describes what is wrong with a file that the outcome lists; empty if nothing is. */
    Optional<String> damage(TrialOutcome.Done done, Path file) throws IOException {
        for (TrialFile.Digest digest : done.files()) {
            if (path.resolve(digest.file()).equals(file)) {
                return digest.damage(path);
            }
        }
        return Optional.empty();
    }

    /** Records that the weights exist and how they were made, and deletes the state of the training. */
    void writeTraining(TrainedWeights trained) throws IOException {
        write(TrialFile.TRAINING, trained);
        Files.deleteIfExists(file(TrialFile.CHECKPOINT));
        Files.deleteIfExists(file(TrialFile.CHOICE));
    }

    /** Reads what the first training chose; null unless its weights are intact and made from the same inputs. */
    @Nullable
    Choice readChoice(String key) throws IOException {
        return readKept(TrialFile.CHOICE, Choice.class, key);
    }

    /** Reads how the weights were made; null unless they are intact and made from the same inputs. */
    @Nullable
    TrainedWeights readTraining(String key) throws IOException {
        return readKept(TrialFile.TRAINING, TrainedWeights.class, key);
    }

    private <T extends Kept> @Nullable T readKept(TrialFile from, Class<T> type, String key) throws IOException {
        Path file = file(from);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            T kept = Json.JSON.readValue(Files.readString(file), type);
            List<String> damage = Json.isComplete(kept) && kept.key().equals(key)
                    ? damage(kept.files())
                    : List.of("they are of another trial");
            if (damage.isEmpty()) {
                return kept;
            }
            LOG.warn("The weights of {} are made again: {}", file, damage);
        } catch (JacksonException | RequestException | CharacterCodingException e) {
            LOG.warn("{} cannot be read", file, e);
        }
        return null;
    }

    private Path folder(TrialFile weights) {
        return Objects.requireNonNull(file(weights).getParent());
    }

    /** Writes the weights; existing ones are replaced. */
    void writeModel(TrainedModel model, TrialFile weights) throws IOException {
        Path beside = path.resolve(folder(weights).getFileName() + ".part");
        for (Path folder : List.of(beside, folder(weights))) {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(
                        folder); // without its parents: a trial that was deleted meanwhile is not made anew
            }
        }
        model.save(beside);
        AtomicFiles.publish(beside.resolve(TrainedModel.FILE_NAME), file(weights));
        Files.delete(beside);
    }

    /** Writes which of the data set's training images are validation and, with folds, test images; the rest trains. */
    void writeSplit(TrialImages images) throws IOException {
        AtomicFiles.write(file(TrialFile.SPLIT), splitText(images));
    }

    static String splitText(TrialImages images) {
        Map<String, @Nullable Object> indices = new LinkedHashMap<>();
        indices.put("sha256", images.sha256());
        indices.put("train", images.split().train().length);
        indices.put("validation", images.validation());
        indices.put("fold", images.fold() == null ? null : images.fold().validation());
        return Json.LINE.writeValueAsString(indices);
    }

    /** Writes the names of the classes, in the order of the logits. */
    void writeClasses(List<String> classes) throws IOException {
        AtomicFiles.write(file(TrialFile.CLASSES), Json.LINE.writeValueAsString(classes));
    }

    /** Reads the names of the classes that the network was trained on, in the order of the logits. */
    List<String> readClasses() throws IOException {
        Path file = file(TrialFile.CLASSES);
        if (!Files.exists(file)) {
            throw new RequestException("expected the names of the classes in " + file + ", found no such file" + AGAIN);
        }
        List<String> classes = Arrays.asList(read(file, String[].class, "the names of the classes"));
        if (classes.contains(null)) {
            throw new RequestException("expected the names of the classes in " + file + ", but one is missing" + AGAIN);
        }
        return List.copyOf(classes);
    }

    void writePredictions(String part, Predictions predictions, ImageSource images) throws IOException {
        String extension = predictions.extension();
        Files.deleteIfExists(predictions(part, extension.equals(".npy") ? ".csv" : ".npy"));
        predictions.write(predictions(part, extension), images);
    }

    /** Writes the history of a training so far, one line per epoch: of the first one, or of the second. */
    void writeHistory(List<Epoch> history, TrialFile file) throws IOException {
        HistoryFile.write(history, file(file));
    }

    /** Reads the history of the training, as the trial left it: one record per epoch, none if none was written. */
    public List<Epoch> readHistory(TrialOutcome.Done done) throws IOException {
        List<Epoch> history = readHistory(); // first, since it names the line that is damaged
        requireOwn(done, file(TrialFile.HISTORY));
        return history;
    }

    /** Reads the history of the training: one record per epoch, none if none was written. */
    public List<Epoch> readHistory() throws IOException {
        return HistoryFile.read(file(TrialFile.HISTORY));
    }

    /** Reads the history of the second training; none if there was none. */
    List<Epoch> readRefitHistory() throws IOException {
        return HistoryFile.read(file(TrialFile.REFIT_HISTORY));
    }
}
