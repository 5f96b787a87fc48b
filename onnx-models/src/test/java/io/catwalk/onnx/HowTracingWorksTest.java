package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Windows;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs the snippets of docs/explanation/how-tracing-works.md, and holds the page to them. */
@Tag("tiny")
class HowTracingWorksTest extends ExportTest {

    private static final Path PAGE = Path.of("../docs/explanation/how-tracing-works.md");
    private static final Path SOURCE = Path.of("src/test/java/io/catwalk/onnx/HowTracingWorksTest.java");

    // snippet: remember
    static NDArray remembering(NDArray real, List<String> tape) {
        InvocationHandler handler = (self, method, arguments) -> {
            Object result = method.invoke(real, arguments);
            if (!(result instanceof NDArray made)) {
                return result;
            }
            tape.add(method.getName() + " makes " + made.getShape());
            return remembering(made, tape);
        };
        Class<?>[] types = {NDArray.class};
        return (NDArray) Proxy.newProxyInstance(NDArray.class.getClassLoader(), types, handler);
    }
    // end

    @Test
    void anArrayRemembersWhatIsDoneToIt() {
        // snippet: remember-use
        List<String> tape = new ArrayList<>();
        NDArray images = remembering(manager.ones(new Shape(2, 3)), tape);
        NDArray answer = images.mul(2).sum(new int[] {1});

        assertThat(tape).containsExactly("mul makes (2, 3)", "sum makes (2)");
        assertThat(answer.getShape()).isEqualTo(new Shape(2));
        // end
    }

    // snippet: fall-apart
    static NDArray primitives(NDArray real, List<String> tape) {
        InvocationHandler handler = (self, method, arguments) -> {
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(self, method, arguments);
            }
            Object result = method.invoke(real, arguments);
            if (!(result instanceof NDArray made)) {
                return result;
            }
            tape.add(method.getName());
            return primitives(made, tape);
        };
        Class<?>[] types = {NDArray.class};
        return (NDArray) Proxy.newProxyInstance(NDArray.class.getClassLoader(), types, handler);
    }
    // end

    @Test
    void defaultMethodsFallApartIntoPrimitives() {
        // snippet: fall-apart-use
        List<String> tape = new ArrayList<>();
        primitives(manager.ones(new Shape(2, 3)), tape).scaleGradient(0.5);

        assertThat(tape).containsExactly("mul", "stopGradient", "mul", "add");
        // end
    }

    // snippet: two-traces
    static String dimension(long small, long large, long smallBatch, long largeBatch) {
        if (small == large) {
            return Long.toString(small);
        }
        long perSample = (large - small) / (largeBatch - smallBatch);
        if (perSample * smallBatch != small || perSample * largeBatch != large) {
            throw new IllegalStateException("batch-dependent control flow");
        }
        return perSample == 1 ? "batch" : perSample + "*batch";
    }
    // end

    @Test
    void numbersThatDifferFollowTheBatch() {
        // snippet: two-traces-use
        Function<Long, long[]> reshape = batch -> new long[] {batch * 4, 49};
        long[] small = reshape.apply(2L);
        long[] large = reshape.apply(5L);

        assertThat(dimension(small[0], large[0], 2, 5)).isEqualTo("4*batch");
        assertThat(dimension(small[1], large[1], 2, 5)).isEqualTo("49");
        // end
    }

    @Test
    void windowsMakeQuotients() {
        // snippet: polynomials
        Dim height = Dim.axis("height");
        Dim halved = new Windows(3, 2, 1, 1, 1, false).over(height);
        Dim quartered = new Windows(3, 2, 1, 1, 1, false).over(halved);

        assertThat(halved).hasToString("floor((height+1)/2)");
        assertThat(quartered).hasToString("floor((height+3)/4)");
        assertThat(Dim.BATCH.times(halved).at(size -> size.equals("batch") ? 5 : 28))
                .isEqualTo(5 * 14);
        // end
    }

    @Test
    void theExporterDoesAllOfIt() throws Exception {
        // snippet: export
        Block block = LambdaBlock.singleton(x -> {
            NDArray sum = x;
            for (int i = 1; i <= 2; i++) {
                sum = sum.add(x.mul(i));
            }
            return sum.reshape(x.getShape().get(0), 3);
        });
        byte[] model = OnnxExport.of(block, new Shape(1, 3)).bytes();

        assertThat(operators(model)).containsExactly("Mul", "Add", "Mul", "Add", "Reshape");
        // end
        assertThat(Agreement.difference(block, new Shape(1, 3), model)).isLessThan(1e-6);
    }

    @Test
    void thePageQuotesTheseSnippetsAndNoOthers() throws Exception {
        List<String> snippets = found("(?s) *// snippet: [a-z-]+\\R(.*?)\\R *// end", Files.readString(SOURCE)).stream()
                .map(String::stripIndent)
                .toList();
        List<String> quotes = found("(?s)```java\\R(.*?)\\R```", Files.readString(PAGE));
        assertThat(quotes).hasSizeGreaterThan(5).containsExactlyElementsOf(snippets);
    }

    private static List<String> found(String pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
