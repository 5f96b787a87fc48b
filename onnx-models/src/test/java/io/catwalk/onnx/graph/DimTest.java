package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes are polynomials of the axes of the inputs; expected numbers are computed by hand. */
@Tag("tiny")
class DimTest {

    private static final Dim HEIGHT = Dim.axis("height");
    private static final Dim WIDTH = Dim.axis("width");

    private static ToLongFunction<String> sizes(long batch, long height, long width) {
        Map<String, Long> sizes = Map.of("batch", batch, "height", height, "width", width);
        return name -> Objects.requireNonNull(sizes.get(name));
    }

    private static Dim plus(Dim dim, long number) {
        return dim.plus(Dim.of(number));
    }

    @Test
    void polynomialsAreWrittenOut() {
        Dim product = plus(HEIGHT, 1).times(plus(WIDTH, -2)).times(Dim.BATCH);
        assertThat(product).hasToString("-2*batch-2*batch*height+batch*height*width+batch*width");
        assertThat(product.at(sizes(3, 4, 7))).isEqualTo(3 * 5 * 5);
        assertThat(product.axes()).containsExactlyInAnyOrder("batch", "height", "width");
        assertThat(product.minus(product)).isEqualTo(Dim.of(0));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "7, 4", "8, 4", "9, 5"})
    void windowsDivideAndRoundDown(long height, long expected) {
        Dim windows = new Windows(3, 2, 1, 1, 1, false).over(HEIGHT);
        assertThat(windows).hasToString("floor((height+1)/2)");
        assertThat(windows.at(sizes(1, height, 1))).isEqualTo(expected);
    }

    @Test
    void aQuotientFollowsTheAxesOfItsDividend() {
        assertThat(HEIGHT.plus(WIDTH).floorDividedBy(2).axes()).containsExactlyInAnyOrder("height", "width");
    }

    @Test
    void windowsOverWindowsAreOneQuotient() {
        Windows half = new Windows(2, 2, 0, 0, 1, false);
        assertThat(half.over(half.over(half.over(HEIGHT)))).hasToString("floor((height)/8)");
        Windows padded = new Windows(3, 2, 1, 1, 1, false);
        // (h + 1) / 2 = (h - 1) / 2 + 1, and again: (h - 1) / 4 + 1 = (h + 3) / 4.
        assertThat(padded.over(padded.over(HEIGHT))).hasToString("floor((height+3)/4)");
    }

    @Test
    void whatTheDivisorDividesComesOutOfTheBrackets() {
        Dim sum = HEIGHT.times(Dim.of(4)).plus(WIDTH).plus(Dim.of(9));
        assertThat(sum.floorDividedBy(4)).hasToString("floor((width+1)/4)+height+2");
        assertThat(HEIGHT.times(Dim.of(6)).plus(Dim.of(5)).floorDividedBy(4)).hasToString("floor((height)/2)+height+1");
        assertThat(plus(HEIGHT, -1).floorDividedBy(2)).hasToString("floor((height+1)/2)-1");
    }

    @Test
    void anAxisInStepsHasPartsWithoutRemainder() {
        Dim height = Dim.axis("height", 32);
        assertThat(height).hasToString("height");
        assertThat(height.floorDividedBy(8)).hasToString("4*height/32");
        assertThat(height.floorDividedBy(8).at(sizes(1, 96, 1))).isEqualTo(12);
        assertThat(height.floorDividedBy(64).times(Dim.of(64))).hasToString("64*floor((height/32)/2)");
        assertThat(height.floorDividedBy(32).times(Dim.of(32))).isEqualTo(height);
    }

    @Test
    void exactQuotientsAreFoundAndOthersAreNot() {
        Dim area = HEIGHT.times(WIDTH).times(Dim.of(6));
        assertThat(area.dividedBy(HEIGHT.times(Dim.of(3)))).contains(WIDTH.times(Dim.of(2)));
        assertThat(area.plus(HEIGHT.times(Dim.of(3))).dividedBy(HEIGHT.times(Dim.of(3))))
                .contains(plus(WIDTH.times(Dim.of(2)), 1));
        assertThat(area.dividedBy(Dim.of(4))).isEmpty();
        assertThat(area.dividedBy(Dim.BATCH)).isEmpty();
        assertThat(area.dividedBy(Dim.of(0))).isEmpty();
        assertThat(plus(area, 2).dividedBy(Dim.of(2)))
                .hasValueSatisfying(half -> assertThat(half).hasToString("3*height*width+1"));
        assertThat(plus(area, 2).dividedBy(HEIGHT)).isEqualTo(Optional.empty());
        assertThat(plus(area, 2).dividedBy(plus(area, 2))).contains(Dim.of(1));
        assertThat(plus(HEIGHT, -1).times(Dim.of(3)).dividedBy(plus(HEIGHT, -1)))
                .contains(Dim.of(3));
    }

    @Test
    void whatWasWrittenIsReadBack() {
        String texts =
                "12 -3 batch 28*batch batch-1 -2*batch+3 batch*height*width floor((height+1)/2) 4*height/32 height/32"
                        + " batch+batch*floor((height+3)/4)*width-7 floor((3*floor((height+1)/2)+1)/4)+2";
        for (String text : texts.split(" ", -1)) {
            assertThat(Formula.parse(text)).hasToString(text);
            assertThat(Set.of("batch", "height", "width"))
                    .containsAll(Formula.parse(text).axes());
        }
    }

    @Test
    void whatIsNoFormulaIsTheNameOfAnAxis() {
        String texts = "|batch+|2*|*batch|batch 2|floor(batch)/2)|floor((batch/2)|floor((batch)2)|floor((batch)/2"
                + "|floor((batch)/0)|floor((batch*2/3)|floor|99999999999999999999|-|N?|N|past sequence + 1";
        for (String text : texts.split("\\|", -1)) {
            assertThat(Formula.parse(text)).isEqualTo(Dim.axis(text));
        }
    }

    @Test
    void aSizeThatMustStayNamesTheAxesThatItFollows() {
        exportRefused(() -> HEIGHT.times(WIDTH).fixed("image size"))
                .contains("image size must not depend on the height and the width, but is height*width");
    }

    /** There is little padding after the axis, so the last window always starts before it. */
    @ParameterizedTest
    @CsvSource({"3, 2, 0, 1", "5, 2, 0, 1", "4, 3, 1, 1", "2, 2, 0, 0"})
    void roundingUpCountsAsForEachSize(long size, long stride, long before, long after) {
        Dim windows = new Windows(size, stride, before, after, 1, true).over(HEIGHT);
        for (long height = size; height < 40; height++) {
            assertThat(windows.at(sizes(1, height, 1))).isEqualTo(startsInside(height, size, stride, before, after));
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 1, 1", "3, 2, 1, 2", "2, 3, 0, 0", "3, 2, 1, 1", "2, 3, 1, 1"})
    void roundingUpOfFixedSizesLeavesOutWhatStartsInThePadding(long size, long stride, long before, long after) {
        for (long length = size; length < 40; length++) {
            assertThat(new Windows(size, stride, before, after, 1, true).over(Dim.of(length)))
                    .isEqualTo(Dim.of(startsInside(length, size, stride, before, after)));
        }
    }

    /**
     * Counts windows as the documentation of PyTorch's MaxPool2d says: they may extend beyond the end, but must start
     * inside.
     */
    private static long startsInside(long length, long size, long stride, long before, long after) {
        long count = 1;
        long end = length + before + after;
        for (long start = stride; start - stride + size < end && start < length + before; start += stride) {
            count++;
        }
        return count;
    }

    @Test
    void roundingUpOverPaddingIsRefusedWhereTheSizeDecides() {
        assertThat(new Windows(3, 2, 1, 1, 1, true).over(HEIGHT)).hasToString("floor((height)/2)+1");
        exportRefused(() -> new Windows(2, 2, 1, 1, 1, true).over(HEIGHT)).contains("ceilMode");
    }
}
