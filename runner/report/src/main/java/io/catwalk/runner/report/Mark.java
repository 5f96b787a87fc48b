package io.catwalk.runner.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An element of a picture, in CSS pixels; x runs to the right and y downwards. */
public sealed interface Mark permits Mark.Rect, Mark.Path, Mark.Text, Mark.Tip {

    static List<Mark> moved(List<Mark> marks, double right, double down) {
        return marks.stream().map(mark -> moved(mark, right, down)).toList();
    }

    private static Mark moved(Mark mark, double right, double down) {
        if (mark instanceof Rect rect) {
            return new Rect(rect.x + right, rect.y + down, rect.width, rect.height, rect.radius, rect.paint);
        }
        if (mark instanceof Text text) {
            return new Text(text.x + right, text.y + down, text.text, text.letters, text.color, text.anchor, text.way);
        }
        if (mark instanceof Path path) {
            List<Point> moved = path.points.stream()
                    .map(point -> new Point(point.x + right, point.y + down))
                    .toList();
            return new Path(moved, path.closed, path.paint);
        }
        Tip tip = (Tip) mark;
        return new Tip(tip.text, tip.key, moved(tip.marks, right, down));
    }

    enum Anchor {
        START,
        MIDDLE,
        END
    }

    record Point(double x, double y) {}

    /** A rectangle; a square with a radius of half its side is a circle. */
    record Rect(double x, double y, double width, double height, double radius, Paint paint) implements Mark {}

    record Path(List<Point> points, boolean closed, Paint paint) implements Mark {}

    /** A line of text; x is that of its anchor, y that of its baseline. */
    record Text(double x, double y, String text, Letters letters, String color, Anchor anchor, Way way)
            implements Mark {

        public Text(double x, double y, String text, Letters letters, String color, Anchor anchor) {
            this(x, y, text, letters, color, anchor, Way.LEVEL);
        }
    }

    enum Way {
        LEVEL,
        /** Level, with an outline in the color of the background, so that it is readable over lines. */
        LEVEL_WITH_EDGE,
        UPWARDS
    }

    /** Marks with a text that is shown when a reader points at them; scripts find them by the key. */
    record Tip(String text, String key, List<Mark> marks) implements Mark {}

    /**
     * The fill and the outline of a shape. A color is {@code #RRGGBB} or a name of a {@link Picture.Theme}, such as {@code ink}.
     *
     * @param fill color of the inside; null for none
     * @param opacity of the fill and of the line, 0 to 1
     * @param line color of the outline; null for none
     * @param dash lengths of dash and gap; 0 for a solid line
     */
    public record Paint(
            @Nullable String fill, double opacity, @Nullable String line, double width, double dash) {

        public static Paint fill(String color) {
            return new Paint(color, 1, null, 0, 0);
        }

        public static Paint line(String color, double width) {
            return new Paint(null, 1, color, width, 0);
        }

        public Paint opacity(double share) {
            return new Paint(fill, share, line, width, dash);
        }

        public Paint dashed(double length) {
            return new Paint(fill, opacity, line, width, length);
        }

        public Paint framed(String color, double newWidth) {
            return new Paint(fill, opacity, color, newWidth, dash);
        }
    }
}
