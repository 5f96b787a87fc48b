package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that depends on a size is found however deep the network before it is, and the file says what was tried. */
@Tag("tiny")
@Tag("attack")
class DeepNetworksTest {

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Residual layers over the last axis, and then another sign where a size is special. */
    private Block residual(int layers, int axis, LongPredicate special, Shape initial) {
        SequentialBlock net = new SequentialBlock();
        for (int i = 0; i < layers; i++) {
            net.add(new ParallelBlock(
                    both -> new NDList(both.get(0).head().add(both.get(1).head())),
                    List.of(Linear.builder().setUnits(4).build(), Blocks.identityBlock())));
        }
        net.add(LambdaBlock.singleton(x -> special.test(x.getShape().get(axis)) ? x.neg() : x));
        net.initialize(manager, DataType.FLOAT32, initial);
        return net;
    }

    private static OnnxExport ofBatch(Block block) {
        return OnnxExport.of(block, new Shape(4));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60, 300})
    void anEqualityAThresholdAndAMultipleAreRefused(int layers) {
        for (LongPredicate special :
                List.<LongPredicate>of(batch -> batch == 9, batch -> batch > 300, batch -> batch % 16 == 0)) {
            assertThatThrownBy(() -> ofBatch(residual(layers, 0, special, new Shape(1, 4)))
                            .bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("batch-dependent control flow");
        }
    }

    @Test
    void eachAxisIsTriedAtAllSizes() {
        OnnxInput input =
                OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, Axis.of("time"), Axis.of("width"), Axis.of(4));
        for (int axis : new int[] {0, 1, 2}) {
            Block block = residual(60, axis, size -> size == 257, new Shape(1, 1, 1, 4));
            assertThatThrownBy(() -> OnnxExport.of(block, input).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("257");
        }
    }

    @Test
    void theFileNamesTheSizesThatWereTried() throws Exception {
        byte[] file =
                ofBatch(residual(120, 0, batch -> batch == 19, new Shape(1, 4))).bytes();
        String tried = Objects.requireNonNull(metadata(file).get(MetadataKeys.TRIED_SIZES));
        assertThat(tried).startsWith("batch=1-18,20,24-25,").endsWith(",1000,1009,1024");
        assertThat(sizes(tried))
                .contains(9L, 16L, 257L, 300L, 512L)
                .doesNotContain(19L)
                .hasSizeGreaterThan(40);
    }

    private static Map<String, String> metadata(byte[] file) {
        return OnnxParser.model(file).metadata();
    }

    private static List<Long> sizes(String tried) {
        return Arrays.stream(tried.substring(tried.indexOf('=') + 1).split(",", -1))
                .flatMap(range -> {
                    String[] ends = range.split("-", -1);
                    return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]))
                            .boxed();
                })
                .toList();
    }

    @Test
    void theFileNamesTheBoundsOfItsAxes() throws Exception {
        OnnxInput input = OnnxInput.of(
                "x",
                DataType.FLOAT32,
                Axis.BATCH,
                Axis.of("time").atMost(6),
                Axis.of("width").atLeast(32).inStepsOf(32));
        byte[] file = OnnxExport.of(LambdaBlock.singleton(NDArray::neg), input).bytes();
        assertThat(metadata(file)).containsEntry(MetadataKeys.SIZE_BOUNDS, "time=1-6;width=32-/32");
        assertThat(Objects.requireNonNull(metadata(file).get(MetadataKeys.TRIED_SIZES))
                        .split(";", -1)[2])
                .startsWith("width=32,64,96,")
                .doesNotContain(",33,");
    }

    @Test
    void aFileOfFixedSizesNamesNone() throws Exception {
        byte[] file = OnnxExport.of(LambdaBlock.singleton(NDArray::neg), new Shape(4))
                .withFixedBatch(19)
                .bytes();
        assertThat(metadata(file)).doesNotContainKeys(MetadataKeys.TRIED_SIZES, MetadataKeys.SIZE_BOUNDS);
    }
}
