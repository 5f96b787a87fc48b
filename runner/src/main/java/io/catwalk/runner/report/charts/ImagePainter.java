package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.charts.Mark.Path;
import io.catwalk.runner.report.charts.Mark.Rect;
import io.catwalk.runner.report.charts.Mark.Text;
import io.catwalk.runner.report.charts.Mark.Tip;
import io.catwalk.runner.report.charts.Mark.Way;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;

/** Paints a picture on white into an image, for programs that cannot read SVG. */
final class ImagePainter {

    private final Graphics2D graphics;

    private ImagePainter(Graphics2D graphics) {
        this.graphics = graphics;
    }

    static byte[] png(Picture picture, double scale) {
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(picture.width() * scale),
                (int) Math.ceil(picture.height() * scale),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setColor(Color.decode(Theme.LIGHT.color("paper")));
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(scale, scale);
            ImagePainter painter = new ImagePainter(graphics);
            picture.marks().forEach(painter::paint);
        } finally {
            graphics.dispose();
        }
        return Png.of(image);
    }

    private void paint(Mark mark) {
        if (mark instanceof Rect rect) {
            double arc = 2 * rect.radius();
            paint(new RoundRectangle2D.Double(rect.x(), rect.y(), rect.width(), rect.height(), arc, arc), rect.paint());
        } else if (mark instanceof Path path) {
            Path2D shape = new Path2D.Double();
            shape.moveTo(path.points().get(0).x(), path.points().get(0).y());
            path.points().subList(1, path.points().size()).forEach(point -> shape.lineTo(point.x(), point.y()));
            if (path.closed()) {
                shape.closePath();
            }
            paint(shape, path.paint());
        } else if (mark instanceof Text text) {
            paint(text);
        } else if (mark instanceof Tip tip) {
            tip.marks().forEach(this::paint);
        }
    }

    private void paint(Shape shape, Paint paint) {
        if (paint.fill() != null) {
            graphics.setColor(color(paint.fill(), paint.opacity()));
            graphics.fill(shape);
        }
        if (paint.line() != null) {
            float[] dashes = paint.dash() > 0 ? new float[] {(float) paint.dash()} : null;
            graphics.setStroke(
                    new BasicStroke((float) paint.width(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0));
            graphics.setColor(color(paint.line(), paint.fill() == null ? paint.opacity() : 1));
            graphics.draw(shape);
        }
    }

    private Color color(String name, double opacity) {
        Color color = Color.decode(Theme.LIGHT.color(name));
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(opacity * 255));
    }

    private void paint(Text text) {
        if (text.text().isEmpty()) {
            return;
        }
        Font font = new Font(Font.SANS_SERIF, text.letters().bold() ? Font.BOLD : Font.PLAIN, 1)
                .deriveFont((float) text.letters().size());
        // Orders letters that are written from right to left, and joins those of scripts such as Arabic.
        TextLayout layout = new TextLayout(text.text(), font, graphics.getFontRenderContext());
        double width = layout.getAdvance();
        double shift = switch (text.anchor()) {
            case START -> 0;
            case MIDDLE -> width / 2;
            case END -> width;
        };
        AffineTransform before = graphics.getTransform();
        graphics.translate(text.x(), text.y());
        if (text.way() == Way.UPWARDS) {
            graphics.rotate(-Math.PI / 2);
        }
        graphics.translate(-shift, 0);
        Shape letters = layout.getOutline(null);
        if (text.way() == Way.LEVEL_WITH_EDGE) {
            graphics.setColor(color("paper", 1));
            graphics.setStroke(new BasicStroke(3, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            graphics.draw(letters);
        }
        graphics.setColor(color(text.color(), 1));
        graphics.fill(letters);
        graphics.setTransform(before);
    }
}
