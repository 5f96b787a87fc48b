package io.catwalk.runner.report.slides;

import java.util.List;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.LegendPosition;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFLineChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;

/**
 * Shows how numbers develop from step to step.
 *
 * @param steps what stands below, from the left to the right
 * @param title of the steps; without one there is no legend either
 * @param lines one or several
 * @param axis of the numbers
 */
record LineChart(List<String> steps, String title, List<Series> lines, Axis axis) implements Chart {

    @Override
    public void draw(XSLFChart chart) {
        Chart.plain(chart);
        XDDFCategoryAxis below = chart.createCategoryAxis(AxisPosition.BOTTOM);
        XDDFValueAxis beside = chart.createValueAxis(AxisPosition.LEFT);
        if (!title.isEmpty()) {
            below.setTitle(title);
        }
        Chart.plain(below);
        axis.apply(beside);
        beside.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        Numbers numbers = new Numbers(chart);
        var categories = numbers.texts(title, steps);
        XDDFLineChartData data = (XDDFLineChartData) chart.createData(ChartTypes.LINE, below, beside);
        data.setVaryColors(false);
        for (Series one : lines) {
            var line = (XDDFLineChartData.Series) data.addSeries(categories, numbers.numbers(one.name(), one.values()));
            line.setTitle(numbers.headText(), numbers.head());
            line.setSmooth(false);
            line.setMarkerStyle(steps.size() == 1 ? MarkerStyle.CIRCLE : MarkerStyle.NONE);
            line.setLineProperties(Chart.line(one.colors().get(0), 2));
        }
        chart.plot(data);
        numbers.write();
        if (lines.size() > 2 || !title.isEmpty()) {
            Chart.legend(chart, LegendPosition.RIGHT);
        }
    }
}
