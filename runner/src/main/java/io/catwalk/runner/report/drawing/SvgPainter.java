package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.drawing.Mark.Arrow;
import io.catwalk.runner.report.drawing.Mark.Box;
import io.catwalk.runner.report.drawing.Mark.Point;
import io.catwalk.runner.report.drawing.Mark.Words;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Paints a layout as SVG: no styles, no identifiers, so that several can stand in one page. */
final class SvgPainter {

    private final StringBuilder svg = new StringBuilder();
    private final String ink;

    private SvgPainter(Theme theme) {
        ink = theme.ink();
    }

    static String paint(Layout layout, Theme theme, String title, String description) {
        SvgPainter painter = new SvgPainter(theme);
        painter.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %1$s %2$s\" width=\"%1$s\" "
                        + "height=\"%2$s\" style=\"max-width:100%%;height:auto\" font-family=\"Helvetica, Arial, "
                        + "sans-serif\">",
                number(layout.width()), number(layout.height()));
        painter.add("<title>%s</title>", escaped(title));
        painter.add("<desc>%s</desc>", escaped(description));
        if (!theme.paper().isEmpty()) {
            painter.add("<rect width=\"100%%\" height=\"100%%\" fill=\"%s\"/>", theme.paper());
        }
        layout.marks().forEach(painter::paint);
        painter.add("</svg>");
        return painter.svg.toString();
    }

    private void paint(Mark mark) {
        if (mark instanceof Box box) {
            add(
                    "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"6\" fill=\"%s\" fill-opacity=\"%s\" "
                            + "stroke=\"%s\" stroke-width=\"1.3\"%s/>",
                    number(box.x()),
                    number(box.y()),
                    number(box.width()),
                    number(box.height()),
                    box.color(),
                    number(box.style().tint()),
                    box.color(),
                    box.style() == Mark.Style.GROUP ? " stroke-dasharray=\"5 4\"" : "");
        } else if (mark instanceof Arrow arrow) {
            add(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.1\"/>",
                    points(arrow.line()), ink);
            add("<polygon points=\"%s\" fill=\"%s\"/>", points(arrow.head()), ink);
        } else if (mark instanceof Words words) {
            add(
                    "<text x=\"%s\" y=\"%s\" font-size=\"%s\"%s%s fill=\"%s\">%s</text>",
                    number(words.x()),
                    number(words.y()),
                    number(words.font().size()),
                    words.font().bold() ? " font-weight=\"bold\"" : "",
                    switch (words.anchor()) {
                        case START -> "";
                        case MIDDLE -> " text-anchor=\"middle\"";
                        case END -> " text-anchor=\"end\"";
                    },
                    ink,
                    escaped(words.text()));
        }
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String points(List<Point> points) {
        return points.stream()
                .map(point -> number(point.x()) + "," + number(point.y()))
                .collect(Collectors.joining(" "));
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceFirst("\\.?0+$", "");
    }

    /** Escapes what XML gives a meaning, and leaves out what it does not allow at all. */
    private static String escaped(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF\\uD800-\\uDFFF]", "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
