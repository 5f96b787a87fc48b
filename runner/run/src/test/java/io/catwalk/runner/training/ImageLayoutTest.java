package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.LayerNorm;
import io.catwalk.api.Layers;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
class ImageLayoutTest {

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @AfterEach
    void free() {
        manager.close();
    }

    static Stream<Arguments> networks() {
        Block norm = LayerNorm.builder().build();
        Block whole = Layers.sequence(Layers.conv(4, 3), Layers.sequence(norm));
        Block features = Layers.sequence(
                Layers.conv(4, 3), Layers.flatten(), LayerNorm.builder().build());
        return Stream.of(
                Arguments.of("convolutions", ImageLayout.CHANNELS_LAST, Layers.sequence(Layers.conv(4, 3))),
                Arguments.of("no convolution", ImageLayout.CHANNELS_FIRST, SmallWorld.dense(SmallWorld.TASK)),
                Arguments.of("images normalized as a whole", ImageLayout.CHANNELS_FIRST, whole),
                Arguments.of("features normalized after a convolution", ImageLayout.CHANNELS_LAST, features));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void theBlocksOfANetworkChooseIt(String name, ImageLayout expected, Block network) {
        network.initialize(manager, DataType.FLOAT32, new Shape(2, 1, 4, 4));
        assertThat(ImageLayout.of(network)).isEqualTo(expected);
    }

    /** Two images of 2 channels of 1 x 3 pixels, whose values encode image, channel and column. */
    @ParameterizedTest
    @EnumSource
    void channelsLastReadsPixelByPixel(ImageLayout layout) {
        float[] pixelByPixel = {0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112};
        float[] channelsFirst = {0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112};
        float[] stored = layout == ImageLayout.CHANNELS_LAST ? pixelByPixel : channelsFirst;
        NDArray images = layout.view(manager.create(stored), new Shape(2, 2, 1, 3));
        assertThat(images.getShape()).isEqualTo(new Shape(2, 2, 1, 3));
        assertThat(images.toFloatArray()).containsExactly(channelsFirst);
        assertThat(layout.memory(images).toFloatArray()).containsExactly(stored);
        FloatBuffer put = FloatBuffer.allocate(12);
        layout.put(channelsFirst, 2, 2, put);
        assertThat(put.array()).containsExactly(stored);
    }

    @Test
    void aViewCopiesNothing() {
        for (ImageLayout layout : ImageLayout.values()) {
            for (Shape shape : List.of(new Shape(2, 3, 2, 1), new Shape(12), new Shape(2, 6), new Shape(3, 2, 2))) {
                NDArray memory = manager.zeros(new Shape(12));
                NDArray view = layout.view(memory, shape);
                memory.addi(1);
                assertThat(view.sum().getFloat()).isEqualTo(12);
            }
        }
    }
}
