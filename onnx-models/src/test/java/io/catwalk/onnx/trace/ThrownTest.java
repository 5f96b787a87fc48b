package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.SequentialBlock;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.trace.ForwardRecorder.Thrown;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An exception of forward is reported with its sizes and its line, and with advice. */
@Tag("tiny")
class ThrownTest {

    private static final Sizes TWO = new Sizes(Map.of("batch", 2L));
    private static final Sizes FIVE = new Sizes(Map.of("batch", 5L));
    private static final Tracing TRACING = new Tracing(
            new SequentialBlock(),
            Optional.empty(),
            List.of(OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH)),
            signature -> true);

    private static Throwable thrownAt(Throwable thrown, String... classes) {
        StackTraceElement[] trace = new StackTraceElement[classes.length];
        for (int i = 0; i < classes.length; i++) {
            String file = classes[i].substring(classes[i].lastIndexOf('.') + 1) + ".java";
            trace[i] = new StackTraceElement(classes[i], "forward", file, 10 + i);
        }
        thrown.setStackTrace(trace);
        return thrown;
    }

    private static ExportException worded(Sizes sizes, Throwable thrown) {
        return Thrown.asExportException(TRACING, TWO, sizes, thrown);
    }

    @Test
    void theFirstLineOfTheUserIsNamed() {
        Throwable thrown = thrownAt(
                new IllegalStateException("no\nmore"), "java.util.List", "ai.djl.nn.Core", "com.example.Net", "a.Main");
        assertThat(worded(TWO, thrown))
                .hasMessageStartingWith("forward throws IllegalStateException: no for a batch of 2;")
                .hasMessageEndingWith("(block SequentialBlock, called at Net.java:12)")
                .hasCause(thrown);
    }

    @Test
    void withoutALineOfTheUserItIsThatOfTheBlockOfDjl() {
        Throwable thrown = thrownAt(
                new IllegalStateException(),
                "ai.djl.ndarray.X",
                "ai.djl.nn.Core",
                ForwardRecorder.class.getName(),
                "a.Main");
        assertThat(worded(TWO, thrown))
                .hasMessageStartingWith("forward throws IllegalStateException for a batch of 2")
                .hasMessageEndingWith("(block SequentialBlock, called at Core.java:11)");
        assertThat(worded(TWO, thrownAt(new IllegalStateException(), "java.util.List")))
                .hasMessageEndingWith("(block SequentialBlock)");
    }

    @Test
    void theAdviceIsThatOfTheExceptionAndOfTheSize() {
        assertThat(worded(TWO, new IndexOutOfBoundsException("1")))
                .hasMessageContaining("the export gives the block 1 input(s)");
        assertThat(worded(TWO, new IllegalStateException("1"))).hasMessageNotContaining("input(s)");
        assertThat(worded(FIVE, new IllegalStateException("no")))
                .hasMessageStartingWith("batch-dependent control flow: forward throws IllegalStateException: no for a"
                        + " batch of 5, but not for 2;");
        assertThat(ReplayErrors.sizeDependent(List.of("batch"), "x"))
                .contains("batch-dependent control flow: x;", "a fixed batch size");
        assertThat(ReplayErrors.sizeDependent(List.of("batch", "time"), "x"))
                .contains("batch- and time-dependent control flow: x;", "or give the axis a fixed size");
    }

    @Test
    void whatAProxyWrapsIsUnwrapped() {
        IOException inner = new IOException("gone");
        assertThat(worded(TWO, new UndeclaredThrowableException(inner)))
                .hasMessageStartingWith("forward throws IOException: gone")
                .hasCause(inner);
        assertThat(worded(TWO, new UndeclaredThrowableException(null)))
                .hasMessageStartingWith("forward throws UndeclaredThrowableException");
    }

    @Test
    void theWordsOfTheEngineMayBeAMatterOfSizes() {
        ExportException engine = new ExportException("the engine cannot");
        assertThat(Thrown.byEngine(TRACING, TWO, TWO, engine)).isSameAs(engine);
        assertThat(Thrown.byEngine(TRACING, TWO, FIVE, engine))
                .hasMessageStartingWith(
                        "batch-dependent control flow: for a batch of 5, but not for 2, the engine cannot")
                .hasCause(engine);
        Sizes time = new Sizes(Map.of("time", 7L));
        assertThat(Thrown.byEngine(TRACING, time, time, engine))
                .hasMessageStartingWith("the engine cannot, for a time of 7; say which sizes the network takes")
                .hasCause(engine);
    }
}
