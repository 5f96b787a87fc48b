package io.catwalk.runner.trial;

import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.Training.EpochBatches;
import io.catwalk.runner.training.Training.TrainingData;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import io.catwalk.runner.trial.TrialRun.Choice;
import io.catwalk.runner.trial.TrialRun.ResourceUsage;
import io.catwalk.runner.trial.TrialRun.TrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.SerializationFeature;

/**
 * Checks a trial that another machine carried out. The weights are run on the test, validation and some training
 * images, and the ONNX file on the test images: the returned predictions must be theirs, and the metrics are computed
 * again. A head comes back without a file: it is merged with its backbone and proven here. What only the other machine
 * can know, such as times, must be plausible.
 */
final class ReturnedTrial {

    private static final Logger LOG = LoggerFactory.getLogger(ReturnedTrial.class);

    /** Other machines and accelerators sum in another order, which changes a logit by less than this. */
    private static final Tolerance ROUNDING = new Tolerance(1e-3, 1e-3);

    /** The most training images that are run again: of more, a part, within whose error the metrics must be. */
    private static final int MOST_SEEN = 5_000;

    /** Five standard errors of a share of that many images. */
    private static final double SAMPLE_ERROR = 0.036;

    /** Digits that machines may disagree about where both compute a metric from the same predictions. */
    private static final double LAST_DIGITS = 1e-9;

    /** The cross-check's worst of many configurations, as compared with the one that is run here. */
    private static final double WORST_TO_ONE = 100;

    /** How far the clocks of two machines may be apart. */
    private static final Duration CLOCKS = Duration.ofDays(1);

    /** A program that has begun uses time of the processor before the trial starts. */
    private static final double START_SECONDS = 60;

    private static final int LONGEST_NAME = 500;

    private final TrialOrder order;
    private final TrialSources sources;
    private final TrialFolder folder;
    private final TrialOutcome.Done claimed;
    private final TrialImages images;

    /** Of what the network was trained on. */
    private final Normalization normalization;

    /** Of the training images without the validation images. */
    private final Normalization choosing;

    private final double trainingSeconds;

    private ReturnedTrial(
            TrialOrder order, TrialSources sources, TrialFolder folder, TrialOutcome.Done claimed, TrialImages images) {
        this.order = order;
        this.sources = sources;
        this.folder = folder;
        this.claimed = claimed;
        this.images = images;
        choosing = TrainingData.of(images.dataset().train(), images.split()).normalization();
        normalization = order.refits()
                ? TrainingData.of(images.dataset().train(), images.labeled()).normalization()
                : choosing;
        trainingSeconds = known(claimed.efficiency().trainingSeconds());
    }

    /** Checks a trial in this process. */
    static TrialOutcome checked(TrialOrder order, TrialFolder folder) {
        TrialSources sources = new TrialSources(order);
        TrialImages images = sources.inputs();
        Path jar = sources.jar();
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, order.inputs().pluginSha256())) {
            if (!(folder.readOutcome() instanceof TrialOutcome.Done claimed)) {
                throw new RequestException("expected a trained trial");
            }
            return new ReturnedTrial(order, sources, folder, claimed, images)
                    .checked(plugin.require(order.spec().classifier()));
        } catch (InfrastructureException e) {
            throw e;
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) { // whatever came back
            LOG.error("What came back is not kept", e);
            return new TrialOutcome.Lost(order.spec(), "what came back is not kept: " + TrialMain.reason(e));
        }
    }

    private TrialOutcome.Done checked(LoadedClassifier classifier) throws IOException {
        requireOrdered();
        requireFiles();
        requirePlausible();
        requireHistory();
        ImageDataset dataset = images.dataset();
        Task task = order.dataset().task(dataset);
        BackboneSpec backbone = order.spec().backbone();
        try (TrainedModel model = folder.readModel(TrialFile.WEIGHTS, classifier, order.spec(), task);
                Predictor network = model.predictor();
                TrainedModel first = order.refits()
                        ? folder.readModel(TrialFile.CHOSEN_WEIGHTS, classifier, order.spec(), task)
                        : null;
                Predictor judging = first == null ? network : first.predictor()) {
            require(
                    "the number of parameters",
                    model.parameters() + (backbone == null ? 0 : backbone.parameters()),
                    claimed.efficiency().parameters());
            Predictions now = run(network, dataset.test(), normalization);
            Predictions test = own(now, "test");
            ImageSource judged = dataset.train().select(images.split().validation());
            Predictions validation = own(run(judging, judged, choosing), "validation");
            TrialMetrics metrics = new TrialMetrics(
                    same("test", test, claimed.metrics().test()),
                    same("validation", validation, known(claimed.metrics().validation())),
                    seen(judging));
            requireBestEpoch(known(metrics.validation()).accuracy(), validation.images());
            ParityResult parity = parity(model, now);
            TrialOutcome.Done kept = new TrialOutcome.Done(
                    order.spec(),
                    null,
                    metrics,
                    metrics.overfitting(),
                    parity,
                    claimed.efficiency(),
                    claimed.timing(),
                    known(claimed.normalization()),
                    claimed.provenance(),
                    claimed.files(),
                    null);
            try {
                folder.writePredictions("test", test, dataset.test());
                folder.writePredictions("validation", validation, judged);
                rewrite(kept);
            } catch (IOException e) {
                throw new InfrastructureException("could not be written: " + Reasons.of(e), e);
            }
            if (backbone != null && order.spec().purpose() == TrialSpec.Purpose.SHIP) {
                kept = kept.withOnnx(
                        OnnxModel.write(folder.onnx(), applied(model), order, kept, ExportOptions.standard(), () -> {}),
                        folder);
            }
            return kept.withDigests(folder);
        }
    }

    /** Refuses results of another trial, or with what no worker measures. */
    private void requireOrdered() {
        requireEqual("the trial", text(order.spec()), text(claimed.trial()));
        Provenance provenance = claimed.provenance();
        requireEqual("the digest of the split", images.sha256(), provenance.splitSha256());
        require("the number of threads", order.spec().threads(), provenance.threads());
        if (order.processor() != null) {
            requireEqual(
                    "the processor", order.processor(), provenance.machine().processor());
        }
        boolean starts = order.spec().init() != null || order.spec().recipe().pretrained();
        require(starts || provenance.transfer() == null, "random weights to start from, but it names others");
        BackboneSpec backbone = order.spec().backbone();
        Normalization expected =
                backbone == null ? normalization : backbone.network().normalization();
        Normalization said = known(claimed.normalization());
        require(
                Arrays.equals(expected.mean(), said.mean()) && Arrays.equals(expected.std(), said.std()),
                "the normalization of the training images, but found another");
        Efficiency efficiency = claimed.efficiency();
        require(
                efficiency.pytorch() == null && efficiency.onnxruntime() == null,
                "no latency, which is measured here, but found one");
        Json.flat(provenance.machine()).forEach((key, value) -> requireName(key, value));
        Json.flat(provenance.software()).forEach((key, value) -> requireName(key, value));
        requireName("card", String.valueOf(provenance.card()));
    }

    private static void requireName(String what, String value) {
        require(
                value.length() <= LONGEST_NAME && value.chars().noneMatch(Character::isISOControl),
                "a name of the " + what + ", but found something else");
    }

    /** Refuses a trial that lacks the digest of a file that becomes a number, or has one of another file. */
    private void requireFiles() throws IOException {
        List<Path> files = new ArrayList<>(
                List.of(folder.file(TrialFile.WEIGHTS), folder.predictions("test"), folder.predictions("validation")));
        if (order.refits()) {
            files.add(folder.file(TrialFile.CHOSEN_WEIGHTS));
        }
        for (Path file : files) {
            require(
                    Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS),
                    folder.path().relativize(file) + ", but there is no such file");
        }
        List<TrialFile.Digest> found = folder.digests();
        require(
                claimed.files().size() == found.size()
                        && Set.copyOf(claimed.files()).equals(Set.copyOf(found)),
                "digests of " + found.stream().map(TrialFile.Digest::file).toList() + ", but found those of "
                        + claimed.files().stream()
                                .map(TrialFile.Digest::file)
                                .limit(found.size() + 1L)
                                .toList());
        require(
                "the bytes of the weights",
                Files.size(folder.file(TrialFile.WEIGHTS)),
                claimed.efficiency().modelBytes());
    }

    /** Refuses times and sizes that no training has. */
    private void requirePlausible() {
        Efficiency efficiency = claimed.efficiency();
        Timing timing = claimed.timing();
        Machine machine = claimed.provenance().machine();
        double total = timing.totalSeconds();
        Instant start;
        try {
            start = Instant.parse(timing.startedAt());
        } catch (DateTimeException e) {
            throw new RequestException("expected the time of its start, but found another text", e);
        }
        double passed =
                Duration.between(start, ResourceUsage.now().at().plus(CLOCKS)).toMillis() / 1e3;
        requireWithin("a start and a duration in the past, in seconds", total, 0, passed);
        requireWithin("seconds of training within its duration", trainingSeconds, Double.MIN_VALUE, total);
        require(machine.cores() > 0 && machine.memoryBytes() > 0, "a machine with cores and memory");
        requireWithin(
                "seconds of the processors within its duration",
                efficiency.cpuSeconds(),
                0,
                (total + START_SECONDS) * machine.cores());
        if (efficiency.peakMemoryBytes() != null) {
            requireWithin("a peak of memory that the machine has", efficiency.peakMemoryBytes(), 1, (double)
                    machine.memoryBytes());
        }
        int batchSize = order.spec().recipe().batchSize();
        EpochBatches batches = EpochBatches.of(images.split().train().length, batchSize);
        double trained = (double) timing.epochs() * batches.images();
        long steps = (long) timing.epochs() * batches.steps();
        int labeled = images.labeled().train().length;
        require(
                Objects.equals(timing.refitImages(), order.refits() ? (Integer) labeled : null),
                "as many images of a second training as there are");
        if (order.refits()) {
            EpochBatches all = EpochBatches.of(labeled, batchSize);
            trained += (double) timing.bestEpoch() * all.images();
            steps = (long) timing.bestEpoch() * all.steps();
        }
        require("the steps of the optimizer", steps, timing.steps());
        double said = known(efficiency.trainingImagesPerSecond()) * trainingSeconds;
        requireWithin("as many images per second as there are training images", said, trained - 0.5, trained + 0.5);
    }

    /** Refuses a history that does not belong to the times and the epoch of the weights. */
    private void requireHistory() throws IOException {
        List<Epoch> history = folder.readHistory();
        Timing timing = claimed.timing();
        require("the epochs in the history", timing.epochs(), history.size());
        requireWithin(
                "epochs of the recipe",
                timing.epochs(),
                1,
                order.spec().recipe().epochs());
        requireWithin("the best of its epochs", timing.bestEpoch(), 1, timing.epochs());
        double[] seconds = new double[history.size()];
        Epoch best = history.get(timing.bestEpoch() - 1);
        for (int i = 0; i < seconds.length; i++) {
            Epoch epoch = history.get(i);
            seconds[i] = epoch.seconds();
            boolean plausible = epoch.epoch() == i + 1
                    && Double.isFinite(epoch.trainLoss())
                    && within(epoch.trainAccuracy(), 0, 1)
                    && Double.isFinite(epoch.validationLoss())
                    && within(epoch.validationAccuracy(), 0, 1)
                    && !(epoch.score() > best.score())
                    && epoch.learningRate() >= 0
                    && Double.isFinite(epoch.learningRate())
                    && epoch.seconds() >= 0;
            require(plausible, "the history of a training, but its epoch " + (i + 1) + " is none");
        }
        List<Epoch> refit = folder.readRefitHistory();
        require("the epochs of the second training", order.refits() ? timing.bestEpoch() : 0, refit.size());
        double all = Arrays.stream(seconds).sum()
                + refit.stream().mapToDouble(Epoch::seconds).sum();
        double digits = 0.001 * (seconds.length + refit.size()); // the file has three of them
        require(
                Math.abs(all - trainingSeconds) <= digits
                        && Math.abs(Latency.median(seconds) - timing.secondsPerEpoch()) <= digits,
                "the times of its history, but found others");
    }

    private void requireBestEpoch(double accuracy, int count) throws IOException {
        double said = folder.readHistory().get(claimed.timing().bestEpoch() - 1).validationAccuracy();
        require(
                Math.abs(said - accuracy) <= 1.0 / count + ROUNDING.absolute(),
                "the validation accuracy of its weights, " + accuracy + ", in its history, but found " + said);
    }

    private Predictions run(Predictor network, ImageSource source, Normalization by) {
        return Predictions.of(network, source, by, images.dataset().classes().size());
    }

    /** Reads returned predictions, and refuses those of other images or other weights. */
    private Predictions own(Predictions now, String part) throws IOException {
        Predictions returned = Predictions.read(folder.predictions(part));
        require(
                returned.classes() == now.classes() && Arrays.equals(returned.labels(), now.labels()),
                "predictions of the " + part + " images of the order, but found others");
        requireSame("the " + part + " predictions of the returned weights", now, returned, ROUNDING);
        return returned;
    }

    /** Refuses logits that differ by more than rounding. */
    private static Parity requireSame(String what, Predictions now, Predictions found, Tolerance tolerance) {
        Parity parity = Parity.of(now.logits(), found.logits(), now.images(), tolerance, FlipRule.NEAR_TIES);
        require(
                parity.agrees(),
                what + ", but found another: " + parity.flips().size() + " of " + now.images()
                        + " images get another label, and logits differ by up to " + (float) parity.maxAbs());
        return parity;
    }

    /** Computes the metrics of returned predictions, and refuses other ones. */
    private Metrics same(String part, Predictions predictions, Metrics said) {
        Metrics metrics = metrics(predictions);
        requireNear(part, metrics, said, LAST_DIGITS, LAST_DIGITS);
        require("the number of " + part + " images", metrics.images(), said.images());
        return metrics;
    }

    private Metrics metrics(Predictions predictions) {
        return Evaluation.of(predictions, images.dataset().classes()).metrics();
    }

    /** Computes the metrics on the training images that are evaluated; of many, those on a part must be near them. */
    private Metrics seen(Predictor network) {
        int[] seen = ImageSource.evenlySpaced(images.split().train(), TrialRun.MOST_SEEN);
        Metrics said = known(claimed.metrics().train());
        require("the number of evaluated training images", seen.length, said.images());
        int[] some = ImageSource.evenlySpaced(seen, MOST_SEEN);
        Metrics metrics = metrics(run(network, images.dataset().train().select(some), choosing));
        boolean all = some.length == seen.length;
        double error = all ? 1.0 / seen.length + ROUNDING.absolute() : SAMPLE_ERROR;
        requireNear("training", metrics, said, error, all ? ROUNDING.relative() : 2 * SAMPLE_ERROR);
        return all ? metrics : said;
    }

    private static void requireNear(String part, Metrics found, Metrics said, double absolute, double relative) {
        Map<String, String> numbers = Json.flat(found);
        Json.flat(said).forEach((name, value) -> {
            double number = number(numbers.getOrDefault(name, ""));
            boolean near = name.equals("images")
                    || Math.abs(number - number(value)) <= absolute + relative * Math.abs(number)
                    || (Double.isNaN(number) && value.isEmpty());
            require(near, "the " + part + " " + name + " of its predictions, " + number + ", but found " + value);
        });
    }

    private static double number(String text) {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    /** Runs the ONNX file, and refuses one that is not of these weights, or has other numbers in its metadata. */
    private @Nullable ParityResult parity(TrainedModel model, Predictions network) throws IOException {
        ParityResult said = claimed.parity();
        boolean there = Files.exists(folder.onnx());
        Efficiency efficiency = claimed.efficiency();
        boolean exports =
                order.spec().purpose() == TrialSpec.Purpose.SHIP && order.spec().backbone() == null;
        if (!exports || said == null || !said.agrees() || !said.exported()) {
            require(!there && efficiency.onnxBytes() == null, "no ONNX file that is proven, but found one");
            require(efficiency.multiplyAccumulates() == null, "no MACs without an ONNX file, but found some");
            if (exports) {
                return unproven(model, said);
            }
            require(said == null, "no ONNX file of a trial that is only to be scored, or whose backbone is here");
            return null;
        }
        require(there, "the ONNX file that agrees, but there is none");
        require("the bytes of the ONNX file", ModelFiles.size(folder.onnx()), efficiency.onnxBytes());
        ImageDataset dataset = images.dataset();
        Predictions file;
        try (OnnxPredictor predictor = OnnxPredictor.open(folder.onnx())) {
            file = run(predictor, dataset.test(), normalization);
        }
        requirePlausible(
                said,
                requireSame("an ONNX file of the returned weights", network, file, new Tolerance(Parity.TOLERANCE, 0)));
        requireMetadata(model, said);
        return said;
    }

    private AppliedNetwork applied(TrainedModel model) {
        return AppliedNetwork.of(model, normalization, images.dataset(), order.spec(), sources);
    }

    /** Returns the result of a network without a proven file; a file that disagrees is cross-checked again. */
    private ParityResult unproven(TrainedModel model, @Nullable ParityResult said) {
        if (said == null) {
            throw new RequestException("expected how far the ONNX file differs, but found nothing");
        }
        if (said.missing() != null) {
            return ParityResult.without(said.missing(), Reasons.reported(said.worst()));
        }
        Path rejected = OnnxModel.rejected(folder.onnx());
        require(Files.exists(rejected), "the ONNX file that disagrees, but there is none");
        ParityResult parity = OnnxModel.crossCheck(rejected, applied(model), OnnxModel.check());
        require(!parity.agrees(), "an ONNX file that disagrees, but it agrees");
        return parity;
    }

    private static void requirePlausible(ParityResult said, Parity found) {
        require("the images of the cross-check", found.images(), said.images());
        require("the label flips of the cross-check", 0, said.flips());
        List<String> configurations = OnnxModel.check().configurations(found.images());
        require("the configurations of the cross-check", configurations.size(), said.configurations());
        Double most = said.maxAbs();
        boolean plausible = said.tolerance() == Parity.TOLERANCE
                && said.relative() == null
                && said.nearTies() == null
                && configurations.contains(said.worst())
                && most != null
                && said.p999Abs() != null
                && said.meanAbs() != null
                && within(most, 0, Parity.TOLERANCE)
                && within(said.p999Abs(), 0, most)
                && within(said.meanAbs(), 0, most)
                && found.maxAbs() <= 10 * most + 1e-6
                && most <= WORST_TO_ONE * found.maxAbs() + 1e-5;
        require(plausible, "the numbers of its cross-check, near " + (float) found.maxAbs() + ", but found " + most);
    }

    /** Refuses a file that says something else about itself than the outcome, or counts other MACs than its network. */
    private void requireMetadata(TrainedModel model, ParityResult parity) throws IOException {
        OnnxMetadata metadata = OnnxMetadata.read(folder.onnx());
        ExportOptions options = ExportOptions.standard();
        Map<String, String> expected = new TreeMap<>();
        try (Scratch scratch = new Scratch()) {
            Path again = scratch.file("again.onnx");
            OnnxModel.export(again, applied(model), order, claimed, options);
            expected.putAll(OnnxMetadata.read(again).entries());
        }
        expected.putAll(parity.entries());
        expected.forEach((key, value) -> requireEqual(
                "'" + key + "' in the ONNX file", value, metadata.get(key).orElse("")));
        require(
                "the number of entries in the ONNX file",
                expected.size(),
                metadata.entries().size());
        requireEqual(
                "the MACs",
                expected.getOrDefault(MetadataKeys.MULTIPLY_ACCUMULATES, ""),
                Objects.toString(claimed.efficiency().multiplyAccumulates(), ""));
    }

    /** Writes here what follows from the images and the accepted files, whatever came back under these names. */
    private void rewrite(TrialOutcome.Done kept) throws IOException {
        folder.writeSplit(images);
        folder.writeClasses(images.dataset().classes());
        List<Epoch> history = folder.readHistory();
        List<Epoch> refit = folder.readRefitHistory();
        folder.writeHistory(history, TrialFile.HISTORY);
        Choice choice = null;
        if (order.refits()) {
            folder.writeHistory(refit, TrialFile.REFIT_HISTORY);
            choice = new Choice(
                    order.key(),
                    TrialFile.Digest.of(folder.path(), TrialFile.CHOSEN_WEIGHTS),
                    kept.timing().bestEpoch(),
                    choosing,
                    history);
        }
        if (Files.exists(folder.onnx())) {
            OnnxModel.signature(folder.onnx(), folder.onnx(), normalization)
                    .write(ModelSignature.beside(folder.onnx()));
        }
        folder.writeTraining(new TrainedWeights(
                order.key(),
                TrialFile.Digest.of(folder.path(), TrialFile.WEIGHTS),
                kept.efficiency(),
                kept.timing(),
                normalization,
                kept.provenance(),
                choice == null ? history : refit,
                choice));
    }

    private static String text(TrialSpec spec) {
        return Json.LINE.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).writeValueAsString(spec);
    }

    private static void requireWithin(String expected, double found, double low, double high) {
        require(within(found, low, high), expected + ", but found " + found);
    }

    private static boolean within(double number, double low, double high) {
        return number >= low && number <= high;
    }

    private static void require(String what, long expected, @Nullable Number found) {
        require(found != null && found.longValue() == expected, what + " to be " + expected + ", but found " + found);
    }

    /** Refuses a result without what only that of a given model lacks. */
    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new RequestException("expected all results of a training, but one is missing");
        }
        return value;
    }

    private static void requireEqual(String what, String expected, String found) {
        require(expected.equals(found), what + " as ordered or computed here, but found another");
    }

    private static void require(boolean holds, String expected) {
        if (!holds) {
            throw new RequestException("expected " + expected);
        }
    }
}
