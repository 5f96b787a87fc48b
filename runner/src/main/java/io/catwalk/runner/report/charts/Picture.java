package io.catwalk.runner.report.charts;

import java.util.List;

/** A picture made of marks, in CSS pixels. */
public record Picture(double width, double height, List<Mark> marks) {

    /** Writes it as SVG; texts stay text. */
    public String svg(Theme theme, String title, String description) {
        return SvgPainter.paint(this, theme, title, description);
    }

    /** Writes it as SVG without title and description, as a decoration. */
    public String ornament(Theme theme) {
        return SvgPainter.ornament(this, theme);
    }

    /** Paints it into a PNG, on white, with so many pixels for one of the picture. */
    public byte[] png(double scale) {
        return ImagePainter.png(this, scale);
    }
}
