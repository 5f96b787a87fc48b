package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.recurrent.RNN;
import io.catwalk.onnx.lowering.OperatorTable;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls every method of DJL's arrays on a traced array. Either it is exported and computes the same as the engine, or
 * the export is refused, and the message names the method, the block, the line, and a way that works. The results are
 * in {@code every-method.txt}, so that a method of a new version of DJL is noticed. {@code -Dcatwalk.docs=write} writes
 * that file.
 */
@Tag("tiny")
class EveryMethodTest {

    private static final Path LIST = Path.of("src/test/resources/io/catwalk/onnx/every-method.txt");
    private static final Shape SAMPLE = new Shape(3, 2, 4);
    private static final String ANYWHERE = " (block LambdaBlock, called at EveryMethodTest.java:";
    private static final String NO_WAY = "has no ONNX form here: use other operations";

    /** Arguments that fit, where those chosen by type do not. */
    private static final Map<String, Function<NDArray, Object[]>> ARGUMENTS = Map.ofEntries(
            of("NDArray.broadcast(long[])", x -> new Object[] {x.getShape().getShape()}),
            of("NDArray.get(NDArray)", x -> new Object[] {x.getManager().create(new long[] {0})}),
            of("NDArray.get(NDManager, long[])", x -> new Object[] {x.getManager(), new long[] {0}}),
            of("NDArray.get(String, Object[])", x -> new Object[] {":, 0", new Object[0]}),
            of("NDArray.get(long[])", x -> new Object[] {new long[] {0}}),
            of("NDArray.getScalar(long[])", x -> new Object[] {new long[] {0, 0, 0, 0}}),
            of("NDArray.reshape(long[])", x -> new Object[] {new long[] {-1, 24}}),
            of("NDArray.set(NDArray, Number)", x -> new Object[] {x.gt(0), 2}),
            of("NDArray.set(NDIndex, NDArray)", x -> new Object[] {new NDIndex("..."), x.neg()}),
            of("NDArray.setScalar(NDIndex, Number)", x -> new Object[] {new NDIndex("0, 0, 0, 0"), 2}),
            of("NDArray.fft2(long[])", x -> new Object[] {new long[] {2, 3}}),
            of("NDArray.ifft2(long[])", x -> new Object[] {new long[] {2, 3}}),
            of("NDArray.stft(long, long, boolean, NDArray, boolean)", x ->
                    new Object[] {8, 4, true, x.getManager().ones(new Shape(8)), false}),
            of("NDArrayEx.multiBoxPrior(List, List, List, List, boolean)", x -> {
                List<Float> halves = List.of(0.5f, 0.5f);
                return new Object[] {halves, halves, halves, halves, true};
            }));

    @Test
    void everyMethodIsExportedOrRefusedWithAReason() throws IOException {
        List<String> found = Stream.of(NDArray.class, NDArrayEx.class)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
                .map(method -> signature(method) + ": " + outcome(method))
                .distinct()
                .sorted()
                .toList();
        if ("write".equals(System.getProperty("catwalk.docs"))) {
            Files.createDirectories(LIST.getParent());
            Files.write(LIST, found);
        }
        assertThat(found)
                .noneMatch(line -> line.contains(NO_WAY)
                        || line.contains("forward throws")
                        || line.contains("the engine itself cannot compute"));
        assertThat(found).isEqualTo(Files.readAllLines(LIST));
    }

    private static String outcome(Method method) {
        if (OperatorTable.primitives().test(signature(method))) {
            return "in the operator table";
        }
        Block block = new LambdaBlock(inputs -> call(method, inputs.singletonOrThrow()));
        try {
            byte[] model = OnnxExport.of(block, SAMPLE).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model, 1, 2, 3))
                    .as(signature(method))
                    .isLessThan(ExportTest.TOLERANCE);
            boolean array = method.getReturnType() == NDArray.class || method.getReturnType() == NDList.class;
            return array || method.getName().startsWith("set") ? "made of others" : "answered while tracing";
        } catch (ExportException e) {
            String message = String.valueOf(e.getMessage());
            assertThat(message).contains(ANYWHERE);
            return "refused, " + message.substring(0, message.indexOf(ANYWHERE));
        }
    }

    private static NDList call(Method method, NDArray x) {
        // A signal has one axis beside that of the batch.
        NDArray copy = method.getName().equals("stft") ? x.reshape(-1, 24) : x.duplicate();
        Object receiver = method.getDeclaringClass() == NDArrayEx.class ? copy.getNDArrayInternal() : copy;
        Function<NDArray, Object[]> arguments = ARGUMENTS.getOrDefault(
                signature(method),
                array -> Arrays.stream(method.getParameterTypes())
                        .map(type -> argument(type, array))
                        .toArray());
        Object result;
        try {
            result = method.invoke(receiver, arguments.apply(x));
        } catch (InvocationTargetException e) {
            throw ExportTest.<RuntimeException, RuntimeException>sneak(Objects.requireNonNull(e.getCause()));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        if (method.getName().equals("like")) {
            // Its initial content is not defined.
            ((NDArray) result).set(new NDIndex("..."), x);
        }
        if (result instanceof NDArray array) {
            return new NDList(array.getDataType() == DataType.COMPLEX64 ? array.real() : array);
        }
        boolean writes = method.getName().startsWith("set");
        return result instanceof NDList list ? list : new NDList(writes ? copy : x);
    }

    private static Object argument(Class<?> type, NDArray x) {
        if (type == Number.class) {
            return 2;
        }
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        Object[] own = {x.abs().add(0.5f), new NDList(x.neg()), x.getManager()};
        return Stream.of(own, NUMBERS, MORE_NUMBERS, KINDS, OTHERS, LAST)
                .flatMap(Stream::of)
                .filter(boxed::isInstance)
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(type.getName()));
    }

    private static final Object[] NUMBERS = {1, 1L, true, 0.5f, 0.5, new int[] {1}, new long[] {1}, new double[] {1}};
    private static final Object[] MORE_NUMBERS = {new float[] {0.25f, 0.5f, 0.75f}, new byte[] {1}, new Shape(1, 1)};
    private static final Object[] KINDS = {DataType.INT64, Device.cpu(), SparseFormat.COO, RNN.Activation.TANH};
    private static final Object[] OTHERS = {"name", StandardCharsets.UTF_8, FloatBuffer.allocate(1), new Object[0]};
    private static final UnaryOperator<NDArray> FUNCTION = NDArray::neg;
    private static final Object[] LAST = {FUNCTION, List.of(0.5f), new NDIndex(":, 0")};

    private static Map.Entry<String, Function<NDArray, Object[]>> of(
            String signature, Function<NDArray, Object[]> arguments) {
        return Map.entry(signature, arguments);
    }

    private static String signature(Method method) {
        Class<?> type = method.getDeclaringClass() == NDArrayEx.class ? NDArrayEx.class : NDArray.class;
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", type.getSimpleName() + "." + method.getName() + "(", ")"));
    }
}
