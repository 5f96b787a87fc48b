package io.catwalk.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of types says what ONNX Runtime says. */
@Tag("tiny")
class OperatorTypesTest {

    private static final List<String> LOADED_BUT_NOT_RUN = List.of("GRU of DOUBLE", "LSTM of DOUBLE");

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 18, 21})
    void whatIsAllowedIsLoadedByOnnxRuntime(int opset) {
        List<String> refused = new ArrayList<>();
        Forms.all(opset).forEach((operator, form) -> {
            for (ElementType type : ElementType.values()) {
                if (OperatorTypes.allows(operator, type, opset) && !loads(operator, form, type, opset)) {
                    refused.add(operator + " of " + type);
                }
            }
        });
        assertThat(refused).isEmpty();
    }

    @Test
    void whatTheOldestOperatorSetDoesNotAllowIsRefusedByOnnxRuntime() {
        List<String> loaded = new ArrayList<>();
        Forms.all(13).forEach((operator, form) -> {
            for (ElementType type : ElementType.values()) {
                if (!OperatorTypes.allows(operator, type, 13) && loads(operator, form, type, 13)) {
                    loaded.add(operator + " of " + type);
                }
            }
        });
        assertThat(loaded).containsExactlyInAnyOrderElementsOf(LOADED_BUT_NOT_RUN);
    }

    private static boolean loads(String operator, Forms.Form form, ElementType type, int opset) {
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
}
