package io.catwalk.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.platform.Fp16Conversions;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of types matches ONNX Runtime. */
@Tag("tiny")
class OperatorTypesTest {

    private static final List<String> LOADED_BUT_NOT_RUN = List.of("GRU of double", "LSTM of double");

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 18, 21})
    void whatIsAllowedIsLoadedByOnnxRuntime(int opset) {
        List<String> refused = new ArrayList<>();
        Forms.all(opset).forEach((operator, form) -> {
            for (TensorType type : Elements.TYPES) {
                if (OperatorTypes.allows(operator, type, opset) && !loads(operator, form, type, opset)) {
                    refused.add(operator + " of " + type);
                }
            }
        });
        assertThat(refused).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Add, UINT8, 13, INT32",
        "Add, UINT8, 14, UINT8",
        "ReduceSum, BOOL, 17, INT32",
        "CumSum, INT8, 17, INT32",
        "IsInf, FLOAT16, 17, FLOAT",
        "Conv, FLOAT, 17, FLOAT",
        "Conv, DOUBLE, 17, ",
        "Relu, INT64, 17, ",
        "Relu, INT32, 17, "
    })
    void whatAnOperatorDoesNotTakeIsComputedInAWiderTypeOfItsKind(
            String operator, TensorType type, int opset, @Nullable TensorType expected) {
        assertThat(OperatorTypes.computing(operator, type, opset)).isEqualTo(Optional.ofNullable(expected));
    }

    /** By the type constraints of onnx/docs/Operators.md: those that all have the letter T. */
    @Test
    void whichOperandsShareTheType() {
        assertThat(OperatorTypes.varying("Pad", 2)).containsExactly(0);
        assertThat(OperatorTypes.varying("Pad", 3)).containsExactly(0, 2);
        assertThat(OperatorTypes.varying("Where", 3)).containsExactly(1, 2);
        assertThat(OperatorTypes.varying("ScatterND", 3)).containsExactly(0, 2);
        assertThat(OperatorTypes.varying("Slice", 5)).containsExactly(0);
        assertThat(OperatorTypes.varying("Gemm", 3)).containsExactly(0, 1, 2);
        assertThat(OperatorTypes.following("Equal", 1)).isEmpty();
        assertThat(OperatorTypes.following("TopK", 2)).containsExactly(0);
        assertThat(OperatorTypes.following("LSTM", 3)).containsExactly(0, 1, 2);
    }

    @Test
    void whatTheOldestOperatorSetDoesNotAllowIsRefusedByOnnxRuntime() {
        List<String> loaded = new ArrayList<>();
        Forms.all(13).forEach((operator, form) -> {
            for (TensorType type : Elements.TYPES) {
                if (!OperatorTypes.allows(operator, type, 13) && loads(operator, form, type, 13)) {
                    loaded.add(operator + " of " + type);
                }
            }
        });
        assertThat(loaded).containsExactlyInAnyOrderElementsOf(LOADED_BUT_NOT_RUN);
    }

    private static boolean loads(String operator, Forms.Form form, TensorType type, int opset) {
        byte[] model = Forms.model(operator, form, type, opset);
        try (SessionOptions options = new SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model, options)) {
                return session.getNumOutputs() > 0;
            }
        } catch (OrtException e) {
            return false;
        }
    }

    @Test
    void everyNumberOfFloat16StaysAndTiesGoToTheEvenOne() {
        for (int half = 0; half < 0x7C00; half++) {
            float number = Fp16Conversions.fp16ToFloat((short) half);
            // The next number after the largest would be 65,536.
            float next = half == 0x7BFF ? 65_536 : Fp16Conversions.fp16ToFloat((short) (half + 1));
            float tie = (number + next) / 2;
            for (float each : new float[] {number, Math.nextUp(number), Math.nextDown(tie), tie, Math.nextUp(tie)}) {
                assertHalf(each);
                assertHalf(-each);
            }
        }
    }

    @Test
    void anyBitsAreRoundedAsByOnnxRuntime() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000_000; i++) {
            float number = Float.intBitsToFloat(random.nextInt());
            if (!Float.isNaN(number)) {
                assertHalf(number);
            }
        }
        assertHalf(Float.POSITIVE_INFINITY);
        assertHalf(Float.NEGATIVE_INFINITY);
        assertThat(Fp16Conversions.fp16ToFloat(Elements.half(Float.NaN))).isNaN();
    }

    private static void assertHalf(float number) {
        short expected = Fp16Conversions.floatToFp16(number);
        short found = Elements.half(number);
        if (found != expected) { // an assertion for each would take minutes
            assertThat(found).as("%s", number).isEqualTo(expected);
        }
    }
}
