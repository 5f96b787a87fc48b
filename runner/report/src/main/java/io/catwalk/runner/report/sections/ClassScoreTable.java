package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Table.TableBuilder;
import io.catwalk.runner.report.document.Unit;
import java.util.List;
import java.util.Set;

/** Makes tables of the scores of classes. What is not defined has a dash, and says why. */
public final class ClassScoreTable {

    private ClassScoreTable() {}

    /** Begins a table with a row for each class. */
    public static TableBuilder<ClassScores> of(Set<Medium> media, List<ClassScores> classes) {
        return new TableBuilder<>(media, classes)
                .text("Class", one -> Cell.of(one.name()))
                .bar("Precision %", ClassScoreTable::precision)
                .bar("Recall %", one -> one.support() > 0 ? Cell.of(one.recall(), Unit.PERCENT) : none("no image"))
                .bar(
                        "F1 %",
                        one -> one.support() + one.predictions() > 0
                                ? Cell.of(one.f1(), Unit.PERCENT)
                                : none("no image"))
                .number("Images", Unit.COUNT, ClassScores::support);
    }

    static Cell precision(ClassScores one) {
        return one.predictions() > 0 ? Cell.of(one.precision(), Unit.PERCENT) : none("never predicted");
    }

    private static Cell none(String why) {
        return new Cell.Mark(Numbers.NONE, why, null);
    }
}
