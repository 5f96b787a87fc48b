package io.catwalk.runner.report.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Prepares a chart of XChart in the style of all of ours. Points without numbers are left out. */
final class Lines {

    private static final BasicStroke SOLID = new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke DASHED =
            new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0);

    /** How the points of a series are shown. */
    enum Look {
        LINE,
        DASHES,
        DOTTED_LINE,
        POINTS
    }

    /** A point of a series. */
    record Point(double x, double y) {

        boolean isFinite() {
            return Double.isFinite(x) && Double.isFinite(y);
        }
    }

    private final XYChart chart;
    private final List<Double> heights = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    Lines(String title, String x, String y, int width, int height) {
        chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        var styler = chart.getStyler();
        styler.setChartTitleFont(Pen.bold(14));
        styler.setAxisTitleFont(Pen.plain(12));
        styler.setAxisTickLabelsFont(Pen.plain(11));
        styler.setLegendFont(Pen.plain(11));
        styler.setChartFontColor(Pen.INK);
        styler.setAxisTickLabelsColor(Pen.FAINT);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setLegendBackgroundColor(Color.WHITE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(Pen.GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setChartTitleBoxVisible(false);
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setMarkerSize(9);
        styler.setLocale(Locale.ROOT);
        styler.setBaseFont(Pen.plain(12));
    }

    XYChart chart() {
        return chart;
    }

    /** Adds a series, unless it has no number at all. */
    Lines add(String name, List<Point> points, Color color, Look look) {
        List<Point> finite = points.stream().filter(Point::isFinite).toList();
        if (finite.isEmpty()) {
            return this;
        }
        finite.forEach(point -> heights.add(point.y()));
        XYSeries series = chart.addSeries(
                unused(RowsChart.shortened(name, 28)),
                finite.stream().mapToDouble(Point::x).toArray(),
                finite.stream().mapToDouble(Point::y).toArray());
        boolean marked = look == Look.POINTS || look == Look.DOTTED_LINE || finite.size() == 1;
        Marker marker = marked ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
        series.setMarker(marker);
        series.setMarkerColor(color);
        series.setLineColor(color);
        series.setLineStyle(look == Look.POINTS ? SeriesLines.NONE : look == Look.DASHES ? DASHED : SOLID);
        return this;
    }

    /** XChart refuses two series of one name. */
    private String unused(String name) {
        String free = name.isBlank() ? "?" : name;
        for (int i = 2; !names.add(free); i++) {
            free = name + " (" + i + ")";
        }
        return free;
    }

    boolean isEmpty() {
        return heights.isEmpty();
    }

    /** Lets the upright axis span what is there, with room around it. */
    Lines fitted() {
        Axis axis = Axis.of(heights.stream().mapToDouble(Double::doubleValue));
        chart.getStyler().setYAxisMin(axis.low());
        chart.getStyler().setYAxisMax(axis.high());
        return this;
    }
}
