package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Compares histograms with scikit-image, and what is learned from them with scikit-learn, in test-data/golden/baselines.json. */
@Tag("tiny")
final class BaselinesTest {

    private static final JsonNode GOLDEN = Golden.file("baselines.json");

    private static ImageSource images(JsonNode of, int... labels) {
        int[] shape = Golden.ints(of.get("shape"));
        byte[] pixels = Base64.getDecoder().decode(of.get("pixels").asString());
        return HeapImages.of(shape[0], shape[1], shape[2], pixels, labels);
    }

    private static boolean[] nearest(Baselines baselines) {
        return baselines.right(baselines.nearestRight());
    }

    private static boolean[] support(Baselines baselines) {
        return baselines.right(Objects.requireNonNull(baselines.supportRight()));
    }

    /** Gray and colored images, with cells of equal and of unequal sizes. */
    @Test
    void histogramsAreThoseOfScikitImage() {
        assertThat(GOLDEN.get("described").size()).isEqualTo(4);
        for (JsonNode one : GOLDEN.get("described")) {
            float[] features = new ImageHistograms(images(one, 0)).of(0);

            assertThat(features).containsExactly(Golden.floats(one.get("features")), within(1e-6f));
        }
    }

    @Test
    void decisionsAreThoseOfLibSvm() {
        int[] labels = Golden.ints(GOLDEN.get("labels"));
        ImageSource all = images(GOLDEN, labels);
        int learned = GOLDEN.get("learned").asInt();
        LabeledHistograms examples =
                LabeledHistograms.of(all, IntStream.range(0, learned).toArray(), 4);
        ImageHistograms histograms = new ImageHistograms(all);

        SupportVectorMachine machine = new SupportVectorMachine(examples);

        Golden.agree(examples.scale(), GOLDEN.get("gamma"), 1e-7);
        for (int i = learned; i < labels.length; i++) {
            float[] distances = examples.distances(histograms.of(i))[0];
            assertThat(machine.decisions(distances))
                    .containsExactly(Golden.doubles(GOLDEN.get("decisions").get(i - learned)), within(5e-3));
            assertThat(machine.predicted(distances))
                    .isEqualTo(GOLDEN.get("support").get(i - learned).asInt());
            assertThat(examples.nearest(distances))
                    .isEqualTo(GOLDEN.get("nearest").get(i - learned).asInt());
        }
    }

    @Test
    void whatIsRightFollowsFromThePredictions() {
        int[] labels = Golden.ints(GOLDEN.get("labels"));
        ImageSource all = images(GOLDEN, labels);
        int learned = GOLDEN.get("learned").asInt();
        int[] asked = IntStream.range(learned, labels.length).toArray();

        Baselines found = Baselines.of(all, IntStream.range(0, learned).toArray(), all.select(asked), 4);

        for (int i = 0; i < asked.length; i++) {
            int label = labels[asked[i]];
            assertThat(nearest(found)[i]).isEqualTo(GOLDEN.get("nearest").get(i).asInt() == label);
            assertThat(support(found)[i]).isEqualTo(GOLDEN.get("support").get(i).asInt() == label);
        }
        assertThat(found.trainImages()).isEqualTo(learned);
    }

    private static ImageSource pixels(int[] labels, int... grays) {
        byte[] bytes = new byte[grays.length];
        IntStream.range(0, grays.length).forEach(i -> bytes[i] = (byte) grays[i]);
        return HeapImages.of(1, 1, 1, bytes, labels);
    }

    /** One pixel each: class 1 is dark, class 0 bright, and class 2 occurs only in the test images. */
    @Test
    void theLargestClassIsThatOfTheTrainingImages() {
        ImageSource train = pixels(new int[] {1, 0, 0, 1, 1}, 10, 200, 210, 20, 0);
        ImageSource test = pixels(new int[] {1, 0, 0, 2}, 30, 199, 90, 255);

        Baselines all = Baselines.of(train, new int[] {0, 1, 2, 3, 4}, test, 3);

        assertThat(all.largestClass()).isEqualTo(1);
        assertThat(all.largestRight()).isEqualTo(1);
        // Of 16 grays, 30 has that of 20, and 199 that of 200; 90 and 255 are as far from all: the lowest class.
        assertThat(nearest(all)).containsExactly(true, true, true, false);
        assertThat(all.nearestRight()).isEqualTo("Bw=="); // the bits 0, 1 and 2
        assertThat(support(all)).startsWith(true, true).endsWith(false);
        assertThat(all.asked()).containsExactly(0, 1, 2, 3);
        assertThat(all.trainImages()).isEqualTo(5);
        assertThat(all.testImages()).isEqualTo(4);

        // Of these three, two are of class 0, and no gray of 20 is left.
        Baselines some = Baselines.of(train, new int[] {1, 2, 4}, test, 3);
        assertThat(some.largestClass()).isZero();
        assertThat(some.largestRight()).isEqualTo(2);
        assertThat(nearest(some)).containsExactly(false, true, true, false);
    }

    @Test
    void aClassWithoutTrainingImagesIsNeverNamed() {
        ImageSource images = pixels(new int[] {1, 1, 0, 2}, 10, 200, 10, 200);

        Baselines found = Baselines.of(images, new int[] {0, 1}, images, 3);

        assertThat(nearest(found)).containsExactly(true, true, false, false);
        assertThat(support(found)).containsExactly(true, true, false, false);
    }

    @Test
    void learnedFromAreAtMostTenThousandImagesAndFewerForVeryManyClasses() {
        int images = 12_000;
        ImageSource all = pixels(new int[images], new int[images]);
        int[] every = IntStream.range(0, images).toArray();

        ImageSource asked = all.select(new int[] {0});

        assertThat(Baselines.of(all, every, asked, 1).trainImages()).isEqualTo(10_000);
        assertThat(Baselines.of(all, every, asked, 2_000).trainImages()).isEqualTo(500);
    }
}
