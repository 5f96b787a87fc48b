package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.graphics.Symbol;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line, or one set of dots, of an {@link XyChart}.
 *
 * @param name beside it, and in the numbers of the slides
 * @param color of the series
 * @param symbol of its dots
 * @param look how it is drawn
 * @param labeled whether its name is shown: at the end of a line, beside a dot
 * @param points in the order in which a line connects them; points that are not finite are left out
 */
public record Series(String name, String color, Symbol symbol, Look look, boolean labeled, List<Point> points) {

    /** Leaves out points that are not finite. */
    public Series {
        points = points.stream()
                .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
                .toList();
    }

    /** Returns the labeled series of a classifier. */
    static Series of(ClassifierReport one, Look look, List<Point> points) {
        return new Series(one.name(), one.color(), one.symbol(), look, true, points);
    }

    /** Returns all heights that the axis of these series has to span, with their bounds. */
    static List<Double> span(List<Series> series) {
        return series.stream()
                .flatMap(one -> one.points.stream())
                .flatMap(point -> Stream.of(point.y, point.low, point.high))
                .filter(Objects::nonNull)
                .toList();
    }

    /** How a series is drawn. */
    public enum Look {
        LINE,
        DASHES,
        /** A thin pale line. */
        FAINT,
        /** A dashed line in steps: horizontal up to each point, then vertical. */
        STEPS,
        /** A line with dots. */
        MARKED,
        DOTS
    }

    /** A point, with the bounds of y, a tip and a key for scripts, if it has them; the radius of its dot is in pixels. */
    public record Point(
            double x,
            double y,
            @Nullable Double low,
            @Nullable Double high,
            double radius,
            String tip,
            String key) {

        static Point at(double x, double y, String tip) {
            return new Point(x, y, null, null, 4, tip, "");
        }
    }
}
