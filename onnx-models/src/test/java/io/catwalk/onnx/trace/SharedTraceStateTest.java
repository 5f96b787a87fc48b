package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The traces of one export hold equal content once, and detect changed weights. */
@Tag("tiny")
class SharedTraceStateTest extends OneTrace {

    private byte[] held(int id, int... bytes) {
        ByteBuffer content = ByteBuffer.allocate(bytes.length);
        for (int one : bytes) {
            content.put((byte) one);
        }
        return succession.held(id, content.flip());
    }

    @Test
    void equalContentOfOneConstantIsInMemoryOnceAndOtherIsCopied() {
        byte[] first = held(1, 7, 8);
        assertThat(first).containsExactly(7, 8);
        assertThat(held(1, 7, 9)).containsExactly(7, 9);
        assertThat(held(1, 7, 8)).isSameAs(first);
        assertThat(held(2, 7, 8)).containsExactly(7, 8).isNotSameAs(first);
    }

    @Test
    void theTraceThatGoesOnIsKnownUntilItEnds() {
        assertThat(succession.now()).isEmpty();
        Tracer tracer = newTracer();
        assertThat(succession.now()).contains(tracer);
        assertThat(tracer.isOver()).isFalse();
        tracer.end();
        assertThat(succession.now()).isEmpty();
        assertThat(tracer.isOver()).isTrue();
    }

    @Test
    void aWeightIsReadOnceAndNamedIfItChanged() {
        NDArray kept = manager.create(new float[] {1});
        NDArray trained = manager.create(new float[] {1});
        byte[] first = succession.weight("kept", kept, () -> Tape.data("kept", kept));
        assertThat(first).containsExactly(0, 0, 0x80, 0x3f);
        assertThat(succession.weight("kept", kept, () -> new byte[] {9})).isSameAs(first);
        succession.weight("trained", trained, () -> Tape.data("trained", trained));
        assertThat(succession.changedWeight()).isEmpty();
        trained.addi(1);
        assertThat(succession.changedWeight()).contains("trained");
        trained.close(); // a closed copy that a store made for one call is not compared
        assertThat(succession.changedWeight()).isEmpty();
    }
}
