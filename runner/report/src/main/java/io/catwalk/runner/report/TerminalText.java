package io.catwalk.runner.report;

import java.util.List;

/** Renders a document for a terminal: the answer first. Names have no tags there, since a table has 80 columns. */
public record TerminalText(Output out) {

    /** Prints lines that are as wide as the terminal. */
    public interface Output {

        void line(String text);

        /** Prints a text after a head; a long text is broken between words and indented by the head. */
        void item(String head, String text);

        /** Prints a table of at most 80 columns: the first column from the left, the others from the right. */
        void table(List<List<String>> rows);
    }

    public void print(Document whole) {
        Document document = whole.in(Medium.TERMINAL);
        out.line("");
        out.item("", document.subject());
        out.line("");
        out.item("", document.isolated(document.title()));
        for (Section section : document.sections()) {
            if (!section.title().equals(document.title())) {
                out.line("");
                out.item("", document.isolated(section.title()));
            }
            blocks(section.blocks());
        }
    }

    /** Prints what is read of one section on a terminal. */
    public void print(Section section) {
        out.item("", section.title());
        blocks(section.in(Medium.TERMINAL).blocks());
    }

    private void blocks(List<Block> blocks) {
        for (Block block : blocks) {
            if (!(block instanceof Block.Sentences sentences && sentences.tone() == Block.Tone.NOTE)) {
                out.line("");
            }
            block(block);
        }
    }

    private void block(Block block) {
        if (block instanceof Block.Sentences sentences) {
            item(sentences.heading());
            sentences(sentences);
        } else if (block instanceof Table table) {
            out.table(table.texts());
            item(table.note());
        }
    }

    private void sentences(Block.Sentences block) {
        switch (block.tone()) {
            case TEXT, NOTE -> out.item("", String.join(" ", block.sentences()));
            case LIST -> block.sentences().forEach(one -> out.item("- ", one));
            case WARNING -> block.sentences().forEach(one -> out.item("! ", one));
        }
    }

    private void item(String text) {
        if (!text.isEmpty()) {
            out.item("", text);
        }
    }
}
