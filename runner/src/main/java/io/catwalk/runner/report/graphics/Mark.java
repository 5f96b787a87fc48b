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

    /** A point. */
    record Point(double x, double y) {

        Point moved(double right, double down) {
            return new Point(x + right, y + down);
        }
    }

    /** A rectangle; a square with a radius of half its side is a circle. */
    record Rect(double x, double y, double width, double height, double radius, Paint paint) implements Mark {
        @Override
        public Rect moved(double right, double down) {
            return new Rect(x + right, y + down, width, height, radius, paint);
        }
    }

    /** A line from point to point. */
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

    /** A line of text; x is that of its anchor, y that of its baseline. */
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

    /** Marks with a text that is shown when a reader points at them; scripts find them by the key. */
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
