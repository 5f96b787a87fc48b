package io.catwalk.runner.report.card;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusedPair;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Code;
import io.catwalk.runner.report.document.Block.Fact;
import io.catwalk.runner.report.document.Block.Facts;
import io.catwalk.runner.report.document.Block.PictureFile;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Table.Row;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.training.Transfer;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.Timing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that a card says about an exported network. */
record CardDocument(ModelCard card) {

    /** Number of classes that are named if there is no room for all. */
    private static final int NAMED = 5;

    /** A class with fewer images is not called the weakest: its recall says little. */
    private static final int FEW_IMAGES = 10;

    private static final Set<Medium> MEDIA = Medium.of(Medium.MARKDOWN);

    Document document(@Nullable String picture) {
        List<Section> sections = new ArrayList<>(List.of(
                section("Model", model()),
                section("Input and output", input()),
                section("How to run it", programs().toArray(Block[]::new)),
                section("Training", training(), list(recipe())),
                section("Results on the test images", results(picture).toArray(Block[]::new)),
                section("Parity with the trained network", parity())));
        Latency latency = card.latency();
        if (latency != null) {
            sections.add(section("Latency", latency(latency).toArray(Block[]::new)));
        }
        sections.add(section("Intended use and limits", list(use())));
        sections.add(section("Provenance", origin()));
        return new Document(
                card.name(),
                "An image classifier, trained with Catwalk on " + card.dataset().name()
                        + " and exported as an ONNX file, which was verified against the trained network.",
                "",
                sections,
                card.dataset().classes(),
                "");
    }

    private static Section section(String name, Block... blocks) {
        return new Section(name.toLowerCase(Locale.ROOT).replace(' ', '-'), name, "", List.of(blocks), "");
    }

    private static Facts facts(List<Fact> facts) {
        return new Facts(MEDIA, "", false, facts);
    }

    private static Sentences list(List<String> sentences) {
        return new Sentences(MEDIA, "", Tone.LIST, sentences);
    }

    private static Fact code(String name, String text) {
        return new Fact(name, new Cell.Code(text));
    }

    private Facts model() {
        var options = card.options();
        List<Fact> facts = new ArrayList<>();
        facts.add(code("architecture", card.done().trial().classifier()));
        card.done().trial().hyperparameters().forEach((name, value) -> facts.add(Fact.of(name, "" + value)));
        facts.add(new Fact("parameters", Cell.of(card.done().efficiency().parameters(), Unit.COUNT)));
        metadata(MetadataKeys.MULTIPLY_ACCUMULATES)
                .ifPresent(macs -> facts.add(new Fact("MACs for one image", Cell.of(Long.valueOf(macs), Unit.COUNT))));
        facts.add(code("file", card.file()));
        facts.add(Fact.of(
                "format",
                Numbers.count(card.bytes()) + " bytes, opset " + options.opset()
                        + (options.unrolledRecurrence() ? ", recurrent layers unrolled" : "")
                        + (options.foldedBatchNorm() ? ", batch normalization folded into the convolutions" : "")));
        metadata(MetadataKeys.AUTHOR).ifPresent(author -> facts.add(Fact.of("author", author)));
        metadata(MetadataKeys.LICENSE).ifPresent(license -> facts.add(Fact.of("license", license)));
        return facts(facts);
    }

    private Optional<String> metadata(String key) {
        return card.metadata().get(key);
    }

    private Facts input() {
        var options = card.options();
        ImageSource images = card.dataset().test();
        List<String> classes = card.dataset().classes();
        Integer fixed = options.batch();
        String batch = fixed == null ? "batch" : fixed.toString();
        int named = classes.size() <= ShownClasses.ALL ? classes.size() : NAMED;
        var normalization = card.done().normalization();
        return facts(List.of(
                Fact.of(
                        "input \"images\"",
                        "(" + batch + ", " + images.channels() + ", " + images.height() + ", " + images.width() + "), "
                                + (options.embeddedPreprocessing() ? "uint8" : "float32")
                                + ": batch, channels, height, width"),
                Fact.of(
                        "pixels",
                        options.embeddedPreprocessing()
                                ? "from 0 to 255; the file normalizes them itself"
                                : "from 0 to 255 become (pixel / 255 - mean) / std, with mean "
                                        + CardCode.numbers(normalization.mean(), "") + " and std "
                                        + CardCode.numbers(normalization.std(), "")),
                Fact.of(
                        "output \"logits\"",
                        "(" + batch + ", " + classes.size() + "), float32; their softmax "
                                + (options.probabilities()
                                        ? "is the output \"probabilities\""
                                        : "gives probabilities")),
                Fact.of(
                        "classes in the order of the logits",
                        String.join(", ", classes.subList(0, named))
                                + (named < classes.size()
                                        ? " and " + Numbers.count(classes.size() - named) + " more"
                                        : "")),
                Fact.of("metadata of the file", "the labels and the preprocessing")));
    }

    private List<Code> programs() {
        CardCode code =
                new CardCode(card.file(), card.dataset().test(), card.done().normalization(), card.options());
        String library = "com.microsoft.onnxruntime:onnxruntime:"
                + card.done().provenance().software().onnxruntime();
        return List.of(
                new Code(MEDIA, "From the command line", "sh", code.command()),
                new Code(MEDIA, "In Python, after pip install numpy onnxruntime pillow", "python", code.python()),
                new Code(MEDIA, "In Java, with " + library + " on the class path", "java", code.java()));
    }

    private Facts training() {
        var metrics = card.done().metrics();
        return facts(List.of(
                Fact.of("data", card.dataset().name()),
                code("sha256 of the data", card.dataset().sha256()),
                Fact.of(
                        "images",
                        Numbers.count(metrics.train().images()) + " for training, "
                                + Numbers.count(metrics.validation().images()) + " for validation (epoch selection), "
                                + Numbers.count(metrics.test().images()) + " for testing")));
    }

    private List<String> recipe() {
        Timing timing = card.done().timing();
        Long steps = timing.steps();
        List<String> words = new ArrayList<>();
        words.add(Findings.count(timing.epochs(), "epoch", "epochs") + " of "
                + card.done().trial().recipe().epochs() + " were run"
                + (steps == null ? "" : ", " + Numbers.count(steps) + " optimizer steps")
                + "; the file holds the weights after epoch " + timing.bestEpoch() + "; seed "
                + card.done().trial().seed());
        words.addAll(RecipeWords.of(card.done().trial()));
        Transfer transfer = card.done().provenance().transfer();
        if (transfer != null) {
            words.add(transfer.sentence());
        }
        return words.stream().map(word -> word + ".").toList();
    }

    private List<Block> results(@Nullable String picture) {
        Evaluation all = card.evaluation();
        Interval interval = all.accuracyInterval();
        List<Block> blocks = new ArrayList<>();
        blocks.add(table(
                List.of("Metric", "Value", "95 % interval"),
                Stream.of(
                        Row.of(
                                Cell.of("accuracy %"),
                                Cell.of(all.accuracy(), Unit.PERCENT),
                                new Cell.Range(interval.low(), interval.high(), Unit.PERCENT)),
                        row("precision (macro) %", all.macro().precision(), Unit.PERCENT),
                        row("recall (macro) %", all.macro().recall(), Unit.PERCENT),
                        row("F1 (macro) %", all.macro().f1(), Unit.PERCENT),
                        row("log loss", all.logLoss(), Unit.COEFFICIENT),
                        row("expected calibration error", all.calibration().expectedError(), Unit.COEFFICIENT)),
                ""));
        ShownClasses shown = ShownClasses.of(all);
        blocks.add(table(
                List.of("Class", "Precision %", "Recall %", "F1 %", "Images"),
                Stream.concat(shown.first().stream(), shown.best().stream())
                        .map(one -> Row.of(
                                Cell.of(one.name()),
                                Cell.of(one.precision(), Unit.PERCENT),
                                Cell.of(one.recall(), Unit.PERCENT),
                                Cell.of(one.f1(), Unit.PERCENT),
                                Cell.of(one.support(), Unit.COUNT))),
                shown.sentence()));
        if (picture != null) {
            blocks.add(new PictureFile(MEDIA, "Confusion matrix", picture));
        }
        blocks.add(Sentences.of(
                MEDIA, Tone.TEXT, Findings.capital(card.done().overfitting().rule()) + "."));
        return blocks;
    }

    private static Row row(String name, double value, Unit unit) {
        return Row.of(Cell.of(name), Cell.of(value, unit), Cell.of(""));
    }

    private static Table table(List<String> heads, Stream<Row> rows, String note) {
        List<Column> columns = heads.stream()
                .map(head -> new Column(MEDIA, head, head.equals(heads.get(0)) ? Kind.TEXT : Kind.NUMBER))
                .toList();
        return new Table(MEDIA, "", "", columns, rows.toList(), note);
    }

    private Sentences parity() {
        ParityResult parity = card.parity();
        return Sentences.of(
                MEDIA,
                Tone.TEXT,
                (parity.agrees() ? "The file agrees with PyTorch" : "The file does not agree with PyTorch") + ": on "
                        + Numbers.count(parity.images()) + " test images, "
                        + Findings.count(parity.flips(), "label differs", "labels differ") + ".",
                "The largest difference of a logit is " + Numbers.scientific(parity.maxAbs()) + ", the mean "
                        + Numbers.scientific(parity.meanAbs()) + ", the 99.9th percentile "
                        + Numbers.scientific(parity.p999Abs()) + "; the tolerance is "
                        + Numbers.scientific(parity.tolerance()) + ".",
                "These are the numbers of the worst of " + parity.configurations()
                        + " configurations of ONNX Runtime (optimization levels, threads, batch sizes): "
                        + parity.worst() + "."
                        + (parity.flipped() == null
                                ? ""
                                : " Large weights are rounded to 16-bit floats, so the tolerance is one unit in the last"
                                        + " place of the largest logit in that format, and a label may differ within it. All"
                                        + " other numbers here are those of the file itself."));
    }

    private static List<Block> latency(Latency latency) {
        boolean rough = latency.busy() != null;
        List<Fact> facts = new ArrayList<>(List.of(new Fact("batch 1, median", Cell.of(latency))));
        if (latency.p99Micros() != null) {
            facts.add(
                    new Fact("batch 1, 99th percentile", new Cell.Number(latency.p99Micros(), Unit.MICROS, rough, "")));
        }
        if (latency.imagesPerSecond64() != null) {
            facts.add(new Fact(
                    "images per second in batches of 64",
                    new Cell.Number(latency.imagesPerSecond64(), Unit.COUNT, rough, "")));
        }
        if (latency.imagesPerSecond256() != null) {
            facts.add(new Fact(
                    "images per second in batches of 256",
                    new Cell.Number(latency.imagesPerSecond256(), Unit.COUNT, rough, "")));
        }
        List<String> how = new ArrayList<>(List.of("Measured on ONNX Runtime over " + Numbers.count(latency.calls())
                + " calls after warm-up on " + latency.place() + "."));
        if (rough) {
            how.add("The machine was busy, so the times are rough: " + latency.busy() + ".");
        }
        return List.of(facts(facts), new Sentences(MEDIA, "", Tone.NOTE, how));
    }

    private List<String> use() {
        List<String> limits = new ArrayList<>();
        limits.add("For learning, for comparing architectures and for testing programs that run ONNX files.");
        limits.add("It classifies images like those in its training set. Every image gets one of the "
                + card.dataset().classes().size()
                + " classes: for an image of anything else the answer is meaningless, however high its probability.");
        card.evaluation().classes().stream()
                .filter(scores -> scores.support() >= FEW_IMAGES)
                .min(Comparator.comparingDouble(ClassScores::recall))
                .ifPresent(weakest -> limits.add("The recall of " + weakest.name() + ", its weakest class, is "
                        + Numbers.percent(weakest.recall()) + " %."));
        card.evaluation().confusedPairs().stream()
                .findFirst()
                .map(this::mistake)
                .ifPresent(limits::add);
        Standing standing = card.standing();
        if (standing != null && standing.standardDeviation() != null) {
            limits.add("Over the " + standing.trials() + " trainings of the run, its accuracy is "
                    + Numbers.percent(standing.accuracy()) + " ± " + Numbers.percent(standing.standardDeviation())
                    + " % (mean and standard deviation).");
        }
        if (ImageDatasets.isKnown(card.dataset().name())) {
            limits.add("Fashion-MNIST consists of gray product photos from one shop, scaled to 28x28 pixels, with one"
                    + " article in the middle of a black background. Photos from a phone, of several articles, or of"
                    + " people wearing them look different. Do not use it to identify or assess people, or for any"
                    + " decision about them.");
        }
        return limits;
    }

    private String mistake(ConfusedPair pair) {
        List<String> classes = card.dataset().classes();
        return "The most frequent mistake: " + classes.get(pair.truth()) + " classified as "
                + classes.get(pair.predicted()) + " ("
                + Findings.count(pair.images().size(), "image", "images") + ").";
    }

    private Facts origin() {
        Provenance from = card.done().provenance();
        Software software = from.software();
        Machine machine = from.machine();
        return facts(List.of(
                Fact.of("plugin", from.pluginId() + " " + from.pluginVersion()),
                code("sha256 of the plugin", from.pluginSha256()),
                code("sha256 of the split", from.splitSha256()),
                Fact.of("fold", "" + card.done().trial().fold()),
                Fact.of(
                        "software",
                        "Catwalk " + software.catwalk() + ", DJL " + software.djl() + ", PyTorch " + software.pytorch()
                                + ", ONNX Runtime " + software.onnxruntime() + ", Java " + software.java()),
                Fact.of(
                        "machine",
                        machine.processor() + ", " + machine.architecture() + ", " + machine.cores() + " cores, "
                                + machine.os()),
                Fact.of("threads", "" + from.threads()),
                Fact.of("trained", card.done().timing().startedAt())));
    }
}
