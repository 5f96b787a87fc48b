package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.ScatterStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFScatterChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTScatterSer;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;

/**
 * Shows two numbers of each name as a point with the name beside it, and a line through some of them.
 *
 * @param points from left to right
 * @param line name of the line
 * @param front the points that it goes through
 * @param below axis of the first number
 * @param beside axis of the second number
 */
record PointChart(List<Point> points, String line, List<Point> front, Axis below, Axis beside) implements Chart {

    /**
     * Places a name.
     *
     * @param name beside the point
     * @param x first number
     * @param y second number
     * @param color of the point
     */
    record Point(String name, double x, double y, Color color) {}

    @Override
    public void draw(XSLFChart chart) {
        Chart.plain(chart);
        XDDFValueAxis horizontal = chart.createValueAxis(AxisPosition.BOTTOM);
        XDDFValueAxis vertical = chart.createValueAxis(AxisPosition.LEFT);
        below.apply(horizontal);
        beside.apply(vertical);
        horizontal.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        vertical.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        Numbers numbers = new Numbers(chart);
        XDDFScatterChartData data = (XDDFScatterChartData) chart.createData(ChartTypes.SCATTER, horizontal, vertical);
        data.setStyle(ScatterStyle.LINE_MARKER);
        data.setVaryColors(false);
        if (front.size() > 1) {
            var series = series(data, numbers, line, front);
            series.setMarkerStyle(MarkerStyle.NONE);
            series.setLineProperties(Chart.line(Look.QUIET, 1.25));
            Chart.labels(dataLabels(series.getCTScatterSer()), false, false);
        }
        for (Point point : points) {
            var series = series(data, numbers, point.name(), List.of(point));
            series.setLineProperties(Chart.noLine());
            CTScatterSer raw = series.getCTScatterSer();
            Chart.marker(raw.isSetMarker() ? raw.getMarker() : raw.addNewMarker(), 11, point.color(), Color.WHITE);
            CTDLbls labels = dataLabels(series.getCTScatterSer());
            Chart.font(labels.addNewTxPr(), SIZE + 1);
            // Above the line of the front; at the right edge to the left of the point, where there is room.
            labels.addNewDLblPos()
                    .setVal(front.contains(point) ? STDLblPos.T : isAtTheRight(point) ? STDLblPos.L : STDLblPos.R);
            Chart.labels(labels, false, true);
        }
        chart.plot(data);
        numbers.write();
    }

    private boolean isAtTheRight(Point point) {
        double place = below.scale() == Scale.LOGARITHMIC
                ? Math.log(point.x() / below.low()) / Math.log(below.high() / below.low())
                : (point.x() - below.low()) / (below.high() - below.low());
        return place > 0.7;
    }

    private static CTDLbls dataLabels(CTScatterSer series) {
        return series.isSetDLbls() ? series.getDLbls() : series.addNewDLbls();
    }

    private static XDDFScatterChartData.Series series(
            XDDFScatterChartData data, Numbers numbers, String name, List<Point> points) {
        List<@Nullable Double> first = new ArrayList<>();
        List<@Nullable Double> second = new ArrayList<>();
        points.forEach(point -> {
            first.add(point.x());
            second.add(point.y());
        });
        var x = numbers.numbers(name + ": x", first);
        var series = (XDDFScatterChartData.Series) data.addSeries(x, numbers.numbers(Words.brief(name, 24), second));
        series.setTitle(numbers.headText(), numbers.head());
        series.setSmooth(false);
        return series;
    }
}
