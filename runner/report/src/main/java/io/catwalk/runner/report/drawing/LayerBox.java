package io.catwalk.runner.report.drawing;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Letters;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Path;
import io.catwalk.runner.report.Mark.Point;
import io.catwalk.runner.report.Pen;
import io.catwalk.runner.report.drawing.Layer.Answers;
import io.catwalk.runner.report.drawing.Layer.Kind;
import io.catwalk.runner.report.drawing.Layer.Recurrence;
import io.catwalk.runner.report.drawing.Layer.Way;
import java.util.ArrayList;
import java.util.List;

/** Draws one layer as a box. */
record LayerBox(Layer layer, double width) {

    static final Letters TITLE = Letters.bold(16);
    static final Letters NAME = Letters.bold(13);
    static final Letters SHAPE = Letters.plain(12.5);
    static final Letters DETAIL = Letters.plain(11.5);

    static final double CORNER = 6;
    static final double LINE_WIDTH = 1.3;

    private static final double PALE = 0.08;
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

    void draw(double x, double y, Pen pen) {
        box(x, y, width, height(), isSmall() ? PALE : 0.17, pen);
        double baseline = y + (isSmall() ? 4 : 6) + LINE * 0.8;
        List<Line> lines = new ArrayList<>(left());
        if (!isWide()) {
            lines.addAll(right());
        }
        write(lines, x + MARGIN, baseline, Anchor.START, pen);
        if (isWide()) {
            write(right(), x + width - MARGIN, baseline, Anchor.END, pen);
        }
        Recurrence recurrence = layer.recurrence();
        if (recurrence != null) {
            cells(recurrence, x, y + height() - CELLS, pen);
        }
    }

    private record Line(String text, Letters font) {}

    private static void write(List<Line> lines, double x, double baseline, Anchor anchor, Pen pen) {
        for (int i = 0; i < lines.size(); i++) {
            pen.text(x, baseline + i * LINE, lines.get(i).text(), lines.get(i).font(), "ink", anchor);
        }
    }

    private boolean isWide() {
        return width >= WIDE
                || (isSmall() && NAME.width(layer.name()) + SHAPE.width(layer.outputShape()) + 3 * MARGIN <= width);
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
        NAME.wrapped(layer.name(), room).forEach(text -> lines.add(new Line(text, NAME)));
        if (!layer.detail().isEmpty()) {
            String unbroken = layer.detail().replace(' ', '\u00A0').replace(",\u00A0", ", ");
            DETAIL.wrapped(unbroken, room).forEach(text -> lines.add(new Line(text, DETAIL)));
        }
        return lines;
    }

    private List<Line> right() {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(isWide() ? layer.outputShape() : "→ " + layer.outputShape(), SHAPE));
        if (layer.parameters() > 0) {
            String parameters = Numbers.count(layer.parameters()) + (width >= WIDE ? " parameters" : " param.");
            lines.add(new Line(parameters, DETAIL));
        }
        return lines;
    }

    /** Draws the cell once for each of the first steps and for the last, with arrows for the state between them. */
    private void cells(Recurrence recurrence, double x, double y, Pen pen) {
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
                pen.text(middle, top + 17, "…", NAME, "ink", Anchor.MIDDLE);
            } else {
                pen.text(middle, y + 10, "x" + subscript(number), DETAIL, "ink", Anchor.MIDDLE);
                arrow(middle, y + 14, middle, top, pen);
                box(middle - cell / 2, top, cell, 26, PALE, pen);
                pen.text(
                        middle,
                        top + 17,
                        DETAIL.width(recurrence.cell()) < cell ? recurrence.cell() : "h",
                        DETAIL,
                        "ink",
                        Anchor.MIDDLE);
                if (recurrence.answers() == Answers.ALL || number == recurrence.steps()) {
                    arrow(middle, top + 26, middle, top + 38, pen);
                    pen.text(middle, top + 50, "h" + subscript(number), DETAIL, "ink", Anchor.MIDDLE);
                }
            }
            if (i > 0) {
                double from = middle - step + cell / 2;
                double to = middle - cell / 2;
                boolean both = recurrence.way() == Way.BIDIRECTIONAL;
                if (recurrence.way() != Way.REVERSE) {
                    double forth = top + (both ? 9 : 13);
                    arrow(from, forth, to, forth, pen);
                }
                if (recurrence.way() != Way.FORWARD) {
                    double back = top + (both ? 18 : 13);
                    arrow(to, back, from, back, pen);
                }
            }
        }
    }

    private static void arrow(double x, double y, double toX, double toY, Pen pen) {
        arrow(List.of(new Point(x, y), new Point(toX, toY)), pen);
    }

    private static String subscript(long number) {
        StringBuilder digits = new StringBuilder();
        for (char digit : Long.toString(number).toCharArray()) {
            digits.append((char) ('₀' + digit - '0'));
        }
        return digits.toString();
    }

    private void box(double x, double y, double wide, double high, double tint, Pen pen) {
        String color = layer.kind().color();
        pen.rect(x, y, wide, high, CORNER, new Paint(color, tint, color, LINE_WIDTH, 0));
    }

    /** Draws a line of vertical and horizontal segments, with an arrowhead at its end. */
    static void arrow(List<Point> points, Pen pen) {
        Point end = points.get(points.size() - 1);
        Point before = points.get(points.size() - 2);
        List<Point> line = new ArrayList<>(points.subList(0, points.size() - 1));
        line.add(back(before, end, 0));
        pen.add(new Path(line, false, Paint.line("ink", 1.1)));
        List<Point> head = List.of(end, back(before, end, HEAD / 2), back(before, end, -HEAD / 2));
        pen.add(new Path(head, true, Paint.fill("ink")));
    }

    /** Returns a point at the back of the arrowhead, at the given distance from its middle. */
    private static Point back(Point before, Point end, double aside) {
        double x = Math.signum(end.x() - before.x());
        double y = Math.signum(end.y() - before.y());
        return new Point(end.x() - x * HEAD - y * aside, end.y() - y * HEAD + x * aside);
    }
}
