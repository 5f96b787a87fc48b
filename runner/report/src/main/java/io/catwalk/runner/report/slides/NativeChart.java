package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Chart;
import io.catwalk.runner.report.ChartAxis;
import io.catwalk.runner.report.Letters;
import io.catwalk.runner.report.Picture;
import io.catwalk.runner.report.RowChart;
import io.catwalk.runner.report.RowChart.Row;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.RowChart.Row.Range;
import io.catwalk.runner.report.Symbol;
import io.catwalk.runner.report.XyChart;
import io.catwalk.runner.report.XyChart.Series;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.util.Units;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xssf.usermodel.XSSFCell;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.xmlbeans.XmlException;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.ChartSpaceDocument;

/**
 * Writes a chart of the report as a scatter chart of PowerPoint, whose numbers can be edited. Rows stand at whole
 * heights; a legend has the names of lines and dots, so that none of them covers another.
 */
record NativeChart(XSLFChart chart, Area area, SlideLook look, SlideWords words, List<Trace> traces) {

    private static final Letters LETTERS = Letters.plain(FittedText.SMALLEST);

    /** Height of a line of the legend in points. */
    private static final double LINE = 20;

    /** Height of a row in points, in which its name does not touch the next. */
    private static final double ROW = FittedText.SMALLEST + 1;

    /** Width in points below which a legend stands under the chart. */
    private static final double NARROW = 400;

    private record At(double x, double y) {}

    /** A series: a line if it has a width, dots if it has a symbol, its name beside its point if it has a label. */
    private record Trace(
            String name,
            Color color,
            double width,
            boolean dashed,
            @Nullable Symbol symbol,
            boolean filled,
            @Nullable String label,
            boolean key,
            List<At> points) {

        static Trace line(String name, Color color, double width, boolean dashed, At... points) {
            return new Trace(name, color, width, dashed, null, true, null, false, List.of(points));
        }

        static Trace dot(String name, Color color, Symbol symbol, boolean filled, boolean key, At point) {
            return new Trace(name, color, 0, false, symbol, filled, null, key, List.of(point));
        }

        Trace unnamed() {
            return new Trace(name, color, width, dashed, symbol, filled, label, false, points);
        }

        /** Returns a name beside a point, which LibreOffice does not break into lines. */
        static Trace label(String name, Color color, String side, At point) {
            String whole = name.replace(' ', '\u00A0').replace('-', '\u2011');
            return new Trace(whole, color, 0, false, null, true, side, false, List.of(point));
        }
    }

    NativeChart(XSLFChart chart, Area area, SlideLook look, SlideWords words) {
        this(chart, area, look, words, new ArrayList<>());
    }

    /** Returns whether PowerPoint has such a chart: rows of dots and ranges, or lines and dots between two axes. */
    static boolean exists(Chart chart) {
        return chart instanceof XyChart
                || (chart instanceof RowChart rows
                        && rows.rows().stream()
                                .flatMap(row -> row.items().stream())
                                .allMatch(item -> item instanceof Dot || item instanceof Range));
    }

    /** Returns the height in points in which the names of all rows can be read. */
    static double height(RowChart rows, double width) {
        return above(rows, width) + rows.rows().size() * ROW + below(rows);
    }

    /** Returns how many rows can be read in a height, at least one. */
    static int fitting(RowChart rows, double width, double height) {
        return (int) Math.max(1, (height - above(rows, width) - below(rows)) / ROW + 1e-6);
    }

    private static double above(RowChart rows, double width) {
        double keys = rows.legend().stream()
                .mapToDouble(key -> 50 + LETTERS.width(key.words()))
                .sum();
        return 10 + LINE * Math.ceil(keys / width);
    }

    private static double below(RowChart rows) {
        return rows.axis().title().isEmpty() ? 24 : 44;
    }

    void draw(Chart given) {
        if (given instanceof RowChart rows) {
            rows(rows);
        } else if (given instanceof XyChart lines) {
            lines.series().forEach(one -> series(one, lines.up()));
            boolean below = area.width() < NARROW && area.height() > 0.7 * area.width();
            limitKeys(lines, below);
            plot(lines.across(), lines.up(), null, below ? "b" : "r");
        }
    }

    /** Names only as many series as the legend has room for, and says with an ellipsis that there are more. */
    private void limitKeys(XyChart lines, boolean below) {
        double widest = 50 + LETTERS.widest(traces.stream().filter(Trace::key).map(Trace::name));
        double room = below
                ? Math.floor(0.4 * area.height() / LINE) * Math.max(1, Math.floor(area.width() / widest))
                : Math.floor((area.height() - 2 * LINE) / LINE);
        int keys = 0;
        int all = (int) traces.stream().filter(Trace::key).count();
        for (int i = 0; i < traces.size() && all > room; i++) {
            Trace trace = traces.get(i);
            if (trace.key() && ++keys >= room) {
                traces.set(i, trace.unnamed());
            }
        }
        if (all > room) {
            At nowhere = new At(lines.across().first(), lines.up().low() - 1);
            traces.add(new Trace("…", look.quiet(), 0, false, null, true, null, true, List.of(nowhere)));
        }
    }

    private void rows(RowChart rows) {
        int count = rows.rows().size();
        ChartAxis across = rows.axis();
        ChartAxis up = new ChartAxis("", 0.4, count + 0.6, 1, ChartAxis.Scale.LINEAR);
        double low = across.first();
        upright("axis", low, false, up);
        if (low < 0 && across.high() > 0) {
            upright("zero", 0, false, up);
        }
        RowChart.Band band = rows.band();
        if (band != null) {
            upright("band", Math.max(low, band.from()), true, up);
            upright("band", Math.min(across.last(), band.to()), true, up);
        }
        for (int i = 0; i < count; i++) {
            row(rows.rows().get(i), count - i, low, across.last());
        }
        if (rows.tied() > 1) {
            At first = new At(low, count + 0.3);
            traces.add(Trace.line("tied", look.ink(), 2.5, false, first, new At(low, count - rows.tied() + 0.7)));
        }
        for (RowChart.Key key : rows.legend()) { // its point is below the axis, where it is not seen
            At nowhere = new At(low, -1);
            traces.add(Trace.dot(words.said(key.words()), look.quiet(), key.symbol(), key.filled(), true, nowhere));
        }
        // There must be room for the names and notes of rows, which charts do not reserve for labels.
        double names = Math.min(0.4 * area.width(), 20 + widest(rows, Row::name));
        double notes = Math.min(0.3 * area.width(), 18 + widest(rows, Row::note));
        double top = above(rows, area.width());
        Area frame = new Area(names, top, area.width() - names - notes, area.height() - top).above(below(rows));
        plot(across, up, frame, "t");
    }

    private double widest(RowChart rows, Function<Row, String> text) {
        return LETTERS.widest(rows.rows().stream().map(text).map(words::said));
    }

    private void upright(String name, double x, boolean dashed, ChartAxis up) {
        traces.add(Trace.line(name, look.quiet(), 0.75, dashed, new At(x, up.low()), new At(x, up.high())));
    }

    private void row(Row row, double y, double low, double high) {
        Color color = color(row.color());
        String name = words.said(row.name());
        for (Row.Item item : row.items()) {
            if (item instanceof Range range) {
                Color shade = range.strong() ? color : SlideLook.mixed(color, look.pale(), 0.35);
                At from = new At(range.from(), y);
                double width = range.strong() ? 2 : 4;
                traces.add(Trace.line(name + ": range", shade, width, false, from, new At(range.to(), y)));
            } else if (item instanceof Dot dot) {
                traces.add(Trace.dot(name, color, dot.symbol(), dot.filled(), false, new At(dot.at(), y)));
            }
        }
        String brief = LETTERS.cut(name, 0.36 * area.width());
        traces.add(Trace.label(brief + " ", look.ink(), "l", new At(low, y)));
        if (!row.note().isEmpty()) {
            String note = LETTERS.cut(words.said(row.note()), 0.28 * area.width());
            traces.add(Trace.label(" " + note, look.quiet(), "r", new At(high, y)));
        }
    }

    private void series(Series one, ChartAxis up) {
        Color color = color(one.color());
        String name = words.said(one.name());
        List<At> points = new ArrayList<>();
        for (Series.Point point : one.points()) {
            Double low = point.low();
            Double high = point.high();
            if (low != null && high != null) {
                At from = new At(point.x(), Math.max(up.low(), low));
                At to = new At(point.x(), Math.min(up.high(), high));
                traces.add(Trace.line(name + ": interval", color, 1.25, false, from, to));
            }
            if (one.look() == Series.Look.STEPS && !points.isEmpty()) {
                points.add(new At(point.x(), points.get(points.size() - 1).y()));
            }
            points.add(new At(point.x(), point.y()));
        }
        boolean faint = one.look() == Series.Look.FAINT;
        boolean dots = one.look() == Series.Look.DOTS;
        boolean guide = one.look() == Series.Look.GUIDE;
        traces.add(new Trace(
                name.isEmpty() ? "guide" : name,
                faint ? SlideLook.mixed(color, look.pale(), 0.4) : color,
                dots ? 0 : faint || guide ? 1 : 2,
                one.look() == Series.Look.DASHES || one.look() == Series.Look.STEPS || guide,
                dots || one.look() == Series.Look.MARKED || points.size() == 1 ? one.symbol() : null,
                true,
                null,
                one.labeled(),
                points));
    }

    private Color color(String name) {
        return name.startsWith("#")
                ? Color.decode(name)
                : name.equals("accent") ? look.accent() : name.equals("ink") ? look.ink() : look.quiet();
    }

    /**
     * Writes the chart as XML, since the small edition of POI's schemas lacks types of charts, and its numbers into its
     * workbook.
     *
     * @param frame of the axes; null if programs choose it
     * @param legend its side, and its place if there is a frame
     */
    private void plot(ChartAxis across, ChartAxis up, @Nullable Area frame, String legend) {
        // LibreOffice loses a short series if a longer one follows. This order also draws single dots over lines.
        traces.sort(Comparator.comparingInt(trace -> -trace.points().size()));
        XSSFSheet sheet;
        try {
            sheet = chart.getWorkbook().getSheetAt(0);
        } catch (IOException | InvalidFormatException e) {
            throw new IllegalStateException("a new chart has no workbook", e);
        }
        StringBuilder series = new StringBuilder();
        StringBuilder hidden = new StringBuilder();
        for (int i = 0; i < traces.size(); i++) {
            series.append(series(traces.get(i), i, sheet));
            if (!traces.get(i).key()) {
                hidden.append("<c:legendEntry><c:idx val='%s'/><c:delete val='1'/></c:legendEntry>".formatted(i));
            }
        }
        boolean keys = traces.stream().anyMatch(Trace::key);
        Area top = frame == null ? null : new Area(0, 0, area.width(), Math.max(1, frame.y() - 10));
        String xml = """
                <c:chartSpace xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart'
                    xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><c:roundedCorners val='0'/><c:chart>
                <c:autoTitleDeleted val='1'/><c:plotArea>%s<c:scatterChart><c:scatterStyle val='lineMarker'/>
                <c:varyColors val='0'/>%s<c:axId val='1'/><c:axId val='2'/></c:scatterChart>%s%s</c:plotArea>%s
                <c:plotVisOnly val='1'/><c:dispBlanksAs val='gap'/></c:chart>%s</c:chartSpace>
                """.formatted(
                        layout(frame, "<c:layoutTarget val='inner'/>"),
                        series,
                        axis(across, 1, "b"),
                        axis(up, 2, "l"),
                        keys
                                ? "<c:legend><c:legendPos val='" + legend + "'/>" + hidden + layout(top, "")
                                        + "<c:overlay val='0'/></c:legend>"
                                : "",
                        "<c:txPr>" + text("", look.ink()) + "</c:txPr>");
        try {
            chart.getCTChartSpace().set(ChartSpaceDocument.Factory.parse(xml).getChartSpace());
        } catch (XmlException e) {
            throw new IllegalStateException("a chart is no XML: " + xml, e);
        }
    }

    private String layout(@Nullable Area place, String target) {
        return place == null
                ? ""
                : "<c:layout><c:manualLayout>%s<c:xMode val='edge'/><c:yMode val='edge'/><c:x val='%s'/><c:y val='%s'/>"
                                .formatted(target, place.x() / area.width(), place.y() / area.height())
                        + "<c:w val='%s'/><c:h val='%s'/></c:manualLayout></c:layout>"
                                .formatted(place.width() / area.width(), place.height() / area.height());
    }

    /** Writes an axis; without a title, it is hidden, since the rows beside it have names. */
    private String axis(ChartAxis axis, int id, String side) {
        boolean doubling = axis.scale() == ChartAxis.Scale.DOUBLING;
        int digits = doubling ? 0 : (int) Math.max(0, -Math.floor(Math.log10(axis.step()) + 1e-9));
        boolean seen = id == 1 || !axis.title().isEmpty();
        return """
                <c:valAx><c:axId val='%s'/><c:scaling>%s<c:orientation val='minMax'/><c:max val='%s'/><c:min val='%s'/>
                </c:scaling><c:delete val='%s'/><c:axPos val='%s'/>%s%s
                <c:numFmt formatCode='%s' sourceLinked='0'/><c:majorTickMark val='none'/><c:minorTickMark val='none'/>
                <c:tickLblPos val='low'/><c:spPr>%s</c:spPr><c:crossAx val='%s'/><c:crosses val='min'/>
                <c:crossBetween val='midCat'/><c:majorUnit val='%s'/></c:valAx>
                """.formatted(
                id,
                doubling ? "<c:logBase val='2'/>" : "",
                axis.last(),
                axis.first(),
                !seen,
                side,
                seen
                        ? "<c:majorGridlines><c:spPr>" + line(look.line(), 0.5, false) + "</c:spPr></c:majorGridlines>"
                        : "",
                axis.title().isEmpty()
                        ? ""
                        : "<c:title><c:tx><c:rich>" + text(axis.title(), look.quiet())
                                + "</c:rich></c:tx><c:overlay val='0'/></c:title>",
                digits == 0 ? "#,##0" : "0." + "0".repeat(digits),
                line(look.line(), 0.75, false),
                3 - id,
                doubling ? Math.pow(2, axis.step()) : axis.step());
    }

    private static String fill(Color color) {
        return "<a:solidFill><a:srgbClr val='%06X'/></a:solidFill>".formatted(color.getRGB() & 0xFFFFFF);
    }

    private static String line(Color color, double width, boolean dashed) {
        return width == 0
                ? "<a:ln><a:noFill/></a:ln>"
                : "<a:ln w='%s'>%s%s</a:ln>"
                        .formatted(Units.toEMU(width), fill(color), dashed ? "<a:prstDash val='dash'/>" : "");
    }

    /** Writes a text, or only its font if it is empty. */
    private static String text(String text, Color color) {
        String font = " sz='%s' b='0'>%s".formatted((int) (100 * FittedText.SMALLEST), fill(color));
        return "<a:bodyPr wrap='none'/><a:p><a:pPr><a:defRPr" + font + "</a:defRPr></a:pPr>"
                + (text.isEmpty()
                        ? ""
                        : "<a:r><a:rPr" + font + "</a:rPr><a:t>" + Picture.escaped(text) + "</a:t></a:r>")
                + "</a:p>";
    }

    private static String series(Trace trace, int index, XSSFSheet sheet) {
        String name = Picture.escaped(trace.name());
        String label = trace.label();
        return """
                <c:ser><c:idx val='%1$s'/><c:order val='%1$s'/><c:tx><c:strRef><c:f>%2$s</c:f><c:strCache>
                <c:ptCount val='1'/><c:pt idx='0'><c:v>%3$s</c:v></c:pt></c:strCache></c:strRef></c:tx>
                <c:spPr>%4$s</c:spPr>%5$s<c:dLbls>%6$s<c:showLegendKey val='0'/><c:showVal val='0'/>
                <c:showCatName val='0'/><c:showSerName val='%7$s'/><c:showPercent val='0'/><c:showBubbleSize val='0'/>
                </c:dLbls><c:xVal>%8$s</c:xVal><c:yVal>%9$s</c:yVal><c:smooth val='0'/></c:ser>
                """.formatted(
                index,
                range(sheet, 2 * index + 1, 1, 1),
                name,
                line(trace.color(), trace.width(), trace.dashed()),
                marker(trace),
                label == null ? "" : "<c:txPr>" + text("", trace.color()) + "</c:txPr><c:dLblPos val='" + label + "'/>",
                label != null,
                numbers(sheet, 2 * index, trace.name() + ": x", trace, At::x),
                numbers(sheet, 2 * index + 1, trace.name(), trace, At::y));
    }

    private static String marker(Trace trace) {
        Symbol symbol = trace.symbol();
        if (symbol == null) {
            return "<c:marker><c:symbol val='none'/></c:marker>";
        }
        String mark = symbol == Symbol.CROSS ? "x" : symbol.name().toLowerCase(Locale.ROOT);
        Color inside = trace.filled() ? trace.color() : SlideLook.mixed(trace.color(), Color.WHITE, 0.35);
        return "<c:marker><c:symbol val='%s'/><c:size val='9'/><c:spPr>%s%s</c:spPr></c:marker>"
                .formatted(mark, fill(inside), line(trace.color(), 1.5, false));
    }

    /** Writes numbers into a column of the workbook, and returns the same as XML. */
    private static String numbers(XSSFSheet sheet, int column, String head, Trace trace, Function<At, Double> which) {
        List<Double> numbers = trace.points().stream().map(which).toList();
        cell(sheet, 0, column).setCellValue(head);
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < numbers.size(); i++) {
            cell(sheet, i + 1, column).setCellValue(numbers.get(i));
            points.append("<c:pt idx='%s'><c:v>%s</c:v></c:pt>".formatted(i, numbers.get(i)));
        }
        return "<c:numRef><c:f>%s</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val='%s'/>%s"
                        .formatted(range(sheet, column, 2, numbers.size() + 1), numbers.size(), points)
                + "</c:numCache></c:numRef>";
    }

    private static XSSFCell cell(XSSFSheet sheet, int row, int column) {
        return (sheet.getRow(row) == null ? sheet.createRow(row) : sheet.getRow(row)).createCell(column);
    }

    private static String range(XSSFSheet sheet, int column, int from, int to) {
        String letters = CellReference.convertNumToColString(column);
        return "%s!$%s$%s:$%s$%s".formatted(sheet.getSheetName(), letters, from, letters, to);
    }
}
