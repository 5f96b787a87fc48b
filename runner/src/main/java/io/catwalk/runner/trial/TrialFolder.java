package io.catwalk.runner.trial;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Reads and writes the files of a trial. {@code trial.json} is written last: a folder that has it is complete.
 *
 * @param path the folder
 */
public record TrialFolder(Path path) {

    /**
     * Every path that a trial writes into its folder, as a regular expression. On no system does one that matches lead
     * out of the folder.
     */
    public static final String OWN =
            "(order|trial|training|split|classes|export|measure|model\\.signature)\\.json|checkpoint\\.bin"
                    + "|history\\.csv"
                    + "|predictions(-validation)?\\.(csv|npy)|card\\.md|log\\.txt|crash\\.log"
                    + "|model(\\.part)?(/network-0000\\.params)?"
                    + "|model(\\.rejected)?\\.onnx(\\.data)?(\\.part)?|\\.model(\\.rejected)?\\.onnx[0-9]+\\.tmp";

    private static final String AGAIN = ": make it again with catwalk resume";

    private static final Logger LOG = LoggerFactory.getLogger(TrialFolder.class);

    /**
     * Returns the path of the log of the trial's process.
     *
     * @return path of a text file
     */
    public Path log() {
        return path.resolve("log.txt");
    }

    /**
     * Returns the path of the crash report of the trial's JVM, if it crashed.
     *
     * @return path of a text file
     */
    public Path crashReport() {
        return path.resolve("crash.log");
    }

    /**
     * Returns the path of the order of the trial, from which it can be measured or evaluated again.
     *
     * @return path of a JSON file
     */
    public Path order() {
        return path.resolve("order.json");
    }

    /**
     * Returns the path of the outcome, once there is one.
     *
     * @return path of a JSON file
     */
    public Path outcome() {
        return path.resolve("trial.json");
    }

    /**
     * Returns the path of the predictions for some images.
     *
     * @param part {@code test} or {@code validation}
     * @return path of an array of NumPy if there is one, otherwise of a CSV file, which may not exist
     */
    public Path predictions(String part) {
        Path array = predictions(part, ".npy");
        return Files.exists(array) ? array : predictions(part, ".csv");
    }

    private Path predictions(String part, String extension) {
        return path.resolve((part.equals("test") ? "predictions" : "predictions-" + part) + extension);
    }

    /**
     * Returns the path of the ONNX file.
     *
     * @return path of a file that exists only if it agrees with the network
     */
    public Path onnx() {
        return path.resolve("model.onnx");
    }

    /**
     * Returns the path of the model card.
     *
     * @return path of a Markdown file
     */
    public Path card() {
        return path.resolve("card.md");
    }

    /**
     * Reads the options of the ONNX file.
     *
     * @return the options of the last export; the standard ones if the trial was not exported again after the training
     * @throws IOException if they cannot be read
     */
    public ExportOptions readExportOptions() throws IOException {
        return Files.exists(export())
                ? read(export(), ExportOptions.class, "the options of an export")
                : ExportOptions.standard();
    }

    void writeExportOptions(ExportOptions options) throws IOException {
        AtomicFiles.write(export(), Json.JSON.writeValueAsString(options));
    }

    Path export() {
        return path.resolve("export.json");
    }

    /**
     * Lists the engines that can run the trained network. A file that disagrees with it, or was never written, is
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
     * @param classifier that the network belongs to
     * @param chosen the same point of its search space
     * @param task of the network
     * @return the trained network
     * @throws IOException if they cannot be read
     */
    public TrainedModel readModel(LoadedClassifier classifier, Hyperparameters chosen, Task task) throws IOException {
        return TrainedModel.load(model(), classifier, chosen, task);
    }

    /**
     * Reads the order of the trial.
     *
     * @return the order
     * @throws IOException if it cannot be read
     */
    public TrialOrder readOrder() throws IOException {
        return read(order(), TrialOrder.class, "the order of a trial");
    }

    /**
     * Writes the order of the trial.
     *
     * @param order of this attempt
     * @throws IOException if it cannot be written
     */
    public void writeOrder(TrialOrder order) throws IOException {
        AtomicFiles.write(order(), Json.JSON.writeValueAsString(order));
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
        return read(outcome(), TrialOutcome.class, "the outcome of a trial");
    }

    private static <T> T read(Path file, Class<T> type, String what) throws IOException {
        try {
            return Json.read(file, type, what);
        } catch (RequestException e) {
            throw new RequestException(e.getMessage() + AGAIN, e);
        }
    }

    /**
     * Tells whether a file belongs to a finished trial that another machine carried out: all but drafts, and files that
     * are written here.
     *
     * @param file in this folder
     * @return whether it is kept
     */
    public boolean isResult(Path file) {
        return List.of(
                        outcome(),
                        training(),
                        weights(),
                        predictions("test"),
                        predictions("validation"),
                        onnx(),
                        ModelFiles.data(onnx()),
                        ModelSignature.beside(onnx()),
                        OnnxModel.rejected(onnx()),
                        split(),
                        classes(),
                        history())
                .contains(file);
    }

    /**
     * Prepares the folder for an attempt. Of an earlier attempt only the log is kept and, if it was made from
     * the same inputs, what this attempt can continue from. Files that no trial writes stay, such as a quantized one.
     * The outcome is deleted first, so that after a kill the folder does not look like that of a finished trial.
     *
     * @param order of this attempt
     * @throws IOException if something cannot be deleted
     */
    public void prepare(TrialOrder order) throws IOException {
        boolean same = isOf(order);
        Files.deleteIfExists(outcome());
        List<Path> entries;
        try (Stream<Path> all = Files.walk(path)) {
            entries = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : entries) {
            if (!entry.equals(path)
                    && !entry.equals(log())
                    && !(same && isOfUse(entry))
                    && isOwn(path.relativize(entry).getName(0).toString())) {
                Files.delete(entry);
            }
        }
    }

    /**
     * Finds something in the folder that an attempt would delete, but that no attempt of the same trial wrote.
     *
     * @param order of the attempt
     * @return what was found, for messages; empty if there is nothing
     * @throws IOException if the folder cannot be read
     */
    public Optional<String> foreign(TrialOrder order) throws IOException {
        Optional<TrialOrder> earlier = earlierOrder();
        if (earlier.isPresent()) {
            // A plugin runs in this folder and may have left anything. The inputs of a trial may have changed since.
            return earlier.filter(one -> !one.spec().id().equals(order.spec().id()))
                    .map(one -> order().getFileName() + " of another trial");
        }
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(entry -> !entry.equals(path))
                    .map(entry -> path.relativize(entry).toString().replace('\\', '/'))
                    .filter(name -> !isOwn(name))
                    .findFirst();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A draft, which a killed process leaves, counts as the file that it was written for. */
    private static boolean isOwn(String name) {
        String file = name.substring(name.lastIndexOf('/') + 1);
        String folder = name.substring(0, name.length() - file.length());
        return (folder + AtomicFiles.target(file).orElse(file)).matches(OWN);
    }

    /** Returns whether the earlier attempt was made from the same inputs. */
    private boolean isOf(TrialOrder order) {
        return earlierOrder()
                .filter(earlier -> TrialKey.of(earlier).equals(TrialKey.of(order)))
                .isPresent();
    }

    private Optional<TrialOrder> earlierOrder() {
        if (!Files.isRegularFile(order())) {
            return Optional.empty();
        }
        try {
            return Optional.of(readOrder());
        } catch (IOException | RequestException e) {
            LOG.info("The order of the earlier attempt cannot be read", e);
            return Optional.empty();
        }
    }

    private boolean isOfUse(Path entry) {
        return entry.startsWith(model())
                // The order too: if the process is killed before the new one is written, the next attempt still knows
                // the inputs.
                || List.of(
                                order(),
                                training(),
                                checkpoint(),
                                onnx(),
                                ModelFiles.data(onnx()),
                                ModelSignature.beside(onnx()),
                                export(),
                                history())
                        .contains(entry);
    }

    /**
     * Finds files that differ from what the outcome says.
     *
     * @param done the outcome of this trial
     * @return descriptions, such as {@code predictions.csv is missing}; empty if nothing has changed
     * @throws IOException if something cannot be read
     */
    public List<String> damage(TrialOutcome.Done done) throws IOException {
        List<String> damage = new ArrayList<>();
        for (FileDigest file : done.files()) {
            file.damage(path).ifPresent(damage::add);
        }
        return damage;
    }

    /**
     * Reads the predictions for some images, as the trial left them.
     *
     * @param done the outcome of this trial
     * @param part {@code test} or {@code validation}
     * @return the predictions
     * @throws RequestException if the file is not that of the trial
     * @throws IOException if it cannot be read
     */
    public Predictions readPredictions(TrialOutcome.Done done, String part) throws IOException {
        requireOwn(done, predictions(part));
        return Predictions.read(predictions(part));
    }

    /**
     * Reads which classes were predicted for some images, as the trial left them, without keeping logits.
     *
     * @param done the outcome of this trial
     * @param part {@code test} or {@code validation}
     * @return the labels and the predicted classes
     * @throws RequestException if the file is not that of the trial
     * @throws IOException if it cannot be read
     */
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

    /**
     * Refuses an ONNX file, or options of its export, that have changed since the trial.
     *
     * @param done the outcome of this trial
     * @throws RequestException if they are not those of the trial
     * @throws IOException if one cannot be read
     */
    public void requireOwnOnnx(TrialOutcome.Done done) throws IOException {
        for (Path file : List.of(onnx(), ModelFiles.data(onnx()), export())) {
            requireOwn(done, file);
        }
    }

    /**
     * Refuses the ONNX file of a trial that has changed since, or is that of another one.
     *
     * @param file any ONNX file; only one that lies in the folder of a finished trial is looked at
     * @throws RequestException if it is not that of the trial
     * @throws IOException if it cannot be read
     */
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

    /** Tells whether the outcome lists the digest of a file; earlier versions listed fewer. */
    boolean isListed(TrialOutcome.Done done, Path file) {
        return done.files().stream()
                .anyMatch(digest -> path.resolve(digest.file()).equals(file));
    }

    /**
     * Computes the digests of the weights, the predictions, the history and, if they exist, the ONNX file and the files
     * about it.
     */
    List<FileDigest> digests() throws IOException {
        List<FileDigest> digests =
                digestsOf(List.of(weights(), predictions("test"), predictions("validation"), history()));
        digests.addAll(digestsOf(ofExport()));
        return digests;
    }

    /** Computes the digests of the files of the export anew, and keeps all others, which no export has written. */
    List<FileDigest> digests(List<FileDigest> then) throws IOException {
        List<FileDigest> digests = new ArrayList<>(then);
        digests.removeIf(digest -> ofExport().contains(path.resolve(digest.file())));
        digests.addAll(digestsOf(ofExport()));
        return digests;
    }

    private List<Path> ofExport() {
        return List.of(onnx(), ModelFiles.data(onnx()), ModelSignature.beside(onnx()), export());
    }

    private List<FileDigest> digestsOf(List<Path> files) throws IOException {
        List<FileDigest> digests = new ArrayList<>();
        for (Path file : files) {
            if (Files.exists(file)) {
                digests.add(FileDigest.of(path, file));
            }
        }
        return digests;
    }

    /** Describes what is wrong with a file that the outcome lists; empty if nothing is. */
    Optional<String> damage(TrialOutcome.Done done, Path file) throws IOException {
        String place = path.relativize(file).toString().replace('\\', '/');
        for (FileDigest digest : done.files()) {
            if (digest.file().equals(place)) {
                return digest.damage(path);
            }
        }
        return Optional.empty();
    }

    /** Returns the path of the state of the training while it goes on. */
    Path checkpoint() {
        return path.resolve("checkpoint.bin");
    }

    /**
     * Returns the path of the weights.
     *
     * @return path of a file in DJL's format
     */
    public Path weights() {
        return model().resolve(TrainedModel.FILE_NAME);
    }

    private Path training() {
        return path.resolve("training.json");
    }

    /** Records that the weights exist and how they were made, and deletes the state of the training. */
    void writeTraining(TrainedWeights trained) throws IOException {
        AtomicFiles.write(training(), Json.JSON.writeValueAsString(trained));
        Files.deleteIfExists(checkpoint());
    }

    /** Reads how the weights were made; null unless they are complete and made from the same inputs. */
    @Nullable
    TrainedWeights readTraining(TrialKey key) throws IOException {
        if (!Files.isRegularFile(training())) {
            return null;
        }
        try {
            TrainedWeights trained = Json.JSON.readValue(Files.readString(training()), TrainedWeights.class);
            String damage = !Json.isComplete(trained) || !trained.key().equals(key.digest())
                    ? "they are of another trial"
                    : trained.weights().damage(path).orElse(null);
            if (damage == null) {
                return trained.history() == null ? trained.with(readHistory()) : trained;
            }
            LOG.warn("The weights are made again: {}", damage);
        } catch (JacksonException | RequestException e) {
            LOG.warn("{} cannot be read", training(), e);
        }
        return null;
    }

    private static Path created(Path folder) throws IOException {
        return Files.isDirectory(folder) ? folder : Files.createDirectory(folder);
    }

    /** Writes the weights; existing ones are replaced. */
    void writeModel(TrainedModel model) throws IOException {
        // Not createDirectories: a folder that was deleted meanwhile is not made anew.
        Path beside = created(path.resolve("model.part"));
        model.save(beside);
        Path unused = created(model());
        AtomicFiles.force(beside.resolve(TrainedModel.FILE_NAME));
        Files.move(
                beside.resolve(TrainedModel.FILE_NAME),
                weights(),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(beside);
    }

    /**
     * Writes which of the data set's own training images are validation images and, with folds, which are test images;
     * all others are trained on.
     */
    void writeSplit(TrialImages images) throws IOException {
        AtomicFiles.write(split(), splitText(images));
    }

    static String splitText(TrialImages images) {
        Map<String, @Nullable Object> indices = new LinkedHashMap<>();
        indices.put("sha256", images.sha256());
        indices.put("train", images.split().train().length);
        indices.put("validation", images.validation());
        indices.put("fold", images.fold() == null ? null : images.fold().validation());
        return Json.LINE.writeValueAsString(indices);
    }

    Path split() {
        return path.resolve("split.json");
    }

    Path classes() {
        return path.resolve(WeightFile.CLASSES);
    }

    Path history() {
        return path.resolve("history.csv");
    }

    /** Writes the names of the classes, in the order of the logits. */
    void writeClasses(List<String> classes) throws IOException {
        AtomicFiles.write(classes(), Json.LINE.writeValueAsString(classes));
    }

    /**
     * Reads the names of the classes that the network was trained on.
     *
     * @return in the order of the logits
     * @throws RequestException if they are missing or damaged
     * @throws IOException if they cannot be read
     */
    List<String> readClasses() throws IOException {
        Path file = classes();
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

    /** Writes the history of the training so far, one line per epoch. */
    void writeHistory(List<Epoch> history) throws IOException {
        HistoryFile.write(history, history());
    }

    /**
     * Reads the history of the training, as the trial left it.
     *
     * @param done the outcome of this trial
     * @return one record per epoch; empty if none was written
     * @throws RequestException if the file is not that of the trial
     * @throws IOException if it cannot be read
     */
    public List<Epoch> readHistory(TrialOutcome.Done done) throws IOException {
        List<Epoch> history = readHistory(); // first, since it names the line that is damaged
        requireOwn(done, history());
        return history;
    }

    /**
     * Reads the history of the training.
     *
     * @return one record per epoch; empty if none was written
     * @throws IOException if it cannot be read
     */
    public List<Epoch> readHistory() throws IOException {
        return HistoryFile.read(history());
    }

    private Path model() {
        return path.resolve("model");
    }
}
