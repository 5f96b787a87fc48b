package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.extension.OnnxOperation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations without an ONNX form are told from those that the engine lacks; each message names a way that works. */
@Tag("tiny")
class UnsupportedOperationsTest {

    private static final String OWN_ROW = "implement " + OnnxOperation.class.getName();

    private static String words(Class<?> type, String name, Tracer.Computation<Throwable> trial) {
        return Stream.of(type.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .map(method -> UnsupportedOperations.primitive(MethodSignature.of(method), method, trial))
                .orElseThrow();
    }

    private static Object fails(Throwable reason) throws Throwable {
        throw reason;
    }

    @Test
    void whatTheEngineComputesCanGetARowOfItsOwn() {
        assertThat(words(NDArray.class, "toSparse", () -> null))
                .contains("NDArray.toSparse(SparseFormat) has no ONNX form here: leave it out", OWN_ROW);
        assertThat(words(NDArrayEx.class, "multiBoxDetection", () -> null))
                .contains("has no ONNX form here: which boxes", OWN_ROW);
    }

    @Test
    void whatTheEngineDoesNotImplementGetsNoRow() {
        assertThat(words(NDArray.class, "atanh", () -> fails(new UnsupportedOperationException())))
                .startsWith("the engine itself does not implement NDArray.atanh(): use x.add(1)");
        assertThat(words(NDArrayEx.class, "multiBoxTarget", () -> fails(new UnsupportedOperationException())))
                .startsWith("the engine itself does not implement NDArrayEx.multiBoxTarget(")
                .doesNotContain(OWN_ROW);
    }

    /** Whether it can be exported does not depend on its result, and calling it may have side effects. */
    @Test
    void whatMakesNoArrayIsNotTriedAndWhatTakesNoSuchArgumentsIsThere() {
        assertThat(words(NDArray.class, "getGradient", () -> null)).contains("gradients belong to training");
        assertThat(words(NDArray.class, "toFloatArray", () -> fails(new UnsupportedOperationException())))
                .contains("has no ONNX form here: use other operations");
        assertThat(words(NDArray.class, "atanh", () -> fails(new IllegalArgumentException())))
                .contains("has no ONNX form here");
    }

    @Test
    void familiesOfMethodsShareAWay() {
        assertThat(words(NDArrayEx.class, "randomFlipLeftRight", () -> null)).contains("augment images before");
        assertThat(words(NDArrayEx.class, "adamUpdate", () -> null)).contains("it trains weights");
    }

    @Test
    void complexNumbersAreTakenApartWhateverTheMethod() throws Exception {
        var method = NDArray.class.getMethod("atanh");
        assertThat(UnsupportedOperations.primitive(MethodSignature.of(method, DataType.COMPLEX64), method, () -> null))
                .startsWith("complex NDArray.atanh() has no ONNX form here: split them with real()");
    }

    @ParameterizedTest
    @EnumSource
    void typesThatEndTheProcessAreNamed(DataType type) {
        boolean missing = List.of("BFLOAT16", "INT16", "UINT16", "UINT32", "UINT64", "UNKNOWN")
                .contains(type.name());
        assertThat(UnsupportedOperations.type(type)
                        .filter(words -> words.startsWith("the engine has no " + type))
                        .isPresent())
                .isEqualTo(missing);
        assertThat(UnsupportedOperations.type(type).isPresent()).isEqualTo(missing);
    }

    @ParameterizedTest
    @CsvSource({
        "'NDArrayEx.lstm(NDArray, NDList)', true",
        "'NDArrayEx.gru(NDArray)', true",
        "'NDArrayEx.rnn(NDArray)', true",
        "'NDArrayEx.relu()', false"
    })
    void afterARecurrentCallHasFailedTheMixedUpWeightsAreNamed(String signature, boolean recurrent) {
        assertThat(UnsupportedOperations.afterFailure(signature).startsWith("; if the block has both directions"))
                .isEqualTo(recurrent);
        assertThat(UnsupportedOperations.afterFailure(signature).isEmpty()).isEqualTo(!recurrent);
    }
}
