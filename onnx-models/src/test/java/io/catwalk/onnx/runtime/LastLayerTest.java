package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.node;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.TestModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class LastLayerTest {

    @TempDir
    private Path folder;

    private String features(ModelProto.Builder model) {
        return LastLayer.features(TestModels.write(folder.resolve("model.onnx"), model));
    }

    @Test
    void theFeaturesAreWhatTheLastWeightsMultiply() {
        assertThat(features(TestModels.linear())).isEqualTo("flat");
    }

    @Test
    void aBiasAndASoftmaxMayStandBehindTheLayer() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setNode(1, node("MatMul", List.of("flat", "weight"), "product"))
                .addNode(node("Add", List.of("bias", "product"), "sum"))
                .addNode(node("Softmax", List.of("sum"), "logits"));

        assertThat(features(model)).isEqualTo("flat");
    }

    /** Files with FLOAT16 weights are written like this. */
    @Test
    void theWeightsMayBeCast() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setNode(0, node("Cast", List.of("weight"), "weight.float32"))
                .setNode(1, node("Flatten", List.of("images"), "flat"))
                .addNode(node("Gemm", List.of("flat", "weight.float32", "bias"), "logits"));

        assertThat(features(model)).isEqualTo("flat");
    }

    @Test
    void theBiasMayBeOmitted() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder().setNode(1, node("Gemm", List.of("flat", "weight", ""), "logits"));

        assertThat(features(model)).isEqualTo("flat");
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aGraphWithACycleOrWithoutOutputHasNoLastLayer() {
        ModelProto.Builder cycle = TestModels.linear();
        cycle.getGraphBuilder()
                .clearNode()
                .addNode(node("Identity", List.of("other"), "logits"))
                .addNode(node("Identity", List.of("logits"), "other"));
        ModelProto.Builder silent = TestModels.linear();
        silent.getGraphBuilder().clearOutput();

        for (ModelProto.Builder model : List.of(cycle, silent)) {
            fileRefused(() -> features(model))
                    .contains("expected a linear layer at its end, with other layers before it, found none;");
        }
    }

    @Test
    void anotherLastLayerIsNamed() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setNode(1, node("Gemm", List.of("flat", "weight", "bias"), "sum"))
                .addNode(node("Relu", List.of("sum"), "logits"));

        fileRefused(() -> features(model))
                .contains("expected a linear layer at its end, with other layers before it, found Relu;");
    }
}
