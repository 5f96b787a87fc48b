package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Dim;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers computed by a formula give the same formula back: it holds at sizes that were not seen. */
@Tag("tiny")
class FormulaFitTest {

    private static final Dim BATCH = Dim.BATCH;
    private static final Dim TIME = Dim.axis("time");

    /** Sizes of the first calls, as the schedule chooses them for a batch and one more axis. */
    private static final List<Sizes> SEEN = List.of(sizes(2, 7), sizes(5, 7), sizes(2, 44), sizes(3, 75));

    private static Sizes sizes(long batch, long time) {
        return new Sizes(Map.of("batch", batch, "time", time));
    }

    private static long[] numbers(ToLongFunction<Sizes> formula) {
        return SEEN.stream().mapToLong(formula).toArray();
    }

    private static FormulaFit fit() {
        return new FormulaFit(SEEN, List.of(BATCH, TIME));
    }

    static Stream<Arguments> formulas() {
        return Stream.of(
                formula("12", (batch, time) -> 12),
                formula("batch", (batch, time) -> batch),
                formula("3*time", (batch, time) -> 3 * time),
                formula("-1*batch", (batch, time) -> -batch),
                formula("time+4", (batch, time) -> time + 4),
                formula("time-4", (batch, time) -> time - 4),
                formula("batch*time", (batch, time) -> batch * time),
                formula("6*batch*time", (batch, time) -> 6 * batch * time),
                formula("batch*time*time", (batch, time) -> batch * time * time),
                formula("2*batch*batch*time*time", (batch, time) -> 2 * batch * batch * time * time),
                formula("2*time+1", (batch, time) -> 2 * time + 1),
                formula("-3*time+1", (batch, time) -> 1 - 3 * time),
                formula("4*batch-3", (batch, time) -> 4 * batch - 3),
                formula("batch+time", (batch, time) -> batch + time),
                formula("batch+time+5", (batch, time) -> batch + time + 5),
                formula("-1*batch+time-5", (batch, time) -> time - batch - 5),
                formula("floor(time/2)", (batch, time) -> time / 2),
                formula("floor((time+1)/2)", (batch, time) -> (time + 1) / 2),
                formula("floor(time/10)", (batch, time) -> time / 10),
                formula("floor((time+2)/3)", (batch, time) -> (time + 2) / 3));
    }

    private interface Formula {
        long of(long batch, long time);
    }

    private static Arguments formula(String text, Formula formula) {
        return Arguments.of(text, (ToLongFunction<Sizes>) sizes -> formula.of(sizes.of("batch"), sizes.of("time")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formulas")
    void aFormulaIsFoundAgain(String text, ToLongFunction<Sizes> formula) {
        Dim found = fit().dim(numbers(formula)).orElseThrow();
        for (Sizes sizes : List.of(sizes(2, 7), sizes(11, 13), sizes(1, 100), sizes(64, 1000))) {
            assertThat(sizes.of(found)).as(found + " at " + sizes).isEqualTo(formula.applyAsLong(sizes));
        }
    }

    @Test
    void theSmallestPartIsA64th() {
        FormulaFit fit = new FormulaFit(List.of(sizes(1, 640), sizes(1, 1280), sizes(1, 6400)), List.of(TIME));
        assertThat(fit.dim(10, 20, 100)).contains(TIME.floorDividedBy(64));
        assertThat(fit.dim(9, 19, 98)).isEmpty(); // a 65th
    }

    /** Two numbers lie on many lines, and only multiples and constant differences are accepted. */
    @Test
    void fewNumbersAreNoReasonForASum() {
        FormulaFit fit = new FormulaFit(List.of(sizes(2, 7), sizes(5, 7)), List.of(BATCH));
        assertThat(fit.dim(4, 10)).contains(BATCH.times(Dim.of(2)));
        assertThat(fit.dim(3, 6)).contains(BATCH.plus(Dim.of(1)));
        assertThat(fit.dim(5, 11)).isEmpty();
        assertThat(fit.dim(1, 2)).isEmpty();
    }

    @Test
    void sizesThatWereFoundBeforeMakeOthers() {
        Dim half = TIME.floorDividedBy(2);
        long[] product = numbers(sizes -> sizes.of("batch") * (sizes.of("time") / 2));
        FormulaFit told = fit();
        assertThat(told.learned(half)).isEqualTo(half);
        assertThat(told.dim(product)).contains(BATCH.times(half));
        assertThat(told.dim(numbers(sizes -> sizes.of("time") / 2 * 5 + 3)))
                .contains(half.times(Dim.of(5)).plus(Dim.of(3)));
        FormulaFit found = fit();
        assertThat(found.dim(product)).isEmpty();
        assertThat(found.dim(numbers(sizes -> sizes.of("time") / 2))).contains(half);
        assertThat(found.dim(product)).contains(BATCH.times(half));
    }

    @Test
    void aProductHasUpToFourFactorsAndOtherNumbersNoFormula() {
        Dim four = BATCH.times(BATCH).times(BATCH).times(TIME);
        assertThat(fit().dim(numbers(sizes -> sizes.of(four)))).contains(four);
        assertThat(fit().dim(numbers(sizes -> sizes.of(four.times(BATCH))))).isEmpty();
        assertThat(fit().dim(numbers(sizes -> sizes.of("time") % 5 * 31 % 17))).isEmpty();
        assertThat(fit().holds(TIME, new long[] {7, 7, 44, 75})).isTrue();
        assertThat(fit().holds(TIME, new long[] {7, 7, 44, 76})).isFalse();
    }
}
