package io.catwalk.runner.report.slides;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.SampleRun;
import io.catwalk.runner.report.SampleRuns;
import io.catwalk.runner.report.slides.SlideOptions.Extent;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.LineBreakMeasurer;
import java.awt.font.TextAttribute;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.AttributedString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackagePart;
import org.apache.poi.openxml4j.opc.PackagePartName;
import org.apache.poi.openxml4j.opc.PackagingURIHelper;
import org.apache.poi.openxml4j.opc.TargetMode;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.sl.usermodel.TextParagraph.TextAlign;
import org.apache.poi.sl.usermodel.TextShape.TextDirection;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.util.Units;
import org.apache.poi.xddf.usermodel.chart.XDDFChartData;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFAutoShape;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xslf.usermodel.XSLFGraphicFrame;
import org.apache.poi.xslf.usermodel.XSLFPictureShape;
import org.apache.poi.xslf.usermodel.XSLFRelation;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.apache.poi.xslf.usermodel.XSLFSlideMaster;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTextBox;
import org.apache.poi.xslf.usermodel.XSLFTextParagraph;
import org.apache.poi.xslf.usermodel.XSLFTextRun;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTableCell;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTableCellProperties;
import org.openxmlformats.schemas.presentationml.x2006.main.CTGraphicalObjectFrame;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPicture;

class SlidesTest {

    private static final Map<String, byte[]> SLIDES = new ConcurrentHashMap<>();

    static XMLSlideShow slides(String run) throws IOException {
        byte[] made = SLIDES.computeIfAbsent(run, name -> bytes(model(name), SlideOptions.standard()));
        return new XMLSlideShow(new ByteArrayInputStream(made));
    }

    static ReportModel model(String run) {
        return ReportModel.of(SampleRuns.named(run));
    }

    private static byte[] bytes(ReportModel model, SlideOptions options) {
        try {
            return Slides.bytes(model, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static XMLSlideShow withAppendix(String run) throws IOException {
        byte[] made = bytes(model(run), new SlideOptions(Extent.WITH_APPENDIX, null));
        return new XMLSlideShow(new ByteArrayInputStream(made));
    }

    static Stream<String> runs() {
        return SampleRuns.names().stream().filter(run -> !run.matches("large|hundred|classes-.*00|near-ties"));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everySlideIsWhole(String run) throws IOException {
        try (XMLSlideShow show = slides(run)) {
            wholeSlides(run, show);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"seven", "hostile", "folds", "search", "thirteen", "large"})
    @Tag("long")
    void everySlideOfTheAppendixIsWhole(String run) throws IOException {
        try (XMLSlideShow show = run.equals("large") ? slides(run) : withAppendix(run)) {
            wholeSlides(run, show);
            String[] large = {"12 most accurate of 30", "30 most confused of 200", "10 hardest of 200"};
            assertThat(text(show)).contains(run.equals("large") ? large : new String[] {""});
        }
    }

    private static void wholeSlides(String run, XMLSlideShow show) {
        Dimension size = show.getPageSize();
        Rectangle2D page = new Rectangle2D.Double(0, 0, size.getWidth(), size.getHeight());
        for (XSLFSlide slide : show.getSlides()) {
            String where = run + ", slide " + slide.getSlideNumber() + " (" + slide.getTitle() + "): ";
            assertThat(slide.getTitle()).as(where).isNotBlank();
            assertThat(notes(slide)).as(where).contains("Source: ").doesNotContain("null");
            List<XSLFShape> shapes = slide.getShapes();
            // POI moves the anchor of a table whose cells are measured.
            List<Rectangle2D> anchors =
                    shapes.stream().map(XSLFShape::getAnchor).toList();
            for (XSLFShape shape : shapes) {
                String what = where + shape.getShapeName() + " at " + shape.getAnchor();
                assertThat(page.contains(shape.getAnchor())).as(what).isTrue();
                assertThat(alternative(shape)).as(what).hasSizeGreaterThan(20);
                textFits(where, shape);
                if (shape instanceof XSLFTextBox box) {
                    assertThat(box.getTextParagraphs())
                            .as(what + ": the schema")
                            .isNotEmpty();
                }
                String cut = run.equals("hostile") ? "null" : "…";
                assertThat(words(shape)).as(where).doesNotContain("null", "NaN", "Infinity", cut);
            }
            for (int i = 0; i < shapes.size(); i++) {
                for (int j = i + 1; j < shapes.size(); j++) {
                    XSLFShape one = shapes.get(i);
                    Rectangle2D both = anchors.get(i).createIntersection(anchors.get(j));
                    boolean panel = one instanceof XSLFAutoShape && words(one).isBlank();
                    boolean apart = panel || both.getWidth() < 1 || both.getHeight() < 1;
                    String names = one.getShapeName() + " and " + shapes.get(j).getShapeName();
                    assertThat(apart).as(where + names + " share " + both).isTrue();
                }
            }
        }
    }

    private static String words(XSLFShape shape) {
        if (shape instanceof XSLFTable table) {
            var cells = table.getRows().stream().flatMap(row -> row.getCells().stream());
            return cells.map(cell -> cell.getText() + "\n").collect(Collectors.joining());
        }
        return shape instanceof XSLFTextShape box ? box.getText() + "\n" : "";
    }

    private static String text(XMLSlideShow show) {
        return show.getSlides().stream().map(slide -> text(slide)).collect(Collectors.joining());
    }

    private static String text(XSLFSlide slide) {
        return slide.getShapes().stream().map(SlidesTest::words).collect(Collectors.joining());
    }

    private static String notes(XSLFSlide slide) {
        return Stream.of(slide.getNotes().getPlaceholders())
                .filter(shape -> shape.getTextType() == Placeholder.BODY)
                .map(XSLFTextShape::getText)
                .collect(Collectors.joining());
    }

    /** Returns the alternative text of a picture, table or chart; for a text shape, any text. */
    private static String alternative(XSLFShape shape) {
        if (shape instanceof XSLFPictureShape) {
            return ((CTPicture) shape.getXmlObject()).getNvPicPr().getCNvPr().getDescr();
        }
        return shape.getXmlObject() instanceof CTGraphicalObjectFrame frame
                ? frame.getNvGraphicFramePr().getCNvPr().getDescr()
                : "it is text, which speaks for itself";
    }

    /**
     * Compares the height that POI estimates with the available height. POI's lines are a fifth higher than those of
     * PowerPoint and LibreOffice: it adds 15 % to a font without leading, and a tail to each paragraph.
     */
    private static void textFits(String where, XSLFShape shape) {
        if (shape instanceof XSLFTable table) {
            for (int r = 0; r < table.getNumberOfRows(); r++) {
                for (int c = 0; c < table.getNumberOfColumns(); c++) {
                    XSLFTableCell cell = table.getCell(r, c);
                    TextDirection way = cell.getTextDirection();
                    boolean lying = way == null || way == TextDirection.HORIZONTAL;
                    String what = where + "cell " + r + ", " + c + ": " + cell.getText();
                    double height = lying ? height(cell, table.getColumnWidth(c)) : 0;
                    assertThat(height).as(what).isLessThanOrEqualTo(table.getRowHeight(r) + 1);
                }
            }
        } else if (shape instanceof XSLFTextShape text && !text.getText().isBlank()) {
            assertThat(text.getTextHeight() / 1.2)
                    .as(where + ": " + text.getText())
                    .isLessThanOrEqualTo(text.getAnchor().getHeight() + 2);
        }
    }

    /** Sets the text of a cell in a wide font, since POI measures it with the margins of a text box. */
    private static double height(XSLFTableCell cell, double width) {
        double height = 0;
        CTTableCellProperties margins = ((CTTableCell) cell.getXmlObject()).getTcPr();
        for (XSLFTextParagraph paragraph : cell.getTextParagraphs()) {
            if (paragraph.getText().isEmpty()) {
                continue;
            }
            List<XSLFTextRun> runs = paragraph.getTextRuns();
            double size = runs.get(0).getFontSize();
            int style = runs.get(runs.size() - 1).isBold() ? Font.BOLD : Font.PLAIN;
            AttributedString text = new AttributedString(paragraph.getText());
            text.addAttribute(TextAttribute.FONT, new Font(Font.SANS_SERIF, style, 1).deriveFont((float) size));
            var measurer = new LineBreakMeasurer(text.getIterator(), new FontRenderContext(null, true, true));
            while (measurer.getPosition() < paragraph.getText().length()) {
                measurer.nextLayout((float) (width - points(margins.getMarL()) - points(margins.getMarR())));
                height += 1.2 * size;
            }
        }
        return height;
    }

    private static double points(Object emu) {
        return Units.toPoints(Long.parseLong(String.valueOf(emu)));
    }

    @Test
    void sevenClassifiersHaveTenSlidesWithTheAnswerFirst() throws IOException {
        Comparison comparison = Objects.requireNonNull(model("seven").results().comparison());
        try (XMLSlideShow show = slides("seven")) {
            List<String> titles = titles(show);

            assertThat(titles).hasSize(10);
            assertThat(titles.get(0)).isEqualTo(comparison.headline());
            assertThat(titles.get(1)).contains("2,000 test images", "10 classes", "7 classifiers");
            assertThat(titles.get(2)).contains("50,000 (conv-maxpool)", "410,000", "stride-conv");
            assertThat(text(show))
                    .contains(comparison.limits(), "600 validation images")
                    .doesNotContain("held out");
        }
    }

    private static List<String> titles(XMLSlideShow show) {
        return show.getSlides().stream().map(XSLFSlide::getTitle).toList();
    }

    /** Compares the results with both copies of the numbers in a chart: one is drawn, the other can be edited. */
    @Test
    void chartsHoldTheNumbersOfTheResults() throws Exception {
        List<Done> trials = model("seven").results().done();
        Done gru = trials.get(SampleRun.SEVEN.indexOf("gru"));
        double micros = Objects.requireNonNull(gru.efficiency().onnxruntime()).p50Micros();
        double accuracy = 100 * gru.metrics().test().accuracy();
        double training = 100 * gru.metrics().train().accuracy();
        try (XMLSlideShow show = withAppendix("seven")) {
            assertThat(numbers(show, "Accuracy against latency", "gru: x")).containsExactly(micros);
            assertThat(numbers(show, "Accuracy against latency", "gru")).containsExactly(accuracy);
            assertThat(numbers(show, "Training, validation and test accuracy", "gru: x"))
                    .containsExactly(training);
            Stream<Double> seconds =
                    trials.stream().map(trial -> trial.efficiency().trainingSeconds());
            assertThat(numbers(show, "Training time", "Training time"))
                    .containsExactlyInAnyOrderElementsOf(seconds.toList());
        }
    }

    /** Finds a column of a chart's workbook by its head, and checks that the chart draws the numbers of the column. */
    private static List<Double> numbers(XMLSlideShow show, String title, String head) throws Exception {
        XSLFShape shape = show.getSlides().stream()
                .flatMap(slide -> slide.getShapes().stream())
                .filter(one -> alternative(one).startsWith(title + "."))
                .findFirst()
                .orElseThrow();
        XSLFChart chart = ((XSLFGraphicFrame) shape).getChart();
        XSSFSheet sheet = chart.getWorkbook().getSheetAt(0);
        List<Double> numbers = new ArrayList<>();
        for (Cell cell : sheet.getRow(0)) {
            if (numbers.isEmpty() && cell.getStringCellValue().equals(head)) {
                IntStream.rangeClosed(1, sheet.getLastRowNum())
                        .mapToObj(row -> sheet.getRow(row).getCell(cell.getColumnIndex()))
                        .takeWhile(Objects::nonNull)
                        .forEach(number -> numbers.add(number.getNumericCellValue()));
            }
        }
        assertThat(drawn(chart)).containsAll(numbers);
        return numbers;
    }

    private static List<Double> drawn(XSLFChart chart) {
        List<Double> drawn = new ArrayList<>();
        for (XDDFChartData data : chart.getChartSeries()) {
            for (int s = 0; s < data.getSeriesCount(); s++) {
                XDDFChartData.Series series = data.getSeries(s);
                for (var source : List.of(series.getCategoryData(), series.getValuesData())) {
                    IntStream.range(0, source.getPointCount())
                            .mapToObj(i -> String.valueOf(source.getPointAt(i)))
                            .filter(point -> point.matches("-?[0-9].*"))
                            .forEach(point -> drawn.add(Double.valueOf(point)));
                }
            }
        }
        return drawn;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            interrupted | 4 of 7 trials; not tested; 1 trial failed; exit code 137       | is ahead of; clearly differ
            none        | none of 2 trials; lstm failed: the loss is infinite after epoch 1   | % accuracy
            empty       | no finished trial; 0 of 7 trials                               | failed
            search      | Of 14 candidates, number 14 is the best; 76.60 %; 12 best of 14 | net-1
            thirteen    | All 11 classifiers; 10 epochs; 12 of 13 classifiers; 2 trials failed | same recipe, for up to 11
            recipes     | Only this differs between the recipes; 12 most accurate of 15  | same recipe
            """)
    void aRunIsToldByItsNumbers(String run, String said, String unsaid) throws IOException {
        try (XMLSlideShow show = slides(run)) {
            assertThat(titles(show) + text(show)).contains(said.split("; ", -1)).doesNotContain(unsaid.split("; ", -1));
        }
    }

    /** A recipe begins with the number of its epochs; a number is aligned to the right and never broken into lines. */
    @Test
    void recipesAreTexts() throws IOException {
        try (XMLSlideShow show = slides("recipes")) {
            XSLFTable table = tables(show.getSlides().get(3)).findFirst().orElseThrow();
            var first = table.getCell(1, 1).getTextParagraphs().get(0);
            assertThat(first.getTextAlign()).isEqualTo(TextAlign.LEFT);
        }
    }

    static Stream<XSLFTable> tables(XSLFSlide slide) {
        return slide.getShapes().stream().filter(XSLFTable.class::isInstance).map(XSLFTable.class::cast);
    }

    @Test
    @Tag("long")
    void theAppendixHasEveryPairAndEveryClassifier() throws IOException {
        try (XMLSlideShow show = withAppendix("seven")) {
            List<String> titles = titles(show);
            assertThat(titles.subList(10, titles.size())).allMatch(title -> title.startsWith("Appendix: "));
            SampleRun.SEVEN.forEach(name -> assertThat(titles).contains("Appendix: " + name + " by epoch"));
            long pairs = show.getSlides().stream()
                    .filter(slide -> slide.getTitle().startsWith("Appendix: every pair"))
                    .flatMap(SlidesTest::tables)
                    .mapToLong(table -> table.getNumberOfRows() - 1L)
                    .sum();
            assertThat(pairs).isEqualTo(21);
        }
        // The files that the other notes name have no scores of single classes.
        try (XMLSlideShow show = withAppendix("classes-200")) {
            assertThat(show.getSlides())
                    .filteredOn(slide -> slide.getTitle().endsWith("class by class (2)"))
                    .isNotEmpty()
                    .allSatisfy(slide -> assertThat(text(slide)).contains("32 of 200 rows", "report.html"));
        }
    }

    /** Writes a template in another format, with a look, a slide, its notes and a file in it; or one without titles. */
    private static Path template(Path file, boolean titled) throws IOException, InvalidFormatException {
        try (XMLSlideShow show = new XMLSlideShow();
                OutputStream out = Files.newOutputStream(file)) {
            show.setPageSize(new Dimension(720, 540));
            XSLFSlideMaster master = show.getSlideMasters().get(0);
            var theme = master.getTheme().getXmlObject();
            theme.setName("Corporate");
            theme.getThemeElements().getFontScheme().getMajorFont().getLatin().setTypeface("Georgia");
            theme.getThemeElements().getClrScheme().getAccent1().getSrgbClr().setVal(new byte[] {0x12, 0x34, 0x56});
            if (titled) {
                XSLFSlide slide = show.createSlide(master.getLayout("Title and Content"));
                slide.getPlaceholder(0).setText("old slide");
                Stream.of(show.getNotesSlide(slide).getPlaceholders())
                        .filter(shape -> shape.getTextType() == Placeholder.BODY)
                        .forEach(shape -> shape.setText("notes of the old slide"));
                PackagePartName name = PackagingURIHelper.createPartName("/ppt/embeddings/old.bin");
                PackagePart embedded =
                        show.getPackage().createPart(name, "application/vnd.openxmlformats-officedocument.oleObject");
                try (OutputStream content = embedded.getOutputStream()) {
                    content.write("file of the old slide".getBytes(StandardCharsets.UTF_8));
                }
                slide.getPackagePart()
                        .addRelationship(name, TargetMode.INTERNAL, XSLFRelation.OLE_OBJECT.getRelation());
            } else {
                for (XSLFSlideLayout layout : master.getSlideLayouts()) {
                    List.of(layout.getPlaceholders()).forEach(layout::removeShape);
                }
            }
            show.write(out);
        }
        return file;
    }

    private static Path typed(Path file, XSLFRelation type, Path copy) throws IOException, InvalidFormatException {
        try (OPCPackage content = OPCPackage.open(new ByteArrayInputStream(Files.readAllBytes(file)));
                OutputStream out = Files.newOutputStream(copy)) {
            content.replaceContentType(XSLFRelation.MAIN.getContentType(), type.getContentType());
            content.save(out);
        }
        return copy;
    }

    @Test
    void aTemplateGivesItsLookAndNothingOfItsSlides(@TempDir Path folder) throws Exception {
        Path file = template(folder.resolve("corporate.pptx"), true);
        byte[] made = bytes(model("none"), new SlideOptions(Extent.FINDINGS, Template.read(file)));

        try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(made))) {
            wholeSlides("template", show);
            assertThat(show.getPageSize()).isEqualTo(new Dimension(720, 540));
            var theme = show.getSlideMasters().get(0).getTheme().getXmlObject();
            assertThat(theme.getName()).isEqualTo("Corporate");
            var fonts = theme.getThemeElements().getFontScheme();
            assertThat(fonts.getMajorFont().getLatin().getTypeface()).isEqualTo("Georgia");
            assertThat(show.getSlides())
                    .allMatch(slide -> slide.getSlideLayout().getName().equals("Title Only"));
        }
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(made))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                assertThat(new String(zip.readAllBytes(), StandardCharsets.UTF_8))
                        .as(entry.getName())
                        .doesNotContain("old slide", "old.bin");
            }
        }
        assertThat(names)
                .contains("ppt/slides/slide4.xml", "ppt/notesSlides/notesSlide4.xml")
                .doesNotContain("ppt/slides/slide5.xml", "docProps/thumbnail.jpeg", "docProps/app.xml");
        // So do the templates and the slide shows of PowerPoint, and what is made is a presentation.
        for (XSLFRelation type : List.of(XSLFRelation.PRESENTATIONML_TEMPLATE, XSLFRelation.PRESENTATIONML)) {
            Template other = Template.read(typed(file, type, folder.resolve("other.potx")));
            made = bytes(model("empty"), new SlideOptions(Extent.FINDINGS, other));
            try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(made))) {
                assertThat(show.getPackagePart().getContentType()).isEqualTo(XSLFRelation.MAIN.getContentType());
            }
        }
    }

    @Test
    void whatIsNoTemplateIsRefusedInOneLine(@TempDir Path folder) throws IOException, InvalidFormatException {
        Path missing = folder.resolve("missing.pptx");
        Path text = Files.writeString(folder.resolve("text.pptx"), "no presentation");
        Path bare = template(folder.resolve("bare.pptx"), false);
        Path titled = template(folder.resolve("titled.pptx"), true);
        Path macros = typed(titled, XSLFRelation.MACRO_TEMPLATE, folder.resolve("macros.potm"));

        for (Path file : List.of(missing, text, bare, macros, folder)) {
            refused(() -> Template.read(file), "--template: expected a PowerPoint file", ", but " + file);
        }
    }
}
