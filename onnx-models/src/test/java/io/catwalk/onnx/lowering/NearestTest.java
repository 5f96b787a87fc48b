package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class NearestTest {

    @Test
    void indicesAreThoseOfTheEngineForAllPairsOfSizesUpTo64() {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int from = 1; from <= 64; from++) {
                NDArray row = manager.arange((float) from).reshape(1, 1, 1, from);
                for (int size = 1; size <= 64; size++) {
                    try (NDArray resized = row.getNDArrayInternal().interpolation(new long[] {1, size}, 0, false)) {
                        float[] taken = resized.toFloatArray();
                        long[] indices = Resampling.nearest(from, size);
                        for (int i = 0; i < size; i++) {
                            assertThat((long) taken[i]).as(from + " to " + size).isEqualTo(indices[i]);
                        }
                    }
                }
            }
        }
    }
}
