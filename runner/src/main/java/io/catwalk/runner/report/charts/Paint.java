package io.catwalk.runner.report.charts;

import org.jspecify.annotations.Nullable;

/**
 * The fill and the outline of a shape. A color is {@code #RRGGBB} or a name of a {@link Theme}, such as {@code ink}.
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
