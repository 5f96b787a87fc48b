package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.report.Table.TableBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Selects the classes that are shown in a table without room for all: those with the lowest recall, and some with the
 * highest.
 *
 * @param first all classes, in their order; if there are too many, those with the lowest recall, the worst first
 * @param best those with the highest recall, the best last; none if all are shown
 * @param leftOut number of classes between them
 */
public record ShownClasses(List<ClassScores> first, List<ClassScores> best, int leftOut) {

    /** The largest number of classes that a table or a chart shows completely. */
    public static final int ALL = 30;

    private static final int WORST = 20;
    private static final int BEST = 5;

    /** Selects the classes. Those without images have no recall, and are left out if there are many. */
    public static ShownClasses of(Evaluation evaluation) {
        List<ClassScores> all = evaluation.classes();
        if (all.size() <= ALL) {
            return new ShownClasses(all, List.of(), 0);
        }
        List<ClassScores> ranked = byRecall(evaluation).stream().map(all::get).toList();
        int worst = Math.min(WORST, ranked.size());
        int best = Math.min(BEST, ranked.size() - worst);
        return new ShownClasses(
                ranked.subList(0, worst),
                ranked.subList(ranked.size() - best, ranked.size()),
                all.size() - worst - best);
    }

    /** Returns the numbers of the classes with images, the one with the lowest recall first. */
    static List<Integer> byRecall(Evaluation evaluation) {
        List<ClassScores> all = evaluation.classes();
        return IntStream.range(0, all.size())
                .boxed()
                .filter(label -> all.get(label).support() > 0)
                .sorted(Comparator.comparingDouble(label -> all.get(label).recall()))
                .toList();
    }

    /** Returns the classes that are shown, in their order. */
    public List<ClassScores> all() {
        return Stream.concat(first.stream(), best.stream()).toList();
    }

    /** Says which classes are shown, in a sentence; empty if all are. */
    public String sentence() {
        if (leftOut == 0) {
            return "";
        }
        if (best.isEmpty()) {
            return (first.size() == 1
                            ? "The only class with images; "
                            : "The " + first.size() + " classes with images, the one with the lowest recall first; ")
                    + leftOut + " have none and are left out.";
        }
        return "The " + first.size() + " classes with the lowest recall, and the "
                + (best.size() == 1 ? "one" : best.size()) + " with the highest; " + leftOut + " are left out.";
    }

    /** Begins a table with a row for each class. What is not defined has a dash, and says why. */
    public static TableBuilder<ClassScores> table(Set<Medium> media, List<ClassScores> classes) {
        return new TableBuilder<>(media, classes)
                .words("Class", one -> one.name())
                .bar("Precision %", ShownClasses::precision)
                .bar("Recall %", one -> one.support() > 0 ? Cell.of(one.recall(), Unit.PERCENT) : none("no image"))
                .bar(
                        "F1 %",
                        one -> one.support() + one.predictions() > 0
                                ? Cell.of(one.f1(), Unit.PERCENT)
                                : none("no image"))
                .number("Images", Unit.COUNT, ClassScores::support);
    }

    public static Cell precision(ClassScores one) {
        return one.predictions() > 0 ? Cell.of(one.precision(), Unit.PERCENT) : none("never predicted");
    }

    private static Cell none(String why) {
        return new Cell.Mark(Numbers.NONE, why, null);
    }
}
