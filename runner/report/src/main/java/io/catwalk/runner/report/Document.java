package io.catwalk.runner.report;

import java.util.List;

/**
 * What is said about a run, or about several.
 *
 * @param subject what was compared, on what; a line above the title
 * @param sections in the order of reading; the title of the first is that of the document
 * @param names of classifiers and classes, which renderers must keep apart from the text around them
 */
public record Document(
        String name, String subject, String title, List<Section> sections, List<String> names, String footer) {

    /** Returns what is read in a medium, without sections that would be empty. */
    public Document in(Medium medium) {
        return new Document(
                name,
                subject,
                title,
                sections.stream()
                        .map(section -> section.in(medium))
                        .filter(section -> !section.blocks().isEmpty())
                        .toList(),
                names,
                footer);
    }

    /** Returns a section, or an exception if there is none of that id. */
    public Section section(String id) {
        return sections.stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected a section of the document, but found " + id));
    }

    /** Isolates names in a text, so that a name written from right to left does not change the direction around it. */
    public String isolated(String text) {
        String isolated = text;
        for (String name : names) {
            if (!name.isBlank() && !name.matches("\\p{ASCII}*")) {
                isolated = isolated.replace(name, "\u2068" + name + "\u2069");
            }
        }
        return isolated;
    }
}
