package io.catwalk.runner.report;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A part of a section. Its heading is above it; that and an id for links may be empty. */
public sealed interface Block
        permits Block.Sentences,
                Table,
                Block.Figure,
                Block.Facts,
                Block.Code,
                Block.Drawing,
                Block.Photo,
                Block.PictureFile,
                Block.Group,
                Block.Choice,
                Block.Widget {

    /** Returns where it is read. */
    Set<Medium> media();

    /** Returns it as it is read in a medium, which is one of its own. */
    default Block in(Medium medium) {
        return this;
    }

    /** Returns whether there is nothing to read in it. */
    default boolean isEmpty() {
        return false;
    }

    /** Returns the blocks that are read in a medium, without those that are empty. */
    static List<Block> in(Medium medium, List<Block> blocks) {
        return blocks.stream()
                .filter(block -> block.media().contains(medium))
                .map(block -> block.in(medium))
                .filter(block -> !block.isEmpty())
                .toList();
    }

    enum Tone {
        /** To be read in turn, as a paragraph. */
        TEXT,
        /** Each for itself, as a list. */
        LIST,
        /** In small print. */
        NOTE,
        /** Something is missing or wrong. */
        WARNING
    }

    /** Sentences, each with its period. */
    record Sentences(Set<Medium> media, String heading, Tone tone, List<String> sentences) implements Block {

        /** Leaves out sentences that are empty. */
        public Sentences {
            sentences = sentences.stream().filter(one -> !one.isEmpty()).toList();
        }

        /** Creates sentences without a heading. */
        public static Sentences of(Set<Medium> media, Tone tone, String... sentences) {
            return new Sentences(media, "", tone, List.of(sentences));
        }

        @Override
        public boolean isEmpty() {
            return sentences.isEmpty();
        }
    }

    /** A chart, the only definition of what it shows, with its title and its note. */
    record Figure(Set<Medium> media, String id, Chart chart) implements Block {

        public Figure(Set<Medium> media, Chart chart) {
            this(media, "", chart);
        }

        /** Creates the figures of a topic: the first is seen by all, the others by those who want details. */
        public static List<Figure> of(List<Chart> charts) {
            return IntStream.range(0, charts.size())
                    .mapToObj(i -> new Figure(i == 0 ? Medium.SEEN : Medium.SEEN_DETAIL, charts.get(i)))
                    .toList();
        }
    }

    /** Facts: each a name and a value. The few figures to remember are key facts, which are written large. */
    record Facts(Set<Medium> media, String heading, boolean key, List<Fact> facts) implements Block {}

    /** A name, such as "Median latency of one image", and its value. */
    record Fact(String name, Cell value) {

        public static Fact of(String name, @Nullable Number value, Unit unit) {
            return new Fact(name, Cell.of(value, unit));
        }

        public static Fact of(String name, String text) {
            return new Fact(name, new Cell.Text(text));
        }
    }

    /** Source code or commands of a card, in lines that must not be broken; Markdown names the language, such as bash. */
    record Code(String heading, String language, String text) implements Block {
        @Override
        public Set<Medium> media() {
            return Medium.ONLY_MARKDOWN;
        }
    }

    /** A drawing of lines and letters, with a description for readers who cannot see it. */
    record Drawing(Set<Medium> media, String heading, String description, Picture picture) implements Block {}

    /** A picture of pixels, with a description for readers who cannot see it. */
    @SuppressWarnings("ArrayRecordComponent") // it is only handed on
    record Photo(Set<Medium> media, String heading, String description, byte[] png) implements Block {}

    /** A picture of a card, in a file of its own, at an address relative to the document. */
    record PictureFile(String description, String address) implements Block {
        @Override
        public Set<Medium> media() {
            return Medium.ONLY_MARKDOWN;
        }
    }

    /**
     * Blocks that a page can fold away. In text, they follow each other; each is a slide of the appendix.
     *
     * @param heading what is inside; a classifier has its mark
     * @param facts a few words beside the heading; empty for none
     * @param open whether a page shows them at first
     */
    record Group(Set<Medium> media, String id, Cell heading, String facts, boolean open, List<Block> blocks)
            implements Block {

        @Override
        public Group in(Medium medium) {
            return new Group(media, id, heading, facts, open, Block.in(medium, blocks));
        }

        @Override
        public boolean isEmpty() {
            return blocks.isEmpty();
        }
    }

    /** Blocks of which a page shows the one that the reader chooses, below a label; elsewhere there is only the first. */
    record Choice(String label, List<Option> options) implements Block {

        public record Option(String name, Block block) {}

        @Override
        public Set<Medium> media() {
            return options.get(0).block().media();
        }

        @Override
        public Block in(Medium medium) {
            return medium == Medium.PAGE ? this : options.get(0).block().in(medium);
        }
    }

    /** Something that only the script of a page shows, by a value that is JSON or the address of a page. */
    record Widget(Kind kind, String value) implements Block {

        public enum Kind {
            /** The browser of images and mistakes; its value is its data as JSON. */
            IMAGES,
            /** The page on which the networks answer; its value is its address. */
            DEMO
        }

        @Override
        public Set<Medium> media() {
            return Medium.ONLY_PAGE;
        }
    }
}
