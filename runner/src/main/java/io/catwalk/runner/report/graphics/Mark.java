package io.catwalk.runner.report.graphics;

import java.util.List;

/** An element of a picture, in CSS pixels; x runs to the right and y downwards. */
public sealed interface Mark {

    /** Returns the mark, moved. */
    Mark moved(double right, double down);

    /** Position of a text relative to its point. */
    enum Anchor {
        /** The text begins at the point. */
        START,
        /** The middle of the text is at the point. */
        MIDDLE,
        /** The text ends at the point. */
        END
    }

    /**
     * A point.
     *
     * @param x to the right
     * @param y downwards
     */
    record Point(double x, double y) {

        Point moved(double right, double down) {
            return new Point(x + right, y + down);
        }
    }

    /**
     * A rectangle; a square with a radius of half its side is a circle.
     *
     * @param x of its left edge
     * @param y of its top edge
     * @param width of the rectangle
     * @param height of the rectangle
     * @param radius of its corners
     * @param paint of the rectangle
     */
    record Rect(double x, double y, double width, double height, double radius, Paint paint) implements Mark {
        @Override
        public Rect moved(double right, double down) {
            return new Rect(x + right, y + down, width, height, radius, paint);
        }
    }

    /**
     * A line from point to point.
     *
     * @param points at least two
     * @param closed whether it goes back to its first point
     * @param paint of the line
     */
    record Path(List<Point> points, boolean closed, Paint paint) implements Mark {

        /** Copies the points. */
        public Path {
            points = List.copyOf(points);
        }

        @Override
        public Path moved(double right, double down) {
            return new Path(
                    points.stream().map(point -> point.moved(right, down)).toList(), closed, paint);
        }
    }

    /**
     * A line of text.
     *
     * @param x of its anchor
     * @param y of its baseline
     * @param text to write
     * @param letters size and weight
     * @param color of the text
     * @param anchor which part of it is at x
     * @param way its direction
     */
    record Text(double x, double y, String text, Letters letters, String color, Anchor anchor, Way way)
            implements Mark {

        /** Creates a horizontal text. */
        public Text(double x, double y, String text, Letters letters, String color, Anchor anchor) {
            this(x, y, text, letters, color, anchor, Way.LEVEL);
        }

        @Override
        public Text moved(double right, double down) {
            return new Text(x + right, y + down, text, letters, color, anchor, way);
        }
    }

    /** Directions of a text. */
    enum Way {
        /** To the right. */
        LEVEL,
        /** To the right, with an outline in the color of the background, so that it is readable over lines. */
        LEVEL_WITH_EDGE,
        /** Upwards. */
        UPWARDS
    }

    /**
     * Several marks with a text that is shown when a reader points at them.
     *
     * @param text of the marks
     * @param key that scripts find them by; empty for none
     * @param marks in the order in which they are painted
     */
    record Tip(String text, String key, List<Mark> marks) implements Mark {

        /** Copies the marks. */
        public Tip {
            marks = List.copyOf(marks);
        }

        @Override
        public Tip moved(double right, double down) {
            return new Tip(
                    text,
                    key,
                    marks.stream().map(mark -> mark.moved(right, down)).toList());
        }
    }
}
