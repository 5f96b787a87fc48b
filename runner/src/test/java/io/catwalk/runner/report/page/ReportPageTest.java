package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Answers;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.SampleRun;
import io.catwalk.runner.report.SampleRun.Odd;
import io.catwalk.runner.report.SampleRuns;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.trial.TrialSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class ReportPageTest {

    private static final Map<String, String> PAGES = new ConcurrentHashMap<>();
    private static final String DATA = "<script type=\"application/json\" id=\"data\">";

    private static String html(String name) {
        return PAGES.computeIfAbsent(name, made -> html(ReportModel.of(SampleRuns.named(made))));
    }

    private static String html(ReportModel model) {
        return ReportPage.html(Page.of(model, null, null));
    }

    @Test
    void aTestImageWithDuplicatesShowsTheNearestOfThem() throws IOException {
        RunReport report = SampleRuns.named("seven");
        JsonNode page = data(html("seven"));
        assertThat(page.get("duplicates").toString().replaceAll("[{}\\[\\]\"]", ""))
                .isEqualTo("image:3,train:13,file:,label:3,distance:0.5,mirrored:true,moved:true,"
                        + "image:1207,train:17,file:,label:7,distance:0.0,mirrored:false,moved:true");
        JsonNode sheets = page.get("originals");
        BufferedImage sheet = picture(sheets, 0);
        int width = sheets.get("width").asInt();
        byte[] second =
                Objects.requireNonNull(report.dataset()).train().image(17).pixels();
        for (int i = 0; i < second.length; i++) {
            assertThat(sheet.getRaster().getSample(width + i % width, i / width, 0))
                    .isEqualTo(second[i] & 0xff);
        }
    }

    @Test
    void everyLabelHasItsOwnConfusionMatrix() {
        Stream<String> labels = Stream.of("a@0.1", "a@0-1", "a@0+1", "a@0_1", "a-0.1", "a-0-1", "a_40_0-1");
        assertThat(labels.map(ReportPage::confusion))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("confusion-[A-Za-z0-9_-]+"));
    }

    @Test
    void thePageSaysNoMoreHowToFindDuplicatesWhenThatWasDone() {
        RunReport report = SampleRuns.named("one");
        RunReport audited = new RunReport(
                report.spec(), report.results(), report.models(), report.dataset(), List.of(), null, List.of());
        assertThat(html(ReportModel.of(audited)).contains("catwalk audit</code> on this run"))
                .isFalse();
    }

    /** Over the folds, every image is counted once: in the matrix, and in the image browser. */
    @Test
    void theFoldsOfAClassifierAreCountedTogether() {
        RunReport report = SampleRuns.named("folds");
        String html = html("folds");
        JsonNode page = data(html);
        String name = page.get("models").get(0).get("name").asString();
        int wrong = 0;
        int images = 0;
        for (Model model : report.models()) {
            if (model.outcome().trial().classifier().equals(name)) {
                Evaluation evaluation = Objects.requireNonNull(model.evaluation());
                images += evaluation.images();
                wrong += (int) Math.round((1 - evaluation.accuracy()) * evaluation.images());
            }
        }
        int[] truth = unpacked(page.get("truth"), 2);
        int[] predicted = unpacked(page.get("models").get(0).get("predicted"), 2);

        assertThat(page.get("images").asInt()).isEqualTo(images);
        IntStream others = IntStream.range(0, images).filter(image -> truth[image] != predicted[image]);
        assertThat(others).hasSize(wrong);
        String matrix = html.substring(html.indexOf("id=\"" + ReportPage.confusion(name) + "\""));
        String row = "(?s)<tr data-key=\"(\\d+)\\.(\\d+)\">.*?<td class=\"n\"><bdi>([\\d,]+)</bdi>";
        Matcher rows = Pattern.compile(row).matcher(matrix);
        int counted = 0;
        int beside = 0;
        while (counted < images && rows.find()) {
            int cell = Integer.parseInt(rows.group(3).replace(",", ""));
            counted += cell;
            beside += rows.group(1).equals(rows.group(2)) ? 0 : cell;
        }
        assertThat(counted).isEqualTo(images);
        assertThat(beside).isEqualTo(wrong);
    }

    @Test
    void theImagesOfSeveralSeedsCountOnceAndTwoSeedsAreNoDifference() {
        SampleRun run = new SampleRun(List.of("gru", "lstm"), SampleRun.CLOTHES, 0, 200, 5).withSeeds(3L, 4L);
        ReportModel model = ReportModel.of(run.report());

        assertThat(ClassTable.of(model).rows().stream().mapToInt(ClassTable.Row::images))
                .containsOnly(20);
        Evaluation gru = Objects.requireNonNull(model.entrants().get(0).evaluation());
        assertThat(gru.calibration().equalMass().stream().mapToInt(Bin::images).sum())
                .isEqualTo(200);
        String html = html(model);
        assertShows(html, "Seed 3 only");
        assertThat(html.contains("Difference from the best") || html.contains("differs significantly"))
                .isFalse();
    }

    /** With its first seed, one of the classifiers has answers for one fold of three. */
    @Test
    void theSeedWithTheMostAnswersIsShown() {
        List<String> classes = SampleRun.numbered("class ", 40);
        SampleRun run = new SampleRun(List.of("gru", "lstm"), classes, 3, 200, 5).withSeeds(3L, 4L);
        List<Model> all = run.models();
        List<Model> some = without(all, trial -> isGru(trial) && trial.seed() == 3 && trial.fold() > 1);

        ReportModel whole = ReportModel.of(run.report(all, null, null));
        ReportModel part = ReportModel.of(run.report(some, null, null));

        assertThat(seedsShown(whole)).isEqualTo(Map.of("gru", List.of(3L, 3L, 3L), "lstm", List.of(3L, 3L, 3L)));
        assertThat(seedsShown(part)).isEqualTo(Map.of("gru", List.of(4L, 4L, 4L), "lstm", List.of(3L, 3L, 3L)));
        assertThat(part.entrants())
                .allMatch(one -> Objects.requireNonNull(one.evaluation()).images() == 600);
    }

    private static boolean isGru(TrialSpec trial) {
        return trial.classifier().equals("gru");
    }

    private static List<Model> without(List<Model> models, Predicate<TrialSpec> which) {
        return models.stream()
                .map(model -> which.test(model.outcome().trial())
                        ? new Model(model.label(), model.outcome(), model.history(), Answers.NONE, null)
                        : model)
                .toList();
    }

    private static Map<String, List<Long>> seedsShown(ReportModel model) {
        Map<String, List<Long>> seeds = new TreeMap<>();
        model.entrants()
                .forEach(entrant -> seeds.put(
                        entrant.name(),
                        entrant.shown().stream()
                                .map(one -> one.outcome().trial().seed())
                                .toList()));
        return seeds;
    }

    /** The images of a folder are sorted by class: all of its folds have the same labels in the same order. */
    @Test
    void answersForOtherFoldsAreNotShownForTheImagesOfTheFirst() {
        SampleRun run = new SampleRun(List.of("gru", "lstm"), SampleRun.CLOTHES, 5, 100, 5).with(Odd.SORTED);
        List<Model> models = without(run.models(), trial -> trial.fold() == (isGru(trial) ? 2 : 4));
        JsonNode page = data(html(ReportModel.of(run.report(models, run.comparison(models), null))));
        assertThat(page.get("models")).hasSize(1);
        assertThat(page.get("images").asInt()).isEqualTo(400);
    }

    /** An image of a fold is a training image: its number within the fold would show another image. */
    @Test
    void theImagesOnTheSheetsAreThoseThatWereAskedAbout() throws IOException {
        for (String name : List.of("seven", "folds", "search")) {
            RunReport report = SampleRuns.named(name);
            JsonNode page = data(html(name));
            var dataset = Objects.requireNonNull(report.dataset());
            assertThat(page.get("part").asString().equals("test")).isNotEqualTo(name.equals("folds"));
            var source = name.equals("folds") ? dataset.train() : dataset.test();
            JsonNode sheets = page.get("sheets");
            int[] names = unpacked(page.get("names"), 4);
            int[] truth = unpacked(page.get("truth"), 2);
            int[] order = unpacked(page.get("order"), 4);
            assertThat(order).hasSize(page.get("images").asInt()).doesNotHaveDuplicates();
            int columns = sheets.get("columns").asInt();
            int each = columns * sheets.get("rows").asInt();
            int width = sheets.get("width").asInt();
            int height = sheets.get("height").asInt();
            for (int place = 0; place < order.length; place += 97) {
                BufferedImage sheet = picture(sheets, place / each);
                int left = place % each % columns * width;
                int top = place % each / columns * height;
                var image = source.image(names[order[place]]);
                for (int i = 0; i < width * height; i++) {
                    int shown = sheet.getRaster().getSample(left + i % width, top + i / width, 0);
                    assertThat(shown).isEqualTo(image.pixels()[i] & 0xff);
                }
                assertThat(source.labels()[names[order[place]]]).isEqualTo(truth[order[place]]);
            }
        }
    }

    private static BufferedImage picture(JsonNode sheets, int number) throws IOException {
        String png = sheets.get("pictures").get(number).asString();
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(png)));
    }

    /** The test images are the second half of a larger set, and each has a file. */
    @Test
    void theBrowserNamesTheImagesOfTheDataSet() {
        RunReport report = SampleRuns.named("one");
        ImageDataset dataset = Objects.requireNonNull(report.dataset());
        int size = dataset.test().size();
        int[] places = IntStream.range(0, 2 * size).map(i -> i % size).toArray();
        ImageSource again = dataset.test().select(places);
        byte[] pixels = again.read(0, 2 * size);
        ImageSource twice = HeapImages.of(again.channels(), again.height(), again.width(), pixels, again.labels());
        List<String> names = SampleRun.numbered("cat/", 2 * size);
        int[] half = IntStream.range(size, 2 * size).toArray();
        ImageDataset limited = dataset.withTest(HeapImages.named(twice, names).select(half));
        RunReport audited =
                new RunReport(report.spec(), report.results(), report.models(), limited, List.of(), null, List.of());

        JsonNode page = data(html(ReportModel.of(audited)));

        assertThat(unpacked(page.get("names"), 4)).isEqualTo(half);
        int[] order = unpacked(page.get("order"), 4);
        for (int place = 0; place < order.length; place += 97) {
            assertThat(page.get("files").get(place).asString()).isEqualTo("cat/" + (size + order[place] + 1));
        }
    }

    /** Images that most classifiers get wrong come first, and the confidence is the largest value of the softmax. */
    @Test
    void theAnswersInThePageAreThoseOfThePredictions() {
        RunReport report = SampleRuns.named("seven");
        JsonNode page = data(html("seven"));
        int[] order = unpacked(page.get("order"), 4);
        int[] wrong = new int[order.length];
        for (JsonNode one : page.get("models")) {
            Model model =
                    report.models().get(SampleRun.SEVEN.indexOf(one.get("name").asString()));
            var predictions = Objects.requireNonNull(model.predictions());
            int[] predicted = unpacked(one.get("predicted"), 2);
            int[] confidence = unpacked(one.get("confidence"), 2);
            for (int image = 0; image < predicted.length; image++) {
                assertThat(predicted[image]).isEqualTo(predictions.predicted(image));
                double largest = predictions.probabilities(image)[predicted[image]];
                assertThat(confidence[image] / 65_535.0)
                        .isCloseTo(largest, within(1.6e-5))
                        .isLessThanOrEqualTo(largest);
                wrong[image] += predictions.correct()[image] ? 0 : 1;
            }
            // The confidence does not tell the bin of an image: in the last bins, all confidences are nearly 1.
            int[] counts = new int[one.get("bins").size()];
            for (int bin : unpacked(one.get("bin"), 1)) {
                counts[bin]++;
            }
            Evaluation evaluation = Objects.requireNonNull(model.evaluation());
            var bins = evaluation.calibration().equalMass().stream();
            assertThat(counts).isEqualTo(bins.mapToInt(Bin::images).toArray());
        }
        assertThat(page.get("models")).hasSize(7);
        assertThat(Arrays.stream(order).map(image -> -wrong[image]).toArray()).isSorted();
    }

    private static int[] unpacked(JsonNode text, int bytes) {
        byte[] packed = Base64.getDecoder().decode(text.asString());
        ByteBuffer buffer = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        int[] numbers = new int[buffer.remaining() / bytes];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = bytes == 1 ? buffer.get() & 0xff : bytes == 2 ? buffer.getShort() & 0xffff : buffer.getInt();
        }
        return numbers;
    }

    @Test
    void noNameOrReasonBecomesMarkupOrScript() {
        String html = html("hostile");

        assertThat(html.split("<script", -1)).hasSize(3);
        assertThat(html.split("</script", -1)).hasSize(3);
        boolean markup = html.contains("<img src=x") || html.contains("\"quoted\" & ");
        assertThat(markup).isFalse();
        assertThat(data(html).get("classes").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(SampleRuns.HOSTILE);
    }

    @Test
    void everyKindOfRunHasAPageThatNeedsNoNetwork() {
        SampleRuns.names().forEach(name -> {
            String html = html(name);
            assertThat(data(html)).as(name).isNotNull();
            boolean broken = html.contains(">null<") || html.contains(">NaN") || !html.contains("</html>");
            assertThat(broken).as(name).isFalse();
            assertThat(html).as("small enough for a mail").hasSizeLessThan(8_000_000);
            String own = html.replaceAll("(?s)<script>.*?</script>", "");
            assertThat(own)
                    .as(name)
                    .doesNotContainPattern("(?i)(src|href)\\s*=\\s*[\"']?(https?:)?//")
                    .doesNotContainPattern("(?i)@import|url\\((?!data:)");
            var ids = Pattern.compile(" id=\"([^\"]+)\"").matcher(own).results();
            assertThat(ids.map(MatchResult::group)).doesNotHaveDuplicates();
        });
    }

    /**
     * What the pages of runs show, and what they do not. Of two models, Cochran's Q is cruder than the exact test of their
     * verdict, and could contradict it. Classes of one size are shown only if they are many.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            seven        | All 7 together: Cochran                        | id="classes"; balanced accuracy; Balanced %
            classes-200  | the 30 most confused of 200 classes            | together: Cochran
            classes-1000 | balanced accuracy; Balanced %                  | together: Cochran's Q of 2
            folds        | 5 folds                                        | <small>P 1.00; <small>P 0.00
            one          | verfitting: ; <code>catwalk audit</code>; <code>catwalk report | Cochran
            search       | <code>catwalk audit</code>                     | Difference from the best
            interrupted  | 4 of 7 trials; 1 of them failed; exit code 137; rnn seed 1; not tested; cannot be read | Cochran
            none         | the loss is infinite after epoch 1: try a lower learning rate | Cochran
            """)
    void aRunIsToldByItsFacts(String name, String shown, String notShown) {
        assertShows(html(name), shown.split("; ", -1));
        for (String text : notShown.split("; ", -1)) {
            assertThat(html(name).contains(text)).as(text).isFalse();
        }
    }

    /** Of 41 classes, the last has no test image; each network is trained for one epoch. */
    @Test
    void oneIsWrittenInTheSingular() {
        SampleRun run = new SampleRun(List.of("gru", "lstm"), SampleRun.numbered("c", 41), 0, 40, 1);
        Tuning.Candidate only = new Tuning.Candidate(1, Map.of("units", 16), List.of());
        Tuning tuning = new Tuning("gru", "random search", Criterion.ACCURACY, List.of(only), 1);
        ReportModel model = ReportModel.of(run.report(run.models(), run.comparison(run.models()), tuning));
        assertShows(html(model), " 1 class ", ">1 of 10 epochs was ", " over 1 epoch", " 1 thread<", " 1 candidate,");
        assertThat(new Findings(model).question()).startsWith("1 candidate of gru was tested on 40 test images");
    }

    /** Without a region, no difference is treated as equivalent. */
    @ParameterizedTest
    @CsvSource({"0.25, 0.25", "0.5, 0.5", "2, 2.0", "0.04, 0.04", "0, 0"})
    void theRegionOfEquivalenceIsWrittenAsInTheVerdicts(double region, String written) {
        SampleRun run = new SampleRun(List.of("gru", "lstm"), SampleRun.CLOTHES, 3, 60, 2);
        List<Model> models = run.models();
        Comparison comparison = run.comparison(models, new EquivalenceRegion(region));

        String html = html(ReportModel.of(run.report(models, comparison, null)));

        assertThat(html.contains("treated as equivalent")).isEqualTo(region > 0);
        assertThat(html.contains(" below " + written + " points")).isEqualTo(region > 0);
        assertThat(html.contains(" up to " + written + " points")).isEqualTo(region > 0);
    }

    @Test
    void theTableOfClassesHasEachOneTheHardestFirst() {
        RunReport report = SampleRuns.named("classes-200");
        ReportModel model = ReportModel.of(report);
        List<Evaluation> evaluations = model.entrants().stream()
                .map(one -> Objects.requireNonNull(one.models().get(0).evaluation()))
                .toList();

        List<ClassTable.Row> rows = ClassTable.of(model).rows();

        assertThat(rows).hasSize(200);
        assertThat(rows).isSortedAccordingTo(Comparator.comparingDouble(ClassTable.Row::mean));
        for (ClassTable.Row row : rows) {
            int label = report.results().dataset().classes().indexOf(row.name());
            for (int i = 0; i < 2; i++) {
                double recall = evaluations.get(i).classes().get(label).recall();
                assertThat(row.recalls().get(i)).isCloseTo(recall, within(5.1e-5));
            }
        }
    }

    /** The largest of a thousand classes has 50 of the 5,000 images, and the smallest 3. */
    @Test
    void classesOfVeryUnequalSizeComeBeforeTheStandings() {
        String unequal = html("classes-1000");
        String equal = html("classes-200");
        assertThat(unequal.indexOf("id=\"classes\"")).isBetween(0, unequal.indexOf("id=\"standings\""));
        assertThat(equal.indexOf("id=\"classes\"")).isGreaterThan(equal.indexOf("id=\"learned\""));
    }

    /** Fails with only the missing texts: the page is too long to be printed. */
    private static void assertShows(String html, String... texts) {
        for (String text : texts) {
            assertThat(html.contains(text)).as(text).isTrue();
        }
    }

    private static JsonNode data(String html) {
        int from = html.indexOf(DATA) + DATA.length();
        return Json.JSON.readTree(html.substring(from, html.indexOf("</script>", from)));
    }
}
