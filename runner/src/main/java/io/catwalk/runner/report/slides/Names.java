package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sets the names of classifiers and classes so that a slide can hold them: names of any length and script are
 * shortened and kept from turning the sentence that they stand in.
 *
 * @param hostile names that cannot stay as they are, the longest first
 */
record Names(List<String> hostile) {

    static Names of(ReportModel model) {
        return new Names(Stream.concat(model.entrants().stream().map(Entrant::name), model.dataset().classes().stream())
                .filter(name -> !name.isBlank() && !Words.name(name).equals(name))
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList());
    }

    /** Sets the names within a text, and takes out what no slide can hold. */
    String said(String text) {
        String said = text;
        for (String name : hostile) {
            said = said.replace(name, Words.name(name));
        }
        return Words.sentence(said);
    }
}
