package io.catwalk.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
class ScoresTest {

    @TempDir
    private Path folder;

    @Test
    void aFileThatEndsWithASoftmaxGivesProbabilities() {
        assertThat(scores(ending("Softmax"))).isEqualTo(Scores.PROBABILITIES);
        assertThat(scores(ending("Softmax", "Identity"))).isEqualTo(Scores.PROBABILITIES);
    }

    @Test
    void anyOtherGivesLogits() {
        assertThat(scores(TestModels.linear())).isEqualTo(Scores.LOGITS);
        assertThat(scores(ending("Identity"))).isEqualTo(Scores.LOGITS);
        // A softmax still has to follow a log-softmax, and also a graph that has its softmax in the middle.
        assertThat(scores(ending("LogSoftmax"))).isEqualTo(Scores.LOGITS);
        assertThat(scores(ending("Softmax", "Neg"))).isEqualTo(Scores.LOGITS);
    }

    @Test
    void anExportedNetworkThatEndsWithASoftmaxGivesProbabilities() throws IOException {
        Block block = new SequentialBlock()
                .add(Blocks.batchFlattenBlock())
                .add(LambdaBlock.singleton(x -> x.get(":, :3").softmax(1)));
        Path file = folder.resolve("softmax.onnx");
        OnnxExport.of(block, new Shape(1, 2, 2)).write(file);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.scores()).isEqualTo(Scores.PROBABILITIES);
        }
    }

    private Scores scores(ModelProto.Builder model) {
        Path file = TestModels.write(folder.resolve("model.onnx"), model);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            return predictor.scores();
        }
    }

    /** Appends operators to the logits of the linear model. */
    private static ModelProto.Builder ending(String... operators) {
        ModelProto.Builder model = TestModels.linear();
        int last = model.getGraph().getNodeCount() - 1;
        String from = "before";
        model.getGraphBuilder().getNodeBuilder(last).setOutput(0, from);
        for (int i = 0; i < operators.length; i++) {
            String to = i == operators.length - 1 ? "logits" : "between" + i;
            model.getGraphBuilder().addNode(TestModels.node(operators[i], List.of(from), to));
            from = to;
        }
        return model;
    }
}
