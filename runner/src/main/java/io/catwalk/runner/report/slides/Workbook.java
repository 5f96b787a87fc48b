package io.catwalk.runner.report.slides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.ss.util.CellRangeAddress;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.xddf.usermodel.chart.XDDFCategoryDataSource;
import org.apache.poi.xddf.usermodel.chart.XDDFChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFDataSourcesFactory;
import org.apache.poi.xddf.usermodel.chart.XDDFNumericalDataSource;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xssf.usermodel.XSSFCell;
import org.apache.poi.xssf.usermodel.XSSFRow;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.jspecify.annotations.Nullable;

/** Writes the numbers of a chart into its embedded workbook, column by column. */
final class Workbook {

    private final XSLFChart chart;
    private final XSSFSheet sheet;
    private final List<List<? extends @Nullable Object>> columns = new ArrayList<>();

    Workbook(XSLFChart chart) {
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
        return XDDFDataSourcesFactory.fromArray(texts.toArray(String[]::new), range(head, texts), columns.size() - 1);
    }

    XDDFNumericalDataSource<Double> numbers(String head, List<@Nullable Double> numbers) {
        return XDDFDataSourcesFactory.fromArray(
                numbers.toArray(Double[]::new), range(head, numbers), columns.size() - 1);
    }

    /** Names a series by the head of the column that was added last. */
    void name(XDDFChartData.Series series) {
        int last = columns.size() - 1;
        series.setTitle(
                String.valueOf(columns.get(last).get(0)), new CellReference(sheet.getSheetName(), 0, last, true, true));
    }

    private String range(String head, List<? extends @Nullable Object> values) {
        List<@Nullable Object> column = new ArrayList<>(values);
        column.add(0, head);
        columns.add(column);
        int place = columns.size() - 1;
        return chart.formatRange(new CellRangeAddress(1, values.size(), place, place));
    }

    /** Writes the cells over those that POI has written, in which every missing value is a text. */
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
