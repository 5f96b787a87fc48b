package io.catwalk.runner.report;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.evaluation.Overfitting.Verdict;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.report.Block.Code;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.PictureFile;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.training.WarmStart.TransferReport;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that a card says about an exported network, which was trained here. */
record CardDocument(ModelCard card, Done done, ImageSource images, List<String> classes) {

    /** Number of classes that are named if there is no room for all. */
    private static final int NAMED = 5;

    CardDocument(ModelCard card) {
        this(card, card.done(), card.dataset().test(), card.dataset().classes());
    }

    private Normalization normalization() {
        return Objects.requireNonNull(done.normalization());
    }

    /** Writes the document, with a link to a picture of the confusion matrix unless that is null. */
    Document document(@Nullable String picture) {
        List<Section> sections = new ArrayList<>();
        add(sections, "Model", model());
        add(sections, "Input and output", input());
        add(sections, "How to run it", programs());
        add(sections, "Training", training());
        add(sections, "Results on the test images", results(picture));
        add(sections, "Parity with the trained network", parity(card.parity()));
        if (card.latency() != null) {
            add(sections, "Latency", latency(card.latency()));
        }
        add(sections, "Intended use and limits", new Sentences(Medium.ONLY_MARKDOWN, "", Tone.LIST, use()));
        add(sections, "Provenance", origin(done.provenance()));
        String what =
                "An image classifier, trained with Catwalk on " + card.dataset().name()
                        + " and exported as an ONNX file, which was verified against the trained network.";
        return new Document(card.name(), what, "", sections, classes, "");
    }

    private static void add(List<Section> sections, String name, Block... blocks) {
        String id = name.toLowerCase(Locale.ROOT).replace(' ', '-');
        sections.add(new Section(id, name, "", List.of(blocks), ""));
    }

    private static Facts facts(List<Fact> facts) {
        return new Facts(Medium.ONLY_MARKDOWN, "", false, facts);
    }

    private Facts model() {
        var options = card.options();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("architecture", new Cell.Code(done.trial().classifier())));
        done.trial().hyperparameters().forEach((name, value) -> facts.add(Fact.of(name, value.toString())));
        facts.add(Fact.of("parameters", done.efficiency().parameters(), Unit.COUNT));
        card.metadata()
                .get(MetadataKeys.MULTIPLY_ACCUMULATES)
                .ifPresent(macs -> facts.add(Fact.of("MACs for one image", Long.valueOf(macs), Unit.COUNT)));
        facts.add(new Fact("file", new Cell.Code(card.file())));
        String form = Numbers.count(card.bytes()) + " bytes, opset " + options.opset()
                + (options.unrolledRecurrence() ? ", recurrent layers unrolled" : "")
                + (options.foldedBatchNorm() ? ", batch normalization folded into the convolutions" : "");
        facts.add(Fact.of("format", form));
        card.metadata().get(MetadataKeys.AUTHOR).ifPresent(author -> facts.add(Fact.of("author", author)));
        card.metadata().get(MetadataKeys.LICENSE).ifPresent(license -> facts.add(Fact.of("license", license)));
        return facts(facts);
    }

    private Facts input() {
        var options = card.options();
        String batch = options.batch() == null ? "batch" : options.batch().toString();
        String shape = "(" + batch + ", " + images.channels() + ", " + images.height() + ", " + images.width() + "), "
                + (options.embeddedPreprocessing() ? "uint8" : "float32") + ": batch, channels, height, width";
        if (options.anySize()) {
            shape =
                    "(batch, height, width, channels), uint8: the bytes of upright images of any size, gray or RGB, which the"
                            + " file resizes to " + images.width() + "x" + images.height();
        }
        String pixels = "from 0 to 255"
                + (options.embeddedPreprocessing() || options.anySize()
                        ? "; the file normalizes them itself"
                        : ", which become (pixel / 255 - mean) / std, with mean "
                                + CardCode.numbers(normalization().mean(), "") + " and std "
                                + CardCode.numbers(normalization().std(), ""));
        String logits = "(" + batch + ", " + classes.size() + "), float32; their softmax "
                + (options.probabilities() ? "is the output \"probabilities\"" : "gives probabilities");
        int named = classes.size() <= ShownClasses.ALL ? classes.size() : NAMED;
        String labels = String.join(", ", classes.subList(0, named))
                + (named < classes.size() ? " and " + Numbers.count(classes.size() - named) + " more" : "");
        return facts(List.of(
                Fact.of(options.anySize() ? "input \"image\"" : "input \"images\"", shape),
                Fact.of("pixels", pixels),
                Fact.of("output \"logits\"", logits),
                Fact.of("classes in the order of the logits, also in the metadata", labels)));
    }

    private Block[] programs() {
        CardCode code = new CardCode(card.file(), images, normalization(), card.options());
        String library = "com.microsoft.onnxruntime:onnxruntime:"
                + done.provenance().software().onnxruntime();
        return new Block[] {
            new Code("From the command line", "sh", code.command()),
            new Code("In Python, after pip install numpy onnxruntime pillow", "python", code.python()),
            new Code("In Java, with " + library + " on the class path", "java", code.java())
        };
    }

    private Facts training() {
        Timing timing = done.timing();
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of("data", card.dataset().name()));
        facts.add(new Fact("sha256 of the data", new Cell.Code(card.dataset().sha256())));
        facts.add(Fact.of("images for training", done.metrics().learned().images(), Unit.COUNT));
        facts.add(Fact.of(
                "images for validation (epoch selection)", done.metrics().held().images(), Unit.COUNT));
        facts.add(Fact.of("images for testing", done.metrics().test().images(), Unit.COUNT));
        Map<String, String> settings = RecipeWords.settings(done.trial());
        settings.put("Epochs", timing.epochs() + ", with the weights after epoch " + timing.bestEpoch());
        settings.forEach((name, value) -> facts.add(Fact.of(name, value)));
        if (timing.steps() != null) {
            facts.add(Fact.of("Optimizer steps", timing.steps(), Unit.COUNT));
        }
        facts.add(Fact.of("Seed", Long.toString(done.trial().seed())));
        TransferReport transfer = done.provenance().transfer();
        if (transfer != null) {
            facts.add(Fact.of("Initial weights", transfer.sentence()));
        }
        return facts(facts);
    }

    private Block[] results(@Nullable String picture) {
        Evaluation all = card.evaluation();
        var interval = all.metrics().accuracyInterval();
        var macro = all.metrics().macro();
        Facts facts = facts(List.of(
                Fact.of("accuracy %", all.accuracy(), Unit.PERCENT),
                new Fact("its 95 % interval", Cell.percent(interval.low(), interval.high())),
                Fact.of("precision (macro) %", macro.precision(), Unit.PERCENT),
                Fact.of("recall (macro) %", macro.recall(), Unit.PERCENT),
                Fact.of("F1 (macro) %", macro.f1(), Unit.PERCENT),
                Fact.of("log loss", all.metrics().logLoss(), Unit.COEFFICIENT),
                Fact.of(
                        "expected calibration error, equal-mass bins",
                        all.metrics().ece(),
                        Unit.COEFFICIENT)));
        ShownClasses shown = ShownClasses.of(all);
        Table scores = ShownClasses.table(Medium.ONLY_MARKDOWN, shown.all()).table("", "", shown.sentence());
        List<Block> blocks = new ArrayList<>(List.of(facts, scores));
        if (picture != null) {
            blocks.add(new PictureFile("Confusion matrix", picture));
        }
        blocks.add(Sentences.of(
                Medium.ONLY_MARKDOWN,
                Tone.TEXT,
                Wording.capital(overfitting(
                                done.metrics().learned(), done.metrics().held())) + "."));
        return blocks.toArray(Block[]::new);
    }

    /** Describes the gap of one network with its verdict and its interval, without a period. */
    static String overfitting(Metrics train, Metrics validation) {
        Interval interval = Overfitting.gap(train, validation);
        Verdict verdict = Verdict.of(interval);
        String where = switch (verdict) {
            case NONE -> interval.high() < 0 ? "is below 0" : "includes 0";
            case MILD -> "begins between 0 and 5";
            case STRONG -> "begins above 5";
        };
        return (verdict == Verdict.NONE ? "no measurable" : verdict.toString())
                + " overfitting: training accuracy minus validation accuracy is "
                + Numbers.plainPoints(train.accuracy() - validation.accuracy())
                + " points, 95 % interval " + Numbers.plainPoints(interval.low()) + " to "
                + Numbers.plainPoints(interval.high()) + ", which " + where;
    }

    private static Sentences parity(ParityResult parity) {
        return Sentences.of(
                Medium.ONLY_MARKDOWN,
                Tone.TEXT,
                (parity.agrees() ? "The file agrees with PyTorch" : "The file does not agree with PyTorch") + ": on "
                        + Numbers.count(parity.images()) + " test images, "
                        + Wording.count(parity.flips(), "label differs", "labels differ") + ".",
                "The largest difference of a logit is " + Numbers.scientific(parity.maxAbs()) + ", the mean "
                        + Numbers.scientific(parity.meanAbs()) + "; the tolerance is "
                        + Numbers.scientific(parity.tolerance()) + ".",
                "These are the numbers of the worst of " + parity.configurations()
                        + " configurations of ONNX Runtime (optimization levels, threads, batch sizes): "
                        + parity.worst() + "."
                        + (parity.flipped() == null
                                ? ""
                                : " Large weights are rounded to 16-bit floats, so a label may differ within one unit in"
                                        + " the last place of the largest logit. All other numbers are those of the file."));
    }

    private static Block[] latency(Latency latency) {
        List<Fact> facts = Stream.of(
                        new Fact("batch 1, median", Cell.of(latency)),
                        new Fact("batch 1, 99th percentile", Cell.of(latency, Latency::p99Micros, Unit.MICROS)),
                        new Fact(
                                "images per second, batch 64",
                                Cell.of(latency, Latency::imagesPerSecond64, Unit.COUNT)),
                        new Fact(
                                "images per second, batch 256",
                                Cell.of(latency, Latency::imagesPerSecond256, Unit.COUNT)))
                .filter(fact -> Cell.isKnown(fact.value()))
                .toList();
        String how = "Measured on ONNX Runtime over " + Numbers.count(latency.calls()) + " calls after warm-up on "
                + latency.place() + "."
                + (latency.busy() == null
                        ? ""
                        : " The machine was busy, so times are rough: " + Wording.busy(latency.busy()) + ".");
        return new Block[] {facts(facts), Sentences.of(Medium.ONLY_MARKDOWN, Tone.NOTE, how)};
    }

    private List<String> use() {
        List<String> limits = new ArrayList<>();
        limits.add("For learning, for comparing architectures and for testing programs that run ONNX files.");
        limits.add("It classifies images like those in its training set. Every image gets one of the " + classes.size()
                + " classes: for an image of anything else the answer is meaningless, however high its probability.");
        List<ClassScores> weakest = card.evaluation().hardest();
        if (!weakest.isEmpty() && weakest.size() < classes.size()) {
            List<String> names = weakest.stream().map(ClassScores::name).toList();
            limits.add("The recall of " + Wording.names(names, ", its weakest class", ", its weakest classes")
                    + ClassesSection.ofLarge(card.evaluation(), "") + ", is "
                    + Numbers.percent(weakest.get(0).recall()) + " %.");
        }
        List<ConfusionMatrix.Cell> mistakes = card.evaluation().confusion().mostFrequentMistakes();
        if (mistakes.size() == 1) {
            ConfusionMatrix.Cell most = mistakes.get(0);
            limits.add("The most frequent mistake: " + classes.get(most.truth()) + " classified as "
                    + classes.get(most.predicted()) + " (" + Wording.count(most.images(), "image") + ").");
        }
        Standing standing = card.standing();
        if (standing != null && standing.standardDeviation() != null) {
            limits.add("Over the " + standing.trials() + " trainings of the run, its accuracy is "
                    + Numbers.percent(standing.accuracy()) + " ± " + Numbers.percent(standing.standardDeviation())
                    + " % (mean and standard deviation).");
        }
        if (DataHome.isKnown(card.dataset().name())) {
            limits.add("Fashion-MNIST consists of gray product photos from one shop, scaled to 28x28 pixels, with one"
                    + " article in the middle of a black background. Photos from a phone, of several articles, or of"
                    + " people wearing them look different. Do not use it to identify or assess people, or for any"
                    + " decision about them.");
        }
        return limits;
    }

    private Facts origin(Provenance from) {
        var machine = from.machine();
        String versions = RunSection.versions(from.software()) + ", Java "
                + from.software().java();
        String where = machine.processor() + ", " + machine.architecture() + ", " + machine.cores() + " cores, "
                + machine.os();
        return facts(List.of(
                Fact.of("plugin", from.pluginId() + " " + from.pluginVersion()),
                new Fact("sha256 of the plugin", new Cell.Code(from.pluginSha256())),
                new Fact("sha256 of the split", new Cell.Code(from.splitSha256())),
                Fact.of("fold", Integer.toString(done.trial().fold())),
                Fact.of("software", versions),
                Fact.of("machine", where),
                Fact.of("threads", Integer.toString(from.threads())),
                Fact.of("trained", done.timing().startedAt())));
    }
}
