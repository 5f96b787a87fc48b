package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Code that depends on a size is found however deep the network before it is, and the file says what was tried. */
@Tag("tiny")
@Tag("attack")
class DeepNetworksTest extends ExportTest {

    /** Residual layers over the last axis, and then another sign where a size is special. */
    private Block residual(int layers, int axis, LongPredicate special, Shape initial) {
        SequentialBlock net = new SequentialBlock();
        for (int i = 0; i < layers; i++) {
            net.add(sum(dense(4), Blocks.identityBlock()));
        }
        net.add(lambda(x -> special.test(x.getShape().get(axis)) ? x.neg() : x));
        net.initialize(manager, DataType.FLOAT32, initial);
        return net;
    }

    private OnnxExport ofBatch(int layers, LongPredicate special) {
        return OnnxExport.of(residual(layers, 0, special, new Shape(1, 4)), new Shape(4));
    }

    @Test
    void anEqualityAThresholdAndAMultipleAreRefused() {
        for (LongPredicate special :
                List.<LongPredicate>of(batch -> batch == 9, batch -> batch > 300, batch -> batch % 16 == 0)) {
            assertRefused(ofBatch(10, special), "batch-dependent control flow");
            assertRefused(ofBatch(60, special), "batch-dependent control flow");
        }
    }

    @Tag("long")
    @Test
    void aThresholdBehind300LayersIsRefused() {
        assertRefused(ofBatch(300, batch -> batch > 300), "batch-dependent control flow");
    }

    @Test
    void eachAxisIsTriedAtAllSizes() {
        OnnxInput input =
                OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, Axis.of("time"), Axis.of("width"), Axis.of(4));
        for (int axis : new int[] {0, 1, 2}) {
            Block block = residual(60, axis, size -> size == 257, new Shape(1, 1, 1, 4));
            assertRefused(OnnxExport.of(block, input), "257");
        }
    }

    @Test
    void theFileNamesTheSizesThatWereTried() {
        String tried = Objects.requireNonNull(
                metadata(ofBatch(120, batch -> batch == 19)).get(MetadataKeys.TRIED_SIZES));
        assertThat(tried).startsWith("batch=1-18,20,24-25,").endsWith(",251,256-257,300,500,512,1000,1009,1024");
    }

    private static Map<String, String> metadata(OnnxExport export) {
        return OnnxParser.model(export.bytes()).metadata();
    }

    @Test
    void theFileNamesTheBoundsOfItsAxes() {
        Axis time = Axis.of("time").atMost(6);
        Axis width = Axis.of("width").atLeast(32).inStepsOf(32);
        OnnxInput input = OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, time, width);
        Map<String, String> metadata = metadata(OnnxExport.of(lambda(NDArray::neg), input));
        assertThat(metadata).containsEntry(MetadataKeys.SIZE_BOUNDS, "time=1-6;width=32-/32");
        String[] tried = metadata.getOrDefault(MetadataKeys.TRIED_SIZES, "").split(";", -1);
        assertThat(tried[2]).startsWith("width=32,64,96,").doesNotContain(",33,");
    }

    @Test
    void aFileOfFixedSizesNamesNone() {
        OnnxExport export = OnnxExport.of(lambda(NDArray::neg), new Shape(4)).withFixedBatch(19);
        assertThat(metadata(export)).doesNotContainKeys(MetadataKeys.TRIED_SIZES, MetadataKeys.SIZE_BOUNDS);
    }
}
