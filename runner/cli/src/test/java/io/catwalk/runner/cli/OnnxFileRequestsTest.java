package io.catwalk.runner.cli;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(ExportedRun.class)
final class OnnxFileRequestsTest {

    @TempDir
    private static Path folder;

    private static final Map<String, String> PLACES = new LinkedHashMap<>();

    @BeforeAll
    static void makeFilesThatAreWrong() throws IOException {
        ExportedRun world = ExportedRun.get();
        place("trial", world.trial(ExportedRun.GOOD));
        place("unexported", world.trial(ExportedRun.TWO_FACED));
        place("run", world.run());
        place("images", world.images());
        place("plugins", world.plugins());
        place("runtimes", Path.of("../../onnx-models/runtimes").toAbsolutePath().normalize());
        place("bare", world.changed(folder.resolve("bare.onnx"), ModelProto.Builder::clearMetadataProps));
        for (String value : List.of("wordy=very good", "infinite=Infinity", "none=NaN", "negative=-0.1", "above=1.5")) {
            with(value.split("=", -1)[0], "metrics.test.accuracy", value.split("=", -1)[1]);
        }
        with("some", "provenance.limit_test", "some");
        with("squeezed", "preprocessing.fit", "squeeze");
        List<String> labels =
                new ArrayList<>(OnnxMetadata.read(world.model()).labels().orElseThrow());
        labels.set(0, "unheard");
        with("unheard", "labels", String.join("\n", labels));
        place("byte", Files.copy(world.model(), folder.resolve("byte.onnx")));
        with("foreign", "quantization.float_sha256", "0".repeat(64));
        Files.copy(folder.resolve("foreign.onnx"), folder.resolve("byte.int8.onnx"));
        for (String batch : List.of("three", "sixteen")) {
            String export = "export %s --out %s --plugins-dir %s --batch " + (batch.equals("three") ? 3 : 16);
            Catwalk.ask(export, world.trial(ExportedRun.GOOD), folder.resolve(batch), world.plugins())
                    .done();
            place(batch, folder.resolve(batch).resolve("mixed.onnx"));
        }
        place("image", world.picture(3, folder.resolve("three.png")));
        place("large", picture(folder.resolve("large.png"), 16));
        for (String part : List.of("train/a", "train/b", "test/a", "test/b")) {
            Path small = Files.createDirectories(folder.resolve("small").resolve(part));
            picture(small.resolve("one.png"), 5);
            Path two = Files.createDirectories(folder.resolve("two").resolve(part));
            picture(two.resolve("one.png"), 8);
        }
        place("narrow", ExportedRun.copy(world.images(), folder.resolve("narrow")));
        for (String part : List.of("train", "t10k")) {
            Path file = folder.resolve("narrow").resolve(part + "-images-idx3-ubyte");
            byte[] bytes = Files.readAllBytes(file);
            bytes[11] = 16; // rows: as many pixels as the network takes, but in another shape
            bytes[15] = 4; // columns
            Files.write(file, bytes);
        }
        Files.write(folder.resolve("latin.txt"), new byte[] {(byte) 0xe4, '.', 'p', 'n', 'g'});
        Files.writeString(folder.resolve("text.onnx"), "no model");
        Files.writeString(folder.resolve("text.png"), "no picture at all");
        Files.writeString(folder.resolve("labels.csv"), "path,label\n");
        Files.createDirectory(folder.resolve("empty"));
        place("model", world.model());
        place("folder", folder);
    }

    private static void place(String name, Path path) {
        PLACES.put(name, path.toString());
    }

    private static void with(String name, String key, String value) throws IOException {
        Path file = Files.copy(ExportedRun.get().model(), folder.resolve(name + ".onnx"));
        OnnxMetadata.read(file).with(key, value).write(file);
        place(name, file);
    }

    private static Path picture(Path file, int side) throws IOException {
        ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        return file;
    }

    static Stream<CommandCase> cases() throws IOException {
        return CommandCase.of("onnx-files");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRequestIsAnsweredByItsKeyFactsAndMakesNothing(CommandCase one) throws IOException {
        one.check(PLACES, folder);
    }
}
