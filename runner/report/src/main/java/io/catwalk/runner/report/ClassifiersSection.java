package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Group;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything about each classifier by itself. */
record ClassifiersSection(ReportModel model) {

    private static final Set<Medium> MEDIA = Medium.SEEN_DETAIL;

    static Optional<Section> of(ReportModel model) {
        return model.entrants().isEmpty() ? Optional.empty() : Optional.of(new ClassifiersSection(model).section());
    }

    private Section section() {
        int count = model.entrants().size();
        return new Section(
                "classifiers",
                "Classifiers",
                count == 1
                        ? model.entrants().get(0).name() + " in detail"
                        : "The " + count + " classifiers in detail, the most accurate first",
                model.entrants().stream().map(this::group).toList(),
                "results.json, key trials[]; trials/*/*/history.csv, predictions.csv and the ONNX files");
    }

    private Block group(ClassifierReport one) {
        return new Group(
                MEDIA,
                "c" + one.number(),
                new Cell.Name(one.name(), one.look(), "", ""),
                summary(one),
                one.number() == 1,
                one.standing() == null ? failures(one) : details(one));
    }

    private static String summary(ClassifierReport one) {
        if (one.standing() == null) {
            return "failed";
        }
        Efficiency efficiency = one.efficiency();
        List<String> parts = new ArrayList<>();
        parts.add(Numbers.percent(one.standing().accuracy()) + " %");
        if (efficiency != null && efficiency.parameters() != null) {
            parts.add(Wording.count(efficiency.parameters(), "parameter"));
        }
        if (one.standing().trials() > 1) {
            parts.add(one.standing().trials() + " trials");
        }
        if (!one.failed().isEmpty()) {
            parts.add(one.failed().size() + " failed");
        }
        return String.join(" · ", parts);
    }

    private static List<Block> failures(ClassifierReport one) {
        List<String> sentences = one.failed().stream()
                .map(trial -> trial.label() + " failed: " + trial.outcome().error() + ".")
                .toList();
        return List.of(new Sentences(Medium.ONLY_PAGE, "", Tone.WARNING, sentences));
    }

    private List<Block> details(ClassifierReport one) {
        List<Block> blocks = new ArrayList<>(failures(one));
        if (model.charted().contains(one)) {
            for (Chart chart : new ClassifierCharts(model, one, Integer.toString(one.number())).all()) {
                String id = chart.keys().isEmpty() ? "" : RunDocument.confusion(one.name());
                blocks.add(new Figure(MEDIA, id, chart));
            }
        }
        blocks.add(new Sentences(MEDIA, "", Tone.NOTE, absent(one)));
        // The numbers of the chart of few classes are this table.
        if (one.evaluated()
                && (model.dataset().classes().size() > ClassifierCharts.CLASSES
                        || !model.charted().contains(one))) {
            blocks.add(folded(
                    one,
                    "classes",
                    "Precision, recall and F1 of each class",
                    classes(one, one.requireEvaluation().classes())));
        }
        if (one.done().size() > 1 && model.done().size() <= TrialsSection.ROWS) {
            String heading = "Its " + one.done().size() + " trials";
            blocks.add(folded(
                    one,
                    "trials",
                    heading,
                    TrialsSection.table(Medium.ONLY_PAGE, "", "Trials of " + one.name(), one.done())));
        }
        ArchitecturesSection.drawing(MEDIA, "Architecture", one).ifPresent(blocks::add);
        Done first = one.first();
        if (!one.request().hyperparameters().isEmpty()) {
            blocks.add(new Facts(
                    MEDIA,
                    "Hyperparameters",
                    false,
                    one.request().hyperparameters().entrySet().stream()
                            .map(each -> Fact.of(each.getKey(), String.valueOf(each.getValue())))
                            .toList()));
        }
        if (one.request().trains()) {
            blocks.add(new Facts(MEDIA, "Recipe", false, recipe(one, first == null ? null : first.timing())));
        }
        if (first != null) {
            parity(one).ifPresent(blocks::add);
            speed(first.efficiency()).ifPresent(blocks::add);
            blocks.add(new Facts(MEDIA, "Provenance", false, provenance(one, first)));
        }
        return blocks;
    }

    private static Block folded(ClassifierReport one, String id, String heading, Block block) {
        return new Group(block.media(), "c" + one.number() + "-" + id, Cell.of(heading), "", false, List.of(block));
    }

    private static List<String> absent(ClassifierReport one) {
        List<String> sentences = new ArrayList<>();
        if (one.request().trains()
                && one.done().stream().allMatch(trial -> trial.history().isEmpty())) {
            sentences.add("No learning curves: the training history is missing.");
        }
        if (!one.evaluated()) {
            sentences.add("No confusion matrix, class scores or calibration: the predictions are missing.");
        }
        return sentences;
    }

    /** Makes a table of the classes; if there are many, those with the lowest recall are the first. */
    private static Block classes(ClassifierReport one, List<ClassScores> classes) {
        Comparator<ClassScores> absentLast = Comparator.comparing(scores -> scores.support() == 0);
        List<ClassScores> sorted = classes.size() <= ShownClasses.ALL
                ? classes
                : classes.stream()
                        .sorted(absentLast.thenComparing(ClassScores::recall))
                        .toList();
        return ShownClasses.table(MEDIA, sorted)
                .keyed(scores -> classes.indexOf(scores) + ".any")
                .table(
                        "",
                        "Scores of each class, " + one.name(),
                        one.selection().strip());
    }

    private static List<Fact> recipe(ClassifierReport one, @Nullable Timing timing) {
        List<Fact> facts = new ArrayList<>(TrainingSection.recipe(one));
        if (timing == null) {
            return facts;
        }
        facts.add(Fact.of(
                "Trained",
                Wording.count(timing.epochs(), "epoch")
                        + (timing.steps() == null ? "" : ", " + Wording.count(timing.steps(), "optimizer step"))));
        facts.add(Fact.of("Weights of", "epoch " + timing.bestEpoch()));
        return facts;
    }

    private static Optional<Block> parity(ClassifierReport one) {
        ParityResult parity = OnnxSection.worst(one);
        if (parity == null) {
            return Optional.empty();
        }
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Agrees", OnnxSection.agrees(parity)));
        if (parity.maxAbs() != null) {
            facts.add(Fact.of("Label flips", parity.flips(), Unit.COUNT));
            facts.add(Fact.of("Images", parity.images(), Unit.COUNT));
            facts.add(Fact.of("Largest difference", parity.maxAbs(), Unit.SCIENTIFIC));
            facts.add(Fact.of("99.9th percentile", parity.p999Abs(), Unit.SCIENTIFIC));
            facts.add(Fact.of("Mean difference", parity.meanAbs(), Unit.SCIENTIFIC));
            facts.add(Fact.of("Tolerance", parity.tolerance(), Unit.SCIENTIFIC));
            facts.add(Fact.of("Configurations", parity.configurations(), Unit.COUNT));
        }
        facts.add(Fact.of(parity.maxAbs() == null ? "Reason" : "Worst of them", parity.worst()));
        return Optional.of(new Facts(MEDIA, "ONNX file and network", false, facts));
    }

    /** A line of the table of speeds. */
    private record Speed(String name, Function<Latency, @Nullable Number> figure, Unit unit, int batch) {

        Cell cell(@Nullable Latency latency) {
            return batch == 1 ? CostsSection.latency(latency) : Cell.of(latency, figure, unit);
        }
    }

    private static final List<Speed> SPEEDS = List.of(
            new Speed("Median, one image", Latency::p50Micros, Unit.MICROS, 1),
            new Speed("90th percentile", Latency::p90Micros, Unit.MICROS, 0),
            new Speed("99th percentile", Latency::p99Micros, Unit.MICROS, 0),
            new Speed("Images/s, batch 64", Latency::imagesPerSecond64, Unit.COUNT, 64),
            new Speed("Images/s, batch 256", Latency::imagesPerSecond256, Unit.COUNT, 256));

    private static Optional<Block> speed(Efficiency efficiency) {
        TableBuilder<Speed> table = new TableBuilder<>(MEDIA, SPEEDS).words("", row -> row.name());
        for (InferenceEngine engine : InferenceEngine.values()) {
            table.number(engine.title(), row -> row.cell(efficiency.latency(engine)));
        }
        return Stream.of(efficiency.onnxruntime(), efficiency.pytorch())
                .filter(Objects::nonNull)
                .findFirst()
                .map(any -> table.number(
                                "Speed-up",
                                Unit.TIMES,
                                row -> efficiency.speedUps().get(row.batch()))
                        .table("", "Latency and throughput with " + Wording.count(any.threads(), "thread"), ""));
    }

    private static List<Fact> provenance(ClassifierReport one, Done first) {
        List<Fact> facts = new ArrayList<>();
        one.models().stream().filter(trial -> trial.onnx() != null).findFirst().ifPresent(trial -> files(trial, facts));
        Provenance provenance = first.provenance();
        if (provenance != null) {
            boolean given = !one.request().trains();
            if (!given) {
                facts.add(Fact.of("Plugin", provenance.pluginId() + " " + provenance.pluginVersion()));
            }
            facts.add(Fact.of("Digest of its " + (given ? "file" : "jar"), provenance.pluginSha256()));
            facts.add(Fact.of("Digest of the split", provenance.splitSha256()));
        }
        facts.add(Fact.of(
                "Started",
                Numbers.moment(first.timing().startedAt()) + ", took "
                        + Numbers.duration(first.timing().totalSeconds())));
        facts.add(Fact.of("Processor time", first.efficiency().cpuSeconds(), Unit.SECONDS));
        Double speed = first.efficiency().trainingImagesPerSecond();
        if (speed != null) {
            facts.add(Fact.of("Training speed", Numbers.count(speed) + " images/s"));
        }
        if (first.firstError() != null) {
            facts.add(Fact.of("Failed at first", first.firstError()));
        }
        return facts;
    }

    /** Links to the files of a trial, if they are in the run folder. */
    private static void files(Model trial, List<Fact> facts) {
        Path onnx = Objects.requireNonNull(trial.onnx());
        String folder = trial.outcome().trial().folder();
        if (onnx.endsWith(Path.of(folder, onnx.getFileName().toString()))) {
            String file = onnx.getFileName().toString();
            facts.add(new Fact("ONNX file", new Cell.Link(file, folder + "/" + file)));
            if (trial.answers() != null && trial.trained().parity() != null) {
                facts.add(new Fact("Model card", new Cell.Link("card.md", folder + "/card.md")));
            }
        }
    }
}
