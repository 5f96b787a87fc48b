package io.catwalk.runner.report.graphics;

import java.util.List;

/** Is one thing on a picture, in pixels of CSS; x runs to the right and y downwards. */
public sealed interface Mark {

    /** Returns the same mark elsewhere. */
    Mark moved(double right, double down);

    /** Where a text stands to its point. */
    enum Anchor {
        /** It begins there. */
        START,
        /** Its middle is there. */
        MIDDLE,
        /** It ends there. */
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
     * A rectangle; with a radius of half its side, a circle.
     *
     * @param x of its left
     * @param y of its top
     * @param width of it
     * @param height of it
     * @param radius of its corners
     * @param paint of it
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
     * @param paint of it
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
     * @param text what it says
     * @param letters size and weight
     * @param color of it
     * @param anchor which part of it stands at x
     * @param way how it runs
     */
    record Text(double x, double y, String text, Letters letters, String color, Anchor anchor, Way way)
            implements Mark {

        /** Makes a level text. */
        public Text(double x, double y, String text, Letters letters, String color, Anchor anchor) {
            this(x, y, text, letters, color, anchor, Way.LEVEL);
        }

        @Override
        public Text moved(double right, double down) {
            return new Text(x + right, y + down, text, letters, color, anchor, way);
        }
    }

    /** How a text runs. */
    enum Way {
        /** To the right. */
        LEVEL,
        /** To the right, with an edge in the color of the paper, so that it is read across lines. */
        LEVEL_WITH_EDGE,
        /** Upwards. */
        UPWARDS
    }

    /**
     * Several marks that say together what a reader sees who points at them.
     *
     * @param text what they say
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
