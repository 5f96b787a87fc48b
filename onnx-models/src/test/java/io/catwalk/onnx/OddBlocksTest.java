package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("tiny")
class OddBlocksTest {

    @ParameterizedTest
    @EnumSource
    void onnxRuntimeAnswersLikeDjl(OddBlocks odd) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(odd.block(), manager, odd.sample());
            byte[] model = OnnxExport.of(block, odd.sample()).bytes();
            assertThat(Agreement.difference(block, odd.sample(), model)).isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theOldestAndTheNewestOperatorSetAnswerAlike(OddBlocks odd) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(odd.block(), manager, odd.sample());
            for (int opset : new int[] {13, 21}) {
                byte[] model =
                        OnnxExport.of(block, odd.sample()).withOpset(opset).bytes();
                assertThat(Agreement.difference(block, odd.sample(), model)).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFixedBatchAnswersAlike(OddBlocks odd) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(odd.block(), manager, odd.sample());
            byte[] model = OnnxExport.of(block, odd.sample())
                    .withFixedBatch(4)
                    .withUnrolledRecurrence()
                    .bytes();
            assertThat(Agreement.difference(block, odd.sample(), model, 4)).isLessThan(1e-5);
            assertThat(ExportTest.operators(model))
                    .doesNotContain("RNN", "GRU", "LSTM", "Scan", "Loop", "Shape", "Expand");
        }
    }
}
