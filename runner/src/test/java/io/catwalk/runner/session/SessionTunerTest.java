package io.catwalk.runner.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OptimizationLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The machine is made up here, so that what is fastest on it is known. */
final class SessionTunerTest {

    private static final OnnxOptions STANDARD = OnnxOptions.standard().withBatch(256);

    private static TunedSession tuned(Speedometer speedometer) {
        return new SessionTuner(speedometer, 6, 256, trying -> {}).tune(STANDARD);
    }

    private static Speedometer noisy(ToDoubleFunction<OnnxOptions> truth, double noise, long seed) {
        Random random = new Random(seed);
        return options -> truth.applyAsDouble(options) * Math.exp(noise * random.nextGaussian());
    }

    /** Fastest with 4 threads, batches of 32, one level below all, no spinning; threads pay only for small batches. */
    private static double machine(OnnxOptions options) {
        int threads = options.threads() == OnnxOptions.ALL_THREADS ? 6 : options.threads();
        double speed = 1000 / (1 + Math.abs(Math.log(options.batch() / 32.0)));
        speed *= options.batch() > 32 ? 1 : Math.min(threads, 4) / (threads > 4 ? 1.2 : 1.0);
        speed *= options.optimization() == OptimizationLevel.LAYOUT ? 1.3 : 1;
        speed *= options.spinning() && threads > 1 ? 1 : 1.1;
        return speed * (options.memoryPattern() ? 1 : 0.8);
    }

    @Test
    void theFastestOptionsAreFoundInNoise() {
        OnnxOptions fastest = STANDARD.withBatch(32)
                .withThreads(4)
                .withOptimization(OptimizationLevel.LAYOUT)
                .withSpinning(false);
        for (int seed = 0; seed < 50; seed++) {
            TunedSession tuned = tuned(noisy(SessionTunerTest::machine, 0.01, seed));
            assertThat(tuned.options()).isEqualTo(fastest);
            assertThat(tuned.faster()).isTrue();
            double truth = machine(fastest) / machine(STANDARD);
            assertThat(tuned.ratio().median()).isBetween(0.98 * truth, 1.02 * truth);
            assertThat(tuned.ratio().lowest()).isLessThan(tuned.ratio().median());
            assertThat(tuned.speed()).isBetween(0.98 * machine(fastest), 1.02 * machine(fastest));
            assertThat(tuned.tried())
                    .filteredOn(TunedSession.Tried::taken)
                    .extracting(TunedSession.Tried::change)
                    .contains("batches of 32", "threads 4", "optimization layout", "spinning off");
        }
    }

    /** Noise of 5 % is a busy machine: 16 comparisons of equal options and more in each of 200 searches. */
    @Test
    void whereNothingIsFasterTheStandardStays() {
        long wrong = IntStream.range(0, 200)
                .mapToObj(seed -> tuned(noisy(options -> 1000, 0.05, seed)))
                .filter(TunedSession::faster)
                .count();
        assertThat(wrong).isLessThanOrEqualTo(10);
    }

    @Test
    void allAreMeasuredInTurns() {
        List<OnnxOptions> asked = new ArrayList<>();
        new SessionTuner(
                        options -> {
                            asked.add(options);
                            return 1000;
                        },
                        2,
                        1,
                        trying -> {})
                .tune(OnnxOptions.standard());

        OnnxOptions one = OnnxOptions.standard().withThreads(1);
        OnnxOptions two = OnnxOptions.standard().withThreads(2);
        assertThat(asked.subList(0, 6))
                .containsExactly(OnnxOptions.standard(), one, two, two, one, OnnxOptions.standard());
        assertThat(asked).allMatch(options -> options.batch() == OnnxOptions.WHOLE_CALL);
    }

    @Test
    void optionsThatDoNotRunAreLeftOut() {
        TunedSession tuned = tuned(options -> {
            if (options.optimization() == OptimizationLevel.LAYOUT || options.batch() < 32) {
                throw new OnnxFileException(Path.of("model"), "answers", "others", "leave it");
            }
            return machine(options);
        });
        assertThat(tuned.options())
                .isEqualTo(STANDARD.withBatch(32).withThreads(4).withSpinning(false));
        assertThat(tuned.tried())
                .extracting(TunedSession.Tried::change)
                .contains("batches of 32", "optimization extended")
                .doesNotContain("batches of 16", "optimization layout");
    }

    @Test
    void aFileThatDoesNotRunAtAllSaysSo() {
        assertThatExceptionOfType(OnnxFileException.class)
                .isThrownBy(() -> tuned(options -> {
                    throw new OnnxFileException(Path.of("model"), "answers", "none", "export it again");
                }));
    }

    @Test
    void ratiosAreOfTurns() {
        Ratio ratio = Ratio.of(new double[] {2, 30, 8}, new double[] {1, 10, 2});
        assertThat(ratio).isEqualTo(new Ratio(3, 2, 4));
        assertThat(ratio.words()).isEqualTo("3.00 times (2.00 to 4.00)");
        assertThat(Ratio.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    }
}
