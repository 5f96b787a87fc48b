package io.catwalk.runner.report;

import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Path;
import io.catwalk.runner.report.Mark.Rect;
import io.catwalk.runner.report.Mark.Text;
import io.catwalk.runner.report.Mark.Tip;
import io.catwalk.runner.report.Mark.Way;
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
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A picture made of marks, in CSS pixels. */
public record Picture(double width, double height, List<Mark> marks) {

    /** Writes it as SVG; texts stay text. */
    public String svg(Theme theme, String title, String description) {
        SvgPainter painter = new SvgPainter(theme);
        String wide = number(width);
        String high = number(height);
        painter.add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", wide, " ", high, "\" width=\"");
        painter.add(wide, "\" height=\"", high, "\" style=\"max-width:100%;height:auto\" font-family=\"");
        boolean page = theme == Theme.PAGE;
        painter.add(page ? "inherit" : "Helvetica, Arial, sans-serif");
        if (page && marks.stream().anyMatch(Tip.class::isInstance)) {
            // Tips are reachable by keyboard, too, which they would not be inside an element with role img.
            painter.add("\" role=\"group\" aria-label=\"", escaped(title + ". " + description), "\">\n");
        } else {
            painter.add("\" role=\"img\">\n<title>", escaped(title), "</title>\n<desc>");
            painter.add(escaped(description), "</desc>\n");
        }
        if (!page) {
            painter.add("<rect width=\"100%\" height=\"100%\" fill=\"", theme.color("paper"), "\"/>\n");
        }
        return painter.ended(marks);
    }

    /** Writes it as SVG without title and description, as a decoration. */
    public String ornament(Theme theme) {
        SvgPainter painter = new SvgPainter(theme);
        painter.add("<svg width=\"", number(width), "\" height=\"", number(height), "\">");
        return painter.ended(marks);
    }

    /** Paints it into a PNG, on white, with so many pixels for one of the picture. */
    public byte[] png(double scale) {
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(width * scale), (int) Math.ceil(height * scale), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setColor(Color.decode(Theme.LIGHT.color("paper")));
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(scale, scale);
            ImagePainter painter = new ImagePainter(graphics);
            marks.forEach(painter::paint);
        } finally {
            graphics.dispose();
        }
        return Png.of(image);
    }

    /** Paints a picture as SVG, without styles and ids, so that one page can hold several. */
    private record SvgPainter(Theme theme, StringBuilder svg) {

        SvgPainter(Theme theme) {
            this(theme, new StringBuilder());
        }

        private String ended(List<Mark> marks) {
            marks.forEach(this::paint);
            return svg.append("</svg>").toString();
        }

        private void paint(Mark mark) {
            if (mark instanceof Rect rect) {
                add("<rect x=\"", number(rect.x()), "\" y=\"", number(rect.y()), "\" width=\"", number(rect.width()));
                add("\" height=\"", number(rect.height()), "\"");
                if (rect.radius() > 0) {
                    add(" rx=\"", number(rect.radius()), "\"");
                }
                paint(rect.paint());
            } else if (mark instanceof Path path) {
                add("<", path.closed() ? "polygon" : "polyline", " points=\"");
                add(
                        path.points().stream()
                                .map(point -> number(point.x()) + "," + number(point.y()))
                                .collect(Collectors.joining(" ")),
                        "\"");
                paint(path.paint());
            } else if (mark instanceof Text text) {
                paint(text);
            } else if (mark instanceof Tip tip) {
                paint(tip);
            }
        }

        private void paint(Paint paint) {
            add(" fill=\"", paint.fill() == null ? "none" : theme.color(paint.fill()), "\"");
            if (paint.opacity() < 1) {
                add(paint.fill() == null ? " stroke-opacity=\"" : " fill-opacity=\"", number(paint.opacity()), "\"");
            }
            if (paint.line() != null) {
                add(" stroke=\"", theme.color(paint.line()), "\" stroke-width=\"", number(paint.width()), "\"");
            }
            if (paint.dash() > 0) {
                add(" stroke-dasharray=\"", number(paint.dash()), "\"");
            }
            add("/>\n");
        }

        private void paint(Text text) {
            String x = number(text.x());
            String y = number(text.y());
            add("<text x=\"", x, "\" y=\"", y, "\"");
            add(" font-size=\"", number(text.letters().size()), "\"");
            if (text.letters().bold()) {
                add(" font-weight=\"bold\"");
            }
            if (text.anchor() != Anchor.START) {
                add(" text-anchor=\"", text.anchor().name().toLowerCase(Locale.ROOT), "\"");
            }
            if (text.way() == Way.UPWARDS) {
                add(" transform=\"rotate(-90 ", x, " ", y, ")\"");
            } else if (text.way() == Way.LEVEL_WITH_EDGE) {
                add(" stroke=\"", theme.color("paper"), "\" stroke-width=\"3\" paint-order=\"stroke\"");
            }
            add(" fill=\"", theme.color(text.color()), "\">", escaped(text.text()), "</text>\n");
        }

        private void paint(Tip tip) {
            add("<g");
            if (!tip.key().isEmpty()) {
                add(" data-key=\"", escaped(tip.key()), "\"");
            }
            if (theme == Theme.PAGE) {
                add(" role=\"img\" aria-label=\"", escaped(tip.text()), "\">");
            } else {
                add("><title>", escaped(tip.text()), "</title>");
            }
            tip.marks().forEach(this::paint);
            add("</g>\n");
        }

        private void add(String... parts) {
            for (String part : parts) {
                svg.append(part);
            }
        }
    }

    /** Writes at most two decimals, without trailing zeros. */
    private static String number(double value) {
        return BigDecimal.valueOf(Math.round(value * 100), 2)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Escapes characters with a meaning in XML, and leaves out those that XML does not allow. */
    public static String escaped(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF\\uD800-\\uDFFF]", "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Returns the outline of a rectangle or a path; that of other marks is empty. */
    public static Path2D outline(Mark mark) {
        Path2D outline = new Path2D.Double();
        if (mark instanceof Rect rect) {
            double arc = 2 * rect.radius();
            outline.append(
                    new RoundRectangle2D.Double(rect.x(), rect.y(), rect.width(), rect.height(), arc, arc), false);
        } else if (mark instanceof Path path) {
            outline.moveTo(path.points().get(0).x(), path.points().get(0).y());
            path.points().stream().skip(1).forEach(point -> outline.lineTo(point.x(), point.y()));
            if (path.closed()) {
                outline.closePath();
            }
        }
        return outline;
    }

    /** Paints a picture on white into an image, for programs that cannot read SVG. */
    private record ImagePainter(Graphics2D graphics) {

        private void paint(Mark mark) {
            if (mark instanceof Rect rect) {
                paint(outline(rect), rect.paint());
            } else if (mark instanceof Path path) {
                paint(outline(path), path.paint());
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
                graphics.setStroke(new BasicStroke(
                        (float) paint.width(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0));
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

    /** The background of a picture, which determines the named colors, such as {@code ink}. */
    public enum Theme {
        /** An HTML page, whose style sheet has a variable for each name. */
        PAGE,
        LIGHT;

        /** Returns a color as CSS: {@code #RRGGBB} or, on a page, a variable. */
        public String color(String name) {
            return name.startsWith("#") ? name : this == PAGE ? "var(--" + name + ")" : onWhite(name);
        }

        private static String onWhite(String name) {
            return switch (name) {
                case "ink" -> "#1F2328";
                case "muted" -> "#57606A";
                case "grid" -> "#E4E8EC";
                case "line" -> "#B8C0C8";
                case "paper" -> "#FFFFFF";
                case "accent" -> "#0B6CB3";
                case "right" -> "#0072B2";
                case "wrong" -> "#C24E00";
                default -> throw new IllegalArgumentException("expected a color of the theme, but found " + name);
            };
        }
    }
}
