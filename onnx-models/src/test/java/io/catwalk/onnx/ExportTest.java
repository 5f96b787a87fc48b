package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.provider.Arguments;

/** What tests of exports share: arrays that are gone after the test, and both ends of an export. */
abstract class ExportTest {

    static final double TOLERANCE = 1e-5;
    static final int[] OPSETS = {13, 17, 21};
    final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    final void close() {
        manager.close();
    }

    final <B extends Block> B initialized(B block, Shape sample) {
        return Agreement.initialized(block, manager, sample);
    }

    /** Draws numbers by their shape. */
    final NDArray floats(long... sizes) {
        Shape shape = new Shape(sizes);
        return manager.create(Agreement.images((int) shape.size(), shape.hashCode()), shape);
    }

    final NDArray ids(DataType type, int below, long... sizes) {
        Shape shape = new Shape(sizes);
        LongStream numbers = LongStream.range(0, shape.size()).map(i -> i * 7919 % below);
        return manager.create(numbers.toArray(), shape).toType(type, false);
    }

    static long batch(NDArray x) {
        return x.getShape().get(0);
    }

    /** A row of a table: one line of code before its name, or a name before its lines. */
    static Arguments of(UnaryOperator<NDArray> body, String name) {
        return Arguments.of(name, body);
    }

    static Arguments of(String name, UnaryOperator<NDArray> body) {
        return Arguments.of(name, body);
    }

    static Block lambda(Function<NDArray, NDArray> body) {
        return LambdaBlock.singleton(body);
    }

    static SequentialBlock seq(Block... blocks) {
        return new SequentialBlock().addAll(blocks);
    }

    static Block dense(int units) {
        return Linear.builder().setUnits(units).build();
    }

    static Block conv(int filters) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .build();
    }

    /** Adds up what blocks make of the same input. */
    static Block sum(Block... branches) {
        return new ParallelBlock(
                made -> new NDList(arrays(made).reduce(NDArray::add).orElseThrow()), List.of(branches));
    }

    /** Joins what blocks make of the same input along an axis. */
    static Block joined(int axis, Block... branches) {
        Function<List<NDList>, NDList> join =
                made -> new NDList(NDArrays.concat(new NDList(arrays(made).toList()), axis));
        return new ParallelBlock(join, List.of(branches));
    }

    private static Stream<NDArray> arrays(List<NDList> made) {
        return made.stream().map(NDList::singletonOrThrow);
    }

    /** A network for any batch, as it is and for a fixed batch. */
    static List<OnnxExport> exports(Block block, Shape sample) {
        OnnxExport export = OnnxExport.of(block, sample);
        return List.of(export, export.withFixedBatch(2));
    }

    static GraphProto graph(byte[] model) {
        try {
            return ModelProto.parseFrom(model).getGraph();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> operators(byte[] model) {
        return graph(model).getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    static byte[] assertAgrees(OnnxExport export, Block block, Shape sample, double tolerance) throws Exception {
        byte[] model = export.bytes();
        assertThat(Agreement.difference(block, sample, model)).isLessThanOrEqualTo(tolerance);
        return model;
    }

    static byte[] assertAgrees(Block block, Shape sample, double tolerance) throws Exception {
        return assertAgrees(OnnxExport.of(block, sample), block, sample, tolerance);
    }

    /** Compares in the oldest, the default and the newest operator set; the default batches are 1, 3 and 7. */
    static void assertAgreesInAll(Block block, Shape sample, double tolerance, long... batches) throws Exception {
        for (int opset : OPSETS) {
            byte[] model = OnnxExport.of(block, sample).withOpset(opset).bytes();
            double difference = Agreement.difference(block, sample, model, batches);
            assertThat(difference).as("opset " + opset).isLessThanOrEqualTo(tolerance);
        }
    }

    /** In each operator set, the file agrees, or one of these reasons is given for a line of the test. */
    final void assertAgreesOrCannotBeRun(Block block, Shape sample, double tolerance, String... reasons)
            throws Exception {
        for (int opset : OPSETS) {
            OnnxExport export = OnnxExport.of(block, sample).withOpset(opset);
            byte[] model;
            try {
                model = export.bytes();
            } catch (ExportException e) {
                assertThat(e.getMessage()).containsAnyOf(reasons);
                assertThat(e.getMessage()).contains(getClass().getSimpleName() + ".java:");
                continue;
            }
            double difference = Agreement.difference(block, sample, model);
            assertThat(difference).as("opset " + opset).isLessThan(tolerance);
        }
    }

    static void assertRefused(OnnxExport export, String... words) {
        Refusals.exportRefused(export::bytes).contains(words);
    }

    static void assertRefused(Block block, Shape sample, String... words) {
        assertRefused(OnnxExport.of(block, sample), words);
    }

    static void assertRejected(ThrowingCallable call, String words) {
        Refusals.argumentRefused(call).contains(words);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "DoNotCallSuggester"})
    static <E extends Throwable, T> T sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
