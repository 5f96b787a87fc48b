package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.MetadataKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
class OnnxParserTest {

    static List<Path> zoo() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("zoo"))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".onnx")).toList();
            assertThat(found).hasSizeGreaterThanOrEqualTo(10);
            return found;
        }
    }

    @ParameterizedTest
    @MethodSource("zoo")
    void whatIsReadIsWrittenAsTheSameBytes(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(OnnxSerializer.bytes(OnnxParser.model(bytes))).isEqualTo(bytes);
    }

    /** The number in the metadata was counted on the traced graph, before it was written. */
    @ParameterizedTest
    @MethodSource("zoo")
    void theWorkIsThatOfTheGraphThatWasWritten(Path file) throws IOException {
        Model model = OnnxParser.model(Files.readAllBytes(file));
        assertThat(model.metadata())
                .containsEntry(
                        MetadataKeys.MULTIPLY_ACCUMULATES,
                        Long.toString(model.graph().multiplyAccumulates()));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "28, 0", "2, 3", "1, -1"})
    void aSizeThatFollowsTheBatchIsReadBack(long perSample, long fixed) {
        Dim dim = Dim.BATCH.times(Dim.of(perSample)).plus(Dim.of(fixed));
        assertThat(Dim.parse(dim.toString())).isEqualTo(dim);
    }

    @Test
    void anotherNameIsThatOfAnAxis() {
        assertThat(Dim.parse("N")).isEqualTo(Dim.axis("N"));
        assertThat(Dim.parse("past sequence + 1")).isEqualTo(Dim.axis("past sequence + 1"));
    }

    @Test
    void anotherFileIsRefused() {
        argumentRefused(() -> OnnxParser.model("not a model".getBytes(StandardCharsets.UTF_8)))
                .contains("expected an ONNX model");
    }
}
