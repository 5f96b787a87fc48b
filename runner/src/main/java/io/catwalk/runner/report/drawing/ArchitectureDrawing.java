package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.graphics.Picture;
import io.catwalk.runner.report.graphics.Theme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws the layers of a network from top to bottom, with their output shapes and parameters. Long networks are
 * shortened: repeated layers are drawn once, with the number of repetitions. A drawing is 400 pixels wide; only
 * branches beside each other make it wider.
 */
public record ArchitectureDrawing(String title, ArchitectureGraph graph) {

    /**
     * Prepares the drawing of an exported network.
     *
     * @param onnx a file that Catwalk exported
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if Catwalk could not have exported such a file
     */
    public static ArchitectureDrawing of(String title, Path onnx) throws IOException {
        return new ArchitectureDrawing(title, ArchitectureGraph.of(onnx));
    }

    /** Draws it as SVG, with a title and a description for screen readers. */
    public String svg(Theme theme) {
        return Layout.of(title, graph).svg(theme, "Architecture of " + title, description());
    }

    /** Returns it as a picture. */
    public Picture picture() {
        return Layout.of(title, graph);
    }

    /** Draws it as lines of 80 columns, unless a single word is longer. */
    public List<String> text() {
        return TextPainter.paint(graph);
    }

    /** Draws it as an image, on white. */
    public byte[] png(double scale) {
        return Layout.of(title, graph).png(scale);
    }

    /** Describes it for readers who cannot see it. */
    public String description() {
        List<Layer> shown = Summary.of(graph.layers()).layers();
        return String.format(
                Locale.ROOT,
                "%,d parameters. From the input: %s.",
                graph.parameters(),
                shown.stream()
                        .map(layer -> layer.name() + " (" + layer.outputShape() + ")")
                        .collect(Collectors.joining(", ")));
    }
}
