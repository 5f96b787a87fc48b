package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Group;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import java.util.List;
import java.util.Optional;

/** Every number of every trial. */
record TrialsSection(List<Model> trials) {

    static Optional<Section> of(ReportModel model) {
        return model.done().isEmpty() ? Optional.empty() : Optional.of(new TrialsSection(model.done()).section());
    }

    private Section section() {
        boolean fits = trials.size() <= TrialTable.ROWS;
        Block block = fits
                ? new Group(
                        Medium.DETAIL,
                        "every-trial",
                        Cell.of("Every number of every trial"),
                        "",
                        false,
                        List.of(TrialTable.of(Medium.DETAIL, "trials-table", "Trials with a trained network", trials)))
                : Sentences.of(
                        Medium.DETAIL,
                        Tone.TEXT,
                        "A table of " + Numbers.count(trials.size()) + " rows is too long for a page.",
                        "The file results.csv has a row for each trial.");
        return new Section(
                "trials",
                "Trials",
                Wording.count(trials.size(), "trial has", "trials have") + " a trained network",
                List.of(block),
                "results.json, keys trials[].metrics, trials[].timing and trials[].efficiency; results.csv");
    }
}
