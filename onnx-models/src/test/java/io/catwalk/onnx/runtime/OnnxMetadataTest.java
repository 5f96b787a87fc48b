package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnxruntime.OrtEnvironment;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.file.ModelFields;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class OnnxMetadataTest {

    private static final Preprocessing COLOR =
            new Preprocessing(32, 24, List.of(0.1, 0.2, 1 / 3.0), List.of(0.5, 1e-3, 2.0));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeModel() {
        file = TestModels.write(folder.resolve("model.onnx"), TestModels.linear());
    }

    @Test
    void aFileThatSaysNothingHasNothing() {
        assertThat(OnnxMetadata.read(file)).isEqualTo(OnnxMetadata.empty());
        assertThat(OnnxMetadata.empty().labels()).isEmpty();
        assertThat(OnnxMetadata.empty().preprocessing()).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadBack() {
        List<String> labels = List.of("T-shirt/top", "Schuh, groß", "a=b; \"c\"");
        OnnxMetadata.empty()
                .withLabels(labels)
                .withPreprocessing(COLOR)
                .withAll(Map.of("metrics.accuracy", "0.91", "metrics.f1", "0.9", "metricsother", "1"))
                .with(MetadataKeys.LICENSE, "MIT")
                .write(file);
        OnnxMetadata read = OnnxMetadata.read(file);
        assertThat(read.labels()).contains(labels);
        assertThat(read.preprocessing()).contains(COLOR);
        assertThat(read.under(MetadataKeys.METRICS)).isEqualTo(Map.of("accuracy", "0.91", "f1", "0.9"));
        assertThat(read.get(MetadataKeys.LICENSE)).contains("MIT");
        assertThat(read.get("Image.BitmapPixelFormat")).contains("Rgb8");
        assertThat(read.get("Image.NominalPixelRange")).contains("NominalRange_0_255");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat, dog", "[\"cat\", \"dog\"]", "{0: 'cat', 1: 'dog'}"})
    void aListOfAnotherProgramNamesNoLabels(String list) {
        OnnxMetadata.empty().with(MetadataKeys.LABELS, list).write(file);

        assertThat(OnnxMetadata.read(file).labels()).isEmpty();
    }

    @Test
    void onnxRuntimeReadsTheSameEntries() throws Exception {
        OnnxMetadata metadata =
                OnnxMetadata.empty().withLabels(List.of("a", "b", "c")).with("note", "größer");
        metadata.write(file);
        try (var session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
            assertThat(session.getMetadata().getCustomMetadata()).isEqualTo(metadata.entries());
        }
    }

    @Test
    void theBytesAreThoseOfASerializer() throws Exception {
        ModelProto.Builder model = TestModels.linear()
                .addMetadataProps(entry("old", "gone"))
                .addFunctions(FunctionProto.newBuilder().setName("unused").setDomain("test"));
        TestModels.write(file, model);
        OnnxMetadata.empty().with("b", "2").with("a", "1").write(file);
        byte[] expected = model.clearMetadataProps()
                .addMetadataProps(entry("a", "1"))
                .addMetadataProps(entry("b", "2"))
                .build()
                .toByteArray();
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void entriesOfOthersAreKept() {
        TestModels.write(file, TestModels.linear().addMetadataProps(entry("stride", "32")));
        OnnxMetadata.read(file).with("a", "1").write(file);
        assertThat(OnnxMetadata.read(file).entries()).isEqualTo(Map.of("a", "1", "stride", "32"));
    }

    @Test
    void nothingIsLeftBesideTheFile() throws Exception {
        OnnxMetadata.empty().with("a", "1").write(file);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aWriteThatFailsLeavesTheFileAsItWas() throws Exception {
        byte[] before = Files.readAllBytes(file);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ModelFields.replace(file, out -> {
                    out.write(1);
                    throw new IOException("disk full");
                }));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        nothingIsLeftBesideTheFile();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void rightsAndLinksAreKept() throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), file);
        OnnxMetadata.empty().with("a", "1").write(link);
        assertThat(link).isSymbolicLink();
        assertThat(OnnxMetadata.read(file).get("a")).contains("1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void metadataOfNoModelIsRefused() {
        TestModels.write(file, new byte[] {1, 2, 3});
        fileRefused(() -> OnnxMetadata.read(file)).contains("an ONNX model");
        fileRefused(() -> OnnxMetadata.empty().write(folder.resolve("missing.onnx")))
                .contains("no such file");
    }

    @Test
    void malformedEntriesAreRefused() {
        OnnxMetadata good = OnnxMetadata.empty().withPreprocessing(COLOR);
        Map<String, String> wrong = Map.of(
                MetadataKeys.SIZE, "28",
                MetadataKeys.COLOR, "cmyk",
                MetadataKeys.MEAN, "0.5,0.5",
                MetadataKeys.STD, "1,1,0",
                MetadataKeys.LABELS, "a\n");
        wrong.forEach(
                (key, value) -> assertThatIllegalArgumentException().as(key).isThrownBy(() -> good.with(key, value)));
        argumentRefused(() -> good.with(MetadataKeys.MEAN, "0.5,x,1")).contains("0.5,x,1");
        argumentRefused(() -> good.withLabels(List.of("two\nlines")));
        argumentRefused(() -> good.withLabels(List.of()));
        argumentRefused(() -> good.with("", "x"));
    }

    @Test
    void pixelsAreNormalizedPerChannel() {
        Preprocessing small = new Preprocessing(1, 2, List.of(0.0, 0.5, 1.0), List.of(1.0, 0.5, 2.0));
        assertThat(small.normalize(new byte[] {0, (byte) 255, 0, (byte) 255, 0, (byte) 255}))
                .containsExactly(0, 1, -1, 1, -0.5f, 0);
        assertThat(small.normalize(new byte[] {0, 0, 0, 0, 0, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 0}))
                .as("two images")
                .containsExactly(0, 0, -1, -1, -0.5f, -0.5f, 1, 0, 1, -1, 0, -0.5f);
        for (int length : new int[] {0, 5, 7}) {
            argumentRefused(() -> small.normalize(new byte[length])).contains("found " + length);
        }
        Preprocessing large = new Preprocessing(1 << 16, 1 << 16, List.of(0.5), List.of(0.5));
        argumentRefused(() -> large.normalize(new byte[5]))
                .contains("expected images of 1 x 65536 x 65536 pixels, found 5 pixels");
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static final Path PAGE = Path.of("../docs/reference/onnx-files.md");

    private static final Pattern ROW = Pattern.compile("^\\| (`[^|]*) \\|", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** Keys that the program writes in addition to those of the exporter. */
    private static final List<String> OF_THE_PROGRAM = List.of("classifier", "variant");

    private static List<String> listed() throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## The metadata\n"), page.indexOf("\n## The folder"));
        return ROW.matcher(section)
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .toList();
    }

    @Test
    void itHasEachKeyOfTheCode() throws IOException {
        // FLOAT16 is a value, not a key.
        List<String> keys = Arrays.stream(MetadataKeys.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers())
                        && !field.getName().equals("FLOAT16"))
                .map(OnnxMetadataTest::value)
                .toList();

        assertThat(keys).hasSizeGreaterThan(25);
        assertThat(listed())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(keys.stream(), OF_THE_PROGRAM.stream()).toList());
    }

    @Test
    void itHasEachKeyOfAFile() throws IOException {
        Map<String, String> metadata =
                OnnxMetadata.read(Path.of("zoo/fashion-mnist/lstm.onnx")).entries();
        List<String> listed = listed();

        assertThat(metadata.keySet())
                .hasSizeGreaterThan(40)
                .allSatisfy(key -> assertThat(listed)
                        .anyMatch(name -> name.endsWith(".") ? key.startsWith(name) : key.equals(name)));
    }

    private static String value(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
