package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.drawing.Mark.Arrow;
import io.catwalk.runner.report.drawing.Mark.Box;
import io.catwalk.runner.report.drawing.Mark.Point;
import io.catwalk.runner.report.drawing.Mark.Words;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/** Paints the same layout into an image, for where SVG is not read. */
final class ImagePainter {

    private static final BasicStroke LINE = new BasicStroke(1.1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    private static final BasicStroke DASHES =
            new BasicStroke(1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0);

    private final Graphics2D graphics;
    private final Color ink;

    private ImagePainter(Graphics2D graphics, Color ink) {
        this.graphics = graphics;
        this.ink = ink;
    }

    static byte[] png(Layout layout, Theme theme, double scale) {
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(layout.width() * scale),
                (int) Math.ceil(layout.height() * scale),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setColor(Color.decode(theme.paper()));
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(scale, scale);
            ImagePainter painter = new ImagePainter(graphics, Color.decode(theme.ink()));
            layout.marks().forEach(painter::paint);
        } finally {
            graphics.dispose();
        }
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void paint(Mark mark) {
        if (mark instanceof Box box) {
            var shape = new RoundRectangle2D.Double(box.x(), box.y(), box.width(), box.height(), 12, 12);
            Color color = Color.decode(box.color());
            graphics.setColor(faint(color, box.style().tint()));
            graphics.fill(shape);
            graphics.setColor(color);
            graphics.setStroke(box.style() == Mark.Style.GROUP ? DASHES : LINE);
            graphics.draw(shape);
        } else if (mark instanceof Arrow arrow) {
            graphics.setStroke(LINE);
            graphics.setColor(ink);
            graphics.draw(path(arrow.line()));
            graphics.fill(path(arrow.head()));
        } else if (mark instanceof Words words) {
            graphics.setColor(ink);
            Font font = new Font(Font.SANS_SERIF, words.font().bold() ? Font.BOLD : Font.PLAIN, 1)
                    .deriveFont((float) words.font().size());
            graphics.setFont(font);
            double width = font.getStringBounds(words.text(), graphics.getFontRenderContext())
                    .getWidth();
            double shift = switch (words.anchor()) {
                case START -> 0;
                case MIDDLE -> width / 2;
                case END -> width;
            };
            graphics.drawString(words.text(), (float) (words.x() - shift), (float) words.y());
        }
    }

    private static Color faint(Color color, double opacity) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(opacity * 255));
    }

    private static Path2D path(List<Point> points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points.get(0).x(), points.get(0).y());
        points.subList(1, points.size()).forEach(point -> path.lineTo(point.x(), point.y()));
        return path;
    }
}
