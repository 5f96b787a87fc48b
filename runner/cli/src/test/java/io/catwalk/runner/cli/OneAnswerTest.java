package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.report.Block;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.report.Table;
import io.catwalk.runner.report.Unit;
import io.catwalk.runner.statistics.PairedAccuracy;
import io.catwalk.runner.statistics.PairedValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Computes every number from the predictions of a run once more, and finds the same in its document; each renderer
 * writes the document's digits: page, slides, card, Markdown, CSV and terminal.
 */
@ExtendWith(ExportedRun.class)
final class OneAnswerTest {

    private ExportedRun world;
    private Document document;
    private List<Answered> all;

    private record Answered(String name, Predictions predictions, Evaluation evaluation) {

        boolean[] correct() {
            boolean[] correct = new boolean[predictions.labels().length];
            for (int i = 0; i < correct.length; i++) {
                correct[i] = predictions.labels()[i] == predictions.predicted()[i];
            }
            return correct;
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    @BeforeEach
    void read() throws IOException {
        world = ExportedRun.get();
        RecordedRun run = RunFolder.open(world.run()).recorded();
        document = RunDocument.of(ReportModel.of(
                run.folder(),
                run.spec(),
                run.compared(),
                () -> run.spec().dataset().load(DataHome.of(world.run()))));
        all = new ArrayList<>();
        JsonNode results = Catwalk.json(world.run().resolve("results.json"));
        for (JsonNode trial : results.path("trials")) {
            String name = trial.path("classifier").asString();
            Predictions predictions = Predictions.read(world.trial(name).resolve("predictions.csv"));
            List<String> classes =
                    IntStream.range(0, 10).mapToObj(Integer::toString).toList();
            all.add(new Answered(name, predictions, Evaluation.of(predictions, classes)));
        }
        assertThat(all).hasSize(4);
    }

    private static Stream<Block> inside(Block block) {
        return block instanceof Block.Group group
                ? Stream.concat(Stream.of(block), group.blocks().stream().flatMap(OneAnswerTest::inside))
                : Stream.of(block);
    }

    private <T extends Block> T block(Class<T> type, Predicate<T> which) {
        return document.sections().stream()
                .flatMap(section -> section.blocks().stream())
                .flatMap(OneAnswerTest::inside)
                .filter(type::isInstance)
                .map(type::cast)
                .filter(which)
                .findFirst()
                .orElseThrow();
    }

    private Table table(String id) {
        return block(Table.class, table -> table.id().equals(id));
    }

    /** Returns the cells of the row that begins with these, under their heads. */
    private static Map<String, Cell> row(Table table, String... beginning) {
        Table.Row row = table.rows().stream()
                .filter(one -> IntStream.range(0, beginning.length)
                        .allMatch(i -> one.cells().get(i).text().equals(beginning[i])))
                .findFirst()
                .orElseThrow();
        Map<String, Cell> cells = new LinkedHashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            cells.put(table.columns().get(i).head(), row.cells().get(i));
        }
        return cells;
    }

    private static void requireNumber(@Nullable Cell cell, double value) {
        assertThat(cell)
                .isInstanceOfSatisfying(
                        Cell.Quantity.class,
                        number -> assertThat(
                                        Objects.requireNonNull(number.value()).doubleValue())
                                .isCloseTo(value, within(1e-12)));
    }

    @Test
    void theStandingsAndTheClassesHaveTheNumbersOfThePredictions() {
        for (Answered one : all) {
            Evaluation evaluation = one.evaluation;
            Map<String, Cell> standing = row(table("table"), one.name);
            requireNumber(standing.get("Accuracy %"), evaluation.accuracy());
            requireNumber(
                    standing.get("Macro F1 %"), evaluation.metrics().macro().f1());
            Interval interval = evaluation.metrics().accuracyInterval();
            assertThat(standing.get("95 % interval"))
                    .isEqualTo(new Cell.Range(interval.low(), interval.high(), Unit.PERCENT));
            Block panel =
                    block(Block.Group.class, group -> group.heading().text().equals(one.name));
            assertThat(inside(panel)
                            .filter(Figure.class::isInstance)
                            .map(figure -> ((Figure) figure).chart().caption())
                            .filter(caption -> caption.name().startsWith("classes-")))
                    .singleElement()
                    .satisfies(caption -> assertThat(
                                    caption.table().subList(1, caption.table().size()))
                            .containsExactlyElementsOf(evaluation.classes().stream()
                                    .map(label -> List.of(
                                            label.name(),
                                            percent(label.recall()),
                                            label.predictions() > 0 ? percent(label.precision()) : "\u2013",
                                            percent(label.f1()),
                                            "" + label.support()))
                                    .toList()));
            List<List<String>> cells = new ArrayList<>();
            for (ConfusionMatrix.Cell cell : evaluation.confusion().cells()) {
                int support = evaluation.classes().get(cell.truth()).support();
                cells.add(List.of(
                        "" + cell.truth(),
                        "" + cell.predicted(),
                        "" + cell.images(),
                        percent((double) cell.images() / support)));
            }
            Figure matrix = block(Figure.class, figure -> figure.id().equals(RunDocument.confusion(one.name)));
            List<List<String>> drawn = matrix.chart().caption().table();
            assertThat(drawn.subList(1, drawn.size())).as(one.name).containsExactlyInAnyOrderElementsOf(cells);
        }
    }

    /** The test and the interval themselves are held against other programs in the tests of {@code statistics}. */
    @Test
    void everyPairHasTheNumbersOfThePredictions() {
        List<Answered> ranked = all.stream()
                .sorted(Comparator.comparing(one -> -one.evaluation.accuracy()))
                .toList();
        List<PairedAccuracy> pairs = new ArrayList<>();
        List<Map<String, Cell>> rows = new ArrayList<>();
        for (int i = 0; i < ranked.size(); i++) {
            Answered one = ranked.get(i);
            for (Answered other : ranked.subList(i + 1, ranked.size())) {
                pairs.add(PairedAccuracy.of(one.correct(), other.correct()));
                rows.add(row(table("pairs"), one.name, other.name));
            }
        }
        double[] adjusted = PairedValues.holm(
                pairs.stream().mapToDouble(pair -> pair.test().p()).toArray());
        assertThat(adjusted).hasSize(6);
        for (int i = 0; i < adjusted.length; i++) {
            Interval interval = pairs.get(i).interval(0.95);
            requireNumber(rows.get(i).get("Difference, points"), pairs.get(i).difference());
            assertThat(rows.get(i).get("95 % interval"))
                    .isEqualTo(new Cell.Range(interval.low(), interval.high(), Unit.POINTS));
            requireNumber(rows.get(i).get("p"), adjusted[i]);
        }
    }

    /** A latency cannot be computed again: the measured median must be the same. */
    @Test
    void theLatencyIsTheMedianThatWasMeasured() throws IOException {
        int measured = 0;
        for (Answered one : all) {
            JsonNode latency =
                    Catwalk.json(world.trial(one.name).resolve("trial.json")).at("/efficiency/onnxruntime");
            Cell cell = Objects.requireNonNull(row(table("table"), one.name).get("Latency"));
            if (!latency.isObject()) {
                assertThat(cell.text()).isEqualTo("\u2013");
                continue;
            }
            measured++;
            requireNumber(cell, latency.path("p50_micros").asDouble());
            assertThat(cell.text().startsWith("~"))
                    .isEqualTo(!latency.path("busy").isNull());
        }
        assertThat(measured).isPositive();
    }

    @Test
    void eachRendererWritesTheDigitsOfTheDocument() throws IOException {
        Path run = world.run();
        String page = Files.readString(run.resolve("report.html"));
        String slides = slides(run.resolve("slides.pptx"));
        List<String> lines = Files.readAllLines(run.resolve("results.csv"));
        int column = List.of(lines.get(0).split(",", -1)).indexOf("metrics.test.accuracy");
        int cards = 0;
        for (Answered one : all) {
            String name = one.name;
            Map<String, Cell> row = row(table("table"), name);
            String latency = Objects.requireNonNull(row.get("Latency")).text();
            List<String> digits = Stream.of("Accuracy %", "95 % interval", "Macro F1 %")
                    .map(head -> Objects.requireNonNull(row.get(head)).text())
                    .toList();
            assertThat(digits.get(0)).isEqualTo(percent(one.evaluation.accuracy()));

            String standing = page.substring(page.indexOf("<bdi>" + name + "</bdi></a>"));
            assertThat(standing.substring(0, standing.indexOf("</tr>")))
                    .contains(digits)
                    .contains(latency);
            assertThat(slides)
                    .containsPattern("(?m)^" + name + "\n" + digits.get(0) + "\n" + digits.get(1) + "\n(.+\n){0,6}"
                            + latency + "$");
            assertThat(run.resolve("results.md"))
                    .content()
                    .containsPattern("(?m)^\\| " + name + " \\| " + String.join(" \\| ", digits) + " \\|.* "
                            + Pattern.quote(TextEscaping.markdown(latency)) + " \\|$");
            assertThat(world.compared().out())
                    .containsPattern("(?m)^" + name + " +" + String.join(" +", digits) + " .* " + latency + "$");
            assertThat(lines.stream().filter(line -> line.contains("," + name + ",")))
                    .map(line -> line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)[column])
                    .map(Double::valueOf)
                    .containsExactly(one.evaluation.accuracy());
            Path card = world.trial(name).resolve("card.md");
            if (Files.exists(card)) {
                cards++;
                assertThat(card)
                        .content()
                        .contains("accuracy %: " + digits.get(0) + "\n", "interval: " + digits.get(1) + "\n")
                        .contains("F1 (macro) %: " + digits.get(2) + "\n")
                        .contains("median: " + TextEscaping.markdown(latency) + "\n");
            }
        }
        assertThat(cards).isPositive();
    }

    @Test
    void everyPairHasTheDigitsOfTheDocumentInMarkdownAndOnThePage() throws IOException {
        List<String> markdown = Files.readAllLines(world.run().resolve("results.md"));
        String page = Files.readString(world.run().resolve("report.html"));
        String table = page.substring(page.indexOf("id=\"pairs\""));
        List<String> shown =
                List.of(table.substring(0, table.indexOf("</table>")).split("<tr", -1));
        List<Table.Row> pairs = table("pairs").rows();
        assertThat(pairs).hasSize(6);
        for (Table.Row pair : pairs) {
            String first = pair.cells().get(0).text();
            String second = pair.cells().get(1).text();
            Map<String, Cell> row = row(table("pairs"), first, second);
            List<String> digits = Stream.of("Difference, points", "95 % interval", "p")
                    .map(head -> Objects.requireNonNull(row.get(head)).text())
                    .toList();
            String cells = digits.stream().map(TextEscaping::markdown).collect(Collectors.joining(" | "));
            assertThat(markdown)
                    .filteredOn(line -> line.startsWith("| " + first + " | " + second + " | " + cells + " |"))
                    .hasSize(1);
            assertThat(shown)
                    .filteredOn(line -> line.matches("(?s).*<bdi>" + first + "</bdi>.*<bdi>" + second + "</bdi>.*"))
                    .singleElement()
                    .asString()
                    .contains(digits);
        }
    }

    private static String slides(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                XMLSlideShow show = new XMLSlideShow(in)) {
            return show.getSlides().stream()
                    .flatMap(slide -> slide.getShapes().stream())
                    .map(shape -> shape instanceof XSLFTable table
                            ? table.getRows().stream()
                                    .flatMap(row -> row.getCells().stream())
                                    .map(cell -> cell.getText())
                                    .collect(Collectors.joining("\n"))
                            : shape instanceof XSLFTextShape text ? text.getText() : "")
                    .collect(Collectors.joining("\n"));
        }
    }
}
