package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * Computes every number from the predictions of a run in an independent way, and finds the same in all reports: page,
 * slides, card, Markdown, CSV and terminal.
 */
@ExtendWith(ExportedRun.class)
final class OneAnswerTest {

    private static final int CLASSES = 10;
    private static final double Z = 1.959963984540054; // 97.5 % quantile of the standard normal distribution

    private ExportedRun world;
    private String page;
    private String markdown;
    private List<Answered> all;

    /** Counts the predictions of a network. */
    private static final class Answered {

        final String name;
        final int[][] counts = new int[CLASSES][CLASSES]; // true class, predicted class
        final int images;
        final boolean[] correct;
        double calibration;

        Answered(String name, Predictions predictions) {
            this.name = name;
            images = predictions.labels().length;
            correct = new boolean[images];
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
                correct[i] = label == best;
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

        /** Twice the number of correct ones, divided by the number that are or were classified as the class. */
        double f1(int label) {
            int all = truly(label) + answered(label);
            return all == 0 ? 0 : 2.0 * counts[label][label] / all;
        }

        /** Returns the mean over the classes that have images. */
        double macro(IntToDoubleFunction score) {
            return IntStream.range(0, CLASSES)
                    .filter(label -> truly(label) > 0)
                    .mapToDouble(score)
                    .average()
                    .orElseThrow();
        }

        /** Returns Wilson's bound, as the smaller or larger root of (p - q)^2 = z^2 q (1 - q) / n. */
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

    /** Returns the position of a classifier on the page, where more accurate ones come first. */
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

    /** Compares two classifiers by the images that only one of them classified correctly. */
    private static final class Pair {

        final Answered first;
        final Answered second;
        final int images;
        final int[] only = new int[2];
        final double p;

        Pair(Answered first, Answered second) {
            this.first = first;
            this.second = second;
            images = first.images;
            for (int i = 0; i < images; i++) {
                only[0] += first.correct[i] && !second.correct[i] ? 1 : 0;
                only[1] += second.correct[i] && !first.correct[i] ? 1 : 0;
            }
            p = p(only[0] + only[1], Math.min(only[0], only[1]));
        }

        /** Returns McNemar's exact p: twice the probability of so few heads in that many tosses of a coin. */
        private static double p(int tosses, int heads) {
            BigInteger few = BigInteger.ZERO;
            BigInteger ways = BigInteger.ONE;
            for (int k = 0; k <= heads; k++) {
                few = few.add(ways);
                ways = ways.multiply(BigInteger.valueOf(tosses - k)).divide(BigInteger.valueOf(k + 1));
            }
            return Math.min(
                    1,
                    new BigDecimal(few.shiftLeft(1))
                            .divide(new BigDecimal(BigInteger.ONE.shiftLeft(tosses)), MathContext.DECIMAL64)
                            .doubleValue());
        }

        double difference() {
            return (double) (only[0] - only[1]) / images;
        }

        /**
         * Returns Tango's bound (Statistics in Medicine 17, 1998): the difference whose score is the quantile. The
         * share that only the second classifies correctly is found by maximizing the likelihood numerically, not by
         * Tango's formula.
         */
        double bound(int sign) {
            double near = difference();
            double far = sign;
            for (int step = 0; step < 60; step++) {
                double middle = (near + far) / 2;
                double second = likeliest(middle);
                double score = (only[0] - only[1] - images * middle)
                        / Math.sqrt(images * (2 * second + middle * (1 - middle)));
                if (Math.abs(score) < Z) {
                    near = middle;
                } else {
                    far = middle;
                }
            }
            return near;
        }

        private double likeliest(double difference) {
            double low = Math.max(0, -difference);
            double high = (1 - difference) / 2;
            for (int step = 0; step < 200; step++) {
                double one = low + (high - low) / 3;
                double other = high - (high - low) / 3;
                if (likelihood(one, difference) < likelihood(other, difference)) {
                    low = one;
                } else {
                    high = other;
                }
            }
            return (low + high) / 2;
        }

        private double likelihood(double second, double difference) {
            return times(only[0], second + difference)
                    + times(only[1], second)
                    + times(images - only[0] - only[1], 1 - 2 * second - difference);
        }

        private static double times(int count, double probability) {
            return count == 0 ? 0 : count * Math.log(Math.max(probability, Double.MIN_NORMAL));
        }
    }

    /**
     * Holm: multiplies the smallest p by the number of pairs, the next by one less, and so on; none is below the one
     * before it.
     */
    private static Map<Pair, Double> holm(List<Pair> pairs) {
        Map<Pair, Double> adjusted = new LinkedHashMap<>();
        List<Pair> sorted = pairs.stream()
                .sorted(Comparator.comparingDouble(pair -> pair.p))
                .toList();
        double least = 0;
        for (int i = 0; i < sorted.size(); i++) {
            least = Math.max(least, Math.min(1, (sorted.size() - i) * sorted.get(i).p));
            adjusted.put(sorted.get(i), least);
        }
        return adjusted;
    }

    @Test
    void everyVerdictHasTheNumbersOfThePredictions() {
        List<Answered> ranked = all.stream()
                .sorted(Comparator.comparing(one -> -one.accuracy()))
                .toList();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < ranked.size(); i++) {
            for (int j = i + 1; j < ranked.size(); j++) {
                pairs.add(new Pair(ranked.get(i), ranked.get(j)));
            }
        }
        holm(pairs).forEach((pair, p) -> {
            String said = points(pair.difference()) + " points, 95 % interval " + points(pair.bound(-1)) + " to "
                    + points(pair.bound(1)) + "; of " + pair.images + ", only " + pair.first.name + " got "
                    + pair.only[0] + " right and only " + pair.second.name + " got " + pair.only[1]
                    + " right; McNemar with Holm p "
                    + (p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "= %.4f", p));
            assertThat(markdown).contains(said);
            assertThat(page).contains(said);
        });
    }

    private static String points(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    /** A latency cannot be computed again: the measured median must be the same everywhere. */
    @Test
    void theOneLatencyOfAClassifierIsTheSameEverywhere() throws IOException {
        String slides = slides(world.run().resolve("slides.pptx"));
        int measured = 0;
        for (Answered one : all) {
            JsonNode latency = Json.JSON
                    .readTree(Files.readString(world.trial(one.name).resolve("trial.json")))
                    .path("efficiency")
                    .path("onnxruntime");
            if (latency.isMissingNode() || latency.isNull()) {
                continue;
            }
            measured++;
            String time = String.format(
                    Locale.ROOT, "%,.0f µs", latency.path("p50_micros").asDouble());
            String shown = (latency.path("busy").isNull() ? "" : "~") + time;
            assertThat(markdown)
                    .containsPattern(
                            "(?m)^\\| " + Pattern.quote(one.name) + " \\|.* \\| " + Pattern.quote(shown) + " \\|$");
            assertThat(world.compared().out())
                    .containsPattern("(?m)^" + Pattern.quote(one.name) + " .* " + Pattern.quote(shown) + "$");
            assertThat(between(page, "<bdi>" + one.name + "</bdi></a>", "</tr>"))
                    .contains(shown);
            assertThat(slides).contains(time);
            assertThat(Files.readString(world.trial(one.name).resolve("card.md")))
                    .contains("| " + shown + " |");
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
