package io.catwalk.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ExternalDataTest} moves and renames files that were exported. */
@Tag("tiny")
final class ModelFilesTest {

    @TempDir
    private Path parent;

    private Path folder;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(parent.resolve("models"));
    }

    /** Other programs choose the names of these files. */
    @ParameterizedTest
    @ValueSource(strings = {"m.onnx.data", "./m.onnx.data", "weights.bin", "parts/0"})
    void theFilesOfAModelAreThoseWithItsWeights(String location) throws IOException {
        Files.createDirectory(folder.resolve("parts"));
        Path file = withWeightsIn(location);

        assertThat(ModelFiles.of(file))
                .containsExactly(file, folder.resolve(location).normalize());
        assertThat(ModelFiles.size(file)).isEqualTo(Files.size(file) + Files.size(folder.resolve(location)));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // links need rights there
    void theWeightsOfALinkAreThoseBesideTheModel() throws IOException {
        Path file = withWeightsIn("weights.bin");
        Path link = Files.createSymbolicLink(parent.resolve("link.onnx"), file);

        assertThat(ModelFiles.size(link)).isEqualTo(ModelFiles.size(file));
    }

    @Test
    void whatLiesOutsideTheFolderIsNoFileOfTheModel() throws IOException {
        Path file = withWeightsIn("../outside.bin");

        assertThat(ModelFiles.of(file)).containsExactly(file);
    }

    @Test
    void aModelThatIsRenamedToItsOwnNameStays() throws IOException {
        Path file = withWeightsIn("m.onnx.data");
        Path data = folder.resolve("m.onnx.data");

        ModelFiles.rename(file, folder.resolve("./m.onnx"));

        assertThat(ModelFiles.of(file)).containsExactly(file, data);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(new float[] {1, 2, 3, 4}, 1)).containsExactly(10, 1, 41);
        }
    }

    private Path withWeightsIn(String location) throws IOException {
        ModelProto.Builder model = TestModels.linear();
        TensorProto.Builder weight = model.getGraphBuilder().getInitializerBuilder(0);
        TestModels.write(folder.resolve(location), weight.getRawData().toByteArray());
        weight.clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(location));
        return TestModels.write(folder.resolve("m.onnx"), model);
    }
}
