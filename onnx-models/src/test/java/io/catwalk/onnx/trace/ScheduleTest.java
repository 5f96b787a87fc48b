package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Forward is called at sizes that its axes may have, and that distinguish formulas. */
@Tag("tiny")
class ScheduleTest {

    private static final Axis.Dynamic TIME = Axis.of("time");
    private static final Axis.Dynamic WIDTH = Axis.of("width");

    private static Schedule schedule(Axis... axes) {
        return new Schedule(List.of(OnnxInput.of("x", DataType.FLOAT32, axes)));
    }

    private static Sizes sizes(Object... namesAndSizes) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (int i = 0; i < namesAndSizes.length; i += 2) {
            sizes.put((String) namesAndSizes[i], ((Integer) namesAndSizes[i + 1]).longValue());
        }
        return new Sizes(sizes);
    }

    @Test
    void aBatchAloneIsTracedAtTwoAndFive() {
        Schedule schedule = schedule(Axis.BATCH, Axis.of(3));
        assertThat(schedule.base()).isEqualTo(sizes("batch", 2));
        assertThat(schedule.traced()).containsExactly(sizes("batch", 5));
        assertThat(schedule.combinations()).isEmpty();
    }

    /** Each axis alone, then all: two axes that grow together would look like one. */
    @Test
    void axesAreTracedOneByOneAndTogether() {
        Schedule schedule = schedule(Axis.BATCH, TIME, WIDTH);
        assertThat(schedule.base()).isEqualTo(sizes("batch", 2, "time", 7, "width", 9));
        assertThat(schedule.traced())
                .containsExactly(
                        sizes("batch", 5, "time", 7, "width", 9),
                        sizes("batch", 2, "time", 44, "width", 9),
                        sizes("batch", 2, "time", 7, "width", 46),
                        sizes("batch", 3, "time", 75, "width", 77));
    }

    @Test
    void anAxisOfSeveralInputsIsOneAxis() {
        OnnxInput ids = OnnxInput.of("ids", DataType.INT64, Axis.BATCH, TIME);
        OnnxInput mask = OnnxInput.of("mask", DataType.INT64, Axis.BATCH, TIME);
        assertThat(new Schedule(List.of(ids, mask)).dynamic()).containsExactly(Axis.BATCH, TIME);
    }

    @Test
    void lengthsKeepToTheBoundsOfTheirAxis() {
        Schedule shorter = schedule(TIME.atMost(8));
        assertThat(shorter.base()).isEqualTo(sizes("time", 7));
        assertThat(shorter.traced()).containsExactly(sizes("time", 1), sizes("time", 2));
        Schedule longer = schedule(TIME.atLeast(20));
        assertThat(longer.base()).isEqualTo(sizes("time", 20));
        assertThat(longer.traced()).containsExactly(sizes("time", 57), sizes("time", 88));
        Schedule stepped = schedule(TIME.inStepsOf(32));
        assertThat(stepped.base()).isEqualTo(sizes("time", 32));
        assertThat(stepped.traced()).containsExactly(sizes("time", 96), sizes("time", 128));
        Schedule steppedShorter = schedule(TIME.inStepsOf(4).atMost(12));
        assertThat(steppedShorter.base()).isEqualTo(sizes("time", 8));
        assertThat(steppedShorter.traced()).containsExactly(sizes("time", 4), sizes("time", 12));
        Schedule fewer = schedule(TIME.atLeast(3).atMost(4));
        assertThat(fewer.base()).isEqualTo(sizes("time", 3));
        assertThat(fewer.traced()).containsExactly(sizes("time", 4), sizes("time", 4));
    }

    @Test
    void anAxisOfOneSizeIsNotVaried() {
        Schedule schedule = schedule(Axis.BATCH.atLeast(4).atMost(4), TIME);
        assertThat(schedule.dynamic()).containsExactly(TIME);
        assertThat(schedule.base()).isEqualTo(sizes("batch", 4, "time", 7));
        assertThat(schedule.traced()).containsExactly(sizes("batch", 4, "time", 44), sizes("batch", 4, "time", 75));
    }

    @Test
    void theLeastOfEachAxisAndOfAllIsComputed() {
        assertThat(schedule(Axis.BATCH, TIME.atLeast(3)).computed())
                .containsExactly(
                        sizes("batch", 1, "time", 7), sizes("batch", 2, "time", 3), sizes("batch", 1, "time", 3));
        assertThat(schedule(Axis.BATCH).computed()).containsExactly(sizes("batch", 1));
    }

    @Test
    void theEndsOfAnAxisAreLookedAtFirst() {
        assertThat(schedule(TIME.atMost(100)).sizes(TIME.atMost(100)))
                .startsWith(1L, 100L, 2L, 5L, 3L, 7L, 64L, 4L, 8L)
                .doesNotHaveDuplicates()
                .allMatch(size -> size <= 100)
                .doesNotContain(0L, 34L); // one step beyond 33: all others are counted from 1 on already
        assertThat(schedule(TIME.atMost(1024)).sizes(TIME.atMost(1024))).startsWith(1L, 1024L, 2L, 5L);
        // A largest size that is far away would take memory.
        assertThat(schedule(TIME.atMost(1025)).sizes(TIME.atMost(1025))).startsWith(1L, 2L, 5L);
        assertThat(schedule(Axis.BATCH).sizes(Axis.BATCH)).startsWith(3L, 7L, 64L, 251L);
    }

    @Test
    void sizesAreMultiplesOfTheStepAndAlsoCountedFromTheLeast() {
        Axis.Dynamic stepped = TIME.atLeast(64).inStepsOf(32);
        assertThat(schedule(stepped).sizes(stepped))
                .startsWith(64L, 256L, 1024L) // 251, then 1009, rounded up
                .contains(64L + 3 * 32, 64L + 63 * 32)
                .doesNotContain(64L + 64 * 32)
                .doesNotHaveDuplicates()
                .allMatch(size -> size >= 64 && size % 32 == 0);
        Axis.Dynamic late = TIME.atLeast(1000);
        assertThat(schedule(late).sizes(late)).contains(1003L, 1007L);
    }

    @Test
    void theSmallestSizeThatDiffersIsSearchedBelowIt() {
        assertThat(schedule(TIME).smaller(TIME, 7)).containsExactly(3L, 4L, 5L, 6L);
        Axis.Dynamic even = TIME.atLeast(4).inStepsOf(2);
        assertThat(schedule(even).smaller(even, 10)).containsExactly(4L, 6L, 8L);
        assertThat(schedule(TIME).smaller(TIME, 1_000_000)).hasSize(297).endsWith(299L);
    }

    @Test
    void severalAxesAreChangedAtOnce() {
        List<Sizes> combinations = schedule(Axis.BATCH, TIME.atMost(50)).combinations();
        assertThat(combinations).hasSize(10);
        assertThat(combinations.subList(0, 6))
                .containsExactly(
                        sizes("batch", 3, "time", 50),
                        sizes("batch", 7, "time", 2),
                        sizes("batch", 64, "time", 5),
                        sizes("batch", 251, "time", 3),
                        sizes("batch", 4, "time", 7),
                        sizes("batch", 8, "time", 1));
        assertThat(combinations.subList(6, 10))
                .containsExactly(
                        sizes("batch", 12, "time", 12),
                        sizes("batch", 32, "time", 32),
                        sizes("batch", 64, "time", 7),
                        sizes("batch", 224, "time", 7));
    }

    @Test
    void boundedAxesAreLongestAtTheirMost() {
        assertThat(schedule(Axis.BATCH, TIME.atMost(50)).longest()).isEqualTo(sizes("batch", 2, "time", 50));
    }
}
