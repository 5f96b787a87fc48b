package io.catwalk.runner.report.sections;

import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Section;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** All that is said about a run. A new section is one class, and one line here. */
public final class RunDocument {

    private static final List<Function<ReportModel, Optional<Section>>> SECTIONS = List.of(
            StandingsSection::of,
            ConfidenceSection::of,
            TuningSection::of,
            CostsSection::of,
            ClassesSection::of,
            GeneralizationSection::of,
            RobustnessSection::of,
            OnnxSection::of,
            DataSection::of,
            ArchitecturesSection::of,
            TrainingSection::of,
            ConclusionsSection::of,
            ImagesSection::of,
            DemoSection::of,
            ClassifiersSection::of,
            TrialsSection::of,
            RunSection::of);

    private RunDocument() {}

    /** Writes the document of a run. */
    public static Document of(ReportModel model) {
        int classifiers = model.entrants().size();
        return new Document(
                model.results().experiment().name(),
                model.dataset().name() + " · " + classifiers + (classifiers == 1 ? " classifier" : " classifiers")
                        + " · tested on " + model.testedOn(),
                model.headline(),
                SECTIONS.stream()
                        .map(section -> section.apply(model))
                        .flatMap(Optional::stream)
                        .toList(),
                Stream.concat(model.entrants().stream().map(Entrant::name), model.dataset().classes().stream())
                        .toList(),
                "Made by Catwalk from the files of the run folder.");
    }
}
