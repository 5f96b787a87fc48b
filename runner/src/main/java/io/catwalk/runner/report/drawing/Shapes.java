package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.charts.Letters;
import io.catwalk.runner.report.charts.Mark;
import io.catwalk.runner.report.charts.Mark.Anchor;
import io.catwalk.runner.report.charts.Mark.Path;
import io.catwalk.runner.report.charts.Mark.Point;
import io.catwalk.runner.report.charts.Mark.Rect;
import io.catwalk.runner.report.charts.Mark.Text;
import io.catwalk.runner.report.charts.Paint;
import java.util.ArrayList;
import java.util.List;

/** The letters and shapes of a drawing of layers. */
final class Shapes {

    static final Letters TITLE = Letters.bold(16);
    static final Letters NAME = Letters.bold(13);
    static final Letters SHAPE = Letters.plain(12.5);
    static final Letters DETAIL = Letters.plain(11.5);

    private static final double HEAD = 6;

    private Shapes() {}

    /** Styles of a box. */
    enum Style {
        LAYER(0.17, 0),
        SMALL(0.08, 0),
        /** A group: a dashed frame. */
        GROUP(0, 5);

        private final double tint;
        private final double dash;

        Style(double tint, double dash) {
            this.tint = tint;
            this.dash = dash;
        }
    }

    /** Draws a rectangle with round corners. */
    static Mark box(double x, double y, double width, double height, String color, Style style) {
        return new Rect(x, y, width, height, 6, new Paint(color, style.tint, color, 1.3, style.dash));
    }

    /** Writes a line of text. */
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
