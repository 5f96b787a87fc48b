package io.catwalk.runner.report.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.report.Block;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Chart;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Medium;
import io.catwalk.runner.report.Palette.Look;
import io.catwalk.runner.report.Picture;
import io.catwalk.runner.report.Picture.Theme;
import io.catwalk.runner.report.Table;
import io.catwalk.runner.report.Table.Column.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes a document as one HTML file, which a browser shows from disk and without a network. */
public final class ReportPage {

    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, ReportPage.class.getClassLoader(), ReportPage.class.getPackageName());

    private ReportPage() {}

    public static void write(Document document, Path file) throws IOException {
        AtomicFiles.write(file, html(document));
    }

    static String html(Document document) {
        TemplateOutput html = new StringOutput(2_000_000);
        TEMPLATES.render("document.jte", new PageMarkup(document.in(Medium.PAGE)), html);
        return html.toString();
    }

    /** Reads a script or a style sheet that is written into the page, and makes sure that it cannot end its element. */
    static String inlined(String resource) {
        return PackedFiles.text(ReportPage.class, resource).replace("</script", "<\\/script");
    }

    /** A document as the templates need it: what HTML needs besides the document itself. */
    record PageMarkup(Document document) {

        /** Rows that one can overlook; longer tables have a search. */
        private static final int OVERLOOKED = 20;

        private static final Pattern NUMERIC =
                Pattern.compile("[\\d.,<> %~\u2212\u2013+-]*( ?(µs|[KMGT]?i?B|s|[hm] \\d\\d[ms]))?");

        String isolated(String text) {
            return document.isolated(text);
        }

        static String drawn(Chart chart, double width) {
            Chart.Caption caption = chart.caption();
            return chart.drawn(width).svg(Theme.PAGE, caption.title(), caption.sentence());
        }

        static String drawn(Block.Drawing drawing) {
            return drawing.picture()
                    .svg(
                            Theme.PAGE,
                            drawing.heading().isEmpty() ? drawing.description() : drawing.heading(),
                            drawing.description());
        }

        static String address(Block.Photo photo) {
            return "data:image/png;base64," + Base64.getEncoder().encodeToString(photo.png());
        }

        /** Draws the symbol of a classifier as large as a letter. */
        static String swatch(Look look) {
            return new Picture(12, 12, List.of(look.symbol().at(6, 6, 4.6, Paint.fill(look.color()))))
                    .ornament(Theme.PAGE);
        }

        /** Returns whether a column of texts holds numbers, which are aligned to the right. */
        static boolean numeric(List<List<String>> table, int column) {
            return table.stream()
                    .skip(1)
                    .allMatch(row -> NUMERIC.matcher(row.get(column)).matches());
        }

        static boolean searchable(Table table) {
            return table.rows().size() > OVERLOOKED;
        }

        /** Returns the name of the classifier that a row or a group is about; null if it is about none. */
        static Cell.@Nullable Name subject(Cell cell) {
            return cell instanceof Cell.Name name && name.look() != null ? name : null;
        }

        /** Returns the color of what a row or a group is about, as a property for its style. */
        static @Nullable String style(Cell cell) {
            Cell.Name name = subject(cell);
            return name == null || name.look() == null
                    ? null
                    : "--c:" + name.look().color();
        }

        /** Returns what a column is sorted by, if that is not the text of the cell. */
        static @Nullable String order(Cell cell) {
            return cell instanceof Cell.Quantity number && number.value() != null
                    ? number.value().toString()
                    : cell instanceof Cell.Range range && range.low() != null
                            ? range.low().toString()
                            : cell instanceof Cell.Mark mark && mark.symbol().equals(Numbers.NONE)
                                    ? Numbers.NONE
                                    : null;
        }

        /** Returns the length of the bar of a cell, in percent of the longest in its column; null for a cell without one. */
        static @Nullable String bar(Table table, int column, Cell cell) {
            if (table.columns().get(column).kind() != Kind.BAR || !(value(cell) > 0)) {
                return null;
            }
            double largest = table.rows().stream()
                    .mapToDouble(row -> value(row.cells().get(column)))
                    .filter(Double::isFinite)
                    .max()
                    .orElse(Double.POSITIVE_INFINITY);
            return String.format(Locale.ROOT, "--share:%.1f", 100 * value(cell) / largest);
        }

        private static double value(Cell cell) {
            return cell instanceof Cell.Quantity number && number.value() != null
                    ? number.value().doubleValue()
                    : Double.NaN;
        }

        /** Returns the class of a cell; null if it needs none. */
        static @Nullable String classes(Table.Column column, Cell cell) {
            if (cell instanceof Cell.Mark mark && mark.good() != null) {
                return mark.good() ? "good" : "bad";
            }
            return column.kind() == Kind.TEXT ? null : "n";
        }

        /** Returns JSON that cannot end the element that it is in. */
        static String json(Block.Widget widget) {
            return widget.value().replace("<", "\\u003c");
        }

        static String start(int level) {
            return "<h" + level + ">";
        }

        static String end(int level) {
            return "</h" + level + ">";
        }
    }
}
