package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class BaselinesTest {

    private static ImageSource images(int side, int[] labels, byte... pixels) {
        return HeapImages.of(1, side, side, pixels, labels);
    }

    /** One pixel each: class 1 is dark, class 0 bright, and class 2 occurs only in the test images. */
    @Test
    void theLargestClassIsThatOfTheTrainingImages() {
        ImageSource train =
                images(1, new int[] {1, 0, 0, 1, 1}, (byte) 10, (byte) 200, (byte) 210, (byte) 20, (byte) 0);
        ImageSource test = images(1, new int[] {1, 0, 0, 2}, (byte) 30, (byte) 199, (byte) 90, (byte) 255);

        Baselines all = Baselines.of(train, new int[] {0, 1, 2, 3, 4}, test, 3);

        assertThat(all.largestClass()).isEqualTo(1);
        assertThat(all.largestRight()).isEqualTo(1);
        // 30 is next to 20, 199 to 200; 90 is nearer to 20 than to 200; 255 is of a class without training images.
        assertThat(all.nearest()).containsExactly(true, true, false, false);
        assertThat(all.nearestRight()).isEqualTo("Aw=="); // the bits 0 and 1
        assertThat(all.asked()).containsExactly(0, 1, 2, 3);
        assertThat(all.trainImages()).isEqualTo(5);
        assertThat(all.testImages()).isEqualTo(4);

        // Of these three, two are of class 0, and no dark one is left: all but the darkest are classified as class 0.
        Baselines some = Baselines.of(train, new int[] {1, 2, 4}, test, 3);
        assertThat(some.largestClass()).isZero();
        assertThat(some.largestRight()).isEqualTo(2);
        assertThat(some.nearest()).containsExactly(true, true, false, false);
    }

    /** The nearest by brute force over the means of fields of 4x4, in double precision. */
    @Test
    void theNearestIsLookedForAmongShrunkImages() {
        int train = 9_000;
        int test = 100;
        Random random = new Random(5);
        byte[] pixels = new byte[(train + test) * 32 * 32];
        random.nextBytes(pixels);
        int[] labels = random.ints(train + test, 0, 3).toArray();
        ImageSource all = images(32, labels, pixels);
        int[] learned = IntStream.range(0, train).toArray();
        ImageSource evaluated = all.select(IntStream.range(train, train + test).toArray());
        double[][] means = IntStream.range(0, train + test)
                .mapToObj(i -> means(pixels, i * 32 * 32))
                .toArray(double[][]::new);
        boolean[] right = new boolean[test];
        for (int i = train; i < train + test; i++) {
            int nearest = 0;
            for (int j = 1; j < train; j++) {
                nearest = distance(means[i], means[j]) < distance(means[i], means[nearest]) ? j : nearest;
            }
            right[i - train] = labels[i] == labels[nearest];
        }

        Baselines found = Baselines.of(all, learned, evaluated, 3);

        assertThat(found.nearest()).containsExactly(right);
    }

    private static double[] means(byte[] pixels, int from) {
        double[] means = new double[64];
        for (int i = 0; i < 32 * 32; i++) {
            means[i / 32 / 4 * 8 + i % 32 / 4] += (pixels[from + i] & 0xFF) / 16.0;
        }
        return means;
    }

    private static double distance(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (one[i] - other[i]) * (one[i] - other[i]);
        }
        return sum;
    }
}
