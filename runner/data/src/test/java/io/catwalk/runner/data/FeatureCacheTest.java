package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.Normalization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class FeatureCacheTest {

    private static final String KEY = "a".repeat(64);

    @TempDir
    private Path folder;

    private final AtomicInteger asked = new AtomicInteger();

    /** Returns for each image a map of 2 channels and 1 x 2 places: its first pixel, and 1000 plus multiples of it. */
    private class Made implements FeatureCache.Extractor {

        @Override
        public List<Integer> shape() {
            return List.of(2, 1, 2);
        }

        @Override
        public int batch() {
            return 2;
        }

        @Override
        public float[] features(ImageSource images, int from, int to) {
            float[] features = new float[4 * (to - from)];
            for (int i = from; i < to; i++) {
                asked.incrementAndGet();
                float first = images.read(i, i + 1)[0] & 0xff;
                float[] one = {first, -first, 1000 + first, 1000 + 3 * first};
                System.arraycopy(one, 0, features, 4 * (i - from), 4);
            }
            return features;
        }

        @Override
        public void close() {}
    }

    private static ImageDataset images() {
        ImageSource train = HeapImages.of(1, 1, 2, new byte[] {1, 0, 2, 0, 3, 0}, new int[] {0, 1, 0});
        ImageSource test = HeapImages.of(1, 1, 2, new byte[] {0, 9}, new int[] {1});
        return new ImageDataset("small", "b".repeat(64), List.of("x", "y"), train, test);
    }

    private FeatureCache cache() {
        return new ImageCache(folder, ImageCache.Listener.none()).features();
    }

    private ImageDataset open() {
        return cache().open(KEY, FeatureCacheTest::images, images -> new Made());
    }

    private Path file() {
        return cache().file(KEY);
    }

    @Test
    void imagesGoThroughTheNetworkOnceAndAgainOnlyIfTheFileIsGoneOrDamaged() throws Exception {
        ImageDataset made = open();
        ImageDataset kept = open();

        assertThat(asked).hasValue(4);
        assertThat(kept.train().features(1)).containsExactly(2, -2, 1002, 1006);
        assertThat(kept.test().features(0)).containsExactly(0, -0f, 1000, 1000);
        assertThat(List.of(kept.name(), kept.sha256(), kept.classes()))
                .isEqualTo(List.of(made.name(), made.sha256(), made.classes()));
        assertThat(kept.train().labels()).containsExactly(0, 1, 0);
        assertThat(kept.train().select(new int[] {2}).index(0)).isEqualTo(2);

        Files.delete(file());
        assertThat(open().train().size()).isEqualTo(3);
        assertThat(asked).hasValue(8);

        Files.write(file(), new byte[] {0}, StandardOpenOption.APPEND);
        assertThat(open().train().size()).isEqualTo(3);
        assertThat(asked).hasValue(12);

        byte[] bytes = Files.readAllBytes(file());
        bytes[30] = '?';
        Files.write(file(), bytes);
        assertThat(open().train().size()).isEqualTo(3);
        assertThat(asked).hasValue(16);
    }

    /** The test image and one of the training images of the other data set are new. */
    @Test
    void anImageOfAnotherDataSetIsAskedAboutOnlyIfItIsNew() {
        assertThat(open().train().size()).isEqualTo(3);
        asked.set(0);
        ImageSource train = HeapImages.of(1, 1, 2, new byte[] {7, 0, 0, 9, 3, 0}, new int[] {1, 1, 0});
        ImageSource test = HeapImages.of(1, 1, 2, new byte[] {1, 1}, new int[] {0});
        ImageDataset others = new ImageDataset("other", "c".repeat(64), List.of("x", "y"), train, test);

        ImageDataset features = cache().open(KEY + "-other", () -> others, images -> new Made());

        assertThat(asked).hasValue(2);
        assertThat(IntStream.range(0, 3).mapToObj(i -> features.train().features(i)[0]))
                .containsExactly(7f, 0f, 3f);
        assertThat(features.test().features(0)).containsExactly(1, -1, 1001, 1003);
        assertThat(features.train().labels()).containsExactly(1, 1, 0);

        assertThat(cache().open("d".repeat(64), () -> others, images -> new Made())
                        .test()
                        .size())
                .isEqualTo(1);
        assertThat(asked).as("by another network").hasValue(6);
    }

    /** In view n, each pixel is 10 n larger. */
    private final class Viewed extends Made {

        @Override
        public int views() {
            return 2;
        }

        @Override
        public byte[] view(ImageSource images, int from, int to, int number) {
            byte[] pixels = images.read(from, to);
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] += (byte) (10 * number);
            }
            return pixels;
        }
    }

    @Test
    void viewsOfTrainingImagesAreKeptBesideTheirFeatures() {
        String key = KEY + "-views";
        ImageDataset features = cache().open(key, FeatureCacheTest::images, images -> new Viewed());

        assertThat(asked).as("3 images, 2 views of each, 1 test image").hasValue(10);
        Normalization none = new Normalization(new float[2], new float[] {1, 1});
        ImageSource chosen = features.train().select(new int[] {2, 0});
        assertThat(IntStream.of(0, 1, 2).mapToObj(view -> chosen.normalizedView(none, 0, view)[0]))
                .containsExactly(3f, 13f, 23f);
        assertThat(chosen.normalizedView(none, 1, 2)).containsExactly(21, -21, 1021, 1063);
        assertThat(chosen.normalized(none, 0, 1)).containsExactly(3, -3, 1003, 1009);
        assertThat(features.train().size()).isEqualTo(3);
        assertThat(features.test().views()).isZero();
        assertThat(features.test().features(0)).containsExactly(0, -0f, 1000, 1000);

        assertThat(cache().open(key, FeatureCacheTest::images, images -> new Viewed())
                        .train()
                        .views())
                .isEqualTo(2);
        assertThat(cache().open(KEY + "-again", FeatureCacheTest::images, images -> new Viewed())
                        .train()
                        .views())
                .isEqualTo(2);
        assertThat(asked).as("nothing was asked again").hasValue(10);
    }

    @Test
    void aViewIsOfAnImageAsItsFileSays() {
        ImageSource train = HeapImages.named(images().train(), List.of("a.png", "b.png", "c.png"));
        ImageSource test = HeapImages.named(images().test(), List.of("d.png"));
        ImageDataset named = new ImageDataset("named", "e".repeat(64), List.of("x", "y"), train, test);

        ImageDataset features = cache().open(KEY + "-named", () -> named, images -> new Viewed());

        assertThat(features.train().file(2)).isEqualTo("c.png");
        assertThat(features.test().file(0)).isEqualTo("d.png");
    }

    /** By hand: of images 0 and 2, the channels have 1, -1, 3, -3 and 1001, 1003, 1003, 1009. */
    @Test
    void featuresAreStandardizedByTheTrainingImages() {
        ImageSource train = open().train();

        Normalization normalization = train.normalization(new int[] {0, 2});

        assertThat(normalization.mean()).containsExactly(0, 1004);
        assertThat(normalization.std()).containsExactly((float) Math.sqrt(5), 3);
        assertThat(train.normalized(normalization, 0, 1))
                .containsExactly(1 / (float) Math.sqrt(5), -1 / (float) Math.sqrt(5), -1, -1 / 3f);
        // What is always the same is not divided by nothing.
        Normalization constant = open().test().normalization(new int[] {0});
        assertThat(constant.mean()).containsExactly(0, 1000);
        assertThat(constant.std()).containsExactly(1, 1);
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedInOneLine() throws Exception {
        Files.writeString(folder.resolve("features"), "no folder");

        refused(this::open, "features", "--cache DIR");
    }
}
