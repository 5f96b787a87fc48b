package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Axis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.ScatterStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFScatterChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;

/** Draws traces between two axes. */
abstract class Scatter extends NativeChart {

    final Axis across;
    final Axis up;

    /** The traces to draw. */
    final List<Trace> traces = new ArrayList<>();

    Scatter(Axis across, Axis up, Look look) {
        super(look);
        this.across = across;
        this.up = up;
    }

    /**
     * The room around the frame of the axes, in points.
     *
     * @param left for the names of rows, or the numbers of the axis
     * @param top for the legend
     * @param right for notes, or the names of lines
     * @param below for the numbers and the title of the axis
     */
    record Margins(double left, double top, double right, double below) {}

    abstract Margins margins();

    /** Adds the traces whose positions depend on the size of the frame. */
    abstract void complete(Area frame);

    static double widest(Stream<String> texts) {
        return texts.mapToDouble(Trace.LETTERS::width).max().orElse(0);
    }

    @Override
    void draw(XSLFChart chart, Area area) {
        prepare(chart);
        Margins margins = margins();
        double names = Math.min(margins.left, area.width() * 0.4);
        double notes = Math.min(margins.right, area.width() * 0.3);
        Area frame =
                new Area(names, margins.top, area.width() - names - notes, area.height() - margins.top - margins.below);
        complete(frame);
        XDDFValueAxis horizontal = chart.createValueAxis(AxisPosition.BOTTOM);
        XDDFValueAxis vertical = chart.createValueAxis(AxisPosition.LEFT);
        apply(across, horizontal);
        apply(up, vertical);
        vertical.setVisible(!up.title().isEmpty());
        if (up.title().isEmpty()) {
            vertical.getOrAddMajorGridProperties().setLineProperties(noLine());
        }
        horizontal.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        vertical.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        Workbook workbook = new Workbook(chart);
        XDDFScatterChartData data = (XDDFScatterChartData) chart.createData(ChartTypes.SCATTER, horizontal, vertical);
        data.setStyle(ScatterStyle.LINE_MARKER);
        data.setVaryColors(false);
        // LibreOffice loses a short series if a longer one follows. This order also draws single dots over lines.
        traces.stream()
                .sorted(Comparator.comparingInt(trace -> -trace.points().size()))
                .map(trace -> trace.label() == null ? trace : trace.cut(0.36 * area.width()))
                .forEach(trace -> trace.addTo(data, workbook));
        chart.plot(data);
        workbook.write();
        place(chart.getCTChart().getPlotArea(), frame, area);
    }
}
