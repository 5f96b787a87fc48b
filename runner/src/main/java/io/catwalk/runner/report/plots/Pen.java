package io.catwalk.runner.report.plots;

import de.erichseifert.vectorgraphics2d.util.GraphicsUtils;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;

/**
 * Draws what our own charts are made of.
 *
 * @param graphics that it draws on
 */
record Pen(Graphics2D graphics) {

    static final Color INK = new Color(0x1F2328);
    static final Color FAINT = new Color(0x57606A);
    static final Color GRID = new Color(0xD8DEE4);

    /** What this machine has for sans-serif: the SVG library would search all fonts for it, for each text. */
    private static final String FAMILY = GraphicsUtils.getPhysicalFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
            .getFamily();

    /** Widths do not depend on what is drawn on. */
    private static final FontRenderContext MEASURE = new FontRenderContext(new AffineTransform(), true, true);

    /** Where a text stands to its point. */
    enum Anchor {
        START(0),
        MIDDLE(0.5),
        END(1);

        private final double share;

        Anchor(double share) {
            this.share = share;
        }
    }

    static Font plain(int size) {
        return new Font(FAMILY, Font.PLAIN, size);
    }

    static Font bold(int size) {
        return new Font(FAMILY, Font.BOLD, size);
    }

    static double width(String text, Font font) {
        return font.getStringBounds(text, MEASURE).getWidth();
    }

    void text(double x, double y, String text, Font font, Color color, Anchor anchor) {
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, (float) (x - width(text, font) * anchor.share), (float) y);
    }

    /** Writes upwards, ending at a point. */
    void textUp(double x, double y, String text, Font font, Color color) {
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        text(0, 0, text, font, color, Anchor.START);
        graphics.setTransform(before);
    }

    void line(double x, double y, double toX, double toY, Color color, double width) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke((float) width));
        graphics.draw(new Line2D.Double(x, y, toX, toY));
    }

    void box(double x, double y, double width, double height, Color color) {
        graphics.setColor(color);
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    void frame(double x, double y, double width, double height, Color color, double stroke) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke((float) stroke));
        graphics.draw(new Rectangle2D.Double(x, y, width, height));
    }

    void dot(double x, double y, double radius, Color color) {
        graphics.setColor(color);
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    void ring(double x, double y, double radius, Color color) {
        graphics.setColor(Color.WHITE);
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(1.8f));
        graphics.draw(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }
}
