package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.util.List;
import org.apache.poi.xddf.usermodel.chart.AxisOrientation;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.AxisTickLabelPosition;
import org.apache.poi.xddf.usermodel.chart.BarDirection;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.LegendPosition;
import org.apache.poi.xddf.usermodel.chart.XDDFBarChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTBarSer;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;

/**
 * Shows numbers as bars from the left to the right, from zero on, each with its number.
 *
 * @param categories what the bars stand for, from top to bottom
 * @param series one set of bars, or several side by side
 * @param format of the numbers, as a spreadsheet writes it
 */
record BarChart(List<String> categories, List<Series> series, String format) implements Chart {

    @Override
    public void draw(XSLFChart chart) {
        Chart.plain(chart);
        XDDFCategoryAxis names = chart.createCategoryAxis(AxisPosition.LEFT);
        XDDFValueAxis values = chart.createValueAxis(AxisPosition.BOTTOM);
        names.setOrientation(AxisOrientation.MAX_MIN);
        Chart.plain(names);
        names.setTickLabelPosition(AxisTickLabelPosition.LOW);
        values.setVisible(false);
        if (series.stream().flatMap(one -> one.values().stream()).allMatch(value -> value == null || value >= 0)) {
            values.setMinimum(0);
        }
        Numbers numbers = new Numbers(chart);
        var categorySource = numbers.texts("", categories);
        XDDFBarChartData data = (XDDFBarChartData) chart.createData(ChartTypes.BAR, names, values);
        data.setBarDirection(BarDirection.BAR);
        data.setVaryColors(false);
        data.setGapWidth(series.size() == 1 ? 45 : 60);
        for (Series one : series) {
            var bars =
                    (XDDFBarChartData.Series) data.addSeries(categorySource, numbers.numbers(one.name(), one.values()));
            bars.setTitle(numbers.headText(), numbers.head());
            bars.setFillProperties(Chart.fill(one.colors().get(0)));
            bars.setInvertIfNegative(false);
            if (one.colors().size() > 1) {
                for (int i = 0; i < one.colors().size(); i++) {
                    Color color = one.colors().get(i);
                    bars.getDataPoint(i).setFillProperties(Chart.fill(color));
                    bars.getDataPoint(i).setInvertIfNegative(false);
                }
            }
            label(bars.getCTBarSer());
        }
        chart.plot(data);
        numbers.write();
        boolean oneColorEach = series.stream().allMatch(one -> one.colors().size() == 1);
        if (series.size() > 1 && oneColorEach) {
            Chart.legend(chart, LegendPosition.BOTTOM);
        }
    }

    private void label(CTBarSer bars) {
        CTDLbls labels = bars.isSetDLbls() ? bars.getDLbls() : bars.addNewDLbls();
        labels.addNewNumFmt().setFormatCode(format);
        labels.getNumFmt().setSourceLinked(false);
        Chart.font(labels.addNewTxPr(), SIZE);
        Chart.labels(labels, true, false);
    }
}
