package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Works every number out of the predictions of a run by a way of its own, and finds the same in all that is written of
 * it: page, slides, card, Markdown, CSV and terminal.
 */
@ExtendWith(ExportedRun.class)
final class OneAnswerTest {

    private static final int CLASSES = 10;
    private static final double Z = 1.959963984540054; // 97.5 % quantile of the standard normal distribution

    private ExportedRun world;
    private String page;
    private String markdown;
    private List<Answered> all;

    /** Counts what a network answered. */
    private static final class Answered {

        final String name;
        final int[][] counts = new int[CLASSES][CLASSES]; // true class, predicted class
        final int images;
        double calibration;

        Answered(String name, Predictions predictions) {
            this.name = name;
            images = predictions.labels().length;
            double[] gap = new double[15];
            for (int i = 0; i < images; i++) {
                float[] logits = Arrays.copyOfRange(predictions.logits(), i * CLASSES, (i + 1) * CLASSES);
                int best = 0;
                double sum = 0;
                for (int c = 0; c < CLASSES; c++) {
                    best = logits[c] > logits[best] ? c : best;
                }
                for (float logit : logits) {
                    sum += Math.exp((double) logit - logits[best]);
                }
                int label = predictions.labels()[i];
                counts[label][best]++;
                int bin = Math.min(14, (int) Math.ceil(15 / sum) - 1);
                gap[bin] += (label == best ? 1 : 0) - 1 / sum;
            }
            for (double each : gap) {
                calibration += Math.abs(each) / images;
            }
        }

        double right() {
            return IntStream.range(0, CLASSES).map(c -> counts[c][c]).sum();
        }

        double accuracy() {
            return right() / images;
        }

        int truly(int label) {
            return IntStream.of(counts[label]).sum();
        }

        int answered(int label) {
            return IntStream.range(0, CLASSES).map(c -> counts[c][label]).sum();
        }

        double precision(int label) {
            return answered(label) == 0 ? 0 : (double) counts[label][label] / answered(label);
        }

        double recall(int label) {
            return truly(label) == 0 ? 0 : (double) counts[label][label] / truly(label);
        }

        /** Twice the right ones by all that are or were called so. */
        double f1(int label) {
            int all = truly(label) + answered(label);
            return all == 0 ? 0 : 2.0 * counts[label][label] / all;
        }

        /** The mean over the classes that have images. */
        double macro(IntToDoubleFunction score) {
            return IntStream.range(0, CLASSES)
                    .filter(label -> truly(label) > 0)
                    .mapToDouble(score)
                    .average()
                    .orElseThrow();
        }

        /** Wilson's bound, as the smaller or larger root of (p - q)^2 = z^2 q (1 - q) / n. */
        double wilson(int sign) {
            double a = 1 + Z * Z / images;
            double b = 2 * accuracy() + Z * Z / images;
            double c = accuracy() * accuracy();
            return (b + sign * Math.sqrt(b * b - 4 * a * c)) / (2 * a);
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
        JsonNode results = Json.JSON.readTree(Files.readString(world.run().resolve("results.json")));
        for (JsonNode trial : results.path("trials")) {
            String name = trial.path("classifier").asString();
            all.add(new Answered(name, Predictions.read(world.trial(name).resolve("predictions.csv"))));
        }
        assertThat(all).hasSize(4);
    }

    @Test
    void thePageHasTheNumbersOfThePredictions() {
        for (Answered one : all) {
            String row = between(page, "<bdi>" + one.name + "</bdi></a>", "</tr>");
            assertThat(row)
                    .contains("<strong>" + percent(one.accuracy()) + "</strong>")
                    .contains(percent(one.wilson(-1)) + " to " + percent(one.wilson(1)))
                    .contains(">" + percent(one.macro(one::f1)) + "</td>");
            String scores = between(page, "<caption>Scores of each class, " + one.name + "</caption>", "</table>");
            List<String> cells = found(scores, ">([\\d.]+)</td>");
            List<String> expected = IntStream.range(0, CLASSES)
                    .boxed()
                    .flatMap(label -> List.of(
                            percent(one.precision(label)),
                            percent(one.recall(label)),
                            percent(one.f1(label)),
                            Integer.toString(one.truly(label)))
                            .stream())
                    .toList();
            assertThat(cells).as(one.name).isEqualTo(expected);
            String matrix = between(page, "id=\"confusion-" + one.name + "\"", "</figure>");
            for (int truth = 0; truth < CLASSES; truth++) {
                for (int predicted = 0; predicted < CLASSES; predicted++) {
                    int images = one.counts[truth][predicted];
                    String key = "data-key=\"" + truth + "." + predicted + "\"";
                    if (images == 0) {
                        assertThat(matrix).doesNotContain(key);
                    } else {
                        assertThat(between(matrix, "<tr " + key, "</tr>"))
                                .contains(
                                        "<bdi>" + images + "</bdi>",
                                        "<bdi>" + percent((double) images / one.truly(truth)) + "</bdi>");
                    }
                }
            }
            assertThat(between(page, "id=\"c" + number(one) + "\"", "<details class=\"contestant\" "))
                    .contains("Expected calibration error: " + percent(one.calibration) + " points");
        }
    }

    /** Returns the place of a classifier on the page, where the more accurate come first. */
    private String number(Answered one) {
        String before = page.substring(0, page.indexOf("<bdi>" + one.name + "</bdi></a>"));
        return found(before.substring(before.lastIndexOf("href=\"#c")), "^href=\"#c(\\d+)\"")
                .get(0);
    }

    @Test
    void theSlidesHaveTheNumbersOfThePredictions() throws IOException {
        String slides = slides(world.run().resolve("slides.pptx"));
        for (Answered one : all) {
            assertThat(slides).contains(percent(one.accuracy()));
        }
    }

    @Test
    void cardMarkdownTableAndTerminalHaveTheNumbersOfThePredictions() throws IOException {
        String terminal = world.compared().out();
        List<String> lines = Files.readAllLines(world.run().resolve("results.csv"));
        List<String> head = List.of(lines.get(0).split(",", -1));
        for (Answered one : all) {
            List<String> four = List.of(
                    percent(one.accuracy()),
                    percent(one.macro(one::precision)),
                    percent(one.macro(one::recall)),
                    percent(one.macro(one::f1)));
            assertThat(markdown).contains("| " + one.name + " | " + String.join(" | ", four) + " |");
            assertThat(terminal)
                    .containsPattern("(?m)^" + Pattern.quote(one.name) + " +" + String.join(" +", four) + " ");
            String row = lines.stream()
                    .filter(line -> line.contains("," + one.name + ","))
                    .findFirst()
                    .orElseThrow();
            double stored = Double.parseDouble(
                    row.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)[head.indexOf("metrics.test.accuracy")]);
            assertThat(stored).isEqualTo(one.accuracy());
            Path card = world.trial(one.name).resolve("card.md");
            if (Files.exists(card)) {
                assertThat(Files.readString(card))
                        .contains(percent(one.accuracy()) + " % (95 % interval " + percent(one.wilson(-1)) + " % to "
                                + percent(one.wilson(1)) + " %)")
                        .contains("| F1 (macro) | " + percent(one.macro(one::f1)) + " % |");
            }
        }
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
