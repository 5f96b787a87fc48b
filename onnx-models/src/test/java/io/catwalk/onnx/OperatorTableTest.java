package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the operator table, compared with the engine. */
@Tag("tiny")
class OperatorTableTest {

    static Stream<OperatorSamples.Sample> samples() {
        return OperatorSamples.all().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void onnxRuntimeAnswersLikeDjl(OperatorSamples.Sample sample) throws Exception {
        Block block = new LambdaBlock(sample.function());
        OnnxExport export = OnnxExport.of(block, sample.shape());
        byte[] model = export.bytes();
        assertThat(Agreement.difference(block, sample.shape(), model)).isLessThanOrEqualTo(sample.tolerance());
        assertThat(operators(model)).contains(sample.operators().split(" "));
        for (int opset : new int[] {13, 21}) {
            byte[] other = export.withOpset(opset).bytes();
            assertThat(Agreement.difference(block, sample.shape(), other))
                    .as("in opset " + opset)
                    .isLessThanOrEqualTo(sample.tolerance());
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

    static List<String> operators(byte[] model) throws Exception {
        return ModelProto.parseFrom(model).getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .toList();
    }
}
