package io.catwalk.runner.report.slides;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.drawing.ArchitectureDrawing;
import io.catwalk.runner.report.graphics.Theme;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.Timing;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells what the classifiers are, and how they were trained and judged. */
final class Setup {

    private static final int ROWS = 12;
    private static final int DRAWINGS = 3;

    private static final Map<Class<? extends Augmentation>, String> CHANGED = Map.of(
            Augmentation.HorizontalFlip.class, "mirrored",
            Augmentation.Shift.class, "moved",
            Augmentation.Rotate.class, "turned",
            Augmentation.Crop.class, "enlarged",
            Augmentation.Light.class, "lit otherwise",
            Augmentation.Erase.class, "cut out",
            Augmentation.Mixup.class, "mixed",
            Augmentation.CutMix.class, "mixed");

    private Setup() {}

    static void tell(Story story, Deck deck) {
        if (story.entrants().isEmpty()) {
            return;
        }
        architectures(story, deck);
        drawings(story, deck);
        training(story, deck);
        judging(story, deck);
    }

    private static void architectures(Story story, Deck deck) {
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Entrant entrant : story.entrants()) {
            Efficiency costs = entrant.efficiency();
            rows.add(List.of(
                    Table.Cell.bold(entrant.name()),
                    Table.Cell.of(settings(entrant.request().hyperparameters())),
                    Table.Cell.of(Words.count(costs == null ? null : costs.parameters())),
                    Table.Cell.of(millions(costs == null ? null : costs.multiplyAccumulates())),
                    Table.Cell.of(Costs.kibibytes(costs == null ? null : costs.onnxBytes()))));
        }
        Table table = Table.of(
                List.of(
                        Table.Column.text("Classifier", 1.5),
                        Table.Column.text("Settings", 2.6),
                        Table.Column.number("Trained values", 1.1),
                        Table.Column.number("Multiply-adds, M", 1.2),
                        Table.Column.number("ONNX file, KiB", 1.1)),
                rows);
        LongSummaryStatistics sizes = story.entrants().stream()
                .map(Entrant::efficiency)
                .filter(Objects::nonNull)
                .collect(Collectors.summarizingLong(Efficiency::parameters));
        String title = sizes.getCount() == 0
                ? "The architectures, of which none was trained"
                : sizes.getCount() == 1
                        ? "One architecture with " + Words.count(sizes.getMax()) + " trained values"
                        : "The networks have from " + Words.count(sizes.getMin()) + " to " + Words.count(sizes.getMax())
                                + " trained values";
        String alternative = "Table of the classifiers with their settings and sizes.";
        for (Page page : deck.pages("The architectures", title, table, ROWS, alternative)) {
            page.notes(
                    "Multiply-adds are multiplications with an addition for one image, counted on the ONNX graph, in"
                            + " millions.",
                    "Source: results.json, keys trials[].hyperparameters, efficiency.parameters,"
                            + " efficiency.multiply_accumulates, efficiency.onnx_bytes.");
        }
    }

    private static void drawings(Story story, Deck deck) {
        List<ArchitectureDrawing> drawings = new ArrayList<>();
        long exported = 0;
        for (Entrant entrant : story.entrants()) {
            Path onnx = entrant.done().stream()
                    .map(RunReport.Model::onnx)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
            exported += onnx == null ? 0 : 1;
            if (onnx != null && drawings.size() < Story.MOST_IN_BARS) {
                try {
                    drawings.add(ArchitectureDrawing.of(Words.brief(entrant.name(), 40), onnx));
                } catch (IOException | IllegalArgumentException e) {
                    exported--; // a file that was changed since is no drawing, and no reason to have no slides
                }
            }
        }
        for (int first = 0; first < drawings.size(); first += DRAWINGS) {
            List<ArchitectureDrawing> some = drawings.subList(first, Math.min(first + DRAWINGS, drawings.size()));
            Page page = deck.page(
                    "The architectures",
                    "From the image to the classes: "
                            + Words.list(
                                    some.stream()
                                            .map(ArchitectureDrawing::title)
                                            .toList(),
                                    DRAWINGS));
            for (int i = 0; i < some.size(); i++) {
                byte[] png = some.get(i).png(Theme.LIGHT, 2);
                page.picture(
                        Area.BODY.column(i, DRAWINGS, 24),
                        png,
                        // Bytes 16 to 23 of a PNG are its width and its height.
                        (double) ByteBuffer.wrap(png).getInt(16)
                                / ByteBuffer.wrap(png).getInt(20),
                        "Drawing of the architecture " + some.get(i).title() + ", from the input on: "
                                + some.get(i).graph().layers().stream()
                                        .map(layer -> layer.name() + " (" + layer.outputShape() + ")")
                                        .collect(Collectors.joining(", "))
                                + ".");
            }
            page.notes(
                    "Drawn from the exported files, so that they show what is shipped."
                            + (drawings.size() < exported
                                    ? " Shown are the first " + drawings.size() + " of " + exported + "."
                                    : ""),
                    "Source: trials/*/*/*.onnx, the graph.");
        }
    }

    static String settings(Map<String, Object> settings) {
        return settings.isEmpty()
                ? Words.NONE
                : settings.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String millions(@Nullable Long value) {
        return Words.fixed(value == null ? null : value / 1e6, 2);
    }

    private static void training(Story story, Deck deck) {
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Entrant entrant : story.entrants()) {
            Recipe recipe = entrant.request().recipe();
            rows.add(List.of(
                    Table.Cell.bold(entrant.name()),
                    Table.Cell.of(recipe.optimizer() instanceof Optimizer.AdamW ? "AdamW" : "SGD"),
                    Table.Cell.of(plain(recipe.optimizer().learningRate())),
                    Table.Cell.of(plain(recipe.optimizer().weightDecay())),
                    Table.Cell.of(schedule(recipe.schedule())),
                    Table.Cell.of(Words.count(recipe.batchSize())),
                    Table.Cell.of(epochs(entrant)),
                    Table.Cell.of(augmentations(recipe)),
                    Table.Cell.of(Words.seconds(
                            entrant.efficiency() == null
                                    ? null
                                    : entrant.efficiency().trainingSeconds()))));
        }
        Table table = Table.of(
                        List.of(
                                Table.Column.text("Classifier", 1.45),
                                Table.Column.text("Optimizer", 0.9),
                                Table.Column.number("Peak rate", 0.85),
                                Table.Column.number("Decay", 0.65),
                                Table.Column.text("Schedule", 0.9),
                                Table.Column.number("Batch", 0.6),
                                Table.Column.number("Epochs (best)", 1.1),
                                Table.Column.text("Training images are", 1.95),
                                Table.Column.number("Took", 1.05)),
                        rows)
                .withSize(11, 24);
        List<Recipe> recipes = story.entrants().stream()
                .map(one -> one.request().recipe())
                .distinct()
                .toList();
        int least = recipes.stream().mapToInt(Recipe::epochs).min().orElse(0);
        int most = recipes.stream().mapToInt(Recipe::epochs).max().orElse(0);
        String length = least == most ? Words.count(most, "epoch", "epochs") : least + " to " + most + " epochs";
        String title = story.entrants().size() == 1
                ? "It was trained for " + length + " at most"
                : recipes.size() == 1
                        ? "All were trained by the same recipe, for " + length + " at most"
                        : "Each was trained by a recipe of its own, for " + length + " at most";
        String alternative = "Table of the recipes by which the classifiers were trained.";
        for (Page page : deck.pages("Training", title, table, ROWS, alternative)) {
            page.notes(
                    "The rate is the highest learning rate, the decay that of the weights. In brackets: the epoch whose"
                            + " weights were kept, of the first trial. The time is that of the first trial's steps.",
                    "Source: results.json, keys trials[].recipe, trials[].timing.best_epoch,"
                            + " trials[].efficiency.training_seconds.");
        }
    }

    private static String plain(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    private static String schedule(Schedule schedule) {
        return schedule instanceof Schedule.OneCycle
                ? "one cycle"
                : schedule instanceof Schedule.Cosine ? "cosine" : "constant";
    }

    private static String epochs(Entrant entrant) {
        Timing timing = entrant.done().isEmpty()
                ? null
                : entrant.done().get(0).trained().timing();
        int asked = entrant.request().recipe().epochs();
        return timing == null ? asked + "" : timing.epochs() + " (" + timing.bestEpoch() + ")";
    }

    private static String augmentations(Recipe recipe) {
        List<String> words = new ArrayList<>();
        for (Augmentation one : recipe.augmentations()) {
            words.add(CHANGED.get(one.getClass()));
        }
        return words.isEmpty() ? "left as they are" : String.join(", ", words);
    }

    private static void judging(Story story, Deck deck) {
        SplitSpec split = story.report().spec().split();
        List<String> lines = new ArrayList<>();
        if (story.folded()) {
            lines.add(
                    "The training images are dealt into " + split.folds() + " folds"
                            + (split.repeats() > 1 ? ", " + split.repeats() + " times anew" : "")
                            + "; each fold judges networks that never saw it. The test images of the data set are not looked at.");
        } else {
            lines.add("The " + Words.count(story.dataset().test(), "test image judges", "test images judge")
                    + " each network once, after its training.");
        }
        lines.add(Words.fixed(100 * split.holdOut(), 0) + " % of the images to train on are kept back"
                + " to choose the epoch whose weights are kept; they neither train nor judge.");
        int seeds = story.results().experiment().seeds().size();
        lines.add(
                seeds == 1
                        ? "One seed each: how much another seed would change is not known from this run."
                        : seeds + " seeds each: the numbers are means over them.");
        lines.add("All numbers of a network are of the same weights, in evaluation mode and without augmentation.");
        lines.add("Latency is the median time for one image, after warm-up, on "
                + Words.count(story.results().experiment().threads(), "thread", "threads")
                + " of the machine that the last slide names.");
        Page page = deck.page(
                "Judging",
                story.folded()
                        ? "Folds judge: no network is judged by an image that it was trained on"
                        : "One rule for all: what trains, what chooses and what judges are kept apart");
        page.text(Area.BODY, Style.BULLETS, lines);
        page.notes(
                "How the numbers on the following slides came about.",
                "Source: experiment.yaml, keys split.folds, split.repeats, split.hold_out; results.json, keys"
                        + " experiment.seeds, experiment.threads, dataset.test.");
    }
}
