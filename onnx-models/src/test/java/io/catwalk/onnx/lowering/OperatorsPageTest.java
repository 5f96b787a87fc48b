package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import io.catwalk.onnx.SampledPrimitives;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares docs/reference/onnx-operators.md with the table; with {@code -Dcatwalk.docs=write}, it writes the page
 * instead.
 */
@Tag("tiny")
class OperatorsPageTest {

    private static final Path PAGE = Path.of("../docs/reference/onnx-operators.md");
    private static final String BEHIND = "\n## Where DJL's PyTorch engine says something else than its documentation\n";

    @Test
    void thePageHasTheTable() throws IOException {
        StringBuilder tables = new StringBuilder();
        OperatorTable.groups().forEach((group, rows) -> {
            tables.append("\n## ").append(group).append("\n\n| DJL | ONNX |\n|---|---|\n");
            rows.stream()
                    .sorted(Comparator.comparing(Row::signature))
                    .forEach(row -> tables.append("| `%s` | %s |\n".formatted(row.signature(), row.operators())));
        });
        String page = Files.readString(PAGE);
        String before = page.substring(0, page.indexOf("\n## "));
        String after = page.substring(page.indexOf(BEHIND));
        if ("write".equals(System.getProperty("catwalk.docs"))) {
            page = before + tables + after;
            Files.writeString(PAGE, page);
        }
        assertThat(page).isEqualTo(before + tables + after);
    }

    private static Set<String> rows() {
        return OperatorTable.groups().values().stream()
                .flatMap(Collection::stream)
                .map(Row::signature)
                .collect(Collectors.toSet());
    }

    @Test
    void everyRowHasASampleAndEverySampleARow() {
        assertThat(SampledPrimitives.all()).isEqualTo(rows());
        assertThat(rows()).hasSizeGreaterThan(120);
    }

    @Test
    void everyRowIsAMethodOfDjl() {
        Set<String> methods = Stream.of(NDArray.class, NDArrayEx.class)
                .flatMap(type -> Arrays.stream(type.getMethods()).map(method -> signature(type, method)))
                .collect(Collectors.toSet());
        List<String> formsOfIndex = List.of(
                "NDArray.get(NDIndex.take)",
                "NDArray.get(NDIndex.pick)",
                "NDArray.get(NDIndex.arrays)",
                "NDArray.set(NDIndex.arrays)",
                "NDArray.set(NDIndex.mask)");
        assertThat(rows())
                .allMatch(row -> methods.contains(row.replaceFirst("^complex ", "")) || formsOfIndex.contains(row));
    }

    private static String signature(Class<?> type, Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", type.getSimpleName() + "." + method.getName() + "(", ")"));
    }
}
