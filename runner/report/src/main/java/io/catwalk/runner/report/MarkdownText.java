package io.catwalk.runner.report;

import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.report.Table.Column;
import java.util.List;
import java.util.stream.Collectors;

/** Renders a document as Markdown: CommonMark with the tables of GitHub. */
public final class MarkdownText {

    /** What goes deeper has the smallest heading. */
    private static final int DEEPEST = 6;

    private final StringBuilder text = new StringBuilder();

    private MarkdownText() {}

    public static String of(Document whole) {
        Document document = whole.in(Medium.MARKDOWN);
        MarkdownText out = new MarkdownText();
        out.words(TextEscaping.markdown(document.subject()));
        for (Section section : document.sections()) {
            out.heading(2, TextEscaping.markdown(section.name()));
            if (!section.title().isEmpty()) {
                out.paragraph("**" + TextEscaping.markdown(document.isolated(section.title())) + "**");
            }
            section.blocks().forEach(block -> out.block(block, 3));
        }
        out.words(TextEscaping.markdown(document.footer()));
        return out.text.toString();
    }

    private void block(Block block, int depth) {
        if (block instanceof Block.Sentences sentences) {
            heading(depth, TextEscaping.markdown(sentences.heading()));
            sentences(sentences);
        } else if (block instanceof Table table) {
            heading(depth, TextEscaping.markdown(table.title()));
            table(table);
            words(TextEscaping.markdown(table.note()));
        } else if (block instanceof Block.Facts facts) {
            heading(depth, TextEscaping.markdown(facts.heading()));
            paragraph(facts.facts().stream()
                    .map(fact -> "- " + TextEscaping.markdown(fact.name()) + ": " + cell(fact.value()))
                    .collect(Collectors.joining("\n")));
        } else if (block instanceof Block.Code code) {
            heading(depth, TextEscaping.markdown(code.heading()));
            paragraph("```" + code.language() + "\n" + code.text().stripTrailing() + "\n```");
        } else if (block instanceof Block.PictureFile picture) {
            paragraph("![" + TextEscaping.markdown(picture.description()) + "]("
                    + picture.address().replace("@", "%40") + ")");
        } else if (block instanceof Block.Group group) {
            heading(depth, cell(group.heading()));
            words(TextEscaping.markdown(group.facts()));
            group.blocks().forEach(part -> block(part, depth + 1));
        }
    }

    private void sentences(Block.Sentences block) {
        List<String> all =
                block.sentences().stream().map(TextEscaping::markdown).toList();
        switch (block.tone()) {
            case TEXT, NOTE -> words(String.join(" ", all));
            case LIST -> paragraph(all.stream().map(one -> "- " + one).collect(Collectors.joining("\n")));
            case WARNING -> paragraph("**" + String.join(" ", all) + "**");
        }
    }

    private void table(Table table) {
        StringBuilder lines = new StringBuilder(TextEscaping.markdownRow(table.columns().stream()
                .map(column -> TextEscaping.markdown(column.head()))
                .toList()));
        lines.append(table.columns().stream()
                .map(column -> column.kind() == Column.Kind.TEXT ? "---|" : "--:|")
                .collect(Collectors.joining("", "|", "\n")));
        table.rows()
                .forEach(row -> lines.append(TextEscaping.markdownRow(
                        row.cells().stream().map(MarkdownText::cell).toList())));
        paragraph(lines.toString().stripTrailing());
    }

    private static String cell(Cell cell) {
        if (cell instanceof Cell.Link link) {
            return "[" + TextEscaping.markdown(link.text()) + "](<"
                    + link.address().replaceAll("[\\s<>]", "") + ">)";
        }
        if (cell instanceof Cell.Code code) {
            return "`" + code.text().replace('`', '\'').replace("|", "\\|") + "`";
        }
        return TextEscaping.markdown(cell instanceof Cell.Name name ? name.tagged() : cell.text());
    }

    private void heading(int depth, String heading) {
        if (!heading.isEmpty()) {
            paragraph("#".repeat(Math.min(depth, DEEPEST)) + " " + heading);
        }
    }

    /** Adds sentences, which begin neither a list nor a quotation, whatever their first letters are. */
    private void words(String words) {
        paragraph(words.replaceFirst("^(\\s*)(\\d+)?([.)+-])(?=\\s)", "$1$2\\\\$3"));
    }

    private void paragraph(String paragraph) {
        if (!paragraph.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n").append(paragraph).append('\n');
        }
    }
}
