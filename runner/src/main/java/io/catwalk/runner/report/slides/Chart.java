package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.namespace.QName;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.ss.util.CellRangeAddress;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.xddf.usermodel.XDDFColor;
import org.apache.poi.xddf.usermodel.XDDFLineProperties;
import org.apache.poi.xddf.usermodel.XDDFNoFillProperties;
import org.apache.poi.xddf.usermodel.XDDFSolidFillProperties;
import org.apache.poi.xddf.usermodel.chart.AxisCrosses;
import org.apache.poi.xddf.usermodel.chart.AxisTickMark;
import org.apache.poi.xddf.usermodel.chart.DisplayBlanks;
import org.apache.poi.xddf.usermodel.chart.LegendPosition;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFChartAxis;
import org.apache.poi.xddf.usermodel.chart.XDDFDataSourcesFactory;
import org.apache.poi.xddf.usermodel.chart.XDDFNumericalDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xssf.usermodel.XSSFCell;
import org.apache.poi.xssf.usermodel.XSSFRow;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.xmlbeans.XmlCursor;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTMarker;
import org.openxmlformats.schemas.drawingml.x2006.chart.STMarkerStyle;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextBody;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextCharacterProperties;

/** Shows numbers as a chart of PowerPoint's own. */
interface Chart {

    /** Font size of everything in a chart, in points. */
    double SIZE = 10;

    /**
     * Draws itself.
     *
     * @param chart an empty one
     */
    void draw(XSLFChart chart);

    /**
     * Holds the numbers of one line, or of one set of bars.
     *
     * @param name in the legend
     * @param values one for each category; null where there is none
     * @param colors one for each value, or one for all
     */
    record Series(String name, List<@Nullable Double> values, List<Color> colors) {

        /** Takes out what is no number, which no chart can show. */
        public Series {
            List<@Nullable Double> finite = new ArrayList<>();
            values.forEach(value -> finite.add(value != null && Double.isFinite(value) ? value : null));
            values = finite;
            colors = List.copyOf(colors);
        }

        static Series of(String name, List<@Nullable Double> values, Color color) {
            return new Series(name, values, List.of(color));
        }
    }

    /** How the numbers of an axis lie. */
    enum Scale {
        LINEAR,
        LOGARITHMIC
    }

    /**
     * Describes an axis with numbers.
     *
     * @param title that stands beside it
     * @param low where it begins
     * @param high where it ends
     * @param unit from one line of the grid to the next; of a logarithmic axis, nothing
     * @param format of its numbers, as a spreadsheet writes it
     * @param scale of the numbers
     */
    record Axis(String title, double low, double high, double unit, String format, Scale scale) {

        /** Spans values, with round ends and about five lines of a grid. */
        static Axis around(String title, List<Double> values, String format) {
            double least =
                    values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
            double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
            double span = Math.max(most - least, 1e-3 * Math.max(1, Math.abs(most)));
            double power = Math.pow(10, Math.floor(Math.log10(span / 5)));
            double unit = span / 5 <= power
                    ? power
                    : span / 5 <= 2 * power ? 2 * power : span / 5 <= 5 * power ? 5 * power : 10 * power;
            double low = Math.floor((least - 0.03 * span) / unit) * unit;
            double high = Math.ceil((most + 0.03 * span) / unit) * unit;
            return new Axis(title, low, high, unit, format, Scale.LINEAR);
        }

        /** Keeps within the least and the largest number that make sense. */
        Axis within(double least, double most) {
            return new Axis(title, Math.max(low, least), Math.min(high, most), unit, format, scale);
        }

        /** Spans values above 0: from 0, or by powers of ten where they are far apart. */
        static Axis fromZero(String title, List<Double> values, String format) {
            double least =
                    values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
            double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
            if (most > 20 * least) {
                return new Axis(
                        title + " (logarithmic)",
                        Math.pow(10, Math.floor(Math.log10(least * 0.9))),
                        Math.pow(10, Math.ceil(Math.log10(most * 1.1))),
                        0,
                        format,
                        Scale.LOGARITHMIC);
            }
            return around(title, List.of(0.0, most), format).within(0, Double.MAX_VALUE);
        }

        void apply(XDDFValueAxis axis) {
            if (!title.isEmpty()) {
                axis.setTitle(title);
            }
            axis.setNumberFormat(format);
            if (scale == Scale.LOGARITHMIC) {
                axis.setLogBase(10);
            }
            if (low < high) {
                axis.setMinimum(low);
                axis.setMaximum(high);
            }
            if (unit > 0) {
                axis.setMajorUnit(unit);
            }
            axis.setCrosses(AxisCrosses.MIN);
            plain(axis);
            axis.getOrAddMajorGridProperties().setLineProperties(line(Look.HAIRLINE, 0.5));
        }
    }

    /** Writes the numbers of a chart into the workbook within it, column by column. */
    final class Numbers {

        private final XSLFChart chart;
        private final XSSFSheet sheet;
        private final List<List<? extends @Nullable Object>> columns = new ArrayList<>();

        Numbers(XSLFChart chart) {
            this.chart = chart;
            try {
                sheet = chart.getWorkbook().getSheetAt(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InvalidFormatException e) {
                throw new IllegalStateException("a new chart has a workbook that is none", e);
            }
        }

        XDDFCategoryDataSource texts(String head, List<String> texts) {
            List<String> clean =
                    texts.stream().map(text -> Words.brief(text, 28)).toList();
            return XDDFDataSourcesFactory.fromArray(
                    clean.toArray(String[]::new), range(head, clean), columns.size() - 1);
        }

        XDDFNumericalDataSource<Double> numbers(String head, List<@Nullable Double> numbers) {
            return XDDFDataSourcesFactory.fromArray(
                    numbers.toArray(Double[]::new), range(head, numbers), columns.size() - 1);
        }

        private String range(String head, List<? extends @Nullable Object> values) {
            List<@Nullable Object> column = new ArrayList<>(values);
            column.add(0, Words.brief(head, 60));
            columns.add(column);
            int place = columns.size() - 1;
            return chart.formatRange(new CellRangeAddress(1, values.size(), place, place));
        }

        /** Returns the cell of the head that was written last. */
        CellReference head() {
            return new CellReference(sheet.getSheetName(), 0, columns.size() - 1, true, true);
        }

        String headText() {
            return String.valueOf(columns.get(columns.size() - 1).get(0));
        }

        /** Writes the cells, after POI has written its own, in which all that is no value is a text. */
        void write() {
            for (int c = 0; c < columns.size(); c++) {
                for (int r = 0; r < columns.get(c).size(); r++) {
                    XSSFRow row = sheet.getRow(r) == null ? sheet.createRow(r) : sheet.getRow(r);
                    XSSFCell cell = row.createCell(c);
                    Object value = columns.get(c).get(r);
                    if (value instanceof Double number) {
                        cell.setCellValue(number);
                    } else if (value != null) {
                        cell.setCellValue(value.toString());
                    }
                }
            }
        }
    }

    /** Sets what all charts have in common. */
    static void plain(XSLFChart chart) {
        chart.setAutoTitleDeleted(true);
        chart.displayBlanksAs(DisplayBlanks.GAP);
        var space = chart.getCTChartSpace();
        if (!space.isSetRoundedCorners()) {
            space.addNewRoundedCorners();
        }
        space.getRoundedCorners().setVal(false);
        font(space.isSetTxPr() ? space.getTxPr() : space.addNewTxPr(), SIZE);
    }

    static void legend(XSLFChart chart, LegendPosition position) {
        chart.getOrAddLegend().setPosition(position);
        chart.getOrAddLegend().setOverlay(false);
    }

    static void font(CTTextBody body, double size) {
        body.addNewBodyPr();
        CTTextCharacterProperties font = body.addNewP().addNewPPr().addNewDefRPr();
        font.setSz((int) (size * 100));
        font.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(Look.INK));
    }

    /** Takes the line and the marks off an axis; its numbers and the grid are enough. */
    static void plain(XDDFChartAxis axis) {
        axis.setMajorTickMark(AxisTickMark.NONE);
        axis.setMinorTickMark(AxisTickMark.NONE);
        axis.getOrAddShapeProperties().setLineProperties(line(Look.HAIRLINE, 0.75));
        axis.getOrAddTextProperties().setFontSize(SIZE);
        axis.getOrAddTextProperties().setFillProperties(fill(Look.INK));
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

    /**
     * Makes the marks of a series round, of a size in points and of a color. The small edition of POI's schemas lacks
     * the type of the size: written as plain XML it does without.
     */
    static void marker(CTMarker marker, int size, Color color, Color edge) {
        (marker.isSetSymbol() ? marker.getSymbol() : marker.addNewSymbol()).setVal(STMarkerStyle.CIRCLE);
        try (XmlCursor cursor = marker.getSymbol().newCursor()) {
            cursor.toEndToken();
            cursor.toNextToken();
            cursor.beginElement(new QName(marker.getSymbol().getDomNode().getNamespaceURI(), "size"));
            cursor.insertAttributeWithValue("val", Integer.toString(size));
        }
        var look = marker.isSetSpPr() ? marker.getSpPr() : marker.addNewSpPr();
        look.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(color));
        look.addNewLn().addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(edge));
    }

    /** Switches off every label that is not asked for: what is left open, each program fills in its own way. */
    static void labels(CTDLbls labels, boolean value, boolean name) {
        labels.addNewShowLegendKey().setVal(false);
        labels.addNewShowVal().setVal(value);
        labels.addNewShowCatName().setVal(false);
        labels.addNewShowSerName().setVal(name);
        labels.addNewShowPercent().setVal(false);
        labels.addNewShowBubbleSize().setVal(false);
    }
}
