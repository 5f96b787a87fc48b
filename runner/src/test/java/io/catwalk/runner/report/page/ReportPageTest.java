package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.evaluation.WrongForAll;
import io.catwalk.runner.report.ImagePng;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class ReportPageTest {

    private static final String DATA = "<script type=\"application/json\" id=\"data\">";

    @TempDir
    private Path folder;

    /** Compares with results.json as the run folder has it, not with the records that the page is made of. */
    @ParameterizedTest
    @ValueSource(strings = {"seven", "folds"})
    void theNumbersInThePageAreThoseOfTheResults(String name) {
        RunReport report = name.equals("seven") ? SamplePages.seven() : SamplePages.folds();
        JsonNode results = Json.JSON.readTree(Json.JSON.writeValueAsString(report.results()));

        JsonNode contestants = data(ReportPage.html(report)).get("contestants");

        assertThat(contestants).hasSameSizeAs(results.get("comparison").get("standings"));
        for (int i = 0; i < contestants.size(); i++) {
            JsonNode one = contestants.get(i);
            assertThat(one.get("standing"))
                    .isEqualTo(results.get("comparison").get("standings").get(i));
            List<JsonNode> trials = StreamSupport.stream(results.get("trials").spliterator(), false)
                    .filter(trial -> trial.get("classifier").equals(one.get("name")))
                    .toList();
            assertThat(one.get("efficiency")).isEqualTo(trials.get(0).get("efficiency"));
            assertThat(one.get("trials")).hasSameSizeAs(trials);
            for (int t = 0; t < trials.size(); t++) {
                JsonNode shown = one.get("trials").get(t);
                assertThat(shown.get("fold")).isEqualTo(trials.get(t).get("fold"));
                assertThat(shown.get("best_epoch"))
                        .isEqualTo(trials.get(t).get("timing").get("best_epoch"));
                for (String part : List.of("train", "validation", "test")) {
                    assertThat(shown.get(part))
                            .isEqualTo(trials.get(t).get("metrics").get(part).get("accuracy"));
                }
            }
        }
    }

    @Test
    void theTablesShowTheNumbersOfTheResults() {
        RunReport report = SamplePages.seven();
        String html = ReportPage.html(report);
        for (Model model : report.models()) {
            String accuracy = String.format(
                    "<strong>%.2f</strong>",
                    100 * Objects.requireNonNull(model.evaluation()).accuracy());
            assertShows(html, accuracy);
        }
        var comparison = Objects.requireNonNull(report.results().comparison());
        assertShows(html, comparison.headline(), comparison.limits());
    }

    @Test
    void theFoldsOfAContestantAreCountedTogether() {
        RunReport report = SamplePages.folds();
        JsonNode first = data(ReportPage.html(report)).get("contestants").get(0);
        String name = first.get("name").asString();
        int wrong = 0;
        int images = 0;
        for (Model model : report.models()) {
            if (model.outcome().trial().classifier().equals(name)) {
                boolean[] correct = Objects.requireNonNull(model.predictions()).correct();
                images += correct.length;
                for (boolean right : correct) {
                    wrong += right ? 0 : 1;
                }
            }
        }

        JsonNode judged = first.get("judged");

        int counted = 0;
        int beside = 0;
        JsonNode confusion = judged.get("confusion");
        for (int i = 0; i < confusion.size(); i += 3) {
            counted += confusion.get(i + 2).asInt();
            beside += confusion.get(i).equals(confusion.get(i + 1))
                    ? 0
                    : confusion.get(i + 2).asInt();
        }
        assertThat(judged.get("images").asInt()).isEqualTo(images);
        assertThat(counted).isEqualTo(images);
        assertThat(beside).isEqualTo(wrong);
    }

    /** A picture of a fold is of a training image: the fold's own number of it would show another. */
    @Test
    void thePicturesAreOfTheImagesThatWereMistaken() {
        for (RunReport report : List.of(SamplePages.seven(), SamplePages.folds())) {
            JsonNode page = data(ReportPage.html(report));
            var dataset = Objects.requireNonNull(report.dataset());
            int shown = 0;
            for (JsonNode one : page.get("contestants")) {
                for (JsonNode pair : one.get("judged").get("pairs")) {
                    for (JsonNode picture : pair.get("pictures")) {
                        String[] name = picture.asString().split("-", -1);
                        var images = name[0].equals("test") ? dataset.test() : dataset.train();
                        int index = Integer.parseInt(name[1]);
                        byte[] png = Base64.getDecoder()
                                .decode(page.get("pictures")
                                        .get(picture.asString())
                                        .asString());
                        assertThat(png).isEqualTo(ImagePng.of(images.image(index), 1));
                        assertThat(images.labels()[index])
                                .isEqualTo(pair.get("truth").asInt());
                        shown++;
                    }
                }
            }
            assertThat(shown).isGreaterThan(50);
        }
    }

    @Test
    void theImagesThatEveryModelGetsWrongAreCounted() {
        RunReport report = SamplePages.seven();
        List<PredictedClasses> predictions = report.models().stream()
                .map(model -> Objects.requireNonNull(model.answers().predictedClasses()))
                .toList();
        int[] wrong = WrongForAll.of(predictions);

        JsonNode hard = data(ReportPage.html(report)).get("hard");

        assertThat(wrong).isNotEmpty();
        assertThat(hard.get("images").asInt()).isEqualTo(wrong.length);
        assertThat(hard.get("judged").asInt()).isEqualTo(2000);
        for (JsonNode example : hard.get("examples")) {
            assertThat(wrong).contains(example.get("index").asInt());
            assertThat(example.get("answers")).hasSize(7);
        }
    }

    @Test
    void noNameOrReasonBecomesMarkupOrScript() {
        String html = ReportPage.html(SamplePages.hostile());

        assertThat(Pattern.compile("<script").matcher(html).results()).hasSize(3);
        assertThat(Pattern.compile("</script").matcher(html).results()).hasSize(3);
        assertThat(html.contains("<img src=x")).isFalse();
        assertThat(html.contains("\"quoted\" & ")).isFalse();
        JsonNode classes = data(html).get("classes");
        assertThat(classes).hasSameSizeAs(SamplePages.HOSTILE);
        for (int i = 0; i < classes.size(); i++) {
            assertThat(classes.get(i).asString()).isEqualTo(SamplePages.HOSTILE.get(i));
        }
    }

    @Test
    void everyKindOfRunHasAPageThatNeedsNoNetwork() {
        SamplePages.all().forEach((name, report) -> {
            String html = ReportPage.html(report);
            assertThat(data(html)).as(name).isNotNull();
            assertShows(html, "</html>");
            assertThat(html.contains(">null<") || html.contains(">NaN"))
                    .as(name)
                    .isFalse();
            String own = html.replaceAll("(?s)<script>.*?</script>", "");
            assertThat(own)
                    .as(name)
                    .doesNotContainPattern("(?i)(src|href)\\s*=\\s*[\"']?(https?:)?//")
                    .doesNotContainPattern("(?i)@import|url\\((?!data:)");
            Set<String> ids = new HashSet<>();
            Pattern.compile(" id=\"([^\"]+)\"")
                    .matcher(own)
                    .results()
                    .forEach(id ->
                            assertThat(ids.add(id.group(1))).as(id.group(1)).isTrue());
        });
    }

    @Test
    void whatFailedOrWasNotRunIsNamedWithItsReason() {
        assertShows(
                ReportPage.html(SamplePages.interrupted()),
                "4 of 7 trials finished",
                "1 of them failed",
                "the process ended with exit code 137",
                "stride-conv seed 1",
                "rnn seed 1",
                "The images cannot be read.",
                "nothing says yet how sure that is");
    }

    @Test
    void withoutANetworkThePageSaysThatThereIsNothingToChoose() {
        assertShows(
                ReportPage.html(SamplePages.noneSucceeded()),
                "No classifier has a trained network",
                "the loss is NaN after epoch 1: try a lower learning rate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seven", "hundred", "classes-200", "classes-1000"})
    void aPageIsSmallEnoughToBeSentByMail(String name) throws IOException {
        Path file = folder.resolve("report.html");
        ReportPage.write(SamplePages.named(name), file);

        assertThat(Files.size(file)).isBetween(1_000_000L, 8_000_000L);
    }

    @Test
    void ofManyClassesThePageHoldsTheConfusionOfThirtyAndTheScoresOfAll() {
        JsonNode page = data(ReportPage.html(SamplePages.manyClasses()));

        assertThat(page.get("contestants")).hasSize(2);
        for (JsonNode one : page.get("contestants")) {
            JsonNode judged = one.get("judged");
            assertThat(judged.get("shown")).hasSize(30);
            assertThat(judged.get("confusion").size()).isBetween(3, 3 * 30 * 30);
            assertThat(judged.get("scores").get("recall")).hasSize(200);
            assertThat(judged.get("taken_for")).hasSize(2 * 200);
        }
    }

    @Test
    void theTableOfClassesHasEachOneTheHardestFirst() {
        RunReport report = SamplePages.manyClasses();
        Page page = Page.of(report, null);
        Evaluation best =
                Objects.requireNonNull(page.groups().get(0).models().get(0).evaluation());
        Evaluation second =
                Objects.requireNonNull(page.groups().get(1).models().get(0).evaluation());

        List<ClassTable.Row> rows = page.classes().rows();

        assertThat(rows).hasSize(200);
        assertThat(rows).isSortedAccordingTo(Comparator.comparingDouble(ClassTable.Row::mean));
        for (ClassTable.Row row : rows) {
            int label = report.results().dataset().classes().indexOf(row.name());
            assertThat(row.recalls().get(0)).isCloseTo(best.classes().get(label).recall(), within(5.1e-5));
            assertThat(row.recalls().get(1))
                    .isCloseTo(second.classes().get(label).recall(), within(5.1e-5));
        }
    }

    /** The largest of a thousand classes has 50 of the 5,000 images, and the smallest 3. */
    @Test
    void classesOfVeryUnequalSizeComeBeforeTheStandings() {
        String html = ReportPage.html(SamplePages.thousandClasses());

        assertThat(html.indexOf("id=\"classes\"")).isBetween(0, html.indexOf("id=\"standings\""));
        assertShows(html, "; balanced accuracy ", "Balanced %");
    }

    @Test
    void classesOfOneSizeComeAfterTheStandingsAndOnlyIfTheyAreMany() {
        String many = ReportPage.html(SamplePages.manyClasses());
        String few = ReportPage.html(SamplePages.seven());

        assertThat(many.indexOf("id=\"classes\"")).isGreaterThan(many.indexOf("id=\"learned\""));
        assertThat(few).doesNotContain("id=\"classes\"", "balanced accuracy", "Balanced %");
    }

    /** Fails with what is missing only: the page is too long to be printed. */
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
