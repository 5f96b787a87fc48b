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
import java.io.UncheckedIOException;
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
import org.apache.poi.xddf.usermodel.chart.LegendPosition;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.ScatterStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFDataSourcesFactory;
import org.apache.poi.xddf.usermodel.chart.XDDFNumericalDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFScatterChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xssf.usermodel.XSSFRow;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.xmlbeans.XmlCursor;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTLayout;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTLegend;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTManualLayout;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTMarker;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTPlotArea;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTScatterSer;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTValAx;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;
import org.openxmlformats.schemas.drawingml.x2006.chart.STLayoutMode;
import org.openxmlformats.schemas.drawingml.x2006.chart.STLayoutTarget;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextBody;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextCharacterProperties;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextParagraph;

/**
 * Writes a chart of the report as a scatter chart of PowerPoint, whose numbers can be edited. Rows stand at whole
 * heights; a legend has the names of lines and dots, so that none of them covers another.
 */
final class NativeChart {

    private static final double SIZE = FittedText.SMALLEST;
    private static final Letters LETTERS = Letters.plain(SIZE);

    /** Height of a line of the legend in points. */
    private static final double LINE = 20;

    /** Width in points below which a legend stands under the chart. */
    private static final double NARROW = 400;

    /** Width in points above which lines are half transparent: LibreOffice draws them over the dots of other series. */
    private static final double THICK = 3;

    private final XSLFChart chart;
    private final Area area;
    private final Look look;
    private final Words words;
    private final List<Trace> traces = new ArrayList<>();

    /** A point, in the units of the axes. */
    private record At(double x, double y) {}

    /**
     * One series of the scatter chart.
     *
     * @param name of the series
     * @param color of the series
     * @param width of its line in points; 0 for none
     * @param dashed whether the line is dashed
     * @param symbol of its dots; null for none
     * @param filled whether the dots are filled
     * @param label position of its name beside its point; null if it is not shown
     * @param key whether the legend has it
     * @param points of the series
     */
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

        Double[] numbers(ToDoubleFunction<At> coordinate) {
            return points.stream().mapToDouble(coordinate).boxed().toArray(Double[]::new);
        }

        static Trace line(String name, Color color, double width, At... points) {
            return new Trace(name, color, width, false, null, true, null, false, List.of(points));
        }

        static Trace dots(String name, Color color, Symbol symbol, boolean filled, boolean key, At... points) {
            return new Trace(name, color, 0, false, symbol, filled, null, key, List.of(points));
        }

        static Trace label(String name, Color color, STDLblPos.Enum side, At point) {
            return new Trace(name, color, 0, false, null, true, side, false, List.of(point));
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
            lines.guides()
                    .forEach(guide -> traces.add(new Trace(
                            words.said(guide.words()),
                            look.quiet(),
                            1,
                            true,
                            null,
                            true,
                            null,
                            !guide.words().isEmpty(),
                            List.of(new At(guide.x(), guide.y()), new At(guide.toX(), guide.toY())))));
            lines.series().forEach(one -> series(one, lines.up()));
            plot(lines.across(), lines.up(), area.width() < NARROW ? LegendPosition.BOTTOM : LegendPosition.RIGHT);
        }
    }

    private void rows(RowChart rows) {
        int count = rows.rows().size();
        Axis across = rows.axis();
        Axis up = new Axis("", 0.4, count + 0.6, 1, Axis.Scale.LINEAR);
        double low = bound(across, across.low());
        double high = bound(across, across.high());
        double names = Math.min(0.4 * area.width(), 20 + widest(rows, Row::name));
        double notes = Math.min(0.3 * area.width(), 18 + widest(rows, Row::note));
        double top = rows.legend().isEmpty() ? 10 : 10 + LINE;
        Area frame = new Area(names, top, area.width() - names - notes, area.height() - top)
                .above(across.title().isEmpty() ? 24 : 44);
        RowChart.Band band = rows.band();
        if (band != null) { // a wide line, behind all others
            double from = Math.max(band.from(), low);
            double to = Math.min(band.to(), high);
            double width = (to - from) / (high - low) * frame.width();
            upright("band", look.line(), Math.max(0.5, width), (from + to) / 2, up);
        }
        upright("axis", look.line(), 0.75, low, up);
        if (low < 0 && high > 0) {
            upright("zero", look.quiet(), 1, 0, up);
        }
        for (int i = 0; i < count; i++) {
            row(rows.rows().get(i), count - i, low, high);
        }
        if (rows.tied() > 1) {
            At first = new At(low, count + 0.3);
            traces.add(Trace.line("tied", look.ink(), 2.5, first, new At(low, count - rows.tied() + 0.7)));
        }
        for (RowChart.Key key : rows.legend()) { // its point is below the axis, where it is not seen
            At nowhere = new At(low, -1);
            traces.add(Trace.dots(words.said(key.words()), look.quiet(), key.symbol(), key.filled(), true, nowhere));
        }
        plot(across, up, LegendPosition.TOP);
        CTPlotArea plot = chart.getCTChart().getPlotArea();
        place(plot.isSetLayout() ? plot.getLayout() : plot.addNewLayout(), frame)
                .addNewLayoutTarget()
                .setVal(STLayoutTarget.INNER);
        if (!rows.legend().isEmpty()) {
            CTLegend legend = chart.getCTChart().getLegend();
            place(
                    legend.isSetLayout() ? legend.getLayout() : legend.addNewLayout(),
                    new Area(0, 0, area.width(), LINE));
        }
    }

    private double widest(RowChart rows, Function<Row, String> text) {
        return rows.rows().stream()
                .mapToDouble(row -> LETTERS.width(words.said(text.apply(row))))
                .max()
                .orElse(0);
    }

    private void upright(String name, Color color, double width, double x, Axis up) {
        traces.add(Trace.line(name, color, width, new At(x, up.low()), new At(x, up.high())));
    }

    private void row(Row row, double y, double low, double high) {
        Color color = color(row.color());
        String name = words.said(row.name());
        for (Row.Item item : row.items()) {
            if (item instanceof Range range) {
                traces.add(Trace.line(
                        name + ": range",
                        range.strong() ? color : Look.mixed(color, look.pale(), 0.35),
                        range.strong() ? 2 : 4,
                        new At(range.from(), y),
                        new At(range.to(), y)));
            } else if (item instanceof Dot dot) {
                traces.add(Trace.dots(name, color, dot.symbol(), dot.filled(), false, new At(dot.at(), y)));
            }
        }
        String brief = LETTERS.cut(name, 0.36 * area.width());
        traces.add(Trace.label(whole(brief) + "\u00A0\u00A0", look.ink(), STDLblPos.L, new At(low, y)));
        if (!row.note().isEmpty()) {
            String note = LETTERS.cut(words.said(row.note()), 0.28 * area.width());
            traces.add(Trace.label("\u00A0" + whole(note), look.quiet(), STDLblPos.R, new At(high, y)));
        }
    }

    /** Returns a label that LibreOffice does not break into lines. */
    private static String whole(String label) {
        return label.replace(' ', '\u00A0').replace('-', '\u2011');
    }

    private void series(Series one, Axis up) {
        Color color = color(one.color());
        String name = words.said(one.name());
        for (Series.Point point : one.points()) {
            Double low = point.low();
            Double high = point.high();
            if (low != null && high != null) {
                At from = new At(point.x(), Math.max(up.low(), low));
                traces.add(Trace.line(
                        name + ": interval", color, 1.25, from, new At(point.x(), Math.min(up.high(), high))));
            }
        }
        List<At> points = new ArrayList<>();
        for (Series.Point point : one.points()) {
            if (one.look() == Series.Look.STEPS && !points.isEmpty()) {
                points.add(new At(point.x(), points.get(points.size() - 1).y()));
            }
            points.add(new At(point.x(), point.y()));
        }
        boolean dashed = one.look() == Series.Look.DASHES || one.look() == Series.Look.STEPS;
        boolean faint = one.look() == Series.Look.FAINT;
        boolean marked = one.look() == Series.Look.DOTS || one.look() == Series.Look.MARKED || points.size() == 1;
        traces.add(new Trace(
                name,
                faint ? Look.mixed(color, look.pale(), 0.4) : color,
                one.look() == Series.Look.DOTS ? 0 : faint ? 1 : 2,
                dashed,
                marked ? one.symbol() : null,
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
            vertical.getOrAddMajorGridProperties()
                    .setLineProperties(new XDDFLineProperties(new XDDFNoFillProperties()));
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
            legend(legend);
        }
    }

    private XSSFSheet sheet() {
        try {
            return chart.getWorkbook().getSheetAt(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidFormatException e) {
            throw new IllegalStateException("a new chart has a workbook that is none", e);
        }
    }

    /** Shows as many keys as there is room for, and no other series. */
    private void legend(LegendPosition position) {
        chart.getOrAddLegend().setPosition(position);
        CTLegend legend = chart.getCTChart().getLegend();
        long shown = 0;
        long most = (long) Math.max(1, 0.9 * area.height() / LINE);
        for (int i = 0; i < traces.size(); i++) {
            if (!traces.get(i).key() || shown++ >= most) {
                var entry = legend.addNewLegendEntry();
                entry.addNewIdx().setVal(i);
                entry.addNewDelete().setVal(true);
            }
        }
        font(legend.isSetTxPr() ? legend.getTxPr() : legend.addNewTxPr(), look.ink());
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
        to.getOrAddTextProperties().setFontSize(SIZE);
        to.getOrAddTextProperties().setFillProperties(fill(look.quiet()));
        to.getOrAddMajorGridProperties().setLineProperties(line(look.line(), 0.5));
    }

    private static double bound(Axis axis, double number) {
        return axis.scale() == Axis.Scale.DOUBLING ? Math.pow(2, number) : number;
    }

    private static XDDFSolidFillProperties fill(Color color) {
        return new XDDFSolidFillProperties(XDDFColor.from(Look.rgb(color)));
    }

    private static XDDFLineProperties line(Color color, double width) {
        XDDFLineProperties line = new XDDFLineProperties(fill(color));
        line.setWidth(width);
        return line;
    }

    private static void font(CTTextBody body, Color color) {
        if (body.getBodyPr() == null) {
            body.addNewBodyPr();
        }
        body.setPArray(new CTTextParagraph[0]); // POI's own paragraph has another size
        font(body.addNewP().addNewPPr().addNewDefRPr(), color);
    }

    private static void font(CTTextCharacterProperties font, Color color) {
        font.setSz((int) (SIZE * 100));
        font.setB(false);
        (font.isSetSolidFill() ? font.getSolidFill() : font.addNewSolidFill())
                .addNewSrgbClr()
                .setVal(Look.rgb(color));
    }

    /** Fixes the place of a part of the chart, so that there is room for the names and notes of rows. */
    private CTManualLayout place(CTLayout part, Area place) {
        CTManualLayout layout = part.addNewManualLayout();
        layout.addNewXMode().setVal(STLayoutMode.EDGE);
        layout.addNewYMode().setVal(STLayoutMode.EDGE);
        layout.addNewX().setVal(place.x() / area.width());
        layout.addNewY().setVal(place.y() / area.height());
        layout.addNewW().setVal(place.width() / area.width());
        layout.addNewH().setVal(place.height() / area.height());
        return layout;
    }

    /** Writes a series into the chart, whose numbers are two columns of its workbook. */
    private void write(Trace trace, XDDFScatterChartData data, int column, String sheet) {
        var series = (XDDFScatterChartData.Series)
                data.addSeries(source(trace.numbers(At::x), column), source(trace.numbers(At::y), column + 1));
        series.setTitle(trace.name(), new CellReference(sheet, 0, column + 1, true, true));
        series.setSmooth(false);
        XDDFLineProperties line = trace.width() == 0
                ? new XDDFLineProperties(new XDDFNoFillProperties())
                : line(trace.color(), trace.width());
        if (trace.dashed()) {
            line.setPresetDash(new XDDFPresetLineDash(PresetLineDash.DASH));
        }
        series.setLineProperties(line);
        CTScatterSer raw = series.getCTScatterSer();
        if (trace.width() > THICK) {
            raw.getSpPr().getLn().getSolidFill().getSrgbClr().addNewAlpha().setVal(50_000);
        }
        series.setMarkerStyle(trace.symbol() == null ? MarkerStyle.NONE : style(trace.symbol()));
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
