package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Adapts the names of classifiers and classes to slides: long names are shortened, and names written from right to left
 * are isolated so that they do not change the direction of the sentence around them.
 *
 * @param hostile names that have to be changed, the longest first
 */
record Names(List<String> hostile) {

    static Names of(ReportModel model) {
        return new Names(Stream.concat(model.entrants().stream().map(Entrant::name), model.dataset().classes().stream())
                .filter(name -> !name.isBlank() && !Words.name(name).equals(name))
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList());
    }

    /** Adapts the names within a text, and removes characters that a slide cannot hold. */
    String said(String text) {
        String said = text;
        for (String name : hostile) {
            said = said.replace(name, Words.name(name));
        }
        return Words.sentence(said);
    }
}
