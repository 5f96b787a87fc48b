package io.catwalk.runner.report.graphics;

import java.util.List;

/**
 * Holds what is drawn.
 *
 * @param width in pixels of CSS
 * @param height likewise
 * @param marks in the order in which they are painted
 */
public record Picture(double width, double height, List<Mark> marks) {

    /** Copies the marks. */
    public Picture {
        marks = List.copyOf(marks);
    }

    /**
     * Moves all that is on it.
     *
     * @param right so far to the right
     * @param down so far down
     * @return a picture of the same size
     */
    public Picture moved(double right, double down) {
        return new Picture(
                width,
                height,
                marks.stream().map(mark -> mark.moved(right, down)).toList());
    }

    /**
     * Writes it as SVG, in which text is text.
     *
     * @param theme what it is drawn on
     * @param title what it is called
     * @param description what it shows, in words
     * @return an element that stands alone or inside a page, also with others
     */
    public String svg(Theme theme, String title, String description) {
        return SvgPainter.paint(this, theme, title, description);
    }

    /**
     * Writes it as an ornament that needs no words.
     *
     * @param theme what it is drawn on
     * @return an element for inside a page
     */
    public String ornament(Theme theme) {
        return SvgPainter.ornament(this, theme);
    }

    /**
     * Paints it into an image.
     *
     * @param theme what it is drawn on; a page counts as light
     * @param scale pixels of the image for one of the picture
     * @return a PNG file
     */
    public byte[] png(Theme theme, double scale) {
        return ImagePainter.png(this, theme == Theme.PAGE ? Theme.LIGHT : theme, scale);
    }
}
