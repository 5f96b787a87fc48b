package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.graphics.Letters;
import io.catwalk.runner.report.graphics.Symbol;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import javax.xml.namespace.QName;
import org.apache.poi.xddf.usermodel.PresetLineDash;
import org.apache.poi.xddf.usermodel.XDDFLineProperties;
import org.apache.poi.xddf.usermodel.XDDFPresetLineDash;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFScatterChartData;
import org.apache.xmlbeans.XmlCursor;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTMarker;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTScatterSer;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;
import org.openxmlformats.schemas.drawingml.x2006.chart.STMarkerStyle;

/**
 * One series of a scatter chart of PowerPoint: a line, dots, or a name beside a point.
 *
 * @param name of the series
 * @param color of the series
 * @param width of its line in points; 0 for none
 * @param dashed whether the line is dashed
 * @param mark symbol of its dots; null for none
 * @param filled whether the dots are filled
 * @param size of the dots in points
 * @param label position of its name; null if it is not shown
 * @param points of the series
 */
record Trace(
        String name,
        Color color,
        double width,
        boolean dashed,
        @Nullable Symbol mark,
        boolean filled,
        double size,
        STDLblPos.@Nullable Enum label,
        List<At> points) {

    /** Letters with which names are measured and cut. */
    static final Letters LETTERS = Letters.plain(NativeChart.SIZE);

    /** Width in points above which lines are half transparent. */
    private static final double THICK = 3;

    /** A point, in the units of the axes. */
    record At(double x, double y) {}

    static Trace line(String name, Color color, double width, List<At> points) {
        return new Trace(name, color, width, false, null, true, 0, null, points);
    }

    static Trace dashes(String name, Color color, double width, List<At> points) {
        return new Trace(name, color, width, true, null, true, 0, null, points);
    }

    static Trace dots(String name, Color color, Symbol mark, boolean filled, double size, List<At> points) {
        return new Trace(name, color, 0, false, mark, filled, size, null, points);
    }

    /** Cuts a name that would take too much room. */
    Trace cut(double longest) {
        return new Trace(LETTERS.cut(name, longest), color, width, dashed, mark, filled, size, label, points);
    }

    /** Returns the trace of a name beside a point, with a gap between them. */
    static Trace label(String name, Color color, STDLblPos.Enum label, At point) {
        String apart = label == STDLblPos.R ? "\u00A0" + name : label == STDLblPos.L ? name + "\u00A0\u00A0" : name;
        return new Trace(apart, color, 0, false, null, true, 0, label, List.of(point));
    }

    /** Writes it into a chart, and its numbers into the chart's workbook. */
    void addTo(XDDFScatterChartData data, Workbook workbook) {
        List<@Nullable Double> across = new ArrayList<>();
        List<@Nullable Double> up = new ArrayList<>();
        points.forEach(point -> {
            across.add(point.x());
            up.add(point.y());
        });
        var x = workbook.numbers(name + ": x", across);
        var series = (XDDFScatterChartData.Series) data.addSeries(x, workbook.numbers(name, up));
        workbook.name(series);
        series.setSmooth(false);
        XDDFLineProperties line = width == 0 ? NativeChart.noLine() : NativeChart.line(color, width);
        if (dashed) {
            line.setPresetDash(new XDDFPresetLineDash(PresetLineDash.DASH));
        }
        series.setLineProperties(line);
        if (width > THICK) { // LibreOffice draws them over the dots of other series
            series.getCTScatterSer()
                    .getSpPr()
                    .getLn()
                    .getSolidFill()
                    .getSrgbClr()
                    .addNewAlpha()
                    .setVal(50_000);
        }
        CTScatterSer raw = series.getCTScatterSer();
        if (mark == null) {
            series.setMarkerStyle(MarkerStyle.NONE);
        } else {
            marker(raw.isSetMarker() ? raw.getMarker() : raw.addNewMarker(), mark);
        }
        CTDLbls labels = raw.isSetDLbls() ? raw.getDLbls() : raw.addNewDLbls();
        if (label != null) {
            labels.addNewTxPr().addNewBodyPr();
            var font = labels.getTxPr().addNewP().addNewPPr().addNewDefRPr();
            font.setSz((int) (NativeChart.SIZE * 100));
            font.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(color));
            labels.addNewDLblPos().setVal(label);
        }
        NativeChart.labels(labels, false, label != null);
    }

    /**
     * Sets symbol, size and color of the dots of a series. The size is written as plain XML, since the small edition of
     * POI's schemas lacks its type.
     */
    private void marker(CTMarker marker, Symbol symbol) {
        (marker.isSetSymbol() ? marker.getSymbol() : marker.addNewSymbol()).setVal(style(symbol));
        try (XmlCursor cursor = marker.getSymbol().newCursor()) {
            cursor.toEndToken();
            cursor.toNextToken();
            cursor.beginElement(new QName(marker.getSymbol().getDomNode().getNamespaceURI(), "size"));
            cursor.insertAttributeWithValue("val", Long.toString(Math.round(size)));
        }
        var look = marker.isSetSpPr() ? marker.getSpPr() : marker.addNewSpPr();
        look.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(filled ? color : Look.mixed(color, Color.WHITE, 0.35)));
        look.addNewLn().addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(color));
        look.getLn().setW(19050);
    }

    /** Returns the most similar of PowerPoint's symbols, a different one for each symbol. */
    private static STMarkerStyle.Enum style(Symbol symbol) {
        return switch (symbol) {
            case CIRCLE -> STMarkerStyle.CIRCLE;
            case SQUARE -> STMarkerStyle.SQUARE;
            case TRIANGLE -> STMarkerStyle.TRIANGLE;
            case DIAMOND -> STMarkerStyle.DIAMOND;
            case TRIANGLE_DOWN -> STMarkerStyle.X;
            case HEXAGON -> STMarkerStyle.STAR;
            case PENTAGON -> STMarkerStyle.DASH;
            case PLUS -> STMarkerStyle.PLUS;
        };
    }
}
