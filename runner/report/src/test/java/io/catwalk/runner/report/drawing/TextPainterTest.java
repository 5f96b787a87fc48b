package io.catwalk.runner.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.report.drawing.Layer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class TextPainterTest {

    private static final Path ZOO = Path.of("../../onnx-models/zoo/fashion-mnist");

    @ParameterizedTest
    @ValueSource(strings = {"conv-maxpool", "stride-conv", "small-conv", "drop-norm-l2", "rnn", "lstm", "gru"})
    void everyLineFitsAndEveryLayerHasItsNumbers(String name) throws IOException {
        ArchitectureDrawing drawing = ArchitectureDrawing.of(name, ZOO.resolve(name + ".onnx"));

        List<String> lines = drawing.text();

        assertThat(lines).allMatch(line -> line.length() <= 80);
        assertThat(lines.get(lines.size() - 1).replaceAll("[, ]", ""))
                .isEqualTo("all" + drawing.parameters() + drawing.multiplyAccumulates());
        assertThat(lines.stream().filter(line -> line.matches(" *\\d+  .*"))).hasSameSizeAs(drawing.layers());
    }

    @Test
    void aBranchSaysWhatItReadsAndWhatComesAgainIsDrawnOnce() {
        List<Layer> layers = new ArrayList<>();
        layers.add(layer(Kind.INPUT, "images", ""));
        layers.add(layer(Kind.CONVOLUTION, "convolution 3×3", "8 filters", 0));
        layers.add(layer(Kind.CONVOLUTION, "convolution 1×1", "8 filters", 0));
        layers.add(layer(Kind.MERGE, "sum", "", 1, 2));
        for (int i = 0; i < 30; i++) {
            layers.add(layer(Kind.DENSE, "dense", "8 units", layers.size() - 1));
        }

        assertThat(new ArchitectureDrawing("", layers).text().stream().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        " layer output parameters MACs",
                        " 1 images 8 5 7",
                        " 2 convolution 3×3 8 5 7",
                        " 8 filters",
                        " 3 convolution 1×1 8 5 7",
                        " │ 8 filters",
                        " │ reads 1",
                        " 4 sum 8 5 7",
                        " │ reads 2 and 3",
                        " 5 dense 8 150 210",
                        " 8 units",
                        " (5 comes 30 times)",
                        " all 170 238");
    }

    private static Layer layer(Kind kind, String name, String detail, Integer... inputs) {
        return new Layer(kind, name, detail, List.of(8L), 5, 7, List.of(inputs), null);
    }
}
