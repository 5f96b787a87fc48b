package io.catwalk.runner.report.sections;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.results.RunResults.Tuning.Candidate;
import io.catwalk.runner.results.RunResults.Tuning.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which candidate of a search is the best. */
record TuningSection(ReportModel model, Tuning tuning) {

    static Optional<Section> of(ReportModel model) {
        return Optional.ofNullable(model.results().tuning()).map(tuning -> new TuningSection(model, tuning).section());
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>(Figure.of(RunCharts.TUNING.of(model)));
        if (!tuning.candidates().isEmpty()) {
            blocks.add(TableColumn.table(
                    Medium.ALL,
                    "candidates",
                    "Candidates, the best first",
                    columns(),
                    tuning.candidates(),
                    "Mean " + Wording.criterion(tuning.selectBy()) + " over the folds of the training images"
                            + (tuning.selectBy() == Criterion.LOSS ? ", in nats: lower is better." : ", in percent.")));
        }
        blocks.add(Sentences.of(
                Medium.WRITTEN,
                Tone.NOTE,
                "The search is " + strategy() + ", and its best candidate is trained in full.",
                "The score of the best is optimistically biased, since it was selected as the best of all."));
        return new Section("tuning", "Tuning", title(), blocks, "results.json, keys tuning.candidates and tuning.best");
    }

    private String strategy() {
        return switch (tuning.strategy()) {
            case GRID -> "grid search";
            case RANDOM -> "random search";
            case HALVING -> "successive halving";
        };
    }

    private String title() {
        String all =
                Wording.count(tuning.candidates().size(), "candidate", "candidates") + " of " + tuning.classifier();
        Candidate best = tuning.candidates().stream()
                .filter(this::isBest)
                .filter(one -> !one.scores().isEmpty())
                .findFirst()
                .orElse(null);
        if (best == null) {
            return all + (tuning.candidates().size() == 1 ? " was" : " were") + " tried, and the best is not known yet";
        }
        return "Of " + all + ", number " + best.number() + " is the best, with a mean "
                + Wording.criterion(tuning.selectBy()) + " of "
                + unit().text(best.scores().get(best.scores().size() - 1).mean())
                + (tuning.selectBy() == Criterion.LOSS ? " nats" : " %");
    }

    private boolean isBest(Candidate one) {
        return tuning.best() != null && tuning.best() == one.number();
    }

    private Unit unit() {
        return tuning.selectBy() == Criterion.LOSS ? Unit.NATS : Unit.PERCENT;
    }

    private List<TableColumn<Candidate>> columns() {
        List<TableColumn<Candidate>> columns = new ArrayList<>();
        columns.add(TableColumn.text(
                Medium.ALL,
                "Candidate",
                one -> new Cell.Name(Integer.toString(one.number()), null, "", isBest(one) ? "best" : "")));
        tuning.candidates().stream()
                .flatMap(one -> one.choices().keySet().stream())
                .distinct()
                .forEach(name -> columns.add(TableColumn.text(
                        Medium.ALL,
                        name,
                        one -> Cell.of(String.valueOf(one.choices().getOrDefault(name, Numbers.NONE))))));
        tuning.candidates().stream()
                .flatMap(one -> one.scores().stream().map(Score::epochs))
                .distinct()
                .sorted()
                .forEach(epochs -> columns.add(TableColumn.number(
                        Medium.ALL, Wording.count(epochs, "epoch", "epochs"), one -> score(one, epochs))));
        return columns;
    }

    private Cell score(Candidate one, int epochs) {
        Score score = one.scores().stream()
                .filter(each -> each.epochs() == epochs)
                .findFirst()
                .orElse(null);
        Cell.Quantity mean = Cell.of(score == null ? null : score.mean(), unit());
        return score == null || score.standardDeviation() == null
                ? mean
                : mean.with("± " + unit().text(score.standardDeviation()));
    }
}
