package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.onnx.graph.Dim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class SizesTest {

    private static Sizes sizes(long batch, long image) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("batch", batch);
        sizes.put("image", image);
        return new Sizes(sizes);
    }

    @Test
    void sizesAreWordedAndChanged() {
        assertThat(sizes(2, 7)).hasToString("a batch of 2 and an image of 7");
        assertThat(sizes(2, 7).text(List.of("image"))).isEqualTo("an image of 7");
        assertThat(new Sizes(Map.of("area", 3L))).hasToString("an area of 3");
        assertThat(sizes(2, 7).next(List.of("image"))).isEqualTo("7");
        assertThat(sizes(2, 7).with("image", 9)).isEqualTo(sizes(2, 9));
    }

    @Test
    void axesThatAreNotAsLongDiffer() {
        assertThat(sizes(2, 7).differing(sizes(2, 7))).isEmpty();
        assertThat(sizes(2, 7).differing(sizes(3, 7))).containsExactly("batch");
        assertThat(sizes(2, 7).differing(sizes(3, 8))).containsExactly("batch", "image");
    }

    @Test
    void aFormulaIsWorkedOut() {
        Dim formula = Dim.axis("batch").times(Dim.axis("image")).plus(Dim.of(1));
        assertThat(sizes(2, 7).of(formula)).isEqualTo(15);
        assertThatThrownBy(() -> sizes(2, 7).of(Dim.axis("width"))).hasMessage("an axis without a size");
    }
}
