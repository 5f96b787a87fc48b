package io.catwalk.runner.report.graphics;

import java.util.List;

/**
 * A picture made of marks.
 *
 * @param width in CSS pixels
 * @param height in CSS pixels
 * @param marks in the order in which they are painted
 */
public record Picture(double width, double height, List<Mark> marks) {

    /** Copies the marks. */
    public Picture {
        marks = List.copyOf(marks);
    }

    /**
     * Moves all marks.
     *
     * @param right distance to the right
     * @param down distance downwards
     * @return a picture of the same size
     */
    public Picture moved(double right, double down) {
        return new Picture(
                width,
                height,
                marks.stream().map(mark -> mark.moved(right, down)).toList());
    }

    /**
     * Writes it as SVG; texts stay text.
     *
     * @param theme colors of the picture
     * @param title of the picture
     * @param description of what it shows
     * @return an {@code svg} element, for a file of its own or for a page, which may hold several
     */
    public String svg(Theme theme, String title, String description) {
        return SvgPainter.paint(this, theme, title, description);
    }

    /**
     * Writes it as SVG without title and description, as a decoration.
     *
     * @param theme colors of the picture
     * @return an {@code svg} element for a page
     */
    public String ornament(Theme theme) {
        return SvgPainter.ornament(this, theme);
    }

    /**
     * Paints it into an image, on white.
     *
     * @param scale pixels of the image for one of the picture
     * @return a PNG file
     */
    public byte[] png(double scale) {
        return ImagePainter.png(this, scale);
    }
}
