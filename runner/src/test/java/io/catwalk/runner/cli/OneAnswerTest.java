package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.Averages;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.statistics.Holm;
import io.catwalk.runner.statistics.PairedAccuracy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Computes every number from the predictions of a run once more, and finds the same in all reports: page,
 * slides, card, Markdown, CSV and terminal.
 */
@ExtendWith(ExportedRun.class)
final class OneAnswerTest {

    private ExportedRun world;
    private String page;
    private String markdown;
    private List<Answered> all;

    private record Answered(String name, Predictions predictions, Evaluation evaluation) {

        double accuracy() {
            return evaluation.accuracy();
        }

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
        page = Files.readString(world.run().resolve("report.html"));
        markdown = Files.readString(world.run().resolve("results.md"));
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

    @Test
    void thePageHasTheNumbersOfThePredictions() {
        for (Answered one : all) {
            Evaluation evaluation = one.evaluation;
            String contestant = between(page, "id=\"c" + number(one) + "\"", "<details class=\"contestant\" ");
            String error = percent(evaluation.calibration().expectedError());
            assertThat(contestant).contains("calibration error, equal-mass bins: " + error + " points");
            Interval interval = evaluation.accuracyInterval();
            assertThat(between(page, "<bdi>" + one.name + "</bdi></a>", "</tr>"))
                    .contains("<strong>" + percent(one.accuracy()) + "</strong>")
                    .contains(percent(interval.low()) + " to " + percent(interval.high()))
                    .contains(">" + percent(evaluation.macro().f1()) + "</td>");
            String scores = between(page, "<caption>Scores of each class, " + one.name + "</caption>", "</table>");
            List<String> expected = new ArrayList<>();
            for (ClassScores label : evaluation.classes()) {
                expected.addAll(List.of(percent(label.precision()), percent(label.recall()), percent(label.f1())));
                expected.add("" + label.support());
            }
            assertThat(found(scores, ">([\\d.]+)</td>")).as(one.name).isEqualTo(expected);
            String matrix = between(page, "id=\"confusion-" + one.name + "\"", "</figure>");
            List<ConfusionMatrix.Cell> cells = evaluation.confusion().cells();
            assertThat(found(matrix, "<tr data-key=\"([\\d.]+)\"")).hasSameSizeAs(cells);
            for (ConfusionMatrix.Cell cell : cells) {
                int support = evaluation.classes().get(cell.truth()).support();
                String share = percent((double) cell.images() / support);
                String key = "<tr data-key=\"" + cell.truth() + "." + cell.predicted() + "\"";
                assertThat(between(matrix, key, "</tr>"))
                        .contains("<bdi>" + cell.images() + "</bdi>", "<bdi>" + share + "</bdi>");
            }
        }
    }

    private String number(Answered one) {
        String before = page.substring(0, page.indexOf("<bdi>" + one.name + "</bdi></a>"));
        return found(before.substring(before.lastIndexOf("href=\"#c")), "^href=\"#c(\\d+)\"")
                .get(0);
    }

    @Test
    void slidesCardMarkdownTableAndTerminalHaveTheNumbersOfThePredictions() throws IOException {
        String terminal = world.compared().out();
        String slides = slides(world.run().resolve("slides.pptx"));
        List<String> lines = Files.readAllLines(world.run().resolve("results.csv"));
        int column = List.of(lines.get(0).split(",", -1)).indexOf("metrics.test.accuracy");
        for (Answered one : all) {
            Averages macro = one.evaluation.macro();
            Interval interval = one.evaluation.accuracyInterval();
            List<String> four = Stream.of(one.accuracy(), macro.precision(), macro.recall(), macro.f1())
                    .map(OneAnswerTest::percent)
                    .toList();
            assertThat(slides).contains(four.get(0));
            assertThat(markdown).contains("| " + one.name + " | " + String.join(" | ", four) + " |");
            assertThat(terminal)
                    .containsPattern("(?m)^" + Pattern.quote(one.name) + " +" + String.join(" +", four) + " ");
            assertThat(lines.stream().filter(line -> line.contains("," + one.name + ",")))
                    .map(line -> line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)[column])
                    .map(Double::valueOf)
                    .containsExactly(one.accuracy());
            Path card = world.trial(one.name).resolve("card.md");
            if (Files.exists(card)) {
                String range = percent(interval.low()) + " % to " + percent(interval.high());
                assertThat(Files.readString(card))
                        .contains(four.get(0) + " % (95 % interval " + range + " %)", "| F1 (macro) | " + four.get(3));
            }
        }
    }

    /** The test and the interval themselves are held against other programs in the tests of {@code statistics}. */
    @Test
    void everyVerdictHasTheNumbersOfThePredictions() {
        List<Answered> ranked = all.stream()
                .sorted(Comparator.comparing(one -> -one.accuracy()))
                .toList();
        List<PairedAccuracy> pairs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < ranked.size(); i++) {
            Answered one = ranked.get(i);
            for (Answered other : ranked.subList(i + 1, ranked.size())) {
                pairs.add(PairedAccuracy.of(one.correct(), other.correct()));
                names.add("only " + one.name + " got %d right and only " + other.name + " got %d right");
            }
        }
        double[] adjusted =
                Holm.adjust(pairs.stream().mapToDouble(pair -> pair.test().p()).toArray());
        for (int i = 0; i < adjusted.length; i++) {
            PairedAccuracy pair = pairs.get(i);
            Interval interval = pair.interval(0.95);
            String range = percent(interval.low()) + " to " + percent(interval.high());
            String right =
                    names.get(i).formatted(pair.test().onlyFirst(), pair.test().onlySecond());
            String p = adjusted[i] < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "= %.4f", adjusted[i]);
            String said = percent(pair.lost()) + " points, 95 % interval " + range + "; of " + pair.images() + ", "
                    + right + "; McNemar with Holm p " + p;
            assertThat(markdown).contains(said);
            assertThat(page).contains(said);
        }
    }

    /** A latency cannot be computed again: the measured median must be the same everywhere. */
    @Test
    void theOneLatencyOfAClassifierIsTheSameEverywhere() throws IOException {
        String slides = slides(world.run().resolve("slides.pptx"));
        int measured = 0;
        for (Answered one : all) {
            Path trial = world.trial(one.name);
            JsonNode latency = Catwalk.json(trial.resolve("trial.json")).at("/efficiency/onnxruntime");
            if (!latency.isObject()) {
                continue;
            }
            measured++;
            double micros = latency.path("p50_micros").asDouble();
            String time = String.format(Locale.ROOT, "%,.0f µs", micros);
            String shown = (latency.path("busy").isNull() ? "" : "~") + time;
            String last = Pattern.quote(shown);
            String name = Pattern.quote(one.name);
            assertThat(markdown).containsPattern("(?m)^\\| " + name + " \\|.* \\| " + last + " \\|$");
            assertThat(world.compared().out()).containsPattern("(?m)^" + name + " .* " + last + "$");
            assertThat(between(page, "<bdi>" + one.name + "</bdi></a>", "</tr>"))
                    .contains(shown);
            assertThat(slides).contains(time);
            assertThat(trial.resolve("card.md")).content().contains("| " + shown + " |");
        }
        assertThat(measured).isPositive();
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from);
        assertThat(start).as(from).isNotNegative();
        int end = text.indexOf(to, start);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
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
