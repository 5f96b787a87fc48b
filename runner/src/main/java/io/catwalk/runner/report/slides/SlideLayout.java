package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Facts;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Row;
import io.catwalk.runner.report.slides.SlideCanvas.Style;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Places blocks on a slide by one rule: warnings and key facts above; charts and pictures at the left and all else at
 * the right; notes below. What does not fit in the smallest size of text is cut, with a sign that it is.
 */
final class SlideLayout {

    private static final double GAP = 16;
    private static final double LARGEST = 18;
    private static final double HEADING = 14;

    /** Share of the width that a chart beside other things has at the least and at the most. */
    private static final double NARROW = 0.42;

    private static final double WIDE = 0.58;

    private final SlideCanvas canvas;
    private final Look look;

    SlideLayout(SlideCanvas canvas) {
        this.canvas = canvas;
        look = canvas.look();
    }

    /** Something that is placed, with a heading. */
    private interface Piece {

        /** Returns the height that it needs in a size of text. */
        double height(double width, double size);

        /** Returns the width below which words or numbers break. */
        double least();

        void draw(Area area, double size);
    }

    /** Places blocks in an area, below and above what belongs at its edges. */
    void place(List<Block> given) {
        List<Block> blocks = given.stream().flatMap(SlideLayout::flat).toList();
        Area area = look.body();
        for (Sentences warning : sentences(blocks, Tone.WARNING)) {
            Piece piece = new Panel(new Text(warning), look.accent());
            double height = Math.min(piece.height(area.width(), HEADING), 0.4 * area.height());
            piece.draw(area.top(height), HEADING);
            area = area.below(height + GAP);
        }
        for (Block block : blocks) {
            if (block instanceof Facts facts && facts.key()) {
                area = cards(area, facts.facts());
            }
        }
        List<String> notes = sentences(blocks, Tone.NOTE).stream()
                .flatMap(one -> said(one).stream())
                .toList();
        if (!notes.isEmpty()) {
            Text text = new Text("", notes, Style.PLAIN, look.quiet());
            double height = Math.min(text.height(area.width(), FittedText.SMALLEST), 0.35 * area.height());
            text.draw(area.bottom(height), FittedText.SMALLEST);
            area = area.above(height + GAP);
        }
        List<Consumer<Area>> visuals = new ArrayList<>();
        List<Piece> others = new ArrayList<>();
        for (Block block : blocks) {
            piece(block, visuals, others);
        }
        boolean lists = blocks.stream().allMatch(block -> block instanceof Sentences);
        arrange(area, visuals, others, lists);
    }

    /** Places the rows of a table from one on, and returns the number of the first row that does not fit. */
    int page(Table table, int from, boolean last) {
        SlideTable whole = SlideTable.of(table, canvas.words());
        Grid all = new Grid(whole.rows(from, table.rows().size()));
        int to = from + all.fitting(look.body(), SlideTable.LARGEST);
        Table said = last ? table.first(to) : table;
        new Grid(SlideTable.of(said, canvas.words()).rows(from, to)).draw(look.body(), SlideTable.LARGEST);
        return to;
    }

    private void arrange(Area area, List<Consumer<Area>> visuals, List<Piece> others, boolean lists) {
        if (visuals.isEmpty() && lists && others.size() > 1) {
            for (int i = 0; i < others.size(); i++) {
                new Panel(others.get(i), look.line()).draw(area.column(i, others.size(), GAP), LARGEST);
            }
            return;
        }
        if (visuals.isEmpty() || others.isEmpty()) {
            int columns = Math.min(2, visuals.size());
            for (int i = 0; i < visuals.size(); i++) {
                int rows = (visuals.size() + columns - 1) / columns;
                visuals.get(i).accept(area.column(i % columns, columns, GAP).row(i / columns, rows, GAP));
            }
            stack(area, others);
            return;
        }
        double least = others.stream().mapToDouble(Piece::least).max().orElse(0);
        if (visuals.size() == 1 && least <= (1 - NARROW) * area.width()) {
            double left = Math.max(NARROW, Math.min(WIDE, 1 - (1.15 * least + GAP) / area.width())) * area.width();
            visuals.get(0).accept(new Area(area.x(), area.y(), left - GAP, area.height()));
            stack(new Area(area.x() + left, area.y(), area.width() - left, area.height()), others);
            return;
        }
        double below = Math.min(needs(others, area.width(), FittedText.SMALLEST), 0.62 * area.height());
        arrange(area.above(below + GAP), visuals, List.of(), false);
        stack(area.bottom(below), others);
    }

    private static double needs(List<Piece> pieces, double width, double size) {
        return pieces.stream().mapToDouble(piece -> piece.height(width, size)).sum()
                + Math.max(0, pieces.size() - 1) * GAP;
    }

    /** Places pieces below each other. If there is too little room, those that need the least get all they need. */
    private void stack(Area area, List<Piece> pieces) {
        if (pieces.size() == 1) {
            pieces.get(0).draw(area, LARGEST);
            return;
        }
        double size = LARGEST;
        while (size > FittedText.SMALLEST && needs(pieces, area.width(), size) > area.height()) {
            size = Math.max(FittedText.SMALLEST, size - 0.5);
        }
        double used = size;
        double[] heights = pieces.stream()
                .mapToDouble(piece -> piece.height(area.width(), used))
                .toArray();
        List<Integer> order = IntStream.range(0, heights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> heights[i]))
                .toList();
        double room = area.height() - Math.max(0, heights.length - 1) * GAP;
        for (int i = 0; i < heights.length; i++) {
            int next = order.get(i);
            heights[next] = Math.min(heights[next], room / (heights.length - i));
            room -= heights[next];
        }
        Area rest = area;
        for (int i = 0; i < heights.length; i++) {
            pieces.get(i).draw(rest.top(heights[i]), used);
            rest = rest.below(heights[i] + GAP);
        }
    }

    private static Stream<Block> flat(Block block) {
        if (!(block instanceof Block.Group group)) {
            return Stream.of(block);
        }
        String heading = group.heading().text() + (group.facts().isEmpty() ? "" : ": " + group.facts());
        Block head = new Sentences(group.media(), heading, Tone.TEXT, List.of());
        return Stream.concat(Stream.of(head), group.blocks().stream().flatMap(SlideLayout::flat));
    }

    private static List<Sentences> sentences(List<Block> blocks, Tone tone) {
        return blocks.stream()
                .filter(Sentences.class::isInstance)
                .map(Sentences.class::cast)
                .filter(one -> one.tone() == tone)
                .toList();
    }

    private List<String> said(Sentences sentences) {
        List<String> said =
                sentences.sentences().stream().map(canvas.words()::said).toList();
        return sentences.tone() == Tone.LIST || said.isEmpty() ? said : List.of(String.join(" ", said));
    }

    private void piece(Block block, List<Consumer<Area>> visuals, List<Piece> others) {
        if (block instanceof Sentences text && (text.tone() == Tone.TEXT || text.tone() == Tone.LIST)) {
            others.add(new Text(text));
        } else if (block instanceof Table table) {
            others.add(new Grid(SlideTable.of(table, canvas.words())));
        } else if (block instanceof Facts facts && !facts.key()) {
            others.add(new Grid(SlideTable.of(table(facts), canvas.words())));
        } else if (block instanceof Block.Code code) {
            List<String> lines = code.text().lines().map(Words::line).toList();
            others.add(new Text(canvas.words().said(code.heading()), lines, Style.CODE, look.ink()));
        } else if (block instanceof Block.Figure figure) {
            var caption = figure.chart().caption();
            visuals.add(
                    area -> visual(area, caption.title(), caption.note(), rest -> canvas.chart(rest, figure.chart())));
        } else if (block instanceof Block.Drawing drawing) {
            byte[] png = drawing.picture().png(2);
            visuals.add(area ->
                    visual(area, drawing.heading(), "", rest -> canvas.picture(rest, png, drawing.description())));
        } else if (block instanceof Block.Photo photo) {
            visuals.add(area ->
                    visual(area, photo.heading(), "", rest -> canvas.picture(rest, photo.png(), photo.description())));
        }
    }

    /** Draws a chart or a picture, with its heading above and its note below. */
    private void visual(Area area, String heading, String note, Consumer<Area> drawing) {
        Area rest = headed(area, canvas.words().said(heading));
        if (!note.isEmpty()) {
            List<String> said = List.of(canvas.words().said(note));
            double needed = new FittedText(said, FittedText.SMALLEST, false, 0).height(rest.width());
            double height = Math.min(needed, 0.3 * rest.height());
            canvas.text(rest.bottom(height), said, FittedText.SMALLEST, Style.PLAIN, look.quiet());
            rest = rest.above(height + 4);
        }
        drawing.accept(rest);
    }

    private static Table table(Facts facts) {
        return new Table(
                facts.media(),
                "",
                facts.heading(),
                List.of(
                        new Column(facts.media(), "", Column.Kind.TEXT),
                        new Column(facts.media(), "", Column.Kind.TEXT)),
                facts.facts().stream()
                        .map(fact -> Row.of(Cell.of(fact.name()), fact.value()))
                        .toList(),
                "");
    }

    /** Places key facts beside each other, and returns the area below them. */
    private Area cards(Area area, List<Block.Fact> facts) {
        double width = (area.width() - (facts.size() - 1) * GAP) / Math.max(1, facts.size());
        double names = 0;
        for (Block.Fact fact : facts) {
            names = Math.max(names, name(fact).height(width - 20));
        }
        double value = 36;
        double height = Math.min(value + names + 20, 0.45 * area.height());
        for (int i = 0; i < facts.size(); i++) {
            Area card = area.top(height).column(i, facts.size(), GAP);
            canvas.panel(card, look.pale());
            Area inside = card.within(10);
            String text = canvas.words().said(facts.get(i).value().text());
            canvas.text(inside.top(value - 2), List.of(text), 26, Style.BOLD, look.accent());
            canvas.text(
                    inside.below(value),
                    name(facts.get(i)).paragraphs(),
                    FittedText.SMALLEST,
                    Style.PLAIN,
                    look.quiet());
        }
        return facts.isEmpty() ? area : area.below(height + GAP);
    }

    private FittedText name(Block.Fact fact) {
        return new FittedText(List.of(canvas.words().said(fact.name())), FittedText.SMALLEST, false, 0);
    }

    /** Writes a heading, and returns the area below it. */
    private Area headed(Area area, String heading) {
        if (heading.isEmpty()) {
            return area;
        }
        double height = headingHeight(heading, area.width());
        canvas.text(area.top(height - 4), List.of(heading), HEADING, Style.BOLD, look.ink());
        return area.below(height);
    }

    private static double headingHeight(String heading, double width) {
        return heading.isEmpty() ? 0 : new FittedText(List.of(heading), HEADING, true, 0).height(width) + 5;
    }

    /** Sentences or lines of code. */
    private final class Text implements Piece {

        private final String heading;
        private final List<String> paragraphs;
        private final Style style;
        private final Color color;

        Text(String heading, List<String> paragraphs, Style style, Color color) {
            this.heading = heading;
            this.paragraphs = paragraphs;
            this.style = style;
            this.color = color;
        }

        Text(Sentences sentences) {
            this(
                    canvas.words().said(sentences.heading()),
                    said(sentences),
                    sentences.tone() == Tone.LIST ? Style.BULLETS : Style.PLAIN,
                    look.ink());
        }

        @Override
        public double height(double width, double size) {
            double room = width - SlideCanvas.indent(style);
            return headingHeight(heading, width)
                    + new FittedText(paragraphs, size, false, SlideCanvas.gap(style)).height(room)
                    + 2;
        }

        @Override
        public double least() {
            return 200;
        }

        @Override
        public void draw(Area area, double size) {
            Area rest = headed(area, heading);
            if (!paragraphs.isEmpty()) {
                canvas.text(rest, paragraphs, size, style, color);
            }
        }
    }

    /** A piece on a background, with a bar of color at its left. */
    private final class Panel implements Piece {

        private static final double MARGIN = 14;
        private final Piece inside;
        private final Color bar;

        Panel(Piece inside, Color bar) {
            this.inside = inside;
            this.bar = bar;
        }

        @Override
        public double height(double width, double size) {
            return inside.height(width - 2 * MARGIN, size) + 2 * MARGIN;
        }

        @Override
        public double least() {
            return inside.least() + 2 * MARGIN;
        }

        @Override
        public void draw(Area area, double size) {
            canvas.panel(area, look.pale());
            canvas.panel(new Area(area.x(), area.y(), 3, area.height()), bar);
            inside.draw(area.within(MARGIN), size);
        }
    }

    /** A table with its title and its note. */
    private final class Grid implements Piece {

        private final String title;
        private final SlideTable table;

        Grid(SlideTable table) {
            this.table = table;
            title = canvas.words().said(table.table().title());
        }

        @Override
        public double height(double width, double size) {
            return headingHeight(title, width)
                    + table.in(width, Double.POSITIVE_INFINITY, size).height()
                    + note(table, width);
        }

        private double note(SlideTable shown, double width) {
            String note = shown.table().note();
            return note.isEmpty()
                    ? 0
                    : 4
                            + new FittedText(List.of(canvas.words().said(note)), FittedText.SMALLEST, false, 0)
                                    .height(width);
        }

        @Override
        public double least() {
            return table.in(look.body().width(), 0, FittedText.SMALLEST).least();
        }

        /** Lays the table out as large as fits with its note. */
        private SlideTable.Layout layout(Area rest, double size) {
            return table.in(rest.width(), rest.height() - note(table, rest.width()) + 1, size);
        }

        /** Returns how many rows fit with a note, which is longer if some do not. */
        int fitting(Area area, double size) {
            Area rest = area.below(headingHeight(title, area.width()));
            SlideTable.Layout layout = layout(rest, size);
            int rows = table.table().rows().size();
            return layout.height() + note(table, rest.width()) <= rest.height() + 1
                    ? rows
                    : layout.fitting(rest.height() - note(table.first(rows - 1), rest.width()));
        }

        @Override
        public void draw(Area area, double size) {
            Area rest = headed(area, title);
            SlideTable shown = table.first(fitting(area, size));
            SlideTable.Layout layout = layout(rest, size);
            double note = note(shown, rest.width());
            SlideTable.Layout spread = layout.spread(shown.table().rows().size(), rest.height() - note);
            canvas.table(rest, shown, spread);
            if (note > 0 && spread.height() + note <= rest.height()) {
                canvas.text(
                        rest.below(spread.height() + 4).top(note),
                        List.of(canvas.words().said(shown.table().note())),
                        FittedText.SMALLEST,
                        Style.PLAIN,
                        look.quiet());
            }
        }
    }
}
