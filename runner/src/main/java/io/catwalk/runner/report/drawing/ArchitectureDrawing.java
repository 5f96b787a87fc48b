package io.catwalk.runner.report.drawing;

import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.runner.report.charts.Picture;
import io.catwalk.runner.report.charts.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws the layers of a network from top to bottom, with their output shapes and parameters. Long networks are
 * shortened: repeated layers are drawn once, with the number of repetitions. A drawing is 400 pixels wide; only
 * branches beside each other make it wider.
 *
 * @param layers in an order in which they can be computed, from the images to the logits; each reads only layers before
 *     it. They are read from the exported graph, so they are the layers that really run.
 */
public record ArchitectureDrawing(String title, List<Layer> layers) {

    /**
     * Prepares the drawing of an exported network.
     *
     * @param onnx a file that Catwalk exported
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if Catwalk could not have exported such a file
     */
    public static ArchitectureDrawing of(String title, Path onnx) throws IOException {
        return of(title, Files.readAllBytes(onnx));
    }

    static ArchitectureDrawing of(String title, byte[] onnx) {
        return new ArchitectureDrawing(
                title, LayerReader.layers(OnnxParser.model(onnx).graph()));
    }

    /** Counts the parameters. */
    public long parameters() {
        return layers.stream().mapToLong(Layer::parameters).sum();
    }

    /** Counts the MACs for one sample. */
    public long multiplyAccumulates() {
        return layers.stream().mapToLong(Layer::multiplyAccumulates).sum();
    }

    /** Draws it as SVG, with a title and a description for screen readers. */
    public String svg(Theme theme) {
        return picture().svg(theme, "Architecture of " + title, description());
    }

    /** Returns it as a picture. */
    public Picture picture() {
        return Layout.of(this);
    }

    /** Draws it as lines of 80 columns, unless a single word is longer. */
    public List<String> text() {
        return TextPainter.paint(this);
    }

    /** Draws it as an image, on white. */
    public byte[] png(double scale) {
        return picture().png(scale);
    }

    /** Describes it for readers who cannot see it. */
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d parameters. From the input: %s.",
                parameters(),
                Summary.of(layers).layers().stream()
                        .map(layer -> layer.name() + " (" + layer.outputShape() + ")")
                        .collect(Collectors.joining(", ")));
    }
}
