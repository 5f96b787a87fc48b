package io.catwalk.runner.report.page;

import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.Measure;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.drawing.ArchitectureDrawing;
import io.catwalk.runner.report.drawing.Theme;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the template asks about a run.
 *
 * @param report what is shown
 * @param groups its contestants, the best first
 * @param classes how many images of each class are found
 * @param json the numbers behind the charts
 * @param demo address of the page on which the networks are tried; null if there is none
 */
record Page(
        RunReport report,
        List<Group> groups,
        ClassTable classes,
        String json,
        @Nullable String demo) {

    private static final int MOST_ROWS = 1_000;

    /** More rows and columns than these nobody can read. */
    private static final int LARGEST_MATRIX = 16;

    static Page of(RunReport report, @Nullable String demo) {
        List<Group> groups = Group.of(report);
        PageData data = PageData.of(report, groups);
        return new Page(report, groups, ClassTable.of(data), data.json(), demo);
    }

    Results results() {
        return report.results();
    }

    @Nullable
    Comparison comparison() {
        return results().comparison();
    }

    boolean folds() {
        return results().experiment().folds() > 0;
    }

    /** Says whether some contestant was trained more than once. */
    boolean several() {
        return groups.stream().anyMatch(group -> group.done().size() > 1);
    }

    List<Group> trained() {
        return groups.stream().filter(group -> group.standing() != null).toList();
    }

    List<Model> done() {
        return groups.stream().flatMap(group -> group.done().stream()).toList();
    }

    /** Says whether there is room for a table of so many trials: a browser lays out a thousand rows at once, not ten. */
    static boolean fits(List<Model> trials) {
        return trials.size() <= MOST_ROWS;
    }

    List<Model> failed() {
        return groups.stream().flatMap(group -> group.failed().stream()).toList();
    }

    boolean judged() {
        return report.models().stream().anyMatch(model -> model.answers().there());
    }

    /** Tells whether the classes come before all else, since accuracy says little of the small ones. */
    boolean leadsWithClasses() {
        return results().dataset().unbalanced() && !classes.rows().isEmpty();
    }

    /** Tells whether the classes have a section of their own further below: where there are few, each classifier has them. */
    boolean manyClasses() {
        return !leadsWithClasses() && classes.rows().size() > ShownClasses.ALL;
    }

    /** Names a measure with its unit, for a column or an axis. */
    static String axis(Measure measure) {
        String title = measure.title();
        return title.substring(0, 1).toUpperCase(Locale.ROOT)
                + title.substring(1)
                + (measure.unit().equals("%") ? " %" : ", " + measure.unit());
    }

    static String score(Measure measure, @Nullable Double score) {
        return score == null || !Double.isFinite(score) ? Numbers.NONE : measure.text(score);
    }

    /** Answers which one, in a sentence. */
    String headline() {
        Comparison comparison = comparison();
        if (comparison != null) {
            return isolated(comparison.headline());
        }
        List<Group> trained = trained();
        if (trained.isEmpty()) {
            return "No classifier has a trained network, so there is nothing to choose from.";
        }
        Group best = trained.get(0);
        Standing standing = Objects.requireNonNull(best.standing());
        String score = isolated(best.name()) + (trained.size() > 1 ? " is ahead" : " is right") + " with "
                + Numbers.percent(standing.accuracy()) + " % accuracy"
                + (results().dataset().unbalanced()
                        ? " and " + Numbers.percent(standing.balancedAccuracy()) + " % balanced accuracy"
                        : "");
        return trained.size() > 1
                ? score + ", but nothing says yet how sure that is."
                : score + "; there is no other to compare it with.";
    }

    /** Keeps the direction of a name, which may be of any script, from turning the sentence that it stands in. */
    String isolated(String sentence) {
        String result = sentence;
        for (Group group : groups) {
            if (!group.name().matches("\\p{ASCII}*")) {
                result = result.replace(group.name(), "\u2068" + group.name() + "\u2069");
            }
        }
        return result;
    }

    /** Says what the answer leaves open, in a sentence. */
    String limits() {
        Comparison comparison = comparison();
        if (comparison != null) {
            return comparison.limits();
        }
        if (trained().size() < 2) {
            return "";
        }
        return results().experiment().finished() < results().experiment().planned()
                ? "The comparison is made when the last trial has finished; this run has not come that far."
                : "This run was written without a comparison.";
    }

    /** Says what judged the trials. */
    String judges() {
        Results.Summary experiment = results().experiment();
        if (experiment.folds() == 0) {
            return Numbers.count(results().dataset().test()) + " test images";
        }
        if (results().tuning() != null) {
            return experiment.folds() + " folds, and the best of the search by the test images";
        }
        return experiment.folds() + " folds"
                + (experiment.repeats() > 1 ? ", dealt " + experiment.repeats() + " times" : "");
    }

    /** Returns the scale that all accuracies of the table are drawn on. */
    Scale scale() {
        return Scale.of(trained().stream()
                .map(group -> Objects.requireNonNull(group.standing()))
                .flatMap(standing -> Stream.of(standing.accuracy(), standing.accuracyLow(), standing.accuracyHigh()))
                .toList());
    }

    /** Returns those whose verdicts are shown as a matrix. */
    List<Standing> compared() {
        Comparison comparison = comparison();
        return comparison == null
                ? List.of()
                : comparison.standings().stream().limit(LARGEST_MATRIX).toList();
    }

    /** Returns how the first stands to the second; null if nobody said. */
    @Nullable
    Verdict verdict(String first, String second) {
        for (Verdict verdict : Objects.requireNonNull(comparison()).verdicts()) {
            if (verdict.first().equals(first) && verdict.second().equals(second)) {
                return verdict;
            }
            if (verdict.first().equals(second) && verdict.second().equals(first)) {
                return turned(verdict);
            }
        }
        return null;
    }

    private static Verdict turned(Verdict verdict) {
        Outcome outcome = switch (verdict.outcome()) {
            case BETTER -> Outcome.WORSE;
            case WORSE -> Outcome.BETTER;
            default -> verdict.outcome();
        };
        Double low = verdict.low();
        Double high = verdict.high();
        return new Verdict(
                /* first= */ verdict.second(),
                /* second= */ verdict.first(),
                -verdict.difference(),
                high == null ? null : (Double) (-high),
                low == null ? null : (Double) (-low),
                verdict.p(),
                /* worse= */ verdict.better(),
                verdict.equivalent(),
                /* better= */ verdict.worse(),
                outcome,
                verdict.sentence());
    }

    static String symbol(Outcome outcome) {
        return switch (outcome) {
            case BETTER -> "\u25b2";
            case WORSE -> "\u25bc";
            case EQUIVALENT -> "=";
            case UNDECIDED -> "?";
        };
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Returns the color of a contestant, by its name. */
    String color(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .map(Group::color)
                .findFirst()
                .orElse("currentColor");
    }

    /** Draws the network of a contestant from its ONNX file; null without one that can be read. */
    static @Nullable String drawing(Group group) {
        Path onnx = group.onnx();
        try {
            return onnx == null
                    ? null
                    : ArchitectureDrawing.of(group.name(), onnx).svg(Theme.PAGE);
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    static List<String> recipe(TrialSpec trial) {
        return RecipeWords.of(trial);
    }

    /** Returns how overfitting was judged, as a sentence. */
    static String rule(Overfitting overfitting) {
        String rule = overfitting.explanation();
        return rule.substring(0, 1).toUpperCase(Locale.ROOT) + rule.substring(1) + ".";
    }

    /** Returns where the first network came from, which says where all did: null if none says so. */
    @Nullable
    Provenance provenance() {
        return done().stream()
                .map(model -> model.trained().provenance())
                .findFirst()
                .orElse(null);
    }

    /** Maps accuracies to places between 0 and 100. */
    record Scale(double low, double high) {

        static Scale of(List<Double> values) {
            double low = values.stream()
                    .mapToDouble(value -> value)
                    .filter(Double::isFinite)
                    .min()
                    .orElse(0);
            double high = values.stream()
                    .mapToDouble(value -> value)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(1);
            double margin = Math.max(0.001, 0.06 * (high - low));
            return new Scale(low - margin, high + margin);
        }

        String at(double value) {
            double place = Double.isFinite(value) ? 100 * (value - low) / (high - low) : 0;
            return String.format(Locale.ROOT, "%.1f", place);
        }
    }
}
