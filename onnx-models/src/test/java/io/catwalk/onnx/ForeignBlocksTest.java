package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SymbolBlock;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.ExportException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a block is or throws, an export ends in a file or in an {@link ExportException}. */
@Tag("tiny")
class ForeignBlocksTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(6);

    /** Loads the engine and the exporter, so that the time limits below are about the exports alone. */
    @BeforeAll
    static void export() {
        OnnxExport.of(lambda(NDArray::neg), SAMPLE).bytes();
    }

    static Stream<Throwable> throwing() {
        return Stream.of(
                new NoClassDefFoundError("some/Class"),
                new ClassCastException("no"),
                new ArithmeticException("by zero"),
                new AssertionError("no"),
                new IOException("gone"));
    }

    @ParameterizedTest
    @MethodSource("throwing")
    void whateverForwardThrowsBecomesAnExportException(Throwable thrown) {
        assertThrowerRefused(() -> ForeignBlocksTest.<RuntimeException, NDArray>sneak(thrown), thrown.getClass());
    }

    @Test
    void aRecursionWithoutEndBecomesAnExportException() {
        assertThrowerRefused(ForeignBlocksTest::endless, StackOverflowError.class);
    }

    private static void assertThrowerRefused(Supplier<NDArray> thrower, Class<? extends Throwable> type) {
        for (OnnxExport export : exports(seq(new LambdaBlock(inputs -> new NDList(thrower.get()))), SAMPLE)) {
            assertRefused(export, type.getSimpleName(), "SequentialBlock", "ForeignBlocksTest.java:");
            assertThatThrownBy(export::bytes).hasRootCauseInstanceOf(type);
        }
    }

    @Test
    void nullInPlaceOfAnArrayIsRefused() {
        NDList holdingNull = new NDList();
        holdingNull.add(null);
        for (NDList returned : new NDList[] {null, holdingNull}) {
            for (OnnxExport export : exports(new LambdaBlock(inputs -> returned), SAMPLE)) {
                assertRefused(export, "forward returns null", "block LambdaBlock");
            }
        }
    }

    @Test
    void weightsThatAreNotThereAreRefused() {
        for (OnnxExport export : exports(seq(dense(3)), SAMPLE)) {
            assertRefused(export, "parameter \"weight\" has not been initialized", "block SequentialBlock");
        }
        NDManager weights = NDManager.newBaseManager();
        Block closed = Agreement.initialized(seq(dense(3)), weights, SAMPLE);
        NDManager others = weights.newSubManager();
        others.close();
        OnnxExport stored = OnnxExport.of(closed, SAMPLE).withParameters(new ParameterStore(others, false));
        assertRefused(stored, "the manager of the weights is closed");
        weights.close();
        for (OnnxExport export : exports(closed, SAMPLE)) {
            assertRefused(export, "parameter weight of block SequentialBlock/01Linear is closed");
        }
    }

    @Test
    void memoryThatIsFullIsNoMatterOfTheNetwork() {
        Block block = new LambdaBlock(inputs -> {
            throw new OutOfMemoryError("full");
        });
        assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes()).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aBlockOfTwoInputsIsRefusedWhereOneIsDescribed() {
        Block block = new LambdaBlock(inputs -> new NDList(inputs.get(0).add(inputs.get(1))));
        assertRefused(block, SAMPLE, "describe each that it takes with an OnnxInput", "ForeignBlocksTest.java:");
    }

    @Test
    void torchScriptAndGhostBatchNormAreRefused() {
        assertRefused(seq(SymbolBlock.newInstance(manager)), SAMPLE, "TorchScript", "torch.onnx.export");
        assertRefused(initialized(GhostBatchNorm.builder().build(), SAMPLE), SAMPLE, "GhostBatchNorm");
    }

    /** The weights take no memory here: all their elements share the memory of one. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void moreThanTwoGigabytesAreRefusedAtOnce() {
        OwnBlocks.Huge block = new OwnBlocks.Huge(manager.ones(new Shape(1)).broadcast(new Shape(50_000, 20_000)));
        for (OnnxExport export : exports(block, SAMPLE)) {
            assertRefused(export, "4.0 GB", "2 GB");
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void aConstantOfMoreThanTwoGigabytesIsRefused() {
        NDArray huge = manager.zeros(new Shape(1), DataType.FLOAT32).broadcast(new Shape(200_000_000, 6));
        Block block = lambda(x -> x.add(huge.get(0)).matMul(huge.transpose(1, 0)));
        assertRefused(OnnxExport.of(block, SAMPLE).withFixedBatch(1), "2 GB");
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private static NDArray endless() {
        return endless().neg();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable, T> T sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
