package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientsTest {

    private static final int CONSTANTS = 500;

    /** Half of the constants are 2 and half are 1/2, so that the product is 1, which is exact in binary. */
    @Test
    void constantsOutliveAGarbageCollectionBetweenForwardAndBackward() throws InterruptedException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray weights = manager.ones(new Shape(3));
            weights.setRequiresGradient(true);
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
                NDArray product = weights;
                for (int i = 0; i < CONSTANTS / 2; i++) {
                    product = product.mul(2.0).div(2.0);
                }
                overwriteFreedMemory();
                collector.backward(product.sum());
            }
            assertThat(weights.getGradient().toFloatArray()).containsExactly(1, 1, 1);
        }
    }

    @Test
    void letsGoOfConstantsAndClosesNoArrayWhenItIsClosed() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray made;
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
                collector.zeroGradients();
                made = manager.create(new float[] {1, 2});
            }
            assertThat(made.toFloatArray()).containsExactly(1, 2);
            NDArray later;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                later = manager.create(3f);
            }
            assertThat(later.isReleased()).as("DJL's own scopes work as before").isTrue();
        }
    }

    /** Frees the memory of unreachable buffers and lets other buffers overwrite it. */
    private static void overwriteFreedMemory() throws InterruptedException {
        List<ByteBuffer> others = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            System.gc();
            Thread.sleep(20); // a thread of the virtual machine frees buffers, and does not report it
            for (int i = 0; i < 20 * CONSTANTS; i++) {
                others.add(ByteBuffer.allocateDirect(Double.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putDouble(Double.NaN));
            }
        }
        assertThat(others).hasSize(100 * CONSTANTS);
    }
}
