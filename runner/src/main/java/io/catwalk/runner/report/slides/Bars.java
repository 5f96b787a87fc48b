package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Row;
import io.catwalk.runner.report.charts.Row.Bar;
import io.catwalk.runner.report.charts.RowChart;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.xddf.usermodel.chart.AxisOrientation;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.AxisTickLabelPosition;
import org.apache.poi.xddf.usermodel.chart.BarDirection;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.XDDFBarChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.jspecify.annotations.Nullable;

/** Draws rows of bars; the name of each row contains the values, since Excel has no format such as 11m 43s. */
final class Bars extends NativeChart {

    private final RowChart rows;

    Bars(RowChart rows, Look look) {
        super(look);
        this.rows = rows;
    }

    @Override
    void draw(XSLFChart chart, Area area) {
        prepare(chart);
        XDDFCategoryAxis names = chart.createCategoryAxis(AxisPosition.LEFT);
        XDDFValueAxis values = chart.createValueAxis(AxisPosition.BOTTOM);
        names.setOrientation(AxisOrientation.MAX_MIN);
        plain(names);
        names.setTickLabelPosition(AxisTickLabelPosition.LOW);
        values.setVisible(false);
        values.setMinimum(0);
        Workbook workbook = new Workbook(chart);
        var categories = workbook.texts(
                "Classifier",
                rows.rows().stream()
                        .map(row -> Words.name(row.name()) + ": " + row.note())
                        .toList());
        XDDFBarChartData data = (XDDFBarChartData) chart.createData(ChartTypes.BAR, names, values);
        data.setBarDirection(BarDirection.BAR);
        data.setVaryColors(false);
        data.setGapWidth(50);
        List<String> kinds = rows.caption().table().get(0);
        for (int kind = 0; kind < kinds.size() - 1; kind++) {
            var bars = (XDDFBarChartData.Series)
                    data.addSeries(categories, workbook.numbers(kinds.get(kind + 1), values(kind)));
            workbook.name(bars);
            bars.setInvertIfNegative(false);
            for (int i = 0; i < rows.rows().size(); i++) {
                Color full = color(rows.rows().get(i).color());
                Color color = kind == 0 ? full : Look.mixed(full, Color.WHITE, 0.4);
                bars.getDataPoint(i).setFillProperties(fill(color));
                bars.getDataPoint(i).setInvertIfNegative(false);
            }
        }
        chart.plot(data);
        workbook.write();
    }

    private List<@Nullable Double> values(int kind) {
        List<@Nullable Double> values = new ArrayList<>();
        for (Row row : rows.rows()) {
            values.add(row.items().stream()
                    .filter(item -> item instanceof Bar bar && bar.place() == kind)
                    .map(item -> ((Bar) item).to())
                    .findFirst()
                    .orElse(null));
        }
        return values;
    }
}
