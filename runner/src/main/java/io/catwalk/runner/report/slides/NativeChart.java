package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Axis;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.Row;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.charts.Series;
import io.catwalk.runner.report.charts.XyChart;
import io.catwalk.runner.report.graphics.Letters;
import io.catwalk.runner.report.graphics.Symbol;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import javax.xml.namespace.QName;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.ss.util.CellRangeAddress;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.xddf.usermodel.PresetLineDash;
import org.apache.poi.xddf.usermodel.XDDFColor;
import org.apache.poi.xddf.usermodel.XDDFLineProperties;
import org.apache.poi.xddf.usermodel.XDDFNoFillProperties;
import org.apache.poi.xddf.usermodel.XDDFPresetLineDash;
import org.apache.poi.xddf.usermodel.XDDFSolidFillProperties;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisCrosses;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.AxisTickMark;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.DisplayBlanks;
import org.apache.poi.xddf.usermodel.chart.LayoutMode;
import org.apache.poi.xddf.usermodel.chart.LayoutTarget;
import org.apache.poi.xddf.usermodel.chart.LegendPosition;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.ScatterStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFDataSourcesFactory;
import org.apache.poi.xddf.usermodel.chart.XDDFLegendEntry;
import org.apache.poi.xddf.usermodel.chart.XDDFManualLayout;
import org.apache.poi.xddf.usermodel.chart.XDDFNumericalDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFScatterChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xssf.usermodel.XSSFRow;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.xmlbeans.XmlCursor;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTMarker;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTScatterSer;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTValAx;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextBody;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextCharacterProperties;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextParagraph;

/**
 * Writes a chart of the report as a scatter chart of PowerPoint, whose numbers can be edited. Rows stand at whole
 * heights; a legend has the names of lines and dots, so that none of them covers another.
 */
final class NativeChart {

    private static final Letters LETTERS = Letters.plain(FittedText.SMALLEST);

    /** Height of a line of the legend in points. */
    private static final double LINE = 20;

    /** Width in points below which a legend stands under the chart. */
    private static final double NARROW = 400;

    private final XSLFChart chart;
    private final Area area;
    private final Look look;
    private final Words words;
    private final List<Trace> traces = new ArrayList<>();

    /** A point, in the units of the axes. */
    private record At(double x, double y) {}

    /** A series: a line if it has a width, dots if it has a symbol, its name beside its point if it has a label. */
    private record Trace(
            String name,
            Color color,
            double width,
            boolean dashed,
            @Nullable Symbol symbol,
            boolean filled,
            STDLblPos.@Nullable Enum label,
            boolean key,
            List<At> points) {

        static Trace line(String name, Color color, double width, boolean dashed, At... points) {
            return new Trace(name, color, width, dashed, null, true, null, false, List.of(points));
        }

        static Trace dot(String name, Color color, Symbol symbol, boolean filled, boolean key, At point) {
            return new Trace(name, color, 0, false, symbol, filled, null, key, List.of(point));
        }

        /** Returns a name beside a point, which LibreOffice does not break into lines. */
        static Trace label(String name, Color color, STDLblPos.Enum side, At point) {
            String whole = name.replace(' ', '\u00A0').replace('-', '\u2011');
            return new Trace(whole, color, 0, false, null, true, side, false, List.of(point));
        }

        Double[] numbers(ToDoubleFunction<At> coordinate) {
            return points.stream().mapToDouble(coordinate).boxed().toArray(Double[]::new);
        }
    }

    NativeChart(XSLFChart chart, Area area, Look look, Words words) {
        this.chart = chart;
        this.area = area;
        this.look = look;
        this.words = words;
    }

    /** Returns whether PowerPoint has such a chart: rows of dots and ranges, or lines and dots between two axes. */
    static boolean exists(Chart chart) {
        return chart instanceof XyChart
                || (chart instanceof RowChart rows
                        && rows.rows().stream()
                                .flatMap(row -> row.items().stream())
                                .allMatch(item -> item instanceof Dot || item instanceof Range));
    }

    /** Draws it. */
    void draw(Chart given) {
        if (given instanceof RowChart rows) {
            rows(rows);
        } else if (given instanceof XyChart lines) {
            for (XyChart.Guide guide : lines.guides()) {
                List<At> points = List.of(new At(guide.x(), guide.y()), new At(guide.toX(), guide.toY()));
                boolean key = !guide.words().isEmpty();
                String name = key ? words.said(guide.words()) : "guide";
                traces.add(new Trace(name, look.quiet(), 1, true, null, true, null, key, points));
            }
            lines.series().forEach(one -> series(one, lines.up()));
            boolean below = area.width() < NARROW && area.height() > 0.7 * area.width();
            plot(lines.across(), lines.up(), below ? LegendPosition.BOTTOM : LegendPosition.RIGHT);
        }
    }

    private void rows(RowChart rows) {
        int count = rows.rows().size();
        Axis across = rows.axis();
        Axis up = new Axis("", 0.4, count + 0.6, 1, Axis.Scale.LINEAR);
        double low = bound(across, across.low());
        upright("axis", low, false, up);
        if (low < 0 && across.high() > 0) {
            upright("zero", 0, false, up);
        }
        RowChart.Band band = rows.band();
        if (band != null) {
            upright("band", Math.max(low, band.from()), true, up);
            upright("band", Math.min(bound(across, across.high()), band.to()), true, up);
        }
        for (int i = 0; i < count; i++) {
            row(rows.rows().get(i), count - i, low, bound(across, across.high()));
        }
        if (rows.tied() > 1) {
            At first = new At(low, count + 0.3);
            traces.add(Trace.line("tied", look.ink(), 2.5, false, first, new At(low, count - rows.tied() + 0.7)));
        }
        for (RowChart.Key key : rows.legend()) { // its point is below the axis, where it is not seen
            At nowhere = new At(low, -1);
            traces.add(Trace.dot(words.said(key.words()), look.quiet(), key.symbol(), key.filled(), true, nowhere));
        }
        plot(across, up, LegendPosition.TOP);
        // There must be room for the names and notes of rows, which charts do not reserve for labels.
        double names = Math.min(0.4 * area.width(), 20 + widest(rows, Row::name));
        double notes = Math.min(0.3 * area.width(), 18 + widest(rows, Row::note));
        double keys = rows.legend().stream()
                .mapToDouble(key -> 50 + LETTERS.width(words.said(key.words())))
                .sum();
        double top = 10 + LINE * Math.ceil(keys / area.width());
        Area frame = new Area(names, top, area.width() - names - notes, area.height() - top)
                .above(across.title().isEmpty() ? 24 : 44);
        XDDFManualLayout layout = chart.getOrAddManualLayout();
        layout.setTarget(LayoutTarget.INNER);
        place(layout, frame);
        if (!rows.legend().isEmpty()) {
            place(chart.getOrAddLegend().getOrAddManualLayout(), new Area(0, 0, area.width(), top - 10));
        }
    }

    private double widest(RowChart rows, Function<Row, String> text) {
        return rows.rows().stream()
                .mapToDouble(row -> LETTERS.width(words.said(text.apply(row))))
                .max()
                .orElse(0);
    }

    private void upright(String name, double x, boolean dashed, Axis up) {
        traces.add(Trace.line(name, look.quiet(), 0.75, dashed, new At(x, up.low()), new At(x, up.high())));
    }

    private void row(Row row, double y, double low, double high) {
        Color color = color(row.color());
        String name = words.said(row.name());
        for (Row.Item item : row.items()) {
            if (item instanceof Range range) {
                Color shade = range.strong() ? color : Look.mixed(color, look.pale(), 0.35);
                At from = new At(range.from(), y);
                double width = range.strong() ? 2 : 4;
                traces.add(Trace.line(name + ": range", shade, width, false, from, new At(range.to(), y)));
            } else if (item instanceof Dot dot) {
                traces.add(Trace.dot(name, color, dot.symbol(), dot.filled(), false, new At(dot.at(), y)));
            }
        }
        String brief = LETTERS.cut(name, 0.36 * area.width());
        traces.add(Trace.label(brief + " ", look.ink(), STDLblPos.L, new At(low, y)));
        if (!row.note().isEmpty()) {
            String note = LETTERS.cut(words.said(row.note()), 0.28 * area.width());
            traces.add(Trace.label(" " + note, look.quiet(), STDLblPos.R, new At(high, y)));
        }
    }

    private void series(Series one, Axis up) {
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
        traces.add(new Trace(
                name,
                faint ? Look.mixed(color, look.pale(), 0.4) : color,
                dots ? 0 : faint ? 1 : 2,
                one.look() == Series.Look.DASHES || one.look() == Series.Look.STEPS,
                dots || one.look() == Series.Look.MARKED || points.size() == 1 ? one.symbol() : null,
                true,
                null,
                one.labeled(),
                points));
    }

    /** Returns a color by its name in charts. */
    private Color color(String name) {
        return name.startsWith("#")
                ? Color.decode(name)
                : name.equals("accent") ? look.accent() : name.equals("ink") ? look.ink() : look.quiet();
    }

    private void plot(Axis across, Axis up, LegendPosition legend) {
        chart.setAutoTitleDeleted(true);
        chart.displayBlanksAs(DisplayBlanks.GAP);
        var space = chart.getCTChartSpace();
        (space.isSetRoundedCorners() ? space.getRoundedCorners() : space.addNewRoundedCorners()).setVal(false);
        font(space.isSetTxPr() ? space.getTxPr() : space.addNewTxPr(), look.ink());
        XDDFValueAxis horizontal = chart.createValueAxis(AxisPosition.BOTTOM);
        XDDFValueAxis vertical = chart.createValueAxis(AxisPosition.LEFT);
        apply(across, horizontal);
        apply(up, vertical);
        if (up.title().isEmpty()) { // rows have names instead of numbers
            vertical.setVisible(false);
            vertical.getOrAddMajorGridProperties().setLineProperties(noLine());
        }
        XDDFScatterChartData data = (XDDFScatterChartData) chart.createData(ChartTypes.SCATTER, horizontal, vertical);
        data.setStyle(ScatterStyle.LINE_MARKER);
        data.setVaryColors(false);
        // LibreOffice loses a short series if a longer one follows. This order also draws single dots over lines.
        traces.sort(Comparator.comparingInt(trace -> -trace.points().size()));
        XSSFSheet sheet = sheet();
        for (int i = 0; i < traces.size(); i++) {
            write(traces.get(i), data, 2 * i, sheet.getSheetName());
        }
        chart.plot(data);
        for (int i = 0; i < traces.size(); i++) { // over the cells that POI has written, some of which are texts
            Trace trace = traces.get(i);
            column(sheet, 2 * i, trace.name() + ": x", trace.numbers(At::x));
            column(sheet, 2 * i + 1, trace.name(), trace.numbers(At::y));
        }
        for (CTValAx axis : chart.getCTChart().getPlotArea().getValAxList()) {
            axis.getNumFmt().setSourceLinked(false);
            if (axis.isSetTitle()) {
                for (CTTextParagraph title : axis.getTitle().getTx().getRich().getPList()) {
                    title.getRList().forEach(run -> font(run.getRPr(), look.quiet()));
                    title.unsetEndParaRPr();
                }
            }
        }
        if (traces.stream().anyMatch(Trace::key)) {
            chart.getOrAddLegend().setPosition(legend);
            for (int i = 0; i < traces.size(); i++) {
                if (!traces.get(i).key()) {
                    XDDFLegendEntry entry = chart.getOrAddLegend().addEntry();
                    entry.setIndex(i);
                    entry.setDelete(true);
                }
            }
        }
    }

    private XSSFSheet sheet() {
        try {
            return chart.getWorkbook().getSheetAt(0);
        } catch (IOException | InvalidFormatException e) {
            throw new IllegalStateException("a new chart has no workbook", e);
        }
    }

    /** Sets the bounds, ticks and title of an axis. */
    private void apply(Axis axis, XDDFValueAxis to) {
        boolean doubling = axis.scale() == Axis.Scale.DOUBLING;
        if (!axis.title().isEmpty()) {
            to.setTitle(axis.title());
        }
        if (doubling) {
            to.setLogBase(2);
        }
        to.setMinimum(bound(axis, axis.low()));
        to.setMaximum(bound(axis, axis.high()));
        to.setMajorUnit(bound(axis, axis.step()));
        int digits = doubling ? 0 : (int) Math.max(0, -Math.floor(Math.log10(axis.step()) + 1e-9));
        to.setNumberFormat(digits == 0 ? "#,##0" : "0." + "0".repeat(digits));
        to.setCrosses(AxisCrosses.MIN);
        to.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        to.setMajorTickMark(AxisTickMark.NONE);
        to.setMinorTickMark(AxisTickMark.NONE);
        to.getOrAddShapeProperties().setLineProperties(line(look.line(), 0.75));
        to.getOrAddMajorGridProperties().setLineProperties(line(look.line(), 0.5));
    }

    private static double bound(Axis axis, double number) {
        return axis.scale() == Axis.Scale.DOUBLING ? Math.pow(2, number) : number;
    }

    private static XDDFLineProperties line(Color color, double width) {
        XDDFLineProperties line = new XDDFLineProperties(new XDDFSolidFillProperties(XDDFColor.from(Look.rgb(color))));
        line.setWidth(width);
        return line;
    }

    private static XDDFLineProperties noLine() {
        return new XDDFLineProperties(new XDDFNoFillProperties());
    }

    private static void font(CTTextBody body, Color color) {
        if (body.getBodyPr() == null) {
            body.addNewBodyPr();
        }
        body.setPArray(new CTTextParagraph[0]); // POI's own paragraph has another size
        font(body.addNewP().addNewPPr().addNewDefRPr(), color);
    }

    private static void font(CTTextCharacterProperties font, Color color) {
        font.setSz((int) (FittedText.SMALLEST * 100));
        font.setB(false);
        font.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(color));
    }

    private void place(XDDFManualLayout layout, Area place) {
        layout.setXMode(LayoutMode.EDGE);
        layout.setYMode(LayoutMode.EDGE);
        layout.setX(place.x() / area.width());
        layout.setY(place.y() / area.height());
        layout.setWidthRatio(place.width() / area.width());
        layout.setHeightRatio(place.height() / area.height());
    }

    /** Writes a series into the chart, whose numbers are two columns of its workbook. */
    private void write(Trace trace, XDDFScatterChartData data, int column, String sheet) {
        var series = (XDDFScatterChartData.Series)
                data.addSeries(source(trace.numbers(At::x), column), source(trace.numbers(At::y), column + 1));
        series.setTitle(trace.name(), new CellReference(sheet, 0, column + 1, true, true));
        series.setSmooth(false);
        XDDFLineProperties line = trace.width() == 0 ? noLine() : line(trace.color(), trace.width());
        if (trace.dashed()) {
            line.setPresetDash(new XDDFPresetLineDash(PresetLineDash.DASH));
        }
        series.setLineProperties(line);
        series.setMarkerStyle(trace.symbol() == null ? MarkerStyle.NONE : style(trace.symbol()));
        CTScatterSer raw = series.getCTScatterSer();
        if (trace.symbol() != null) {
            marker(raw.getMarker(), trace);
        }
        CTDLbls labels = raw.isSetDLbls() ? raw.getDLbls() : raw.addNewDLbls();
        if (trace.label() != null) {
            font(labels.addNewTxPr(), trace.color());
            labels.addNewDLblPos().setVal(trace.label());
        }
        // Each program has its own default for an option that is missing.
        labels.addNewShowLegendKey().setVal(false);
        labels.addNewShowVal().setVal(false);
        labels.addNewShowCatName().setVal(false);
        labels.addNewShowSerName().setVal(trace.label() != null);
        labels.addNewShowPercent().setVal(false);
        labels.addNewShowBubbleSize().setVal(false);
    }

    private XDDFNumericalDataSource<Double> source(Double[] numbers, int column) {
        return XDDFDataSourcesFactory.fromArray(
                numbers, chart.formatRange(new CellRangeAddress(1, numbers.length, column, column)), column);
    }

    private static void column(XSSFSheet sheet, int column, String head, Double[] numbers) {
        row(sheet, 0).createCell(column).setCellValue(head);
        for (int i = 0; i < numbers.length; i++) {
            row(sheet, i + 1).createCell(column).setCellValue(numbers[i]);
        }
    }

    private static XSSFRow row(XSSFSheet sheet, int number) {
        return sheet.getRow(number) == null ? sheet.createRow(number) : sheet.getRow(number);
    }

    /** Sets size and color of dots. The size is plain XML, since the small edition of POI's schemas lacks its type. */
    private static void marker(CTMarker marker, Trace trace) {
        try (XmlCursor cursor = marker.getSymbol().newCursor()) {
            cursor.toEndToken();
            cursor.toNextToken();
            cursor.beginElement(new QName(marker.getSymbol().getDomNode().getNamespaceURI(), "size"));
            cursor.insertAttributeWithValue("val", "9");
        }
        var shape = marker.isSetSpPr() ? marker.getSpPr() : marker.addNewSpPr();
        Color inside = trace.filled() ? trace.color() : Look.mixed(trace.color(), Color.WHITE, 0.35);
        shape.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(inside));
        shape.addNewLn().addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(trace.color()));
        shape.getLn().setW(19050);
    }

    private static MarkerStyle style(Symbol symbol) {
        return switch (symbol) {
            case CIRCLE -> MarkerStyle.CIRCLE;
            case SQUARE -> MarkerStyle.SQUARE;
            case TRIANGLE -> MarkerStyle.TRIANGLE;
            case DIAMOND -> MarkerStyle.DIAMOND;
            case PLUS -> MarkerStyle.PLUS;
            case CROSS -> MarkerStyle.X;
            case STAR -> MarkerStyle.STAR;
        };
    }
}
