package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.fileRefused;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which files are rejected; {@code GoldenWeightsTest} in runner compares the weights with another program. */
@Tag("tiny")
class OnnxWeightsTest {

    @TempDir
    private Path folder;

    private Path file(TensorProto.Builder tensor) throws IOException {
        ModelProto model = ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(GraphProto.newBuilder().addInitializer(tensor.setName("w")))
                .build();
        return Files.write(folder.resolve("w.onnx"), model.toByteArray());
    }

    @Test
    void wholeNumbersAreLeftOut() throws IOException {
        assertThat(OnnxWeights.read(
                        file(TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(3))))
                .isEmpty();
    }

    private Path beside(String location) throws IOException {
        return file(TensorProto.newBuilder()
                .setDataType(1)
                .addDims(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(location)));
    }

    @Test
    void weightsInAnotherFileAreRead() throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[] {0, 0, (byte) 0xc0, (byte) 0x3f});
        assertThat(OnnxWeights.read(beside("w.bin")))
                .containsOnlyKeys("w")
                .allSatisfy((name, tensor) -> assertThat(tensor.toDoubles()).containsExactly(1.5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../w.bin", "/etc/hostname", ""})
    void weightsOutsideTheFolderAreRefused(String location) throws IOException {
        Path file = beside(location);
        fileRefused(() -> OnnxWeights.read(file))
                .contains(file + ": expected external data inside the folder of the model, found \"" + location + "\"");
    }

    @Test
    void weightsThatAreNotThereAreRefused() throws IOException {
        Path file = beside("w.bin");
        fileRefused(() -> OnnxWeights.read(file))
                .contains(file + ": expected a file w.bin, found none for tensor w; copy it beside the model");
    }

    @Test
    void aTensorWithTooFewNumbersIsRefused() throws IOException {
        Path file = file(TensorProto.newBuilder().setDataType(1).addDims(2).addFloatData(1));

        fileRefused(() -> OnnxWeights.read(file))
                .contains(file + ": expected a whole tensor w, found expected 8 bytes for float (2)");
    }
}
