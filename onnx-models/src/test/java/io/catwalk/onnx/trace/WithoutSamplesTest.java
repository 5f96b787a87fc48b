package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A result that is not computed has the type and the shape that the engine itself computes. */
@Tag("tiny")
class WithoutSamplesTest extends OneTrace {

    private final WithoutSamples withoutSamples = new WithoutSamples(new Placeholders(manager));

    private NDArray array(String sizes) {
        return manager.ones(new Shape(
                Arrays.stream(sizes.split(" ", -1)).mapToLong(Long::parseLong).toArray()));
    }

    private void assertLeftOut(boolean expected, Object target, String name, @Nullable Object... arguments)
            throws Throwable {
        Method method = Stream.of((target instanceof NDArray ? NDArray.class : NDArrayEx.class).getMethods())
                .filter(one -> one.getName().equals(name) && takes(one, arguments))
                .findFirst()
                .orElseThrow();
        Optional<Object> made = withoutSamples.results(target, method, arguments);
        assertThat(made.isPresent()).isEqualTo(expected);
        if (expected) {
            NDArray computed = head(method.invoke(target, arguments));
            assertThat(head(made.orElseThrow()).getShape()).isEqualTo(computed.getShape());
            assertThat(head(made.orElseThrow()).getDataType()).isEqualTo(computed.getDataType());
        }
    }

    private static boolean takes(Method method, @Nullable Object... arguments) {
        Class<?>[] types = method.getParameterTypes();
        boolean takes = types.length == arguments.length;
        for (int i = 0; takes && i < types.length; i++) {
            takes = MethodType.methodType(types[i]).wrap().returnType().isInstance(arguments[i]);
        }
        return takes;
    }

    private static NDArray head(@Nullable Object made) {
        return made instanceof NDList list ? list.head() : (NDArray) Objects.requireNonNull(made);
    }

    /** Matrices are cheap to compute; if the receiver is shared by all samples, the samples are in the argument. */
    @ParameterizedTest
    @CsvSource({
        "5 3 4, 5 3 4, true",
        "5 3 4, 5 1 4, true",
        "5 3 4, 1 3 4, true",
        "5 3 4, 3 4, true",
        "5 3 4, 4, true",
        "1 3 4, 1 3 4, true",
        "1 3 4, 5 3 4, false",
        "3 4, 5 3 4, false",
        "5 3 4, 2 5 3 4, false",
        "5 4, 5 4, false",
        "1 4, 1 4, false",
        "5 3 4, 6 3 4, false"
    })
    void sumsOfSamplesAreLeftOut(String receiver, String argument, boolean leftOut) throws Throwable {
        for (String name : new String[] {"add", "sub", "mul", "div", "maximum", "minimum"}) {
            assertLeftOut(leftOut, array(receiver), name, array(argument));
        }
    }

    @ParameterizedTest
    @CsvSource({"5 3 4, -1, true", "5 3 4, 1, true", "5 3 4, 0, false", "5 3 4, -3, false", "5 4, 1, false"})
    void softmaxOverOthersThanTheSamplesIsLeftOut(String receiver, int axis, boolean leftOut) throws Throwable {
        assertLeftOut(leftOut, array(receiver), "softmax", axis);
        assertLeftOut(leftOut, array(receiver), "logSoftmax", axis);
    }

    @ParameterizedTest
    @CsvSource({"5 3 4, 5 4 2, true", "5 3 4, 4 2, false", "3 4, 4 2, false", "1 3 4, 5 4 2, false"})
    void productsOfStacksAreLeftOut(String receiver, String argument, boolean leftOut) throws Throwable {
        assertLeftOut(leftOut, array(receiver), "matMul", array(argument));
    }

    @Test
    void numbersLayersAndInversesOfSeveralSamplesAreLeftOut() throws Throwable {
        assertLeftOut(true, array("5 3 4"), "add", 2f);
        assertLeftOut(false, array("5 4"), "add", 2f);
        NDArray identity = manager.eye(3);
        assertLeftOut(true, identity.expandDims(0).repeat(0, 5), "inverse");
        assertLeftOut(false, identity, "inverse");
        assertLeftOut(true, array("5 3 4").getNDArrayInternal(), "relu");
        Shape two = new Shape(2, 2);
        Shape none = new Shape(0, 0);
        assertLeftOut(true, array("5 2 8 8").getNDArrayInternal(), "maxPool", two, two, none, false);
        assertLeftOut(false, array("2 8 8").getNDArrayInternal(), "maxPool", two, two, none, false);
        assertLeftOut(false, array("5 3 4").toType(DataType.INT32, false), "add", 2);
        assertLeftOut(false, manager.zeros(new Shape(0, 3, 4)), "add", 2);
        assertLeftOut(false, array("5 3 4"), "exp");
    }

    @ParameterizedTest
    @CsvSource({"5 3 4, true", "5 4, true", "4, false"})
    void denseLayersAreLeftOut(String input, boolean leftOut) throws Throwable {
        NDArray samples = array(input);
        assertLeftOut(leftOut, samples.getNDArrayInternal(), "linear", samples, array("2 4"), array("2"));
    }

    @Test
    void convolutionsOfSeveralImagesAreLeftOut() throws Throwable {
        Shape one = new Shape(1, 1);
        for (String sizes : new String[] {"5 3 8 8", "3 8 8"}) {
            NDArray image = array(sizes);
            Object[] arguments = {image, array("4 3 3 3"), array("4"), one, one, one, 1};
            assertLeftOut(sizes.startsWith("5"), image.getNDArrayInternal(), "convolution", arguments);
        }
    }

    @ParameterizedTest
    @CsvSource({"5 3 4, true", "3 4, false"})
    void normsOfEachSampleAreLeftOut(String input, boolean leftOut) throws Throwable {
        NDArray samples = array(input);
        Object[] arguments = {samples, new Shape(3, 4), array("3 4"), array("3 4"), 1e-5f};
        assertLeftOut(leftOut, samples.getNDArrayInternal(), "layerNorm", arguments);
    }

    /** Training mixes the samples, and so does a norm along their axis. */
    @ParameterizedTest
    @CsvSource({"5 3 4, 1, false, true", "5 3 4, 1, true, false", "3 3, 0, false, false", "5 3, 1, false, true"})
    void batchNormsAreLeftOutUnlessTheyTrain(String input, int axis, boolean training, boolean leftOut)
            throws Throwable {
        NDArray samples = array(input);
        NDArray three = array("3");
        Object[] arguments = {samples, three, three, three, three, axis, 0.9f, 1e-5f, training};
        assertLeftOut(leftOut, samples.getNDArrayInternal(), "batchNorm", arguments);
    }
}
