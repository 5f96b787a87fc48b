package io.catwalk.runner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.statistics.Bootstrap;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers for each pair of classes would be 16 million with 4,000 classes, and take many megabytes. */
@Tag("tiny")
class ManyClassesTest {

    private static final int CLASSES = 4000;
    private static final int IMAGES = 1000;
    private static final List<String> NAMES =
            IntStream.range(0, CLASSES).mapToObj(c -> "class " + c).toList();

    private static final Predictions PREDICTIONS = predictions();

    private static Predictions predictions() {
        Random random = new Random(1);
        float[] logits = new float[IMAGES * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = random.nextFloat();
        }
        return new Predictions(CLASSES, random.ints(IMAGES, 0, CLASSES).toArray(), logits);
    }

    @Test
    void anEvaluationTakesNoMemoryForEachPairOfClasses() {
        assertThat(allocated(() -> Evaluation.of(PREDICTIONS, NAMES))).isLessThan(8_000_000);
    }

    @Test
    void aResampleTakesNoMemoryForEachPairOfClasses() {
        int[] labels = IntStream.range(0, IMAGES).map(i -> i % CLASSES).toArray();
        PredictedClasses predicted = new PredictedClasses(
                CLASSES, labels, PREDICTIONS.predictedClasses().predicted());

        assertThat(allocated(() -> Bootstrap.macroF1(predicted, 100, 0.95, 0))).isLessThan(8_000_000);
    }

    @Test
    void thePairsOfClassesAreNoMoreThanTheMistakes() {
        Evaluation evaluation = Evaluation.of(PREDICTIONS, NAMES);

        assertThat(evaluation.confusion().mistakes()).hasSizeBetween(1, IMAGES);
        assertThat(evaluation.confusion().cells()).hasSizeBetween(1, IMAGES);
    }

    private static long allocated(Runnable work) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.run(); // what is made once, such as lambdas, does not count
        long before = thread.getThreadAllocatedBytes(Thread.currentThread().getId());
        work.run();
        return thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }
}
