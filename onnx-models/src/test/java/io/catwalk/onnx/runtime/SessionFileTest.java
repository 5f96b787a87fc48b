package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.fileRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class SessionFileTest {

    @TempDir
    Path folder;

    @Test
    void whatWasWrittenIsRead() throws IOException {
        OnnxOptions options = OnnxOptions.standard()
                .withThreads(3)
                .withBatch(64)
                .withOptimization(OptimizationLevel.EXTENDED)
                .withMemoryPattern(false)
                .withSpinning(false);
        Path file = SessionFile.beside(folder.resolve("lstm.onnx"));
        SessionFile.write(file, options, Map.of("machine", "Äpfel \\ 2: #x = y"));

        assertThat(file).isEqualTo(folder.resolve("lstm.session.properties"));
        assertThat(Files.readAllLines(file))
                .hasSize(6)
                .contains("threads=3", "batch=64", "optimization=extended", "memory_pattern=false", "spinning=false")
                .anyMatch(line -> line.startsWith("found.machine="));
        assertThat(SessionFile.read(file)).isEqualTo(options);
        assertThat(OnnxOptions.tuned(folder.resolve("lstm.onnx"))).isEqualTo(options);
        byte[] first = Files.readAllBytes(file);
        SessionFile.write(file, options, Map.of("machine", "Äpfel \\ 2: #x = y"));
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void whatIsNotNamedIsAsEver() throws IOException {
        Path model = folder.resolve("model.onnx");
        assertThat(OnnxOptions.tuned(model)).isEqualTo(OnnxOptions.standard());
        Files.writeString(SessionFile.beside(model), "# by hand\nthreads = 1\n");
        assertThat(OnnxOptions.tuned(model)).isEqualTo(OnnxOptions.standard().withThreads(1));
        Files.writeString(SessionFile.beside(model), "");
        assertThat(OnnxOptions.tuned(model)).isEqualTo(OnnxOptions.standard());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            threads=-1          | expected threads to be a number from 0 to 999999, found "-1"
            threads=two         | expected threads to be a number from 0 to 999999, found "two"
            batch=              | expected batch to be a number from 0 to 999999, found ""
            optimization=most   | expected optimization to be one of none, basic, extended, layout, all, found "most"
            spinning=0          | expected spinning to be true or false, found "0"
            memory_pattern=on   | expected memory_pattern to be true or false, found "on"
            thread=2            | expected batch, memory_pattern, optimization, spinning, threads or found.*, found thread
            threads=\\u00zz     | expected options of a session, as NAME=VALUE
            """)
    void whatIsWrongIsRefusedInOneLine(String line, String message) throws IOException {
        Path model = folder.resolve("model.onnx");
        Files.writeString(SessionFile.beside(model), line);
        assertThatExceptionOfType(OnnxFileException.class)
                .isThrownBy(() -> OnnxOptions.tuned(model))
                .withMessageContaining("model.session.properties: " + message)
                .withMessageContaining("again with bench --tune")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void aWriteThatFailsLeavesNothingBehind() throws IOException {
        Path full = folder.resolve("lstm.session.properties");
        Files.createDirectories(full.resolve("more"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SessionFile.write(full, OnnxOptions.standard(), Map.of()));
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        Path model = folder.resolve("model.onnx");
        Files.write(SessionFile.beside(model), "spinning=tr\u00fce".getBytes(StandardCharsets.ISO_8859_1));
        fileRefused(() -> OnnxOptions.tuned(model));
        Path beside = folder.resolve("b.session.properties");
        Files.createDirectory(beside);
        fileRefused(() -> OnnxOptions.tuned(folder.resolve("b.onnx"))).contains("b.session.properties");
    }
}
