package io.catwalk.runner.report.sections;

import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Section;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All that is said about a run. A new section is one class, and one line here. */
public final class RunDocument {

    /** Characters that stand as their code in an id; a dot ends it in an address, and the underscore marks a code. */
    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9-]");

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

    /** Returns the id of a confusion matrix on the page, also the fragment of its address, which no other label has. */
    public static String confusion(String classifier) {
        return "confusion-" + OTHER.matcher(classifier).replaceAll(RunDocument::code);
    }

    private static String code(MatchResult letter) {
        return "_" + Integer.toHexString(letter.group().codePointAt(0)) + "_";
    }

    /** Writes the document of a run. */
    public static Document of(ReportModel model) {
        int classifiers = model.entrants().size();
        return new Document(
                model.results().experiment().name(),
                model.dataset().name() + " · " + Wording.count(classifiers, "classifier", "classifiers")
                        + " · tested on " + model.testedOn(),
                model.headline(),
                SECTIONS.stream()
                        .map(section -> section.apply(model))
                        .flatMap(Optional::stream)
                        .toList(),
                Stream.concat(model.entrants().stream().map(ClassifierReport::name), model.dataset().classes().stream())
                        .toList(),
                "Made by Catwalk from the files of the run folder.");
    }
}
