package io.catwalk.runner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that is said about a run. A new section is one class, and one line here. */
public final class RunDocument {

    /** Characters that stand as their code in an id; a dot ends it in an address, and the underscore marks a code. */
    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9-]");

    /** Largest number of classifiers whose lines do not hide each other. */
    static final int LINES = 12;

    private static final List<Function<ReportModel, List<Chart>>> CHARTS = List.of(
            ConfidenceSection::charts,
            CostsSection::charts,
            TuningSection::charts,
            GeneralizationSection::charts,
            ImagesSection::charts,
            RobustnessSection::charts);

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
            GivenSection::of,
            GivenSection::backbones,
            ConclusionsSection::of,
            ImagesSection::of,
            ImagesSection::demo,
            ClassifiersSection::of,
            TrialsSection::of,
            RunSection::of);

    private RunDocument() {}

    /** Returns the id of a confusion matrix on the page, also the fragment of its address, which no other label has. */
    public static String confusion(String classifier) {
        return "confusion-"
                + OTHER.matcher(classifier)
                        .replaceAll(
                                other -> "_" + Integer.toHexString(other.group().codePointAt(0)) + "_");
    }

    /** Returns the charts of a run that there is data for, but those of a single classifier. */
    static List<Chart> charts(ReportModel model) {
        return CHARTS.stream().flatMap(charts -> charts.apply(model).stream()).toList();
    }

    public static Document of(ReportModel model) {
        int classifiers = model.entrants().size();
        return new Document(
                model.results().experiment().name(),
                model.dataset().name() + " · " + Wording.count(classifiers, "classifier") + " · tested on "
                        + model.testedOn(),
                model.headline(),
                sections(model),
                Stream.concat(model.entrants().stream().map(ClassifierReport::name), model.dataset().classes().stream())
                        .toList(),
                "Made by Catwalk from the files of the run folder.");
    }

    /** Returns the sections in the order of reading: where classes differ much in size, accuracy alone says little. */
    private static List<Section> sections(ReportModel model) {
        List<Section> sections = SECTIONS.stream()
                .map(section -> section.apply(model))
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(ArrayList::new));
        if (model.dataset().unbalanced()) {
            sections.stream()
                    .filter(section -> section.id().equals("classes"))
                    .findFirst()
                    .ifPresent(classes -> {
                        sections.remove(classes);
                        sections.add(1, classes);
                    });
        }
        return List.copyOf(sections);
    }
}
