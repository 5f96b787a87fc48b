package io.catwalk.runner.report.graphics;

import io.catwalk.runner.report.graphics.Mark.Path;
import io.catwalk.runner.report.graphics.Mark.Point;
import io.catwalk.runner.report.graphics.Mark.Rect;
import java.util.ArrayList;
import java.util.List;

/** A shape that marks one thing on a chart; shapes differ even without color. */
public enum Symbol {
    /** A circle. */
    CIRCLE(1),
    /** A square. */
    SQUARE(0.88),
    /** A triangle, its tip above. */
    TRIANGLE(1.3, 3, -90),
    /** A square on its corner. */
    DIAMOND(1.25, 4, -90),
    /** A triangle, its tip below. */
    TRIANGLE_DOWN(1.3, 3, 90),
    /** A hexagon. */
    HEXAGON(1.1, 6, 0),
    /** A pentagon. */
    PENTAGON(1.15, 5, -90),
    /** A plus sign. */
    PLUS(1.15);

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

    /**
     * Draws it.
     *
     * @param x of its middle
     * @param y of its middle
     * @param radius of a circle of the same size
     * @param paint of the symbol
     * @return the mark
     */
    public Mark at(double x, double y, double radius, Paint paint) {
        double r = radius * reach;
        if (this == CIRCLE || this == SQUARE) {
            return new Rect(x - r, y - r, 2 * r, 2 * r, this == CIRCLE ? r : 0, paint);
        }
        List<Point> points = new ArrayList<>();
        if (this == PLUS) {
            double thin = r * 0.36;
            double[][] corner = {
                {-thin, -r}, {thin, -r}, {thin, -thin}, {r, -thin}, {r, thin}, {thin, thin},
                {thin, r}, {-thin, r}, {-thin, thin}, {-r, thin}, {-r, -thin}, {-thin, -thin}
            };
            for (double[] at : corner) {
                points.add(new Point(x + at[0], y + at[1]));
            }
        } else {
            for (int i = 0; i < corners; i++) {
                double angle = turn + 2 * Math.PI * i / corners;
                points.add(new Point(x + r * Math.cos(angle), y + r * Math.sin(angle)));
            }
        }
        return new Path(points, true, paint);
    }
}
