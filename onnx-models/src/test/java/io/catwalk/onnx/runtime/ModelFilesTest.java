package io.catwalk.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ExternalDataTest} moves and renames files that were exported. */
@Tag("tiny")
final class ModelFilesTest {

    @TempDir
    private Path folder;

    @Test
    void aModelThatIsRenamedToItsOwnNameStays() throws IOException {
        ModelProto.Builder model = TestModels.linear();
        TensorProto.Builder weight = model.getGraphBuilder().getInitializerBuilder(0);
        Path data = TestModels.write(
                folder.resolve("m.onnx.data"), weight.getRawData().toByteArray());
        weight.clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("m.onnx.data"));
        Path file = TestModels.write(folder.resolve("m.onnx"), model);

        ModelFiles.rename(file, folder.resolve("./m.onnx"));

        assertThat(ModelFiles.of(file)).containsExactly(file, data);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(new float[] {1, 2, 3, 4}, 1)).containsExactly(10, 1, 41);
        }
    }
}
