package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import io.catwalk.onnx.SampledPrimitives;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class RowsTest {

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
