package io.catwalk.runner.report.slides;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.Picture.Theme;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.report.SampleDocument;
import io.catwalk.runner.report.SampleRuns;
import io.catwalk.runner.report.Section;
import io.catwalk.runner.report.slides.Slides.SlideOptions;
import io.catwalk.runner.report.slides.Slides.SlideOptions.Extent;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.LineBreakMeasurer;
import java.awt.font.TextAttribute;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.AttributedString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
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
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.util.Units;
import org.apache.poi.xddf.usermodel.chart.XDDFChartData;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFAutoShape;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xslf.usermodel.XSLFFreeformShape;
import org.apache.poi.xslf.usermodel.XSLFGraphicFrame;
import org.apache.poi.xslf.usermodel.XSLFPictureShape;
import org.apache.poi.xslf.usermodel.XSLFRelation;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.apache.poi.xslf.usermodel.XSLFSlideMaster;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTextParagraph;
import org.apache.poi.xslf.usermodel.XSLFTextRun;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTableCell;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTableCellProperties;
import org.openxmlformats.schemas.presentationml.x2006.main.CTGraphicalObjectFrame;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPicture;

class SlidesTest {

    private static final Document SAMPLE = SampleDocument.document();

    private static byte[] bytes(Document document, SlideOptions options) throws IOException {
        return Slides.bytes(() -> document, options);
    }

    private static XMLSlideShow slides(Extent extent) throws IOException {
        return new XMLSlideShow(new ByteArrayInputStream(bytes(SAMPLE, new SlideOptions(extent, null))));
    }

    @Test
    void everySectionIsASlideWithItsTitleNotesAndFooter() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            List<String> titles = new ArrayList<>(
                    SAMPLE.sections().stream().map(Section::title).toList());
            titles.set(0, SAMPLE.title());
            assertThat(show.getSlides()).extracting(XSLFSlide::getTitle).isEqualTo(titles);
            for (int i = 0; i < titles.size(); i++) {
                XSLFSlide slide = show.getSlides().get(i);
                String source = "Source: " + SAMPLE.sections().get(i).source();
                assertThat(notes(slide)).isEqualTo(titles.get(i) + "\n" + source);
                assertThat(text(slide)).contains("sample-run · " + SAMPLE.subject(), "\n" + (i + 1) + "\n");
            }
        }
    }

    @Test
    void thePropertiesOfTheFileAreThoseOfTheDocument() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            var properties = show.getProperties().getCoreProperties();
            assertThat(properties.getTitle()).isEqualTo(SAMPLE.title());
            assertThat(properties.getSubject()).isEqualTo(SAMPLE.subject());
            assertThat(properties.getCreator()).isEqualTo("Catwalk");
            assertThat(properties.getLastModifiedByUser()).isEqualTo("Catwalk");
            assertThat(properties.getKeywords()).isNullOrEmpty();
            assertThat(properties.getCreated()).isNull(); // the same results make the same slides
        }
    }

    /** The look of the slides is a file that PowerPoint can open and change. */
    @Test
    void catwalksOwnTemplateHasTheColorsOfThePage() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            SlideLook look = SlideLook.of(show);
            assertThat(look.ink()).isEqualTo(Color.decode(Theme.LIGHT.color("ink")));
            assertThat(look.accent()).isEqualTo(Color.decode(Theme.LIGHT.color("accent")));
            var colors = show.getSlideMasters()
                    .get(0)
                    .getTheme()
                    .getXmlObject()
                    .getThemeElements()
                    .getClrScheme();
            byte[] second = colors.getAccent2().getSrgbClr().getVal();
            assertThat(second).isEqualTo(SlideLook.rgb(Color.decode(Palette.COLORS.get(1))));
        }
    }

    @ParameterizedTest
    @EnumSource(Extent.class)
    void nothingOverlapsOrLeavesTheSlide(Extent extent) throws IOException {
        try (XMLSlideShow show = slides(extent)) {
            wholeSlides(show);
        }
    }

    static Document documentOf(String run) {
        return RunDocument.of(SampleRuns.named(run));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seven",
                "hostile",
                "folds",
                "search",
                "thirteen",
                "large",
                "recipes",
                "interrupted",
                "none",
                "empty"
            })
    @Tag("long")
    void everySlideOfARunIsWhole(String run) throws IOException {
        Extent extent = run.equals("large") ? Extent.FINDINGS : Extent.WITH_APPENDIX;
        byte[] made = bytes(documentOf(run), new SlideOptions(extent, null));
        try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(made))) {
            wholeSlides(show);
            for (XSLFSlide slide : show.getSlides()) {
                String where = run + ", slide " + slide.getSlideNumber();
                assertThat(slide.getTitle()).as(where).isNotBlank();
                assertThat(notes(slide)).as(where).contains("Source: ").doesNotContain("null");
                assertThat(text(slide)).as(where).doesNotContain("null", "NaN", "Infinity");
            }
        }
    }

    private static void wholeSlides(XMLSlideShow show) {
        Dimension size = show.getPageSize();
        Rectangle2D page = new Rectangle2D.Double(0, 0, size.getWidth(), size.getHeight());
        for (XSLFSlide slide : show.getSlides()) {
            String where = "slide " + slide.getSlideNumber() + " (" + slide.getTitle() + "): ";
            List<XSLFShape> shapes = slide.getShapes();
            // POI moves the anchor of a table whose cells are measured.
            List<Rectangle2D> anchors =
                    shapes.stream().map(XSLFShape::getAnchor).toList();
            for (int i = 0; i < shapes.size(); i++) {
                XSLFShape one = shapes.get(i);
                assertThat(page.contains(anchors.get(i)))
                        .as(where + text(one) + anchors.get(i))
                        .isTrue();
                assertThat(alternative(one)).as(where + text(one)).hasSizeGreaterThan(20);
                textFits(where, one);
                for (int j = i + 1; j < shapes.size(); j++) {
                    XSLFShape other = shapes.get(j);
                    Rectangle2D both = anchors.get(i).createIntersection(anchors.get(j));
                    boolean symbol = one instanceof XSLFTable && other instanceof XSLFFreeformShape;
                    boolean panel = one instanceof XSLFAutoShape && text(one).isBlank();
                    boolean apart = symbol || panel || both.getWidth() < 1 || both.getHeight() < 1;
                    assertThat(apart)
                            .as(where + text(one) + " and " + text(other) + " share " + both)
                            .isTrue();
                }
            }
        }
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
                    assertThat(height(cell, table.getColumnWidth(c)))
                            .as(where + "cell " + r + ", " + c + ": " + cell.getText())
                            .isLessThanOrEqualTo(table.getRowHeight(r) + 1);
                }
            }
        } else if (shape instanceof XSLFTextShape text && !text.getText().isBlank()) {
            assertThat(text.getTextHeight() / 1.2)
                    .as(where + text.getText())
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
    void noTextIsSmallerThanTwelvePoints() throws IOException {
        Pattern size = Pattern.compile(" sz=\"(\\d+)\"");
        byte[] all = bytes(SAMPLE, new SlideOptions(Extent.WITH_APPENDIX, null));
        int sizes = 0;
        for (var part : parts(all).entrySet()) {
            if (part.getKey().matches("ppt/(slides|charts)/[^/]*xml")) {
                var matcher = size.matcher(part.getValue());
                while (matcher.find()) {
                    assertThat(Integer.parseInt(matcher.group(1)))
                            .as(part.getKey())
                            .isGreaterThanOrEqualTo(1200);
                    sizes++;
                }
                // What has no size of its own has that of the template, which is 18 for text and 10 for charts.
                assertThat(part.getValue()).as(part.getKey()).contains(" sz=");
            }
        }
        assertThat(sizes).isGreaterThan(500);
    }

    private static Map<String, String> parts(byte[] file) throws IOException {
        Map<String, String> parts = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return parts;
    }

    @Test
    void theAppendixHasEveryCellOfEveryTable() throws IOException {
        try (XMLSlideShow show = slides(Extent.WITH_APPENDIX)) {
            List<XSLFSlide> appendix =
                    show.getSlides().subList(10, show.getSlides().size());
            assertThat(appendix)
                    .extracting(XSLFSlide::getTitle)
                    .contains("Section classes", "Section classes (2)", "Section drawings: conv");
            List<List<String>> rows = appendix.stream()
                    .filter(slide -> slide.getTitle().startsWith("Section classes"))
                    .flatMap(SlidesTest::tables)
                    .flatMap(table -> cells(table).stream().skip(1))
                    .toList();
            // The numbers of the table, written here by hand: 0.923456 - 0.01 i, 431.7 + 100 i microseconds.
            assertThat(rows).hasSize(30);
            assertThat(rows.get(0)).containsExactly("conv", "92.35", "90.00 to 95.00", "432 µs", "better", "card 0");
            assertThat(rows.get(1))
                    .containsExactly(
                            "gru (fastest)", "91.35", "89.00 to 94.00", "~532 µs", "not clearly different", "card 1");
            assertThat(rows.get(2)).startsWith("mlp", "90.35").contains("–");
            assertThat(rows.get(29)).contains("63.35", "61.00 to 66.00", "3,332 µs", "card 29");
            assertThat(appendix.stream().map(SlidesTest::text).collect(Collectors.joining()))
                    .contains("1.2e-06", "0 rows")
                    .doesNotContain("only on a page", "first 1");
        }
    }

    @Test
    void whatDoesNotFitIsCutAndSaid() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            XSLFSlide classes = show.getSlides().get(5);
            int rows = tables(classes).findFirst().orElseThrow().getNumberOfRows() - 1;
            assertThat(rows).isBetween(8, 29);
            assertThat(text(classes)).contains("These are the first " + rows + " of 30 rows.");
            assertThat(text(show.getSlides().get(9)))
                    .contains("3: The accuracy", "training. …")
                    .doesNotContain("39: ");
            assertThat(text(show.getSlides().get(6))).contains("A table of 0 rows", "95 % interval");
        }
    }

    @Test
    void hostileNamesAreShortenedAndIsolated() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            assertThat(text(show.getSlides().get(5)))
                    .contains(
                            "The name \u2068" + SampleDocument.RIGHT_TO_LEFT + "\u2069 runs",
                            "a-classifier-with-a…slide-has-room-for")
                    .doesNotContain(SampleDocument.LONG);
        }
    }

    @Test
    void aNameWithASpaceAtItsEdgeChangesNoOtherText() {
        assertThat(new SlideWords(List.of("dog ", " in")).said("dog  classified in percent"))
                .isEqualTo("dog classified in percent");
    }

    /** The symbol of a classifier stands before its name, in its color and with its lines. */
    @Test
    void theSymbolsAreThoseOfThePage() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            XSLFSlide slide = show.getSlides().get(1);
            XSLFTable table = tables(slide).findFirst().orElseThrow();
            List<XSLFFreeformShape> symbols = slide.getShapes().stream()
                    .filter(XSLFFreeformShape.class::isInstance)
                    .map(XSLFFreeformShape.class::cast)
                    .toList();
            assertThat(symbols).hasSize(7);
            double top = table.getAnchor().getY();
            for (int i = 0; i < 7; i++) {
                Palette.Look look = SampleDocument.PALETTE.look(SampleDocument.NAMES.get(i));
                top += table.getRowHeight(i);
                Rectangle2D at = symbols.get(i).getAnchor();
                assertThat(symbols.get(i).getFillColor()).isEqualTo(Color.decode(look.color()));
                assertThat(at.getCenterY()).isBetween(top, top + table.getRowHeight(i + 1));
                assertThat(at.getX())
                        .isBetween(table.getAnchor().getX(), table.getAnchor().getX() + 12);
                String path = symbols.get(i).getXmlObject().toString();
                int lines = path.split("<[a-z]+:(lnTo|cubicBezTo)>", -1).length - 1;
                int most = switch (look.symbol()) {
                    case CIRCLE -> 12; // four arcs, and lines of no length between them
                    case SQUARE -> 12;
                    case TRIANGLE -> 3;
                    case DIAMOND -> 4;
                    case PLUS, CROSS -> 12;
                    case STAR -> 18;
                };
                assertThat(lines).as(look.symbol() + " " + path).isBetween(most * 2 / 3 - 1, most);
            }
        }
    }

    /** Compares both copies of the numbers in a chart: one is drawn, the other can be edited. */
    @Test
    void nativeChartsHoldTheNumbers() throws Exception {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            XSLFChart dots = charts(show.getSlides().get(2)).get(0);
            assertThat(numbers(dots, "gru: x")).containsExactly(30.5 * 1.7);
            assertThat(numbers(dots, "gru")).containsExactly(72.5);
            assertThat(numbers(dots, "gru: interval")).containsExactly(70.5, 74.5);
            XSLFChart rows = charts(show.getSlides().get(1)).get(0);
            assertThat(numbers(rows, "mlp: x")).containsExactly(-0.75);
            assertThat(numbers(rows, "mlp: range: x")).containsExactly(-1.35, -0.35);
            XSLFChart lines = charts(show.getSlides().get(3)).get(0);
            assertThat(numbers(lines, "stride-conv: x")).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
            assertThat(dots.getCTChart().getLegend().xmlText()).contains("legendEntry");
        }
    }

    @Test
    void whatPowerPointCannotDrawIsAPicture() throws IOException {
        try (XMLSlideShow show = slides(Extent.FINDINGS)) {
            XSLFSlide boxes = show.getSlides().get(4);
            assertThat(charts(boxes)).isEmpty();
            assertThat(boxes.getShapes())
                    .filteredOn(XSLFPictureShape.class::isInstance)
                    .hasSize(1);
        }
    }

    private static List<XSLFChart> charts(XSLFSlide slide) {
        return slide.getShapes().stream()
                .filter(shape -> shape instanceof XSLFGraphicFrame frame && frame.hasChart())
                .map(shape -> ((XSLFGraphicFrame) shape).getChart())
                .toList();
    }

    /** Finds a column of a chart's workbook by its head, and checks that the chart draws the numbers of the column. */
    private static List<Double> numbers(XSLFChart chart, String head) throws Exception {
        XSSFSheet sheet = chart.getWorkbook().getSheetAt(0);
        List<Double> numbers = new ArrayList<>();
        for (Cell cell : sheet.getRow(0)) {
            if (numbers.isEmpty() && cell.getStringCellValue().equals(head)) {
                for (int row = 1; row <= sheet.getLastRowNum(); row++) {
                    Cell number = sheet.getRow(row).getCell(cell.getColumnIndex());
                    if (number != null) {
                        numbers.add(number.getNumericCellValue());
                    }
                }
            }
        }
        List<String> drawn = new ArrayList<>();
        for (XDDFChartData data : chart.getChartSeries()) {
            for (int s = 0; s < data.getSeriesCount(); s++) {
                XDDFChartData.Series series = data.getSeries(s);
                for (var source : List.of(series.getCategoryData(), series.getValuesData())) {
                    IntStream.range(0, source.getPointCount()).forEach(i -> drawn.add("" + source.getPointAt(i)));
                }
            }
        }
        assertThat(drawn).containsAll(numbers.stream().map(String::valueOf).toList());
        return numbers;
    }

    private static Stream<XSLFTable> tables(XSLFSlide slide) {
        return slide.getShapes().stream().filter(XSLFTable.class::isInstance).map(XSLFTable.class::cast);
    }

    private static List<List<String>> cells(XSLFTable table) {
        return table.getRows().stream()
                .map(row -> row.getCells().stream().map(XSLFTextShape::getText).toList())
                .toList();
    }

    private static String text(XSLFSlide slide) {
        return slide.getShapes().stream().map(SlidesTest::text).collect(Collectors.joining());
    }

    private static String text(XSLFShape shape) {
        if (shape instanceof XSLFTable table) {
            return cells(table).stream()
                    .map(row -> String.join("\n", row) + "\n")
                    .collect(Collectors.joining());
        }
        return shape instanceof XSLFTextShape box ? box.getText() + "\n" : "";
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
        byte[] made = bytes(SampleDocument.document(), new SlideOptions(Extent.FINDINGS, Template.read(file)));

        try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(made))) {
            wholeSlides(show);
            assertThat(show.getPageSize()).isEqualTo(new Dimension(720, 540));
            var theme = show.getSlideMasters().get(0).getTheme().getXmlObject();
            assertThat(theme.getName()).isEqualTo("Corporate");
            var fonts = theme.getThemeElements().getFontScheme();
            assertThat(fonts.getMajorFont().getLatin().getTypeface()).isEqualTo("Georgia");
            assertThat(show.getSlides())
                    .allMatch(slide -> slide.getSlideLayout().getName().equals("Title Only"));
        }
        Map<String, String> parts = parts(made);
        assertThat(parts.values()).noneMatch(part -> part.contains("old slide") || part.contains("old.bin"));
        assertThat(parts.keySet())
                .contains("ppt/slides/slide10.xml", "ppt/notesSlides/notesSlide10.xml")
                .doesNotContain("ppt/slides/slide11.xml", "docProps/thumbnail.jpeg", "docProps/app.xml");
        // So do the templates and the slide shows of PowerPoint, and what is made is a presentation.
        for (XSLFRelation type : List.of(XSLFRelation.PRESENTATIONML_TEMPLATE, XSLFRelation.PRESENTATIONML)) {
            Template other = Template.read(typed(file, type, folder.resolve("other.potx")));
            made = bytes(SampleDocument.document(), new SlideOptions(Extent.FINDINGS, other));
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
