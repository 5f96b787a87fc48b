package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxInput;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slice whose bounds may lie beyond the end of a dynamic axis is exported where one form of it is always right. */
@Tag("tiny")
class OpenEndsTest extends OneTrace {

    private static final Axis.Dynamic TIME = Axis.of("time");

    private static byte[] file(Axis time, Block block) {
        return OnnxExport.of(block, OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, time, Axis.of(2)))
                .bytes();
    }

    private void assertAgrees(Axis time, Function<NDArray, NDArray> body, long... lengths) {
        Block block = LambdaBlock.singleton(body);
        byte[] file = file(time, block);
        for (long length : lengths) {
            NDArray samples = manager.arange(4f * length).reshape(new Shape(2, length, 2));
            assertThat(Agreement.difference(block, file, new NDList(samples))).isZero();
        }
    }

    private static void assertOpen(Axis time, Function<NDArray, NDArray> body, String... words) {
        assertRefused(() -> file(time, LambdaBlock.singleton(body)), words);
    }

    @ParameterizedTest
    @ValueSource(strings = {":, 2:100", ":, :100", ":, -100:", ":, 1:100:3", ":, -100:100"})
    void whatIsLongerThanTheAxisIsTheWholeAxis(String index) {
        assertAgrees(TIME.atLeast(3).atMost(100), x -> x.get(index), 3, 7, 99, 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {":, 2:100", ":, :100", ":, -100:"})
    void whatIsShorterThanTheAxisIsCut(String index) {
        assertAgrees(TIME.atLeast(100), x -> x.get(index), 100, 101, 300);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 20, 60, 100, 1000})
    void whatIsNowLongerAndNowShorterIsRefused(long end) {
        for (String index : new String[] {":, 2:" + end, ":, -" + end + ":"}) {
            assertOpen(
                    TIME.atLeast(3),
                    x -> x.get(index),
                    "time-dependent control flow",
                    end + " places of axis 1, or fewer where there are fewer",
                    "atMost(" + end + ") or atLeast(" + end + ")");
        }
    }

    @Test
    void theFirstOfABatchAreRefusedAlike() {
        assertOpen(Axis.of(3), x -> x.get(":4"), "first 4 places of axis 0");
    }

    @Test
    void aMinimumAndAMaximumAreNamed() {
        Function<NDArray, NDArray> upTo64 =
                x -> x.get(":, :" + Math.min(x.getShape().get(1), 64));
        assertOpen(TIME, upTo64, "smaller of the time and 64", "atMost(64)");
        assertOpen(TIME, x -> x.mul(Math.max(x.getShape().get(1), 64)), "larger of the time and 64");
        assertAgrees(TIME.atMost(64), upTo64, 1, 64);
    }
}
