package io.catwalk.runner.cli;

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
        StringStringEntryProto outside = StringStringEntryProto.newBuilder()
                .setKey("location")
                .setValue("../../secret.bin")
                .build();
        files.put(
                world.changed(
                        folder.resolve("outside.onnx"),
                        model -> first(model)
                                .clearRawData()
                                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                                .addExternalData(outside)),
                "inside the folder of the model");
        files.put(
                world.changed(
                        folder.resolve("two.onnx"),
                        model -> model.getGraphBuilder()
                                .addInput(
                                        model.getGraph().getInput(0).toBuilder().setName("mask"))),
                "exactly one input");
        ByteString nan = ByteString.copyFrom(new byte[] {0, 0, (byte) 0xc0, 0x7f});
        files.put(
                world.changed(
                        folder.resolve("nan.onnx"),
                        model -> first(model)
                                .setRawData(nan.concat(first(model).getRawData().substring(4)))),
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
        Path image = world.picture(0, folder.resolve("image.png"));
        for (Map.Entry<Path, String> bad : badFiles().entrySet()) {
            Path file = bad.getKey();
            Path trial = world.trial(ExportedRun.GOOD);
            for (Catwalk.Answer answer : List.of(
                    Catwalk.ask("verify %s --dataset %s", file, world.images()),
                    Catwalk.ask("verify %s --against %s --plugins-dir %s", file, trial, world.plugins()),
                    Catwalk.ask("predict %s %s", file, image),
                    Catwalk.ask("quantize %s --dataset %s", file, world.images()),
                    Catwalk.ask("bench %s", file))) {
                answer.refused(file + ": expected ", bad.getValue());
            }
        }
    }
}
