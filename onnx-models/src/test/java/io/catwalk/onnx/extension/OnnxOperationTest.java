package io.catwalk.onnx.extension;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.ParameterStore;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's row is found, works, and does not affect others. */
@Tag("tiny")
class OnnxOperationTest {

    private static final Shape MATRIX = new Shape(3, 3);
    private static final Path PAGE = Path.of("../docs/how-to/add-an-operation.md");

    /** Far from singular, whatever the input. */
    private static final Block INVERTING = LambdaBlock.singleton(
            x -> x.tanh().add(x.getManager().eye(3).mul(5)).inverse().mul(2));

    @TempDir
    private Path folder;

    private byte[] export(Block block, Class<?>... operations) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.write(
                services.resolve(OnnxOperation.class.getName()),
                List.of(operations).stream().map(Class::getName).toList());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            return OnnxExport.of(block, MATRIX).bytes();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static float[] answer(byte[] model, float... matrices) {
        Tensor given = Tensor.of(matrices, matrices.length / 9, 3, 3);
        float[] numbers = new float[matrices.length];
        try (OnnxRunner runner = OnnxRunner.open(model, OnnxOptions.standard())) {
            Tensor found =
                    runner.run(Map.of("images", given)).values().iterator().next();
            found.buffer().asFloatBuffer().get(numbers);
        }
        return numbers;
    }

    /** Lists the operator sets of a file that the parser reads as it was written. */
    private static List<String> operatorSets(byte[] model) throws Exception {
        assertThat(OnnxSerializer.bytes(OnnxParser.model(model))).isEqualTo(model);
        return ModelProto.parseFrom(model).getOpsetImportList().stream()
                .map(set -> set.getDomain() + " " + set.getVersion())
                .toList();
    }

    @Test
    void theOperationOfAUserIsExportedAndAnswersLikeDjl() throws Exception {
        byte[] model = export(INVERTING, Inverse.class);
        float[] matrices = {1, 2, 3, 0, -1, 4, 5, 6, 0.5f, -2, 1, 0, 3, 3, -1, 0.25f, 1, 2};
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList given = new NDList(manager.create(matrices, new Shape(2, 3, 3)));
            float[] expected = INVERTING
                    .forward(new ParameterStore(manager, false), given, false)
                    .head()
                    .toFloatArray();
            assertThat(answer(model, matrices)).hasSize(18).containsExactly(expected, within(1e-5f));
        }
        assertThat(ModelProto.parseFrom(model).getGraph().getNodeList())
                .anyMatch(node ->
                        node.getOpType().equals("Inverse") && node.getDomain().equals("com.microsoft"));
        assertThat(operatorSets(model)).containsExactly(" 17", "com.microsoft 1");
    }

    @Test
    void withoutItTheRefusalNamesTheInterfaceAndTheLine() {
        exportRefused(() -> export(INVERTING))
                .contains("NDArray.inverse()", OnnxOperation.class.getName())
                .containsPattern("\\(block LambdaBlock, called at OnnxOperationTest\\.java:\\d+\\)");
    }

    @Test
    void whatItRefusesIsRefusedWithBlockAndLine() {
        Block block = LambdaBlock.singleton(
                x -> x.toType(DataType.FLOAT64, false).inverse().toType(DataType.FLOAT32, false));
        exportRefused(() -> export(block, Inverse.class))
                .contains("NDArray.inverse() is written for FLOAT32 alone", "OnnxOperationTest.java:");
    }

    /** Claims to write an inverse. */
    private abstract static class Row implements OnnxOperation {

        private final Function<OnnxCall, List<TensorInfo>> nodes;

        Row(Function<OnnxCall, List<TensorInfo>> nodes) {
            this.nodes = nodes;
        }

        @Override
        public String signature() {
            return "NDArray.inverse()";
        }

        @Override
        public List<TensorInfo> write(OnnxCall call) {
            return nodes.apply(call);
        }
    }

    /** Inverts diagonal matrices with operators of ONNX and constants. */
    public static final class DiagonalInverse extends Row {
        public DiagonalInverse() {
            super(call -> {
                TensorInfo eye = call.floats(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3, 3);
                TensorInfo diagonal = call.node("ReduceSum", Map.of(), call.array(0), call.ints(2));
                TensorInfo inverse = call.node("Reciprocal", Map.of(), diagonal);
                return List.of(call.node("Mul", Map.of(), eye, inverse));
            });
        }
    }

    @Test
    void operatorsOfOnnxAreWrittenLikeOurs() throws Exception {
        Block block = LambdaBlock.singleton(
                x -> x.abs().add(1).mul(x.getManager().eye(3)).inverse());
        byte[] model = export(block, DiagonalInverse.class);
        assertThat(answer(model, 1, 2, 3, 4, 3, 6, 7, 8, 0)).containsExactly(0.5f, 0, 0, 0, 0.25f, 0, 0, 0, 1);
    }

    /** Leaves out a lower bound, and reduces over a list of axes. */
    public static final class Bounded extends Row {
        public Bounded() {
            super(call -> {
                TensorInfo bound =
                        call.node("Clip", Map.of(), call.array(0), call.omitted(), call.floats(new float[] {2}));
                return List.of(call.custom("", "Transpose", Map.of("perm", List.of(0, 2, 1)), bound)
                        .get(0));
            });
        }
    }

    @Test
    void anInputIsLeftOutAndAnAttributeIsAList() throws Exception {
        Block block = LambdaBlock.singleton(
                x -> x.clip(-9, 9).add(x.getManager().eye(3)).inverse());
        byte[] model = export(block, Bounded.class);
        assertThat(answer(model, 0, 1, 2, 3, 0, 5, 6, -7, 0)).containsExactly(1, 2, 2, 1, 1, -7, 2, 2, 1);
    }

    /** Gives an attribute of a type that ONNX does not have. */
    public static final class OddAttribute extends Row {
        public OddAttribute() {
            super(call -> List.of(call.node("ReduceSum", Map.of("keepdims", true), call.array(0), call.ints(2))));
        }
    }

    /** Passes a tensor that it made up. */
    public static final class OddTensor extends Row {
        public OddTensor() {
            super(call ->
                    List.of(call.node("Neg", Map.of(), new TensorInfo("nowhere", TensorType.FLOAT, Optional.empty()))));
        }
    }

    @Test
    void whatARowPassesIsChecked() {
        exportRefused(() -> export(INVERTING, OddAttribute.class))
                .contains("keepdims", "Boolean", "OnnxOperationTest.java:");
        exportRefused(() -> export(INVERTING, OddTensor.class)).contains("nowhere", "OnnxOperationTest.java:");
    }

    /** Keeps what it was told of its operand. */
    public static final class Noting extends Row {

        private static String noted = "";

        public Noting() {
            super(call -> {
                noted = call.array(0).toString().replaceFirst("^\\S+ ", "");
                return List.of(call.node("Identity", Map.of(), call.array(0)));
            });
        }
    }

    @Test
    void anArrayIsDescribedWithItsTypeAndAxes() throws Exception {
        export(INVERTING, Noting.class);
        assertThat(Noting.noted).isEqualTo("float (batch, 3, 3)");
    }

    /** Leaves an axis out. */
    public static final class Smaller extends Row {
        public Smaller() {
            super(call -> List.of(call.node("ReduceSum", Map.of("keepdims", 0), call.array(0), call.ints(2))));
        }
    }

    @Test
    void anotherShapeThanThatOfTheEngineIsRefused() {
        exportRefused(() -> export(INVERTING, Smaller.class))
                .contains("NDArray.inverse() makes float", "but its ONNX form makes float");
    }

    /** Claims a method that the exporter writes itself. */
    public static final class Add implements OnnxOperation {
        @Override
        public String signature() {
            return "NDArray.add(Number)";
        }

        @Override
        public List<TensorInfo> write(OnnxCall call) {
            return List.of(call.array(0));
        }
    }

    /** Writes no array. */
    public static final class Other extends Row {
        public Other() {
            super(call -> List.of());
        }
    }

    @Test
    void aRowThatThereIsAlreadyIsNotReplaced() {
        for (Class<?>[] operations : new Class<?>[][] {{Add.class}, {Inverse.class, Other.class}}) {
            exportRefused(() -> export(INVERTING, operations))
                    .contains("already has a row", operations[operations.length - 1].getName());
        }
    }

    @Test
    void aRowThatWritesTooLittleIsRefused() {
        exportRefused(() -> export(INVERTING, Other.class))
                .contains("makes 1 arrays, but " + Other.class.getName() + " wrote 0");
    }

    /** Returns no list at all, as a row without annotations would. */
    public static final class Nothing extends Row {
        @SuppressWarnings("NullAway")
        public Nothing() {
            super(call -> null);
        }
    }

    /** Has a fault of its own. */
    public static final class Faulty extends Row {
        public Faulty() {
            super(call -> {
                throw new IllegalStateException("my own fault");
            });
        }
    }

    @Test
    void theFaultOfARowIsNotThatOfTheExporter() {
        for (Class<?> row : List.of(Nothing.class, Faulty.class, Smaller.class)) {
            exportRefused(() -> export(INVERTING, row))
                    .contains(row.getName(), "OnnxOperationTest.java:")
                    .doesNotContain("report it");
        }
    }

    @Test
    void aRowThatCannotBeLoadedIsRefused() {
        exportRefused(() -> export(INVERTING, OnnxOperationTest.class)).contains("META-INF/services");
    }

    /** Uses an operator that no row of the exporter uses. */
    public static final class Determinant extends Row {
        public Determinant() {
            super(call -> List.of(call.node("Det", Map.of(), call.array(0))));
        }
    }

    /** Uses an operator that came with opset 20. */
    public static final class TooNew extends Row {
        public TooNew() {
            super(call -> List.of(call.node("Gelu", Map.of(), call.array(0))));
        }
    }

    @Test
    void anOperatorThatTheExporterDoesNotKnowIsNamed() {
        exportRefused(() -> export(INVERTING, Determinant.class))
                .contains("does not know the ONNX operator Det,", "[Abs, ", " MatMul, ", "custom(\"\", \"Det\", ...)")
                .contains("OnnxOperationTest.java:")
                .doesNotContain("FLOAT32");
        exportRefused(() -> export(INVERTING, TooNew.class)).contains("Gelu", "opset 20", "opset 17");
    }

    /** Transposes, with an operator of ONNX that the exporter does not use itself. */
    public static final class Transposed extends Row {
        public Transposed() {
            super(call -> call.custom("", "Einsum", Map.of("equation", "bij->bji"), call.array(0)));
        }
    }

    @Test
    void anyOperatorOfOnnxCanBeWrittenUnchecked() throws Exception {
        Block block = LambdaBlock.singleton(
                x -> x.clip(-1, 1).add(x.getManager().eye(3).mul(5)).inverse());
        byte[] model = export(block, Transposed.class);
        assertThat(answer(model, 0, 1, 0, 0, 0, -1, 0.5f, 0, 0)).containsExactly(5, 0, 0.5f, 1, 5, 0, 0, -1, 5);
        assertThat(operatorSets(model)).containsExactly(" 17");
    }

    /** Defines {@link Inverse} itself, as the class loader of an application on a server does. */
    private static final class ApplicationLoader extends URLClassLoader {

        ApplicationLoader(URL services, ClassLoader parent) {
            super(new URL[] {services}, parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> known = findLoadedClass(name);
            if (known != null || !name.equals(Inverse.class.getName())) {
                return known == null ? super.loadClass(name, resolve) : known;
            }
            try (InputStream code = Objects.requireNonNull(Inverse.class.getResourceAsStream("Inverse.class"))) {
                byte[] bytes = code.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private WeakReference<ClassLoader> loaderThatExported(ReferenceQueue<ClassLoader> unloaded) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new ApplicationLoader(folder.toUri().toURL(), before)) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThat(OnnxExport.of(INVERTING, MATRIX).bytes()).isNotEmpty();
            return new WeakReference<>(loader, unloaded);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** A server that loads an application again would otherwise keep the classes of each version. */
    @Test
    void theClassLoaderOfAnOperationIsNotKept() throws Exception {
        export(INVERTING, Inverse.class); // threads that start with the first export keep the loader of that time
        ReferenceQueue<ClassLoader> unloaded = new ReferenceQueue<>();
        WeakReference<ClassLoader> loader = loaderThatExported(unloaded);
        Reference<? extends ClassLoader> first = null;
        for (int i = 0; i < 20 && first == null; i++) {
            System.gc();
            first = unloaded.remove(20);
        }
        assertThat(first).isSameAs(loader);
    }

    @Test
    void thePageShowsTheExample() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/catwalk/onnx/extension/Inverse.java"));
        String code = source.replaceFirst("(?s).*// snippet: operation\\R(.*?)// end.*", "$1");
        assertThat(code).isNotEqualTo(source);
        assertThat(Files.readString(PAGE)).contains("```java\n" + code + "```");
    }
}
