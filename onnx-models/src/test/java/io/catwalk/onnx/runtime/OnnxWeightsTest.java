package io.catwalk.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read is held against another program by {@code GoldenWeightsTest} in runner; here is what is refused. */
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

    @Test
    void weightsInAnotherFileAreRefused() throws IOException {
        Path file = file(TensorProto.newBuilder()
                .setDataType(1)
                .addDims(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("w.bin")));

        assertThatThrownBy(() -> OnnxWeights.read(file))
                .isInstanceOf(OnnxFileException.class)
                .hasMessageStartingWith(
                        file + ": expected weights inside the file, found tensor w in a file beside it;");
    }

    @Test
    void aTensorWithTooFewNumbersIsRefused() throws IOException {
        Path file = file(TensorProto.newBuilder().setDataType(1).addDims(2).addFloatData(1));

        assertThatThrownBy(() -> OnnxWeights.read(file))
                .isInstanceOf(OnnxFileException.class)
                .hasMessageStartingWith(file + ": expected a whole tensor w, found expected 8 bytes for float (2)");
    }
}
