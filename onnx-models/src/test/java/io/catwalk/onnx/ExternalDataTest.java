package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in two files equals the model in one file: the same weights to the bit, the same outputs. */
class ExternalDataTest extends ExportTest {

    private static final int PIXELS = 700;
    private static final Shape SAMPLE = new Shape(PIXELS);

    @TempDir
    private Path folder;

    private Block block;
    private Path file;

    @BeforeEach
    void export() throws IOException {
        // Weights of 84 KB, 1.2 MB and 120 KB, a bias of 40 KB, and two small ones.
        block = initialized(seq(dense(30), SmallNetworks.relu(), dense(10_000), dense(3)), SAMPLE);
        file = folder.resolve("model.onnx");
        external().write(file);
    }

    private OnnxExport inside() {
        return OnnxExport.of(block, SAMPLE).withMetadata(Map.of("labels", "a\nb\nc"));
    }

    private OnnxExport external() {
        return inside().withExternalData();
    }

    private static Map<String, String> entries(TensorProto tensor) {
        return tensor.getExternalDataList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    private List<ByteBuffer> answers(Path model) {
        Map<String, Tensor> images = Map.of("images", DjlTensors.of(floats(5, PIXELS)));
        try (OnnxRunner runner = OnnxRunner.open(model)) {
            return runner.run(images).values().stream().map(Tensor::buffer).toList();
        }
    }

    private List<String> entries() {
        return Stream.of(Objects.requireNonNull(folder.toFile().list()))
                .sorted()
                .toList();
    }

    private static Map<String, ByteBuffer> buffers(Path model) {
        Map<String, ByteBuffer> buffers = new HashMap<>();
        OnnxWeights.read(model).forEach((name, tensor) -> buffers.put(name, tensor.buffer()));
        return buffers;
    }

    @Test
    void largeTensorsLieBesideInAlignedPlacesAndAreTheSameToTheBit() throws IOException {
        ModelProto whole = ModelProto.parseFrom(inside().bytes());
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        byte[] data = Files.readAllBytes(folder.resolve("model.onnx.data"));
        int beside = 0;
        for (int i = 0; i < whole.getGraph().getInitializerCount(); i++) {
            TensorProto expected = whole.getGraph().getInitializer(i);
            TensorProto tensor = model.getGraph().getInitializer(i);
            int size = expected.getRawData().size();
            if (size < 1024) {
                assertThat(tensor).isEqualTo(expected);
                continue;
            }
            beside++;
            Map<String, String> place = entries(tensor);
            int offset = Integer.parseInt(place.getOrDefault("offset", ""));
            assertThat(tensor.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
            assertThat(place).containsEntry("location", "model.onnx.data").containsEntry("length", "" + size);
            assertThat(offset % (size < 1 << 20 ? 4096 : 65536)).isZero();
            assertThat(ByteBuffer.wrap(data, offset, size))
                    .isEqualTo(expected.getRawData().asReadOnlyByteBuffer());
        }
        assertThat(beside).isEqualTo(4);
        assertThat(model.getGraph().getNodeList()).isEqualTo(whole.getGraph().getNodeList());
        assertThat(ModelFiles.size(file)).isEqualTo(Files.size(file) + data.length);
    }

    @Test
    void whoeverLooksIntoAFileFindsTheWeights() throws IOException {
        Path one = folder.resolve("one.onnx");
        inside().write(one);
        assertThat(answers(file)).isEqualTo(answers(one));
        assertThat(buffers(file)).hasSize(6).isEqualTo(buffers(one));
        assertThat(ModelFile.read(file).whole()).isEqualTo(ModelFile.read(one).whole());
        String made = ModelFile.read(file).whole().getGraph().getNode(0).getOutput(0);
        try (OnnxRunner watching = OnnxRunner.watching(file, Set.of(made), OnnxOptions.standard())) {
            assertThat(watching.outputs()).hasSize(1);
        }
    }

    @Test
    void theMetadataIsReplacedAndTheDataStays() throws IOException {
        List<ByteBuffer> before = answers(file);
        OnnxMetadata.read(file).with("more", "words").write(file);
        assertThat(OnnxMetadata.read(file).get("more")).hasValue("words");
        assertThat(answers(file)).isEqualTo(before);
    }

    @Test
    void aModelIsRenamedWithItsData() throws IOException {
        List<ByteBuffer> before = answers(file);
        Path other = folder.resolve("other.onnx");
        ModelFiles.rename(file, other);
        assertThat(entries()).containsExactly("other.onnx", "other.onnx.data");
        assertThat(answers(other)).isEqualTo(before);
    }

    /** The data file of a replaced model is deleted, but not a file that the model never named. */
    @Test
    void dataThatNobodyNeedsAnyLongerIsDeleted() throws IOException {
        inside().write(file);
        assertThat(entries()).containsExactly("model.onnx");

        Path strange = Files.writeString(folder.resolve("model.onnx.data"), "mine");
        inside().write(file);
        assertThat(strange).hasContent("mine");
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws IOException {
        Path place = Files.createDirectories(folder.resolve("busy.onnx").resolve("full"));
        assertThatThrownBy(() -> external().write(folder.resolve("busy.onnx"))).isInstanceOf(IOException.class);
        assertThat(place).exists();
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
        assertThatThrownBy(() -> external().write(folder.resolve("nowhere").resolve("model.onnx")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void bytesAreOneFile() {
        Refusals.stateRefused(() -> external().bytes()).contains("use write");
    }

    @Test
    void aProofIsOfTheTwoFiles() throws IOException {
        external().withProof(List.of(new NDList(floats(9, PIXELS))), 1e-5).write(file);
        assertThat(OnnxMetadata.read(file).get("parity.configurations")).isPresent();
        assertThat(ModelFiles.of(file)).hasSize(2);
    }

    @Test
    void ofTypesWithoutDataNothingIsWritten() throws IOException {
        Path empty = folder.resolve("empty.onnx");
        OnnxExport.of(lambda(NDArray::neg), SAMPLE).withExternalData().write(empty);
        assertThat(ModelFiles.of(empty)).containsExactly(empty);
        assertThat(ModelFiles.data(empty)).doesNotExist();
    }
}
