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
class TraceScheduleTest {

    private static final Axis.Dynamic TIME = Axis.of("time");
    private static final Axis.Dynamic WIDTH = Axis.of("width");

    private static TraceSchedule schedule(Axis... axes) {
        return new TraceSchedule(List.of(OnnxInput.of("x", DataType.FLOAT32, axes)));
    }

    /** Sizes of the batch, the time and the width, or of the first of them. */
    private static Sizes at(long... sizes) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (int i = 0; i < sizes.length; i++) {
            all.put(List.of("batch", "time", "width").get(i), sizes[i]);
        }
        return new Sizes(all);
    }

    private static void assertTimes(Axis time, long base, long first, long second) {
        TraceSchedule schedule = schedule(time);
        assertThat(schedule.base().of("time")).isEqualTo(base);
        assertThat(schedule.traced()).extracting(sizes -> sizes.of("time")).containsExactly(first, second);
    }

    @Test
    void aBatchAloneIsTracedAtTwoAndFive() {
        TraceSchedule schedule = schedule(Axis.BATCH, Axis.of(3));
        assertThat(schedule.base()).isEqualTo(at(2));
        assertThat(schedule.traced()).containsExactly(at(5));
        assertThat(schedule.combinations()).isEmpty();
    }

    /** Each axis alone, then all: two axes that grow together would look like one. */
    @Test
    void axesAreTracedOneByOneAndTogether() {
        TraceSchedule schedule = schedule(Axis.BATCH, TIME, WIDTH);
        assertThat(schedule.base()).isEqualTo(at(2, 7, 9));
        assertThat(schedule.traced()).containsExactly(at(5, 7, 9), at(2, 44, 9), at(2, 7, 46), at(3, 75, 77));
    }

    @Test
    void lengthsKeepToTheBoundsOfTheirAxis() {
        assertTimes(TIME.atMost(8), 7, 1, 2);
        assertTimes(TIME.atLeast(20), 20, 57, 88);
        assertTimes(TIME.inStepsOf(32), 32, 96, 128);
        assertTimes(TIME.inStepsOf(4).atMost(12), 8, 4, 12);
        assertTimes(TIME.atLeast(3).atMost(4), 3, 4, 4);
    }

    @Test
    void anAxisOfOneSizeIsNotVariedAndThatOfSeveralInputsIsOne() {
        TraceSchedule schedule = schedule(Axis.BATCH.atLeast(4).atMost(4), TIME);
        assertThat(schedule.dynamic()).containsExactly(TIME);
        assertThat(schedule.base()).isEqualTo(at(4, 7));
        OnnxInput ids = OnnxInput.of("ids", DataType.INT64, Axis.BATCH, TIME);
        OnnxInput mask = OnnxInput.of("mask", DataType.INT64, Axis.BATCH, TIME);
        assertThat(new TraceSchedule(List.of(ids, mask)).dynamic()).containsExactly(Axis.BATCH, TIME);
        assertThat(schedule.traced()).containsExactly(at(4, 44), at(4, 75));
    }

    @Test
    void theLeastOfEachAxisAndOfAllIsComputed() {
        assertThat(schedule(Axis.BATCH, TIME.atLeast(3)).computed()).containsExactly(at(1, 7), at(2, 3), at(1, 3));
        assertThat(schedule(Axis.BATCH).computed()).containsExactly(at(1));
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
    void severalAxesAreChangedAtOnceAndLongestAtTheirMost() {
        assertThat(schedule(Axis.BATCH, TIME.atMost(50)).longest()).isEqualTo(at(2, 50));
        List<Sizes> combinations = schedule(Axis.BATCH, TIME.atMost(50)).combinations();
        assertThat(combinations)
                .startsWith(at(3, 50), at(7, 2), at(64, 5), at(251, 3), at(4, 7), at(8, 1))
                .endsWith(at(12, 12), at(32, 32), at(64, 7), at(224, 7))
                .hasSize(10);
    }
}
