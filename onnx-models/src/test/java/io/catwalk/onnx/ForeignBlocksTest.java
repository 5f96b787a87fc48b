package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.SymbolBlock;
import ai.djl.nn.core.Linear;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a block is or throws, an export ends in a file or in an {@link ExportException}. */
@Tag("tiny")
class ForeignBlocksTest {

    private static final Shape SAMPLE = new Shape(6);

    /** Loads the engine and the exporter, so that the time limits below are about the exports alone. */
    @BeforeAll
    static void export() {
        OnnxExport.of(LambdaBlock.singleton(NDArray::neg), SAMPLE).bytes();
    }

    static Stream<Arguments> throwing() {
        return Stream.of(
                of(StackOverflowError.class, ForeignBlocksTest::endless),
                of(NoClassDefFoundError.class, () -> {
                    throw new NoClassDefFoundError("some/Class");
                }),
                of(ClassCastException.class, () -> (NDArray) (Object) String.valueOf(1)),
                of(ArithmeticException.class, () -> {
                    throw new ArithmeticException("by zero");
                }),
                of(AssertionError.class, () -> {
                    throw new AssertionError("no");
                }),
                of(
                        IOException.class,
                        () -> ForeignBlocksTest.<RuntimeException, NDArray>sneak(new IOException("gone"))));
    }

    @ParameterizedTest
    @MethodSource("throwing")
    void whateverForwardThrowsBecomesAnExportException(Class<?> type, Supplier<NDArray> thrower) {
        Block block = new SequentialBlock().add(new LambdaBlock(inputs -> new NDList(thrower.get())));
        for (OnnxExport export : exports(block)) {
            assertThatThrownBy(export::bytes)
                    .isInstanceOf(ExportException.class)
                    .hasRootCauseInstanceOf(type.asSubclass(Throwable.class))
                    .hasMessageContaining(type.getSimpleName())
                    .hasMessageContaining("SequentialBlock")
                    .hasMessageContaining("ForeignBlocksTest.java:");
        }
    }

    @Test
    void nullInPlaceOfAnArrayIsRefused() {
        NDList holdingNull = new NDList();
        holdingNull.add(null);
        for (NDList returned : new NDList[] {null, holdingNull}) {
            for (OnnxExport export : exports(new LambdaBlock(inputs -> returned))) {
                assertThatThrownBy(export::bytes)
                        .isInstanceOf(ExportException.class)
                        .hasMessageContaining("forward returns null")
                        .hasMessageContaining("block LambdaBlock");
            }
        }
    }

    @Test
    void weightsThatAreNotThereAreRefused() {
        Block bare = new SequentialBlock().add(Linear.builder().setUnits(3).build());
        for (OnnxExport export : exports(bare)) {
            assertThatThrownBy(export::bytes)
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("parameter \"weight\" has not been initialized")
                    .hasMessageContaining("block SequentialBlock");
        }
        NDManager weights = NDManager.newBaseManager();
        Block closed = Agreement.initialized(
                new SequentialBlock().add(Linear.builder().setUnits(3).build()), weights, SAMPLE);
        NDManager others = weights.newSubManager();
        others.close();
        assertThatThrownBy(() -> OnnxExport.of(closed, SAMPLE)
                        .withParameters(new ParameterStore(others, false))
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("the manager of the weights is closed");
        weights.close();
        for (OnnxExport export : exports(closed)) {
            assertThatThrownBy(export::bytes)
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("parameter weight of block SequentialBlock/01Linear is closed");
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
        assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("describe each that it takes with an OnnxInput")
                .hasMessageContaining("ForeignBlocksTest.java:");
    }

    @Test
    void torchScriptIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock().add(SymbolBlock.newInstance(manager));
            assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("TorchScript")
                    .hasMessageContaining("torch.onnx.export");
        }
    }

    @Test
    void ghostBatchNormIsExportedOrRefused() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(GhostBatchNorm.builder().build(), manager, SAMPLE);
            assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("GhostBatchNorm");
        }
    }

    /** The weights take no memory here: all their elements share the memory of one. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void moreThanTwoGigabytesAreRefusedAtOnce() {
        try (NDManager manager = NDManager.newBaseManager()) {
            OwnBlocks.Huge block = new OwnBlocks.Huge(manager.ones(new Shape(1)).broadcast(new Shape(50_000, 20_000)));
            for (OnnxExport export : exports(block)) {
                assertThatThrownBy(export::bytes)
                        .isInstanceOf(ExportException.class)
                        .hasMessageContaining("4.0 GB")
                        .hasMessageContaining("2 GB");
            }
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void aConstantOfMoreThanTwoGigabytesIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray huge = manager.zeros(new Shape(1), DataType.FLOAT32).broadcast(new Shape(200_000_000, 6));
            Block block = LambdaBlock.singleton(x -> x.add(huge.get(0)).matMul(huge.transpose(1, 0)));
            assertThatThrownBy(
                            () -> OnnxExport.of(block, SAMPLE).withFixedBatch(1).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("2 GB");
        }
    }

    private static OnnxExport[] exports(Block block) {
        return new OnnxExport[] {
            OnnxExport.of(block, SAMPLE), OnnxExport.of(block, SAMPLE).withFixedBatch(2)
        };
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private static NDArray endless() {
        return endless().neg();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable, T> T sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static Arguments of(Class<? extends Throwable> type, Supplier<NDArray> thrower) {
        return Arguments.of(type, thrower);
    }
}
