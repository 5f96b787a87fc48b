package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Table.TableBuilder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which classes are recognized and which are confused, by as many of the best classifiers as fit beside each other. */
record ClassesSection(ReportModel model, List<ClassifierReport> shown) {

    private static final int MOST = 6;

    /** With fewer images, the recall of a class is known to no better than some 25 points to each side. */
    private static final int FEWEST = Evaluation.FEWEST_IMAGES;

    static Optional<Section> of(ReportModel model) {
        List<ClassifierReport> shown = model.evaluated().stream().limit(MOST).toList();
        return shown.isEmpty() ? Optional.empty() : Optional.of(new ClassesSection(model, shown).section());
    }

    private Section section() {
        Chart confusion = new ClassifierCharts(model, shown.get(0), "best").confusion(best());
        return new Section(
                "classes",
                "Classes",
                title(),
                List.of(new Figure(Medium.ONLY_SLIDES, confusion), table()),
                "trials/*/*/predictions.csv, columns label and logit_0 and following");
    }

    /** Returns the evaluation of the best, which is the one that all media show. */
    private Evaluation best() {
        return shown.get(0).requireEvaluation();
    }

    private String title() {
        String name = shown.get(0).name();
        List<ClassScores> large = best().classes().stream()
                .filter(scores -> scores.support() >= FEWEST)
                .toList();
        if (best().confusion().mistakes().isEmpty()) {
            return name + " recognizes every image";
        }
        if (large.isEmpty()) {
            return "No class has " + FEWEST + " test images, so the recall of a single class is hardly known";
        }
        List<ClassScores> hardest = best().hardest();
        double lowest = hardest.get(0).recall();
        if (hardest.size() == large.size() && large.size() > 1) {
            return name + " recognizes all classes with " + FEWEST + " or more test images equally well: "
                    + Numbers.percent(lowest) + " %";
        }
        return "The lowest recall of " + name
                + ofLarge(best(), " for a class") + " is "
                + Numbers.percent(lowest) + " %, for "
                + Wording.names(hardest.stream().map(ClassScores::name).toList())
                + counted(hardest)
                + mostOften();
    }

    /** Says that smaller classes were not asked; empty if there are none. */
    static String ofLarge(Evaluation evaluation, String classes) {
        boolean small = evaluation.classes().stream().anyMatch(one -> one.support() > 0 && one.support() < FEWEST);
        return small ? classes + " with " + FEWEST + " or more test images" : "";
    }

    /** Says of how many images a recall is, which is the same for all of some classes; nothing if these differ. */
    private static String counted(List<ClassScores> classes) {
        Accuracy recall = classes.get(0).recognized();
        String of = " (" + Numbers.count(recall.right()) + " of " + Numbers.count(recall.images()) + " images";
        if (classes.size() == 1) {
            return of + ", 95 % interval " + Cell.of(recall).text() + ")";
        }
        return classes.stream().allMatch(scores -> scores.support() == recall.images()) ? of + " each)" : "";
    }

    /** Says which two classes are confused most; nothing if several pairs tie, or a class has too few images. */
    private String mostOften() {
        ConfusionMatrix matrix = best().confusion();
        List<ConfusionMatrix.Cell> most = matrix.mostFrequentMistakes();
        ConfusionMatrix.Cell first = most.get(0);
        List<String> classes = model.dataset().classes();
        boolean mutual = most.size() == 2
                && most.get(1).truth() == first.predicted()
                && most.get(1).predicted() == first.truth();
        if ((most.size() > 1 && !mutual)
                || matrix.support(first.truth()) < FEWEST
                || matrix.support(first.predicted()) < FEWEST) {
            return "";
        }
        return mutual
                ? "; most often, " + classes.get(first.truth()) + " and " + classes.get(first.predicted())
                        + " are classified as each other (" + first.images() + " images each)"
                : "; most often, " + classes.get(first.truth()) + " is classified as " + classes.get(first.predicted())
                        + " (" + Wording.count(first.images(), "image") + ")";
    }

    private Table table() {
        List<Integer> labels = ShownClasses.byRecall(best());
        Set<Medium> media = labels.size() <= ShownClasses.ALL ? Medium.WRITTEN : Medium.SEEN;
        ClassifierReport best = shown.get(0);
        boolean alone = shown.size() == 1;
        Function<Integer, Cell> images = label -> Cell.of(best().confusion().support(label), Unit.COUNT);
        TableBuilder<Integer> table = new TableBuilder<>(media, labels)
                .in(Medium.WRITTEN)
                .keyed(label -> label + ".any")
                .words("Class", label -> model.dataset().classes().get(label));
        if (model.dataset().unbalanced()) {
            table.bar("Images", images);
        } else {
            table.number("Images", images);
        }
        for (ClassifierReport one : shown) {
            table.in(one.equals(best) ? Medium.WRITTEN : Medium.TEXT)
                    .number(
                            alone ? "Recall %" : one.name() + " %",
                            label -> recall(one.requireEvaluation().classes().get(label), one.equals(best)));
        }
        return table.in(Medium.TEXT)
                .number(
                        alone ? "Precision %" : "Precision of " + best.name() + " %",
                        label -> ShownClasses.precision(best().classes().get(label)))
                .in(Medium.WRITTEN)
                .words(
                        alone ? "Most often classified as" : "Most often classified by " + best.name() + " as",
                        label -> mistake(label))
                .table("recalls", "Recall of each class, the lowest first", note(labels.size()));
    }

    private static Cell recall(ClassScores scores, boolean detailed) {
        Cell.Quantity share = Cell.of(scores.recall(), Unit.PERCENT);
        return detailed ? share.with(Cell.of(scores.recognized()).text()) : share;
    }

    /** Says as what the images of a class are classified most often by mistake, and how many; a dash for nothing. */
    private String mistake(int label) {
        List<ConfusionMatrix.Cell> own = best().confusion().cells().stream()
                .filter(cell -> cell.truth() == label && cell.predicted() != label)
                .toList();
        int most = own.stream().mapToInt(ConfusionMatrix.Cell::images).max().orElse(0);
        List<String> names = own.stream()
                .filter(cell -> cell.images() == most)
                .map(cell -> model.dataset().classes().get(cell.predicted()))
                .toList();
        return switch (names.size()) {
            case 0 -> Numbers.NONE;
            case 1 -> names.get(0) + " (" + Numbers.count(most) + ")";
            case 2 -> Wording.joined(names) + " (" + Numbers.count(most) + " each)";
            default -> names.size() + " classes (" + Numbers.count(most) + " each)";
        };
    }

    private String note(int classes) {
        int evaluated = model.evaluated().size();
        List<String> selections =
                shown.stream().map(ClassifierReport::selection).distinct().toList();
        int absent = model.dataset().classes().size() - classes;
        return (selections.size() == 1 ? selections.get(0) : "")
                + "Recall is the share of the images of a class that are recognized."
                + (evaluated > shown.size()
                        ? " These are the best " + shown.size() + " of " + evaluated + " classifiers."
                        : "")
                + (absent == 0 ? "" : " " + Wording.count(absent, "class has", "classes have") + " no image here.");
    }
}
