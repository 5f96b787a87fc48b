package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.Letters;
import io.catwalk.runner.report.Mark;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Path;
import io.catwalk.runner.report.Mark.Point;
import io.catwalk.runner.report.Mark.Rect;
import io.catwalk.runner.report.Mark.Text;
import io.catwalk.runner.report.drawing.Layer.Answers;
import io.catwalk.runner.report.drawing.Layer.Kind;
import io.catwalk.runner.report.drawing.Layer.Recurrence;
import io.catwalk.runner.report.drawing.Layer.Way;
import io.catwalk.runner.report.drawing.LayerBox.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws one layer as a box. */
record LayerBox(Layer layer, double width) {

    static final Letters TITLE = Letters.bold(16);
    static final Letters NAME = Letters.bold(13);
    static final Letters SHAPE = Letters.plain(12.5);
    static final Letters DETAIL = Letters.plain(11.5);

    private static final double HEAD = 6;
    private static final double MARGIN = 12;
    private static final double LINE = 16;
    private static final double WIDE = 250;
    private static final double SMALL_WIDTH = 210;
    private static final double CELLS = 92;

    static LayerBox of(Layer layer, double column) {
        LayerBox box = new LayerBox(layer, column);
        return box.isSmall() ? new LayerBox(layer, Math.min(column, SMALL_WIDTH)) : box;
    }

    private boolean isSmall() {
        return layer.kind() == Kind.MERGE || layer.kind() == Kind.SHAPE;
    }

    double height() {
        int lines = isWide() ? Math.max(left().size(), right().size()) : left().size() + right().size();
        double text = lines * LINE + (isSmall() ? 10 : 14);
        return layer.recurrence() == null ? text : text + CELLS;
    }

    List<Mark> marks(double x, double y) {
        List<Mark> marks = new ArrayList<>();
        marks.add(box(x, y, width, height(), layer.kind().color(), isSmall() ? Style.SMALL : Style.LAYER));
        double baseline = y + (isSmall() ? 4 : 6) + LINE * 0.8;
        List<Line> left = left();
        List<Line> right = right();
        for (int i = 0; i < left.size(); i++) {
            marks.add(left.get(i).at(x + MARGIN, baseline + i * LINE, Anchor.START));
        }
        for (int i = 0; i < right.size(); i++) {
            marks.add(
                    isWide()
                            ? right.get(i).at(x + width - MARGIN, baseline + i * LINE, Anchor.END)
                            : right.get(i).at(x + MARGIN, baseline + (left.size() + i) * LINE, Anchor.START));
        }
        Recurrence recurrence = layer.recurrence();
        if (recurrence != null) {
            cells(recurrence, x, y + height() - CELLS, marks);
        }
        return marks;
    }

    private record Line(String text, Letters font) {

        Mark at(double x, double y, Anchor anchor) {
            return words(x, y, text, font, anchor);
        }
    }

    private boolean isWide() {
        return width >= WIDE || (isSmall() && NAME.width(layer.name()) + shapeWidth() + 3 * MARGIN <= width);
    }

    private double shapeWidth() {
        return SHAPE.width(layer.outputShape());
    }

    private List<Line> left() {
        double room = width - 2 * MARGIN;
        if (isWide()) {
            room -= right().stream()
                            .mapToDouble(line -> line.font().width(line.text()))
                            .max()
                            .orElse(0)
                    + MARGIN;
        }
        List<Line> lines = new ArrayList<>();
        for (String text : NAME.wrapped(layer.name(), room)) {
            lines.add(new Line(text, NAME));
        }
        if (!layer.detail().isEmpty()) {
            String unbroken = layer.detail().replace(' ', '\u00A0').replace(",\u00A0", ", ");
            for (String text : DETAIL.wrapped(unbroken, room)) {
                lines.add(new Line(text, DETAIL));
            }
        }
        return lines;
    }

    private List<Line> right() {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(isWide() ? layer.outputShape() : "→ " + layer.outputShape(), SHAPE));
        if (layer.parameters() > 0) {
            lines.add(new Line(
                    String.format(Locale.ROOT, width >= WIDE ? "%,d parameters" : "%,d param.", layer.parameters()),
                    DETAIL));
        }
        return lines;
    }

    /** Draws the cell once for each of the first steps and for the last, with arrows for the state between them. */
    private void cells(Recurrence recurrence, double x, double y, List<Mark> marks) {
        int slots = width >= WIDE ? 5 : 3;
        boolean all = recurrence.steps() <= slots;
        int count = (int) Math.min(slots, recurrence.steps());
        double step = (width - 2 * MARGIN) / count;
        double cell = Math.min(46, step - 18);
        double top = y + 32;
        for (int i = 0; i < count; i++) {
            double middle = x + MARGIN + (i + 0.5) * step;
            boolean dots = !all && i == count - 2;
            long number = all || i < count - 2 ? i + 1 : recurrence.steps();
            if (dots) {
                marks.add(words(middle, top + 17, "…", NAME, Anchor.MIDDLE));
            } else {
                marks.add(words(middle, y + 10, "x" + subscript(number), DETAIL, Anchor.MIDDLE));
                marks.addAll(arrow(middle, y + 14, middle, top));
                marks.add(box(middle - cell / 2, top, cell, 26, layer.kind().color(), Style.SMALL));
                marks.add(words(
                        middle,
                        top + 17,
                        DETAIL.width(recurrence.cell()) < cell ? recurrence.cell() : "h",
                        DETAIL,
                        Anchor.MIDDLE));
                if (recurrence.answers() == Answers.ALL || number == recurrence.steps()) {
                    marks.addAll(arrow(middle, top + 26, middle, top + 38));
                    marks.add(words(middle, top + 50, "h" + subscript(number), DETAIL, Anchor.MIDDLE));
                }
            }
            if (i > 0) {
                double from = middle - step + cell / 2;
                double to = middle - cell / 2;
                boolean both = recurrence.way() == Way.BIDIRECTIONAL;
                if (recurrence.way() != Way.REVERSE) {
                    double forth = top + (both ? 9 : 13);
                    marks.addAll(arrow(from, forth, to, forth));
                }
                if (recurrence.way() != Way.FORWARD) {
                    double back = top + (both ? 18 : 13);
                    marks.addAll(arrow(to, back, from, back));
                }
            }
        }
    }

    private static List<Mark> arrow(double x, double y, double toX, double toY) {
        return arrow(List.of(new Point(x, y), new Point(toX, toY)));
    }

    private static String subscript(long number) {
        StringBuilder digits = new StringBuilder();
        for (char digit : Long.toString(number).toCharArray()) {
            digits.append((char) ('₀' + digit - '0'));
        }
        return digits.toString();
    }

    enum Style {
        LAYER(0.17, 0),
        SMALL(0.08, 0),
        GROUP(0, 5);

        private final double tint;
        private final double dash;

        Style(double tint, double dash) {
            this.tint = tint;
            this.dash = dash;
        }
    }

    static Mark box(double x, double y, double width, double height, String color, Style style) {
        return new Rect(x, y, width, height, 6, new Paint(color, style.tint, color, 1.3, style.dash));
    }

    static Mark words(double x, double y, String text, Letters letters, Anchor anchor) {
        return new Text(x, y, text, letters, "ink", anchor);
    }

    /** Draws a line of vertical and horizontal segments, with an arrowhead at its end. */
    static List<Mark> arrow(List<Point> points) {
        Point end = points.get(points.size() - 1);
        Point before = points.get(points.size() - 2);
        List<Point> line = new ArrayList<>(points.subList(0, points.size() - 1));
        line.add(back(before, end, 0));
        return List.of(
                new Path(line, false, Paint.line("ink", 1.1)),
                new Path(
                        List.of(end, back(before, end, HEAD / 2), back(before, end, -HEAD / 2)),
                        true,
                        Paint.fill("ink")));
    }

    /** Returns a point at the back of the arrowhead, at the given distance from its middle. */
    private static Point back(Point before, Point end, double aside) {
        double x = Math.signum(end.x() - before.x());
        double y = Math.signum(end.y() - before.y());
        return new Point(end.x() - x * HEAD - y * aside, end.y() - y * HEAD + x * aside);
    }
}
