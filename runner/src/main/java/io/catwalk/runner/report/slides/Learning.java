package io.catwalk.runner.report.slides;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialMetrics;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells how the networks learned, and how much of it holds for images that they have not seen. */
final class Learning {

    private static final int CURVES_ON_A_PAGE = 6;
    private static final int ROWS = 11;

    private Learning() {}

    /** Pairs a classifier with its first trial that has a history. */
    private record Course(Entrant entrant, List<Epoch> history) {}

    static void tell(Story story, Deck deck) {
        if (story.ranked().isEmpty()) {
            return;
        }
        List<Course> courses = new ArrayList<>();
        for (Entrant entrant : story.ranked()) {
            entrant.done().stream()
                    .filter(model -> !model.history().isEmpty())
                    .findFirst()
                    .map(Model::history)
                    .ifPresent(history -> courses.add(new Course(entrant, history)));
        }
        if (courses.isEmpty()) {
            Page page = deck.page("Learning", "How the networks learned is not known: there is no history");
            page.text(Area.BODY, Style.BODY, "The run folder has no history.csv, so there are no learning curves.");
            page.notes("Source: trials/*/*/history.csv, of which there is none.");
        } else {
            List<Course> shown = Story.first(courses, Story.MOST_IN_LINES);
            together(story, shown, courses.size(), deck);
            single(story, shown, courses.size(), deck);
        }
        overfitting(story, deck);
    }

    private static void together(Story story, List<Course> shown, int all, Deck deck) {
        int epochs = shown.stream().mapToInt(one -> one.history().size()).max().orElse(0);
        List<Chart.Series> lines = shown.stream()
                .map(one -> Chart.Series.of(
                        one.entrant().name(),
                        values(one, epochs, epoch -> 100 * epoch.validationAccuracy()),
                        story.color(one.entrant())))
                .toList();
        List<Double> values = finite(lines);
        if (values.isEmpty()) {
            return;
        }
        double last = values.stream().mapToDouble(Double::doubleValue).max().orElse(100);
        Page page = deck.page("Learning", bestEpochs(shown));
        page.text(Area.BODY.top(20), Style.HEADING, "Accuracy on the validation images after each epoch, %");
        page.chart(
                Area.BODY.below(22).top(316),
                new LineChart(
                        steps(epochs, epochs),
                        "epoch",
                        lines,
                        Chart.Axis.around("validation accuracy, %", values, "0").within(0, 100)),
                "Line chart of the validation accuracy after each of up to " + epochs + " epochs, of "
                        + Words.list(
                                shown.stream().map(one -> one.entrant().name()).toList(), 8)
                        + ". The highest is " + Words.fixed(last, 2) + " %.");
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "The axis does not begin at 0. Of several trials of a classifier, the first."
                        + Story.shown(shown.size(), all, "classifiers"));
        page.notes(
                "The weights of the epoch with the highest validation accuracy are kept.",
                "Source: trials/*/*/history.csv, columns epoch and validation accuracy.");
    }

    private static String bestEpochs(List<Course> shown) {
        List<Integer> best = shown.stream()
                .map(one -> one.entrant().done().get(0).trained().timing())
                .filter(Objects::nonNull)
                .map(timing -> timing.bestEpoch())
                .sorted()
                .toList();
        if (best.isEmpty()) {
            return "Validation accuracy chose the epoch";
        }
        int first = best.get(0);
        int last = best.get(best.size() - 1);
        return shown.size() == 1
                ? "Validation accuracy was highest after epoch " + first + ": its weights were kept"
                : first == last
                        ? "Validation accuracy was highest after epoch " + first + " for all"
                        : "Validation accuracy was highest after epoch " + first + " for the earliest, after epoch "
                                + last + " for the latest";
    }

    private static void single(Story story, List<Course> shown, int all, Deck deck) {
        int pages = (shown.size() + CURVES_ON_A_PAGE - 1) / CURVES_ON_A_PAGE;
        List<Double> losses = shown.stream()
                .flatMap(one -> one.history().stream())
                .flatMap(epoch -> Stream.of(epoch.trainLoss(), epoch.validationLoss()))
                .filter(Double::isFinite)
                .toList();
        if (losses.isEmpty()) {
            return;
        }
        Chart.Axis axis = Chart.Axis.around("", losses, "0.0").within(0, Double.MAX_VALUE);
        for (int p = 0; p < pages; p++) {
            List<Course> some = shown.subList(p * shown.size() / pages, (p + 1) * shown.size() / pages);
            int columns = some.size() <= 2 ? some.size() : some.size() == 4 ? 2 : 3;
            int rows = (some.size() + columns - 1) / columns;
            Page page =
                    deck.page("Learning", "Where the two losses part, a network learns its training images by heart");
            for (int i = 0; i < some.size(); i++) {
                Course one = some.get(i);
                Area area = Area.BODY.top(340).column(i % columns, columns, 20).row(i / columns, rows, 10);
                int epochs = one.history().size();
                page.text(
                        area.top(16), Style.HEADING.withSize(12), one.entrant().name());
                Epoch end = one.history().get(epochs - 1);
                page.chart(
                        area.below(17),
                        new LineChart(
                                steps(epochs, 8),
                                "",
                                List.of(
                                        Chart.Series.of(
                                                "training", values(one, epochs, Epoch::trainLoss), new Color(0x8A95A1)),
                                        Chart.Series.of(
                                                "validation",
                                                values(one, epochs, Epoch::validationLoss),
                                                story.color(one.entrant()))),
                                axis),
                        "Line chart of the training and validation loss of "
                                + Words.name(one.entrant().name()) + " over "
                                + epochs + " epochs; at the end " + Words.fixed(end.trainLoss(), 3) + " and "
                                + Words.fixed(end.validationLoss(), 3) + ".");
            }
            page.text(
                    Area.BODY.below(346),
                    Style.NOTE,
                    "Loss (mean cross entropy, nats) by epoch, on one scale. Gray: training images, which are augmented and"
                            + " therefore harder; colored: validation images."
                            + Story.shown(shown.size(), all, "classifiers"));
            page.notes("Source: trials/*/*/history.csv, columns of the training loss and the validation loss.");
        }
    }

    /** Names epochs, no more of them than there is room for. */
    private static List<String> steps(int epochs, int most) {
        int each = (epochs + most - 1) / most;
        return IntStream.rangeClosed(1, epochs)
                .mapToObj(epoch -> epoch == 1 || epoch % each == 0 ? Integer.toString(epoch) : "")
                .toList();
    }

    private static List<@Nullable Double> values(Course course, int epochs, ToDoubleFunction<Epoch> value) {
        List<@Nullable Double> values = new ArrayList<>();
        for (int i = 0; i < epochs; i++) {
            values.add(
                    i < course.history().size()
                            ? (Double) value.applyAsDouble(course.history().get(i))
                            : null);
        }
        return values;
    }

    private static List<Double> finite(List<Chart.Series> lines) {
        List<Double> finite = new ArrayList<>();
        lines.forEach(line -> line.values().stream().filter(Objects::nonNull).forEach(finite::add));
        return finite;
    }

    private static void overfitting(Story story, Deck deck) {
        Map<String, Long> verdicts = story.ranked().stream()
                .map(Learning::verdict)
                .collect(Collectors.groupingBy(verdict -> verdict, TreeMap::new, Collectors.counting()));
        List<String> counted = Stream.of("strong", "mild", "none", Words.NONE)
                .filter(verdicts::containsKey)
                .map(verdict -> Words.count(verdicts.get(verdict)) + " "
                        + switch (verdict) {
                            case "strong" -> "strong";
                            case "mild" -> "mild";
                            case "none" -> "within chance";
                            default -> "not known";
                        })
                .toList();
        String title = story.ranked().size() == 1
                ? "Overfitting of " + Words.name(story.ranked().get(0).name()) + ": "
                        + verdict(story.ranked().get(0))
                : "Overfitting of " + story.ranked().size() + " classifiers: " + String.join(", ", counted);
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Entrant entrant : story.ranked()) {
            String verdict = verdict(entrant);
            rows.add(List.of(
                    Table.Cell.bold(entrant.name()),
                    Table.Cell.of(Words.percent(
                            entrant.metric(metrics -> metrics.train().accuracy()))),
                    Table.Cell.of(Words.percent(
                            entrant.metric(metrics -> metrics.validation().accuracy()))),
                    Table.Cell.of(Words.percent(entrant.accuracy())),
                    Table.Cell.of(Words.points(gap(entrant, TrialMetrics::validation))),
                    Table.Cell.of(Words.points(gap(entrant, TrialMetrics::test))),
                    Table.Cell.on(
                            switch (verdict) {
                                case "strong" -> Differences.WORSE;
                                case "mild" -> new Color(0xFBEFD0);
                                case "none" -> Differences.BETTER;
                                default -> Look.PALE;
                            },
                            verdict)));
        }
        Table table = Table.of(
                List.of(
                        Table.Column.text("Classifier", 1.5),
                        Table.Column.number("Training, %", 1),
                        Table.Column.number("Validation, %", 1.25),
                        Table.Column.number("Judged, %", 1),
                        Table.Column.number("Gap to validation", 1.35),
                        Table.Column.number("Gap to judged", 1.2),
                        Table.Column.text("Overfitting", 1.15)),
                rows);
        String alternative = "Table of the accuracies on training, validation and judging images.";
        for (Page page : deck.pages("Overfitting", title, table, ROWS, alternative)) {
            page.text(
                    Area.BODY.below(322),
                    Style.NOTE,
                    "Same weights, evaluation mode, no augmentation; gaps: training less the other, in percentage points. None: training accuracy is"
                            + " within the 95 % interval of validation accuracy. Mild: above it. Strong: above it by more"
                            + " than 5 points. Of several trials: their means, and the verdict of the first.");
            page.notes(
                    "The rule for each classifier, with its numbers: " + rules(story),
                    "Source: results.json, keys trials[].metrics.train, validation and test: accuracy;"
                            + " trials[].overfitting.verdict and rule.");
        }
    }

    private static String rules(Story story) {
        return Story.first(story.ranked(), Story.MOST_IN_BARS).stream()
                .map(entrant -> Words.name(entrant.name()) + ": "
                        + entrant.done().get(0).trained().overfitting().explanation())
                .collect(Collectors.joining("; "));
    }

    static String verdict(Entrant entrant) {
        return entrant.done().get(0).trained().overfitting().verdict().toString();
    }

    private static @Nullable Double gap(Entrant entrant, Function<TrialMetrics, Metrics> part) {
        return entrant.metric(
                metrics -> metrics.train().accuracy() - part.apply(metrics).accuracy());
    }
}
