package io.catwalk.runner.report.slides;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.Answers;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.slides.SampleRun.Broken;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.sl.usermodel.TextShape.TextDirection;
import org.apache.poi.xddf.usermodel.chart.XDDFChartData;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xslf.usermodel.XSLFGraphicFrame;
import org.apache.poi.xslf.usermodel.XSLFPictureShape;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openxmlformats.schemas.presentationml.x2006.main.CTGraphicalObjectFrame;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPicture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Opens the slides again, as a program for slides would. */
class SlidesTest {

    private static final SampleRun SEVEN = SampleRun.of(7, 10);

    /** Names a run, so that a failed test says which one. */
    record Named(String name, RunReport report) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> runs() throws IOException {
        return Stream.of(
                new Named("seven compared", SEVEN.report(SEVEN.comparison(), null)),
                new Named("seven interrupted", SEVEN.report()),
                new Named("an earlier run without files", committed()),
                new Named(
                        "hostile names",
                        SampleRun.hostile().report(SampleRun.hostile().comparison(), null)),
                new Named(
                        "30 classifiers, 200 classes",
                        SampleRun.of(30, 200).report(SampleRun.of(30, 200).comparison(), null)),
                new Named("one classifier, 2 classes", SampleRun.of(1, 2).report()),
                new Named("folds", SampleRun.of(4, 3).withFolds(5).report()),
                new Named("a search", SampleRun.of(1, 2).withFolds(3).report(null, SampleRun.tuning())),
                new Named(
                        "nothing succeeded",
                        SampleRun.of(3, 2).broken(Broken.EVERY_TRIAL).report()),
                new Named(
                        "one failed",
                        SampleRun.of(3, 2).broken(Broken.ONE_TRIAL).report()),
                new Named(
                        "no numbers", SampleRun.of(3, 2).broken(Broken.NUMBERS).report()),
                new Named("no files", SampleRun.of(3, 2).broken(Broken.FILES).report()));
    }

    /** Reads the results of seven trained classifiers that the project keeps. */
    private static RunReport committed() throws IOException {
        // The run is of before outcomes were sealed, and there were repeats.
        ObjectNode tree = (ObjectNode)
                Json.JSON.readTree(Files.readString(Path.of("..", "docs", "results", "fashion-mnist", "results.json")));
        ((ObjectNode) tree.path("experiment")).put("repeats", 1);
        for (JsonNode trial : tree.path("trials")) {
            ((ObjectNode) trial).put("threads", 1).put("purpose", "ship").remove("error");
            ((ObjectNode) trial.path("overfitting"))
                    .put(
                            "validation_images",
                            trial.at("/metrics/validation/images").asInt());
            ((ObjectNode) trial).putArray("files");
            for (String engine : List.of("pytorch", "onnxruntime")) {
                ((ObjectNode) trial.path("efficiency").path(engine))
                        .put("calls", 2000)
                        .set("machine", trial.at("/provenance/machine"));
            }
        }
        ((ObjectNode) tree.path("dataset")).put("largest_class", 1000).put("smallest_class", 1000);
        for (JsonNode standing : tree.at("/comparison/standings")) {
            ((ObjectNode) standing).set("balanced_accuracy", standing.path("accuracy"));
        }
        tree.putArray("latency_notes");
        Results results = Json.JSON.treeToValue(tree, Results.class);
        ExperimentSpec spec = new ExperimentSpec(
                1,
                new DatasetSpec("fashion-mnist", null, 0, 0),
                SplitSpec.holdOut(0.1, 0),
                List.of(),
                List.of(1L),
                2,
                1,
                ComputeDevice.CPU,
                null,
                0.5,
                null,
                results.experiment().command());
        List<RunReport.Model> models = results.trials().stream()
                .map(trial -> new RunReport.Model(results.label(trial.trial()), trial, List.of(), Answers.NONE, null))
                .toList();
        return new RunReport(spec, results, models, null, List.of("There are no predictions."));
    }

    private static XMLSlideShow open(RunReport report) throws IOException {
        return new XMLSlideShow(new ByteArrayInputStream(Slides.bytes(report)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everySlideIsWhole(Named run) throws IOException {
        try (XMLSlideShow show = open(run.report())) {
            assertThat(show.getSlides()).hasSizeGreaterThan(4);
            for (XSLFSlide slide : show.getSlides()) {
                String where = run + ", slide " + slide.getSlideNumber() + " (" + slide.getTitle() + ")";
                assertThat(slide.getTitle()).as(where).isNotBlank();
                assertThat(slide.getShapes()).as(where).hasSizeGreaterThan(4);
                assertThat(notes(slide)).as(where).contains("Source").doesNotContain("null");
                for (XSLFShape shape : slide.getShapes()) {
                    assertThat(Area.SLIDE.points().contains(shape.getAnchor()))
                            .as(where + ": " + shape.getShapeName() + " at " + shape.getAnchor())
                            .isTrue();
                    assertThat(alternative(shape))
                            .as(where + ": " + shape.getShapeName())
                            .hasSizeGreaterThan(20);
                    textFits(where, shape);
                }
            }
        }
    }

    private static String notes(XSLFSlide slide) {
        StringBuilder text = new StringBuilder();
        for (XSLFTextShape shape : slide.getNotes().getPlaceholders()) {
            text.append(shape.getTextType() == Placeholder.BODY ? shape.getText() : "");
        }
        return text.toString();
    }

    /** Returns what is said of a picture, table or chart to those who do not see it; any text for what is text. */
    private static String alternative(XSLFShape shape) {
        String said = shape instanceof XSLFPictureShape
                ? ((CTPicture) shape.getXmlObject()).getNvPicPr().getCNvPr().getDescr()
                : shape instanceof XSLFGraphicFrame
                        ? ((CTGraphicalObjectFrame) shape.getXmlObject())
                                .getNvGraphicFramePr()
                                .getCNvPr()
                                .getDescr()
                        : "it is text, which speaks for itself";
        return Objects.requireNonNullElse(said, "");
    }

    /**
     * Compares the height that POI estimates with the room there is. POI's lines are a fifth higher than those of
     * PowerPoint and LibreOffice: it adds 15 % to a font without leading, and a tail to each paragraph.
     */
    private static void textFits(String where, XSLFShape shape) {
        if (shape instanceof XSLFTable table) {
            for (int r = 0; r < table.getNumberOfRows(); r++) {
                for (int c = 0; c < table.getNumberOfColumns(); c++) {
                    XSLFTableCell cell = table.getCell(r, c);
                    boolean upright =
                            cell.getTextDirection() != null && cell.getTextDirection() != TextDirection.HORIZONTAL;
                    if (!upright) {
                        assertThat(cell.getTextHeight() / 1.2)
                                .as(where + ", cell " + r + ", " + c + ": " + cell.getText())
                                .isLessThanOrEqualTo(table.getRowHeight(r) + 1);
                    }
                }
            }
        } else if (shape instanceof XSLFTextShape text && !text.getText().isBlank()) {
            assertThat(text.getTextHeight() / 1.2)
                    .as(where + ": " + text.getText())
                    .isLessThanOrEqualTo(text.getAnchor().getHeight() + 2);
        }
    }

    @Test
    void theSlidesTellTheWholeStory() throws IOException {
        try (XMLSlideShow show = open(SEVEN.report(SEVEN.comparison(), null))) {
            List<String> sections = show.getSlides().stream()
                    .map(slide -> slide.getShapes().stream()
                            .filter(shape -> shape.getAnchor().equals(Look.KICKER.points()))
                            .map(shape -> ((XSLFTextShape) shape).getText())
                            .findFirst()
                            .orElse("COVER"))
                    .distinct()
                    .toList();
            assertThat(sections)
                    .containsExactly(
                            "COVER",
                            "THE QUESTION",
                            "THE DATA",
                            "THE ARCHITECTURES",
                            "TRAINING",
                            "JUDGING",
                            "RESULTS",
                            "ACCURACY AGAINST LATENCY",
                            "MISTAKES",
                            "LEARNING",
                            "OVERFITTING",
                            "WHAT AN ANSWER COSTS",
                            "WHAT A NETWORK COSTS",
                            "STATISTICS",
                            "ONNX FILES",
                            "CONCLUSION",
                            "PROVENANCE");
        }
    }

    /** The numbers are read from results.json by hand here, and from the chart as it is drawn and as it is edited. */
    @Test
    void chartsHoldTheNumbersOfTheResults() throws IOException {
        RunReport report = committed();
        List<Done> trials = report.results().done();
        try (XMLSlideShow show = open(report)) {
            assertThat(numbers(show, "Training, seconds"))
                    .containsExactlyInAnyOrderElementsOf(trials.stream()
                            .map(trial -> trial.efficiency().trainingSeconds())
                            .toList());
            assertThat(numbers(show, "accuracy, %"))
                    .containsExactlyInAnyOrderElementsOf(trials.stream()
                            .map(trial -> 100 * trial.metrics().test().accuracy())
                            .toList());
            Done gru = trials.stream()
                    .filter(trial -> trial.trial().classifier().equals("gru"))
                    .findFirst()
                    .orElseThrow();
            assertThat(numbers(show, "gru: x"))
                    .containsExactly(Objects.requireNonNull(gru.efficiency().onnxruntime())
                            .p50Micros());
        }
    }

    /** Finds a column of a chart's workbook by its head, and checks that the chart draws what the column holds. */
    private static List<Double> numbers(XMLSlideShow show, String head) throws IOException {
        for (XSLFChart chart : show.getCharts()) {
            XSSFSheet sheet;
            try {
                sheet = chart.getWorkbook().getSheetAt(0);
            } catch (InvalidFormatException e) {
                throw new IOException(e);
            }
            for (int column = 0; column < sheet.getRow(0).getLastCellNum(); column++) {
                if (sheet.getRow(0).getCell(column) != null
                        && sheet.getRow(0).getCell(column).getStringCellValue().equals(head)) {
                    List<Double> numbers = new ArrayList<>();
                    for (int row = 1;
                            row <= sheet.getLastRowNum() && sheet.getRow(row).getCell(column) != null;
                            row++) {
                        numbers.add(sheet.getRow(row).getCell(column).getNumericCellValue());
                    }
                    assertThat(drawn(chart)).containsAll(numbers);
                    return numbers;
                }
            }
        }
        throw new AssertionError("no chart has a column " + head);
    }

    private static List<Double> drawn(XSLFChart chart) {
        List<Double> drawn = new ArrayList<>();
        for (XDDFChartData data : chart.getChartSeries()) {
            for (int s = 0; s < data.getSeriesCount(); s++) {
                for (var source : List.of(
                        data.getSeries(s).getCategoryData(), data.getSeries(s).getValuesData())) {
                    for (int i = 0; i < source.getPointCount(); i++) {
                        if (String.valueOf(source.getPointAt(i)).matches("-?[0-9].*")) {
                            drawn.add(Double.valueOf(String.valueOf(source.getPointAt(i))));
                        }
                    }
                }
            }
        }
        return drawn;
    }

    @Test
    void withoutComparisonNobodyIsCalledBetter() throws IOException {
        String text = text(SEVEN.report());

        assertThat(text).contains("Whether the differences are more than chance is not known");
        assertThat(text).contains("7 of its 8 trials are finished", "whether it is better was not tested");
        assertThat(text).doesNotContain("is the most accurate", "cannot be told apart");
    }

    @Test
    void theConclusionIsThatOfTheComparison() throws IOException {
        assertThat(text(SEVEN.report(SEVEN.comparison(), null)))
                .contains(
                        "The sample has the highest accuracy, but cannot be told apart from the second.",
                        "One seed on one split compares these trained models",
                        "6 of 7 ONNX files answer like their networks; 1 disagrees");
    }

    @Test
    void whatFailedIsNamedWithItsReason() throws IOException {
        assertThat(text(SampleRun.of(3, 2).broken(Broken.EVERY_TRIAL).report()))
                .contains("no trial has a trained network", "net-3 failed: java.lang.IllegalStateException: <b>no</b>");
    }

    @Test
    void ofManyClassesTheMostConfusedTheHardestAndTheEasiestAreShown() throws IOException {
        assertThat(text(SampleRun.of(2, 200).report()))
                .contains(
                        " The 30 most confused of 200 classes.",
                        " Shown are the 12 hardest of 200 classes; the easiest are ");
    }

    @Test
    void aSearchNamesItsBest() throws IOException {
        assertThat(text(SampleRun.of(1, 2).withFolds(3).report(null, SampleRun.tuning())))
                .contains("Of 14 candidates, number 1 is the best, with a mean accuracy of 89.50 %");
    }

    private static String text(RunReport report) throws IOException {
        StringBuilder text = new StringBuilder();
        try (XMLSlideShow show = open(report)) {
            for (XSLFSlide slide : show.getSlides()) {
                for (XSLFShape shape : slide.getShapes()) {
                    text.append(shape instanceof XSLFTextShape box ? box.getText() + "\n" : "");
                }
            }
        }
        return text.toString();
    }

    @Test
    void sevenClassifiersStayUnderFiveMegabytes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("slides.pptx");

        Slides.write(SEVEN.report(SEVEN.comparison(), null), file);

        assertThat(Files.size(file)).isLessThan(5_000_000);
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(new Rectangle2D.Double(0, 0, 960, 540)).isEqualTo(Area.SLIDE.points());
    }
}
