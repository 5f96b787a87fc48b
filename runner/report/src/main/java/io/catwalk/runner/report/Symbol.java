package io.catwalk.runner.report;

import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Path;
import io.catwalk.runner.report.Mark.Point;
import io.catwalk.runner.report.Mark.Rect;
import java.util.ArrayList;
import java.util.List;

/** A shape that marks one thing on a chart, even without color. The charts of PowerPoint and LibreOffice have all. */
public enum Symbol {
    CIRCLE(1),
    SQUARE(0.88),
    TRIANGLE(1.3, 3, -90),
    DIAMOND(1.25, 4, -90),
    PLUS(1.15, 4, -90),
    CROSS(1.25, 4, -45),
    STAR(1.25, 6, -90);

    private final double reach;
    private final int corners;
    private final double turn;

    Symbol(double reach) {
        this(reach, 0, 0);
    }

    Symbol(double reach, int corners, double turn) {
        this.reach = reach;
        this.corners = corners;
        this.turn = Math.toRadians(turn);
    }

    public Mark at(double x, double y, double radius, Paint paint) {
        double r = radius * reach;
        if (this == CIRCLE || this == SQUARE) {
            return new Rect(x - r, y - r, 2 * r, 2 * r, this == CIRCLE ? r : 0, paint);
        }
        List<Point> points = new ArrayList<>();
        boolean bars = compareTo(PLUS) >= 0;
        double thin = r * (this == STAR ? 0.24 : 0.36);
        for (int i = 0; i < corners; i++) {
            double angle = turn + 2 * Math.PI * i / corners;
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            if (bars) {
                points.add(new Point(x + r * cos + thin * sin, y + r * sin - thin * cos));
                points.add(new Point(x + r * cos - thin * sin, y + r * sin + thin * cos));
                double between = angle + Math.PI / corners;
                double inner = thin / Math.sin(Math.PI / corners);
                points.add(new Point(x + inner * Math.cos(between), y + inner * Math.sin(between)));
            } else {
                points.add(new Point(x + r * cos, y + r * sin));
            }
        }
        return new Path(points, true, paint);
    }
}
