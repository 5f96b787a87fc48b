package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Axis;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.charts.XyChart;
import java.awt.Color;
import org.apache.poi.xddf.usermodel.XDDFColor;
import org.apache.poi.xddf.usermodel.XDDFLineProperties;
import org.apache.poi.xddf.usermodel.XDDFNoFillProperties;
import org.apache.poi.xddf.usermodel.XDDFSolidFillProperties;
import org.apache.poi.xddf.usermodel.chart.AxisCrosses;
import org.apache.poi.xddf.usermodel.chart.AxisTickMark;
import org.apache.poi.xddf.usermodel.chart.DisplayBlanks;
import org.apache.poi.xddf.usermodel.chart.XDDFChartAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTManualLayout;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTPlotArea;
import org.openxmlformats.schemas.drawingml.x2006.chart.STLayoutMode;
import org.openxmlformats.schemas.drawingml.x2006.chart.STLayoutTarget;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextBody;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextCharacterProperties;

/** Draws a chart of the report as a native chart of PowerPoint, which can be edited. */
abstract class NativeChart {

    /** Font size of everything in a chart, in points. */
    static final double SIZE = 11;

    final Look look;

    NativeChart(Look look) {
        this.look = look;
    }

    /**
     * Creates the native chart for a chart of the report.
     *
     * @param chart of rows, or of lines and dots
     * @param look of the slides
     * @return the native chart
     * @throws IllegalArgumentException for a matrix, which is a table on slides
     */
    static NativeChart of(Chart chart, Look look) {
        if (chart instanceof XyChart lines) {
            return new XyScatter(lines, look);
        }
        if (chart instanceof RowChart rows) {
            return new RowScatter(rows, look);
        }
        throw new IllegalArgumentException(
                "expected rows or lines, but found " + chart.caption().title());
    }

    /**
     * Draws it.
     *
     * @param chart an empty chart to draw into
     * @param area that it fills
     */
    abstract void draw(XSLFChart chart, Area area);

    /** Returns a color by its name in charts. */
    Color color(String name) {
        return name.startsWith("#")
                ? Color.decode(name)
                : look.color(name.equals("accent") ? Tone.ACCENT : name.equals("ink") ? Tone.INK : Tone.QUIET);
    }

    /** Sets the properties that all charts share. */
    void prepare(XSLFChart chart) {
        chart.setAutoTitleDeleted(true);
        chart.displayBlanksAs(DisplayBlanks.GAP);
        var space = chart.getCTChartSpace();
        if (!space.isSetRoundedCorners()) {
            space.addNewRoundedCorners();
        }
        space.getRoundedCorners().setVal(false);
        font(space.isSetTxPr() ? space.getTxPr() : space.addNewTxPr(), Tone.INK);
    }

    /** Fixes the frame of the axes, so that there is room for names, notes and numbers around it. */
    static void place(CTPlotArea plot, Area frame, Area area) {
        CTManualLayout layout = (plot.isSetLayout() ? plot.getLayout() : plot.addNewLayout()).addNewManualLayout();
        layout.addNewLayoutTarget().setVal(STLayoutTarget.INNER);
        layout.addNewXMode().setVal(STLayoutMode.EDGE);
        layout.addNewYMode().setVal(STLayoutMode.EDGE);
        layout.addNewX().setVal(frame.x() / area.width());
        layout.addNewY().setVal(frame.y() / area.height());
        layout.addNewW().setVal(frame.width() / area.width());
        layout.addNewH().setVal(frame.height() / area.height());
    }

    void font(CTTextBody body, Tone tone) {
        body.addNewBodyPr();
        CTTextCharacterProperties font = body.addNewP().addNewPPr().addNewDefRPr();
        font.setSz((int) (SIZE * 100));
        font.setB(false);
        font.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(look.color(tone)));
    }

    /** Sets the bounds, ticks and title of an axis. */
    void apply(Axis axis, XDDFValueAxis to) {
        boolean doubling = axis.scale() == Axis.Scale.DOUBLING;
        if (!axis.title().isEmpty()) {
            to.setTitle(axis.title());
        }
        if (doubling) {
            to.setLogBase(2);
        }
        to.setMinimum(doubling ? Math.pow(2, axis.low()) : axis.low());
        to.setMaximum(doubling ? Math.pow(2, axis.high()) : axis.high());
        to.setMajorUnit(doubling ? Math.pow(2, axis.step()) : axis.step());
        int digits = doubling ? 0 : (int) Math.max(0, -Math.floor(Math.log10(axis.step()) + 1e-9));
        to.setNumberFormat(digits == 0 ? "#,##0" : "0." + "0".repeat(digits));
        to.setCrosses(AxisCrosses.MIN);
        plain(to);
        to.getOrAddMajorGridProperties().setLineProperties(line(look.color(Tone.LINE), 0.5));
    }

    /** Removes the tick marks of an axis; its numbers and the grid are enough. */
    void plain(XDDFChartAxis axis) {
        axis.setMajorTickMark(AxisTickMark.NONE);
        axis.setMinorTickMark(AxisTickMark.NONE);
        axis.getOrAddShapeProperties().setLineProperties(line(look.color(Tone.LINE), 0.75));
        axis.getOrAddTextProperties().setFontSize(SIZE);
        axis.getOrAddTextProperties().setFillProperties(fill(look.color(Tone.QUIET)));
    }

    static XDDFSolidFillProperties fill(Color color) {
        return new XDDFSolidFillProperties(XDDFColor.from(Look.rgb(color)));
    }

    static XDDFLineProperties line(Color color, double width) {
        XDDFLineProperties line = new XDDFLineProperties(fill(color));
        line.setWidth(width);
        return line;
    }

    static XDDFLineProperties noLine() {
        return new XDDFLineProperties(new XDDFNoFillProperties());
    }

    /** Sets every label option explicitly: each program has its own default for an option that is missing. */
    static void labels(CTDLbls labels, boolean value, boolean name) {
        labels.addNewShowLegendKey().setVal(false);
        labels.addNewShowVal().setVal(value);
        labels.addNewShowCatName().setVal(false);
        labels.addNewShowSerName().setVal(name);
        labels.addNewShowPercent().setVal(false);
        labels.addNewShowBubbleSize().setVal(false);
    }
}
