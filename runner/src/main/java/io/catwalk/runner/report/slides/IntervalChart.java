package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFLineChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFNumericalDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTErrBars;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTMarker;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTNumDataSource;
import org.openxmlformats.schemas.drawingml.x2006.chart.STErrBarType;
import org.openxmlformats.schemas.drawingml.x2006.chart.STErrDir;
import org.openxmlformats.schemas.drawingml.x2006.chart.STErrValType;

/**
 * Shows one number for each name as a dot, with the interval that it is known to, and the single numbers that
 * it is the mean of as small dots behind it.
 *
 * @param names from the left to the right
 * @param middle the numbers
 * @param low lower bounds; null where there is none
 * @param high upper bounds
 * @param singles sets of single numbers, one number for each name
 * @param axis of the numbers
 */
record IntervalChart(
        List<String> names,
        List<Double> middle,
        List<@Nullable Double> low,
        List<@Nullable Double> high,
        List<Series> singles,
        Axis axis)
        implements Chart {

    @Override
    public void draw(XSLFChart chart) {
        Chart.plain(chart);
        XDDFCategoryAxis below = chart.createCategoryAxis(AxisPosition.BOTTOM);
        XDDFValueAxis beside = chart.createValueAxis(AxisPosition.LEFT);
        Chart.plain(below);
        axis.apply(beside);
        beside.setCrossBetween(AxisCrossBetween.BETWEEN);
        Numbers numbers = new Numbers(chart);
        var categories = numbers.texts("", names);
        XDDFLineChartData data = (XDDFLineChartData) chart.createData(ChartTypes.LINE, below, beside);
        data.setVaryColors(false);
        for (Series one : singles) {
            var dots = series(data, numbers, categories, one);
            Chart.marker(mark(dots), 4, one.colors().get(0), one.colors().get(0));
        }
        List<@Nullable Double> nullable = new ArrayList<>(middle);
        var dots = series(data, numbers, categories, Series.of(axis.title(), nullable, Look.ACCENT));
        Chart.marker(mark(dots), 11, Look.ACCENT, Color.WHITE);
        var plus = numbers.numbers("above", distances(high));
        var minus = numbers.numbers("below", distances(low));
        chart.plot(data);
        numbers.write();
        CTErrBars bars = dots.getCTLineSer().addNewErrBars();
        bars.addNewErrDir().setVal(STErrDir.Y);
        bars.addNewErrBarType().setVal(STErrBarType.BOTH);
        bars.addNewErrValType().setVal(STErrValType.CUST);
        bars.addNewNoEndCap().setVal(false);
        fill(bars.addNewPlus(), plus);
        fill(bars.addNewMinus(), minus);
        var line = bars.addNewSpPr().addNewLn();
        line.setW(19050);
        line.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(Look.QUIET));
    }

    private static XDDFLineChartData.Series series(
            XDDFLineChartData data, Numbers numbers, XDDFCategoryDataSource categories, Series one) {
        var series = (XDDFLineChartData.Series) data.addSeries(categories, numbers.numbers(one.name(), one.values()));
        series.setTitle(numbers.headText(), numbers.head());
        series.setSmooth(false);
        series.setLineProperties(Chart.noLine());
        return series;
    }

    private static CTMarker mark(XDDFLineChartData.Series dots) {
        var series = dots.getCTLineSer();
        return series.isSetMarker() ? series.getMarker() : series.addNewMarker();
    }

    private List<@Nullable Double> distances(List<@Nullable Double> bounds) {
        List<@Nullable Double> distances = new ArrayList<>();
        for (int i = 0; i < bounds.size(); i++) {
            Double bound = bounds.get(i);
            distances.add(bound == null ? null : (Double) Math.abs(bound - middle.get(i)));
        }
        return distances;
    }

    private static void fill(CTNumDataSource target, XDDFNumericalDataSource<Double> source) {
        var reference = target.addNewNumRef();
        reference.setF(source.getDataRangeReference());
        source.fillNumericalCache(reference.addNewNumCache());
    }
}
