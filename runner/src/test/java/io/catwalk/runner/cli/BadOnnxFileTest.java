package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The library detects bad files; here every command reports its message. */
@ExtendWith(ExportedRun.class)
final class BadOnnxFileTest {

    @TempDir
    private Path folder;

    /** Maps each file to its expected message. */
    private Map<Path, String> badFiles() throws IOException {
        ExportedRun world = ExportedRun.get();
        byte[] whole = Files.readAllBytes(world.model());
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(folder.resolve("gone.onnx"), "no such file");
        files.put(Files.writeString(folder.resolve("text.onnx"), "This is a text, not a model.\n"), "an ONNX model");
        files.put(Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, whole.length / 2)), "cut off");
        files.put(
                world.changed(
                        folder.resolve("outside.onnx"),
                        model -> first(model)
                                .clearRawData()
                                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                                .addExternalData(StringStringEntryProto.newBuilder()
                                        .setKey("location")
                                        .setValue("../../secret.bin"))),
                "inside the folder of the model");
        files.put(
                world.changed(
                        folder.resolve("two.onnx"),
                        model -> model.getGraphBuilder()
                                .addInput(
                                        model.getGraph().getInput(0).toBuilder().setName("mask"))),
                "exactly one input");
        files.put(
                world.changed(
                        folder.resolve("nan.onnx"),
                        model -> first(model)
                                .setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0xc0, 0x7f})
                                        .concat(first(model).getRawData().substring(4)))),
                "NaN in tensor");
        return files;
    }

    /** Returns the first tensor of floats. */
    private static TensorProto.Builder first(ModelProto.Builder model) {
        return model.getGraphBuilder().getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyCommandRefusesTheFileInOneLine() throws IOException {
        ExportedRun world = ExportedRun.get();
        String image = world.picture(0, folder.resolve("image.png")).toString();
        for (Map.Entry<Path, String> bad : badFiles().entrySet()) {
            String file = bad.getKey().toString();
            for (List<String> command : List.of(
                    List.of("verify", file, "--dataset", world.images().toString()),
                    List.of(
                            "verify",
                            file,
                            "--against",
                            world.trial(ExportedRun.GOOD).toString(),
                            "--plugins-dir",
                            world.plugins().toString()),
                    List.of("predict", file, image),
                    List.of("quantize", file, "--dataset", world.images().toString()),
                    List.of("bench", file))) {
                Catwalk.Answer answer = Catwalk.run(command.toArray(String[]::new));
                assertThat(answer.exitCode()).as("%s", command).isEqualTo(ExitCode.BAD_REQUEST);
                assertThat(answer.out()).isEmpty();
                assertThat(answer.err())
                        .startsWith("catwalk: " + file + ": expected ")
                        .contains(bad.getValue())
                        .hasLineCount(1);
            }
        }
    }
}
