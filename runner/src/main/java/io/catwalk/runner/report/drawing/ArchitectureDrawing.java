package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.graphics.Theme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws the layers of a network from top to bottom, with their output shapes and parameters. Long networks are
 * shortened: layers that come again and again are drawn once, with how often they come. Made to be read at a
 * width of 400 pixels; only branches beside each other make it wider.
 *
 * @param title that stands above it
 * @param graph that it shows
 */
public record ArchitectureDrawing(String title, ArchitectureGraph graph) {

    /**
     * Prepares the drawing of an exported network.
     *
     * @param title that stands above it, such as the name of the classifier
     * @param onnx a file that Catwalk exported
     * @return the drawing
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no file that Catwalk could have exported
     */
    public static ArchitectureDrawing of(String title, Path onnx) throws IOException {
        return new ArchitectureDrawing(title, ArchitectureGraph.of(onnx));
    }

    /**
     * Draws it as SVG, with a title and a description for those who do not see it.
     *
     * @param theme what it is drawn on
     * @return an {@code svg} element that stands alone or inside a page, also with others
     */
    public String svg(Theme theme) {
        return Layout.of(title, graph).svg(theme, "Architecture of " + title, description());
    }

    /**
     * Draws it as text.
     *
     * @return lines of 80 columns, unless a single word is longer
     */
    public List<String> text() {
        return TextPainter.paint(graph);
    }

    /**
     * Draws it as an image.
     *
     * @param theme what it is drawn on; a page counts as light
     * @param scale pixels for one unit, of which there are 400 across or more; 2 for slides
     * @return a PNG file
     */
    public byte[] png(Theme theme, double scale) {
        return Layout.of(title, graph).png(theme, scale);
    }

    private String description() {
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
