package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.graphics.Symbol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is one line, or one set of dots, of an {@link XyChart}.
 *
 * @param name beside it, and in the numbers of the slides
 * @param color of it
 * @param symbol of its dots
 * @param look how it is drawn
 * @param labeled whether its name stands beside it: at a line's end, at a dot
 * @param points in the order in which a line joins them; points that are no numbers are left out
 */
public record Series(String name, String color, Symbol symbol, Look look, boolean labeled, List<Point> points) {

    /** Leaves out what is no number. */
    public Series {
        points = points.stream()
                .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
                .toList();
    }

    /** How a series is drawn. */
    public enum Look {
        /** A line. */
        LINE,
        /** A dashed line. */
        DASHES,
        /** A thin pale line. */
        FAINT,
        /** A dashed line that runs level to each point, then upright. */
        STEPS,
        /** A line with its dots. */
        MARKED,
        /** Dots. */
        DOTS
    }

    /**
     * Is a point.
     *
     * @param x to the right
     * @param y upwards
     * @param low lower bound of y; null for none
     * @param high upper bound of y
     * @param radius of its dot, in pixels
     * @param tip what it says; empty for nothing
     * @param key that scripts find it by; empty for none
     */
    public record Point(
            double x,
            double y,
            @Nullable Double low,
            @Nullable Double high,
            double radius,
            String tip,
            String key) {

        Point(double x, double y, @Nullable Double low, @Nullable Double high, double radius, String tip) {
            this(x, y, low, high, radius, tip, "");
        }

        static Point at(double x, double y, String tip) {
            return new Point(x, y, null, null, 4, tip);
        }
    }
}
