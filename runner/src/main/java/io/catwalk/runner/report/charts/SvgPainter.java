package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.charts.Mark.Path;
import io.catwalk.runner.report.charts.Mark.Rect;
import io.catwalk.runner.report.charts.Mark.Text;
import io.catwalk.runner.report.charts.Mark.Tip;
import io.catwalk.runner.report.charts.Mark.Way;
import java.math.BigDecimal;
import java.util.stream.Collectors;

/** Paints a picture as SVG, without styles and ids, so that one page can hold several. */
final class SvgPainter {

    private final StringBuilder svg = new StringBuilder();
    private final Theme theme;

    private SvgPainter(Theme theme) {
        this.theme = theme;
    }

    static String paint(Picture picture, Theme theme, String title, String description) {
        SvgPainter painter = new SvgPainter(theme);
        String width = number(picture.width());
        String height = number(picture.height());
        painter.add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width, " ", height, "\" width=\"");
        painter.add(width, "\" height=\"", height, "\" style=\"max-width:100%;height:auto\" font-family=\"");
        boolean page = theme == Theme.PAGE;
        painter.add(page ? "inherit" : "Helvetica, Arial, sans-serif");
        if (page && picture.marks().stream().anyMatch(Tip.class::isInstance)) {
            // Tips are reachable by keyboard, too, which they would not be inside an element with role img.
            painter.add("\" role=\"group\" aria-label=\"", escaped(title + ". " + description), "\">\n");
        } else {
            painter.add("\" role=\"img\">\n<title>", escaped(title), "</title>\n<desc>");
            painter.add(escaped(description), "</desc>\n");
        }
        if (!page) {
            painter.add("<rect width=\"100%\" height=\"100%\" fill=\"", theme.color("paper"), "\"/>\n");
        }
        picture.marks().forEach(painter::paint);
        painter.add("</svg>");
        return painter.svg.toString();
    }

    static String ornament(Picture picture, Theme theme) {
        SvgPainter painter = new SvgPainter(theme);
        String size = "width=\"" + number(picture.width()) + "\" height=\"" + number(picture.height());
        painter.add("<svg ", size, "\">");
        picture.marks().forEach(painter::paint);
        painter.add("</svg>");
        return painter.svg.toString();
    }

    private void paint(Mark mark) {
        if (mark instanceof Rect rect) {
            add("<rect x=\"", number(rect.x()), "\" y=\"", number(rect.y()), "\" width=\"", number(rect.width()));
            add("\" height=\"", number(rect.height()), "\"");
            if (rect.radius() > 0) {
                add(" rx=\"", number(rect.radius()), "\"");
            }
            paint(rect.paint());
            add("/>\n");
        } else if (mark instanceof Path path) {
            add("<", path.closed() ? "polygon" : "polyline", " points=\"");
            add(
                    path.points().stream()
                            .map(point -> number(point.x()) + "," + number(point.y()))
                            .collect(Collectors.joining(" ")),
                    "\"");
            paint(path.paint());
            add("/>\n");
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
    }

    private void paint(Text text) {
        String x = number(text.x());
        String y = number(text.y());
        add(
                "<text x=\"",
                x,
                "\" y=\"",
                y,
                "\" font-size=\"",
                number(text.letters().size()),
                "\"");
        if (text.letters().bold()) {
            add(" font-weight=\"bold\"");
        }
        add(
                switch (text.anchor()) {
                    case START -> "";
                    case MIDDLE -> " text-anchor=\"middle\"";
                    case END -> " text-anchor=\"end\"";
                });
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

    /** Writes at most two decimals, without trailing zeros. */
    private static String number(double value) {
        return BigDecimal.valueOf(Math.round(value * 100), 2)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Escapes characters with a meaning in XML, and leaves out those that XML does not allow. */
    private static String escaped(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF\\uD800-\\uDFFF]", "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
