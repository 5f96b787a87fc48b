package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("tiny")
class OddBlocksTest extends ExportTest {

    @ParameterizedTest
    @EnumSource
    void onnxRuntimeAnswersLikeDjl(OddBlocks odd) throws Exception {
        assertAgreesInAll(initialized(odd.block(), odd.sample), odd.sample, TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void aFixedBatchAnswersAlikeWithoutLoops(OddBlocks odd) throws Exception {
        Block block = initialized(odd.block(), odd.sample);
        OnnxExport export = OnnxExport.of(block, odd.sample).withFixedBatch(4).withUnrolledRecurrence();
        byte[] model = export.bytes();
        assertThat(Agreement.difference(block, odd.sample, model, 4)).isLessThan(TOLERANCE);
        assertThat(operators(model)).doesNotContain("RNN", "GRU", "LSTM", "Scan", "Loop", "Shape", "Expand");
    }
}
