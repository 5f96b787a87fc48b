package io.catwalk.runner.report.drawing;

import java.util.ArrayList;
import java.util.List;

/** Is one thing on a drawing, in units of a pixel at full size. */
sealed interface Mark {

    /** Where a text stands to its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** How a box is drawn. */
    enum Style {
        /** A layer: tinted and framed. */
        LAYER,
        /** Something small: tinted less. */
        SMALL,
        /** A group: a dashed frame. */
        GROUP;

        /** Returns how much of its color is behind its text, from 0 to 1. */
        double tint() {
            return switch (this) {
                case LAYER -> 0.17;
                case SMALL -> 0.08;
                case GROUP -> 0;
            };
        }
    }

    /**
     * A point.
     *
     * @param x to the right
     * @param y downwards
     */
    record Point(double x, double y) {}

    /**
     * A rectangle with round corners.
     *
     * @param x of its left
     * @param y of its top
     * @param width of it
     * @param height of it
     * @param color {@code #RRGGBB}
     * @param style how it is drawn
     */
    record Box(double x, double y, double width, double height, String color, Style style) implements Mark {}

    /**
     * A line from point to point, upright or level, with a head at its end.
     *
     * @param points at least two
     */
    record Arrow(List<Point> points) implements Mark {

        private static final double HEAD = 6;

        /** Returns the line as far as its head. */
        List<Point> line() {
            List<Point> line = new ArrayList<>(points.subList(0, points.size() - 1));
            line.add(back(0));
            return line;
        }

        /** Returns the corners of the head. */
        List<Point> head() {
            return List.of(points.get(points.size() - 1), back(HEAD / 2), back(-HEAD / 2));
        }

        /** Returns a point at the back of the head, so far from its middle. */
        private Point back(double aside) {
            Point end = points.get(points.size() - 1);
            Point before = points.get(points.size() - 2);
            double x = Math.signum(end.x() - before.x());
            double y = Math.signum(end.y() - before.y());
            return new Point(end.x() - x * HEAD - y * aside, end.y() - y * HEAD + x * aside);
        }
    }

    /**
     * A line of text.
     *
     * @param x of its anchor
     * @param y of its baseline
     * @param text what it says
     * @param font size and weight
     * @param anchor which part of it stands at x
     */
    record Words(double x, double y, String text, Type font, Anchor anchor) implements Mark {}
}
