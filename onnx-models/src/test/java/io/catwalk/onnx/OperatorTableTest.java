package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
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

    @ParameterizedTest
    @MethodSource("samples")
    void onnxRuntimeAnswersLikeDjl(OperatorSamples.Sample sample) throws Exception {
        assertThat(operators(exported(sample, 17))).contains(sample.operators().split(" "));
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("samples")
    void theOldestAndTheNewestOperatorSetAnswerAlike(OperatorSamples.Sample sample) throws Exception {
        exported(sample, 13);
        exported(sample, 21);
    }

    private static byte[] exported(OperatorSamples.Sample sample, int opset) throws Exception {
        Block block = new LambdaBlock(sample.function());
        OnnxExport export = OnnxExport.of(block, sample.shape()).withOpset(opset);
        return assertAgrees(export, block, sample.shape(), sample.tolerance());
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
