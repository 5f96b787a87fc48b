package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Block;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Chart;
import io.catwalk.runner.report.RowChart;
import io.catwalk.runner.report.Table;
import io.catwalk.runner.report.Table.Column;
import io.catwalk.runner.report.Table.Row;
import io.catwalk.runner.report.slides.SlideCanvas.Style;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Places blocks on a slide by one rule: warnings and key facts above; charts and pictures at the left and all else at
 * the right; notes below. What does not fit in the smallest size of text is cut, with a sign that it is.
 */
record SlideLayout(SlideCanvas canvas) {

    private static final double GAP = 16;
    private static final double LARGEST = 18;
    private static final double HEADING = 14;
    private static final double SMALLEST = FittedText.SMALLEST;

    /** Share of the width that a chart beside other things has at the least and at the most. */
    private static final double NARROW = 0.36;

    private static final double WIDE = 0.58;

    /** A text or a table, with its heading. */
    private interface Piece {

        /** Returns the height that it needs in a size of text. */
        double height(double width, double size);

        /** Returns the width below which words or numbers break. */
        double least();

        void draw(Area area, double size);
    }

    /** A chart or a picture, and the height in which all of it can be read; 0 if it may have any. */
    private record Visual(double least, Consumer<Area> drawing) {}

    void place(List<Block> blocks) {
        Area area = canvas.look().body();
        List<String> warnings = paragraphs(blocks, Tone.WARNING);
        if (!warnings.isEmpty()) {
            double height = Math.min(
                    Style.PLAIN.height(warnings, HEADING, area.width() - 2 * GAP) + 2 * GAP, 0.4 * area.height());
            canvas.panel(area.top(height));
            canvas.text(area.top(height).within(GAP), warnings, HEADING, Style.PLAIN);
            area = area.below(height + GAP);
        }
        for (Block block : blocks) {
            if (block instanceof Facts facts && facts.key()) {
                area = cards(area, facts.facts());
            }
        }
        List<String> notes = paragraphs(blocks, Tone.NOTE);
        if (!notes.isEmpty()) {
            double height = Math.min(Style.PLAIN.height(notes, SMALLEST, area.width()), 0.35 * area.height());
            canvas.note(area.bottom(height), notes);
            area = area.above(height + GAP);
        }
        List<Visual> visuals = new ArrayList<>();
        List<Piece> others = new ArrayList<>();
        blocks.forEach(block -> sort(block, visuals, others));
        if (visuals.isEmpty() && others.size() > 1 && others.stream().allMatch(Text.class::isInstance)) {
            for (int i = 0; i < others.size(); i++) {
                Area column = area.column(i, others.size(), GAP);
                canvas.panel(column);
                others.get(i).draw(column.within(GAP), LARGEST);
            }
        } else {
            arrange(area, visuals, others);
        }
    }

    /** Places the rows of a table from one on, and returns the number of the first row that does not fit. */
    int page(Table table, int from, boolean last) {
        Area body = canvas.look().body();
        SlideTable all = SlideTable.of(table, canvas.words());
        int to = from + new Grid(canvas, all.rows(from, table.rows().size())).fitting(body, SlideTable.LARGEST);
        SlideTable shown = last ? all.first(to) : all;
        new Grid(canvas, shown.rows(from, to)).draw(body, SlideTable.LARGEST);
        return to;
    }

    private List<String> paragraphs(List<Block> blocks, Tone tone) {
        return blocks.stream()
                .filter(block -> block instanceof Sentences text && text.tone() == tone)
                .flatMap(block -> paragraphs((Sentences) block).stream())
                .toList();
    }

    private List<String> paragraphs(Sentences text) {
        List<String> said = text.sentences().stream().map(canvas::said).toList();
        return text.tone() == Tone.LIST || said.isEmpty() ? said : List.of(String.join(" ", said));
    }

    private void sort(Block block, List<Visual> visuals, List<Piece> others) {
        if (block instanceof Sentences text && (text.tone() == Tone.TEXT || text.tone() == Tone.LIST)) {
            Style style = text.tone() == Tone.LIST ? Style.BULLETS : Style.PLAIN;
            others.add(new Text(canvas, canvas.said(text.heading()), paragraphs(text), style));
        } else if (block instanceof Table table) {
            others.add(new Grid(canvas, SlideTable.of(table, canvas.words())));
        } else if (block instanceof Facts facts && !facts.key()) {
            others.add(new Grid(canvas, SlideTable.of(table(facts), canvas.words())));
        } else if (block instanceof Block.Figure figure) {
            visuals.add(new Visual(least(figure.chart()), area -> draw(figure.chart(), area)));
        } else if (block instanceof Block.Drawing drawing) {
            visuals.add(picture(drawing.heading(), drawing.picture().png(2), drawing.description()));
        } else if (block instanceof Block.Photo photo) {
            visuals.add(picture(photo.heading(), photo.png(), photo.description()));
        }
    }

    private Visual picture(String heading, byte[] png, String description) {
        return new Visual(0, area -> visual(area, heading, "", rest -> canvas.picture(rest, png, description)));
    }

    private static Table table(Facts facts) {
        Column column = new Column(facts.media(), "", Column.Kind.TEXT);
        List<Row> rows = facts.facts().stream()
                .map(fact -> Row.of(Cell.of(fact.name()), fact.value()))
                .toList();
        return new Table(facts.media(), "", facts.heading(), List.of(column, column), rows, "");
    }

    private void arrange(Area area, List<Visual> visuals, List<Piece> others) {
        if (visuals.isEmpty() || others.isEmpty()) {
            int rows = (visuals.size() + 1) / 2;
            for (int i = 0; i < visuals.size(); i++) {
                Area column = area.column(i % 2, Math.min(2, visuals.size()), GAP);
                visuals.get(i).drawing().accept(column.row(i / 2, rows, GAP));
            }
            stack(area, others);
            return;
        }
        double needs = needs(others, area.width(), SMALLEST) - GAP;
        double width = others.stream().mapToDouble(Piece::least).max().orElse(0);
        boolean beside = width <= (1 - NARROW) * area.width();
        if (!beside || (visuals.size() > 1 && needs < 0.2 * area.height())) {
            int rows = (visuals.size() + 1) / 2;
            double least = visuals.stream().mapToDouble(Visual::least).max().orElse(0);
            double room = area.height() - GAP - rows * least;
            double below = Math.min(needs, Math.max(0.32 * area.height(), Math.min(room, 0.5 * area.height())));
            arrange(area.above(below + GAP), visuals, List.of());
            stack(area.bottom(below), others);
            return;
        }
        double left = Math.max(NARROW, Math.min(WIDE, 1 - (1.15 * width + GAP) / area.width())) * area.width();
        visuals.get(0).drawing().accept(new Area(area.x(), area.y(), left - GAP, area.height()));
        Area right = new Area(area.x() + left, area.y(), area.width() - left, area.height());
        if (visuals.size() == 1) {
            stack(right, others);
            return;
        }
        double above = Math.min(needs(others, right.width(), SMALLEST) - GAP, 0.5 * area.height());
        stack(right.top(above), others);
        arrange(right.below(above + GAP), visuals.subList(1, visuals.size()), List.of());
    }

    private static double needs(List<Piece> pieces, double width, double size) {
        return pieces.stream()
                .mapToDouble(piece -> piece.height(width, size) + GAP)
                .sum();
    }

    /** Places pieces below each other. If there is too little room, those that need the least get all they need. */
    private static void stack(Area area, List<Piece> pieces) {
        double size = LARGEST;
        while (size > SMALLEST && needs(pieces, area.width(), size) > area.height() + GAP) {
            size -= 0.5;
        }
        double used = size;
        double[] heights = pieces.stream()
                .mapToDouble(piece -> pieces.size() == 1 ? area.height() : piece.height(area.width(), used))
                .toArray();
        List<Integer> order = IntStream.range(0, heights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> heights[i]))
                .toList();
        double room = area.height() - (heights.length - 1) * GAP;
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

    /** Returns the height of a chart of rows with its heading and note; 0 for other charts, which may have any. */
    private double least(Chart chart) {
        if (!NativeChart.exists(chart) || !(chart instanceof RowChart rows)) {
            return 0;
        }
        double width = canvas.look().body().width();
        return framed(rows, width) + NativeChart.height(rows, width);
    }

    /** Returns the height of the heading and the note of a chart. */
    private double framed(RowChart rows, double width) {
        String note = canvas.said(rows.caption().note());
        return headingHeight(canvas.said(rows.caption().title()), width)
                + (note.isEmpty() ? 0 : Style.PLAIN.height(List.of(note), SMALLEST, width) + 4);
    }

    /** Draws a chart, with only as many of its rows as can be read. */
    private void draw(Chart chart, Area area) {
        Chart shown = chart;
        if (NativeChart.exists(chart) && chart instanceof RowChart rows) {
            int fitting = NativeChart.fitting(rows, area.width(), area.height() - framed(rows, area.width()));
            if (fitting < rows.rows().size()) {
                double room = area.height() - framed(rows.first(1), area.width());
                shown = rows.first(NativeChart.fitting(rows, area.width(), room));
            }
        }
        Chart drawn = shown;
        visual(area, drawn.caption().title(), drawn.caption().note(), rest -> canvas.chart(rest, drawn));
    }

    private void visual(Area area, String heading, String note, Consumer<Area> drawing) {
        Area rest = headed(canvas, area, canvas.said(heading));
        if (!note.isEmpty()) {
            List<String> said = List.of(canvas.said(note));
            double height = Math.min(Style.PLAIN.height(said, SMALLEST, rest.width()), 0.3 * rest.height());
            canvas.note(rest.bottom(height), said);
            rest = rest.above(height + 4);
        }
        drawing.accept(rest);
    }

    /** Places key facts beside each other, and returns the area below them. */
    private Area cards(Area area, List<Block.Fact> facts) {
        double width = (area.width() - (facts.size() - 1) * GAP) / facts.size() - 20;
        double names = 0;
        for (Block.Fact fact : facts) {
            List<String> name = List.of(canvas.said(fact.name()));
            names = Math.max(names, Style.PLAIN.height(name, SMALLEST, width));
        }
        double value = 36;
        double height = Math.min(value + names + 20, 0.45 * area.height());
        for (int i = 0; i < facts.size(); i++) {
            Area card = area.top(height).column(i, facts.size(), GAP);
            canvas.panel(card);
            Area inside = card.within(10);
            String text = canvas.said(facts.get(i).value().text());
            canvas.text(
                    inside.top(value - 2),
                    List.of(text),
                    26,
                    Style.BOLD,
                    canvas.look().accent());
            List<String> name = List.of(canvas.said(facts.get(i).name()));
            canvas.note(inside.below(value), name);
        }
        return area.below(height + GAP);
    }

    /** Writes a heading, and returns the area below it. */
    private static Area headed(SlideCanvas canvas, Area area, String heading) {
        double height = headingHeight(heading, area.width());
        if (!heading.isEmpty()) {
            canvas.text(area.top(height - 4), List.of(heading), HEADING, Style.BOLD);
        }
        return area.below(height);
    }

    private static double headingHeight(String heading, double width) {
        return heading.isEmpty() ? 0 : Style.BOLD.height(List.of(heading), HEADING, width) + 5;
    }

    private record Text(SlideCanvas canvas, String heading, List<String> paragraphs, Style style) implements Piece {

        @Override
        public double height(double width, double size) {
            return headingHeight(heading, width) + style.height(paragraphs, size, width) + 2;
        }

        @Override
        public double least() {
            return 200;
        }

        @Override
        public void draw(Area area, double size) {
            Area rest = headed(canvas, area, heading);
            if (!paragraphs.isEmpty()) {
                canvas.text(rest, paragraphs, size, style);
            }
        }
    }

    private record Grid(SlideCanvas canvas, SlideTable table) implements Piece {

        private String title() {
            return canvas.said(table.table().title());
        }

        private double note(SlideTable shown, double width) {
            String note = shown.table().note();
            return note.isEmpty() ? 0 : 4 + Style.PLAIN.height(List.of(canvas.said(note)), SMALLEST, width);
        }

        @Override
        public double height(double width, double size) {
            SlideTable.Layout layout = table.in(width, Double.POSITIVE_INFINITY, size);
            return headingHeight(title(), width) + layout.height() + note(table, width);
        }

        @Override
        public double least() {
            return table.in(canvas.look().body().width(), 0, SMALLEST).least();
        }

        /** Lays the table out as large as fits with its note. */
        private SlideTable.Layout layout(Area rest, double size) {
            return table.in(rest.width(), rest.height() - note(table, rest.width()) + 1, size);
        }

        /** Returns how many rows fit with a note, which is longer if some do not. */
        int fitting(Area area, double size) {
            Area rest = area.below(headingHeight(title(), area.width()));
            SlideTable.Layout layout = layout(rest, size);
            int rows = table.table().rows().size();
            return layout.height() + note(table, rest.width()) <= rest.height() + 1
                    ? rows
                    : layout.fitting(rest.height() - note(table.first(rows - 1), rest.width()));
        }

        @Override
        public void draw(Area area, double size) {
            SlideTable shown = table.first(fitting(area, size));
            Area rest = headed(canvas, area, title());
            double note = note(shown, rest.width());
            SlideTable.Layout layout =
                    layout(rest, size).spread(shown.table().rows().size(), rest.height() - note);
            canvas.table(rest, shown, layout);
            if (note > 0 && layout.height() + note <= rest.height() + 1) {
                List<String> text = List.of(canvas.said(shown.table().note()));
                Area place = rest.below(layout.height() + 4).top(note);
                canvas.note(place, text);
            }
        }
    }
}
