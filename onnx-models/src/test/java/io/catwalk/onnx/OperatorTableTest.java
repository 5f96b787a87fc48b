package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the operator table, compared with the engine. */
@Tag("tiny")
class OperatorTableTest extends ExportTest {

    static Stream<OperatorSamples.Sample> samples() {
        return OperatorSamples.all().stream();
    }

    /** The first sample of each row. */
    static Stream<OperatorSamples.Sample> firstSamples() {
        Set<String> seen = new HashSet<>();
        return samples().filter(sample -> seen.add(sample.primitives()));
    }

    @ParameterizedTest
    @MethodSource("firstSamples")
    void onnxRuntimeAnswersLikeDjl(OperatorSamples.Sample sample) throws Exception {
        assertAnswersAlike(sample, 17);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("samples")
    void everySampleAnswersAlikeInEachOperatorSet(OperatorSamples.Sample sample) throws Exception {
        for (int opset : OPSETS) {
            assertAnswersAlike(sample, opset);
        }
    }

    private static void assertAnswersAlike(OperatorSamples.Sample sample, int opset) throws Exception {
        Block block = new LambdaBlock(sample.function());
        OnnxExport export = OnnxExport.of(block, sample.shape()).withOpset(opset);
        byte[] model = assertAgrees(export, block, sample.shape(), sample.tolerance());
        if (opset == 17) {
            assertThat(operators(model)).contains(sample.operators().split(" "));
        }
    }

    static Stream<OperatorSamples.Sample> recurrentSamples() {
        return samples().filter(sample -> sample.operators().matches("RNN|GRU|LSTM"));
    }

    @ParameterizedTest
    @MethodSource("recurrentSamples")
    void unrolledRecurrenceAnswersLikeDjl(OperatorSamples.Sample sample) throws Exception {
        Block block = new LambdaBlock(sample.function());
        byte[] model = OnnxExport.of(block, sample.shape())
                .withFixedBatch(3)
                .withUnrolledRecurrence()
                .bytes();
        assertThat(Agreement.difference(block, sample.shape(), model, 3)).isLessThanOrEqualTo(sample.tolerance());
        assertThat(operators(model)).doesNotContain(sample.operators());
    }
}
