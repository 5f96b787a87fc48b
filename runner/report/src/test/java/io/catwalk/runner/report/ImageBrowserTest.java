package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.report.ImageBrowser.SpriteSheets;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.SampleRun.Odd;
import io.catwalk.runner.trial.TrialSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ImageBrowserTest {

    private static JsonNode data(String name) {
        return data(SampleRuns.named(name));
    }

    private static JsonNode data(ReportModel model) {
        return Json.JSON.valueToTree(ImageBrowser.of(model));
    }

    @Test
    void aTestImageWithDuplicatesShowsTheNearestOfThem() throws IOException {
        ReportModel report = SampleRuns.named("seven");
        JsonNode page = data("seven");
        assertThat(page.get("duplicates").toString().replaceAll("[{}\\[\\]\"]", ""))
                .isEqualTo("image:3,train:13,file:,label:3,distance:0.5,mirrored:true,moved:true,"
                        + "image:1207,train:17,file:,label:7,distance:0.0,mirrored:false,moved:true");
        JsonNode sheets = page.get("originals");
        BufferedImage sheet = picture(sheets, 0);
        int width = sheets.get("width").asInt();
        byte[] second =
                Objects.requireNonNull(report.images()).train().image(17).pixels();
        for (int i = 0; i < second.length; i++) {
            assertThat(sheet.getRaster().getSample(width + i % width, i / width, 0))
                    .isEqualTo(second[i] & 0xff);
        }
    }

    /** Over the folds, every image is counted once. */
    @Test
    void theFoldsOfAClassifierAreCountedTogether() {
        ReportModel report = SampleRuns.named("folds");
        JsonNode page = data("folds");
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
    }

    @Test
    void theImagesOfSeveralSeedsCountOnce() {
        SampleRun run = new SampleRun(List.of("gru", "lstm"), SampleRun.CLOTHES, 0, 200, 5).withSeeds(3L, 4L);
        ReportModel model = run.report();

        Evaluation gru = Objects.requireNonNull(model.entrants().get(0).evaluation());
        assertThat(Objects.requireNonNull(gru.calibration()).reliability().stream()
                        .mapToInt(Bin::images)
                        .sum())
                .isEqualTo(200);
    }

    /** With its first seed, one of the classifiers has answers for one fold of three. */
    @Test
    void theSeedWithTheMostAnswersIsShown() {
        List<String> classes = SampleRun.numbered("class ", 40);
        SampleRun run = new SampleRun(List.of("gru", "lstm"), classes, 3, 200, 5).withSeeds(3L, 4L);
        List<Model> all = run.models();
        List<Model> some = without(all, trial -> isGru(trial) && trial.seed() == 3 && trial.fold() > 1);

        ReportModel whole = run.report(all, null, null);
        ReportModel part = run.report(some, null, null);

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
                        ? new Model(model.label(), model.outcome(), model.history(), null, null)
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
        JsonNode page = data(run.report(models, run.comparison(models), null));
        assertThat(page.get("models")).hasSize(1);
        assertThat(page.get("images").asInt()).isEqualTo(400);
    }

    /** An image of a fold is a training image: its number within the fold would show another image. */
    @Test
    void theImagesOnTheSheetsAreThoseThatWereAskedAbout() throws IOException {
        for (String name : List.of("seven", "folds", "search")) {
            ReportModel report = SampleRuns.named(name);
            JsonNode page = data(name);
            var dataset = Objects.requireNonNull(report.images());
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
        ReportModel report = SampleRuns.named("one");
        ImageDataset dataset = Objects.requireNonNull(report.images());
        int size = dataset.test().size();
        int[] places = IntStream.range(0, 2 * size).map(i -> i % size).toArray();
        ImageSource again = dataset.test().select(places);
        byte[] pixels = again.read(0, 2 * size);
        ImageSource twice = HeapImages.of(again.channels(), again.height(), again.width(), pixels, again.labels());
        List<String> names = SampleRun.numbered("cat/", 2 * size);
        int[] half = IntStream.range(size, 2 * size).toArray();
        ImageDataset limited = dataset.withTest(HeapImages.named(twice, names).select(half));
        ReportModel audited = new ReportModel(
                report.spec(), report.results(), report.entrants(), limited, List.of(), null, List.of(), null);

        JsonNode page = data(audited);

        assertThat(unpacked(page.get("names"), 4)).isEqualTo(half);
        int[] order = unpacked(page.get("order"), 4);
        for (int place = 0; place < order.length; place += 97) {
            assertThat(page.get("files").get(place).asString()).isEqualTo("cat/" + (size + order[place] + 1));
        }
    }

    /** Images that most classifiers get wrong come first, and the confidence is the largest value of the softmax. */
    @Test
    void theAnswersInThePageAreThoseOfThePredictions() {
        ReportModel report = SampleRuns.named("seven");
        JsonNode page = data("seven");
        int[] order = unpacked(page.get("order"), 4);
        int[] wrong = new int[order.length];
        for (JsonNode one : page.get("models")) {
            Model model = report.entrant(one.get("name").asString()).models().get(0);
            var predictions = Objects.requireNonNull(model.predictions());
            int[] predicted = unpacked(one.get("predicted"), 2);
            int[] confidence = unpacked(one.get("confidence"), 2);
            for (int image = 0; image < predicted.length; image++) {
                assertThat(predicted[image]).isEqualTo(predictions.predicted(image));
                double largest = predictions.probabilities(image)[predicted[image]];
                assertThat(confidence[image] / 65_535.0)
                        .isCloseTo(largest, within(1.6e-5))
                        .isLessThanOrEqualTo(largest);
                wrong[image] += predictions.predictedClasses().correct()[image] ? 0 : 1;
            }
            // The confidence does not tell the bin of an image: in the last bins, all confidences are nearly 1.
            int[] counts = new int[one.get("bins").size()];
            for (int bin : unpacked(one.get("bin"), 1)) {
                counts[bin]++;
            }
            Evaluation evaluation = Objects.requireNonNull(model.evaluation());
            var bins = Objects.requireNonNull(evaluation.calibration()).reliability().stream();
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
    void theClassesHaveTheirNames() {
        assertThat(data("hostile").get("classes").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(SampleRuns.HOSTILE);
    }

    @Test
    void aSheetThatIsTooLargeIsCutToTheRowsThatFit() {
        byte[] noise = new byte[100 * 3 * 64 * 64];
        new SplittableRandom(1).nextBytes(noise);
        ImageSource photos = HeapImages.of(3, 64, 64, noise, new int[100]);
        int[] all = IntStream.range(0, 100).toArray();
        int budget = 700_000; // noise cannot be compressed: a row of 20 images has 330,000 characters in base 64

        SpriteSheets sheets = SpriteSheets.of(photos, all, budget);

        assertThat(sheets.images()).isEqualTo(40);
        assertThat(sheets.pictures()).hasSize(1);
        assertThat(sheets.pictures().get(0)).hasSizeLessThanOrEqualTo(budget);
    }

    @Test
    void aLargeImageIsReducedToTheMeansOfSquares() {
        byte[] columns = new byte[128 * 100];
        for (int i = 1; i < columns.length; i += 2) {
            columns[i] = (byte) 200;
        }

        RasterImage small = new RasterImage(1, 100, 128, columns).atMost(64);

        assertThat(small.width()).isEqualTo(64);
        assertThat(small.height()).isEqualTo(50);
        assertThat(small.pixels()).containsOnly(100);
    }
}
