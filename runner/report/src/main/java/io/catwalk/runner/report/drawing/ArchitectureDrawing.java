package io.catwalk.runner.report.drawing;

import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.charts.Picture;
import io.catwalk.runner.report.charts.Picture.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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

    public long parameters() {
        return layers.stream().mapToLong(Layer::parameters).sum();
    }

    public long multiplyAccumulates() {
        return layers.stream().mapToLong(Layer::multiplyAccumulates).sum();
    }

    public String svg(Theme theme) {
        return picture().svg(theme, "Architecture of " + title, description());
    }

    public Picture picture() {
        return Layout.of(this);
    }

    /** Draws it as lines of 80 columns, unless a single word is longer. */
    public List<String> text() {
        return TextPainter.paint(this);
    }

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

    /**
     * Draws the layers of a network as lines of text, 80 columns wide: for each its number, what it does, the shape of its
     * output, its parameters and its MACs. A line leads down to the next layer if that reads it; other inputs of a layer
     * are named.
     */
    private static final class TextPainter {

        private static final int NAME = 34;

        /** As many words as there is room for, or one that is longer. */
        private static final Pattern LINE = Pattern.compile("(.{1," + NAME + "}|\\S+)(?: |$)");

        private static final String FORMAT = "%3s  %-" + NAME + "s %-16s %10s %12s";

        private final Summary summary;
        private final List<String> lines = new ArrayList<>();

        private TextPainter(Summary summary) {
            this.summary = summary;
        }

        static List<String> paint(ArchitectureDrawing drawing) {
            TextPainter painter = new TextPainter(Summary.of(drawing.layers()));
            painter.line("", "layer", "output", "parameters", "MACs");
            for (int i = 0; i < painter.summary.layers().size(); i++) {
                painter.layer(i);
            }
            painter.line(
                    "", "all", "", Numbers.count(drawing.parameters()), Numbers.count(drawing.multiplyAccumulates()));
            return painter.lines;
        }

        private void layer(int index) {
            Layer layer = summary.layers().get(index);
            List<String> names = wrapped(layer.name());
            line(
                    String.valueOf(index + 1),
                    names.get(0),
                    layer.outputShape(),
                    layer.parameters() == 0 ? "" : Numbers.count(layer.parameters()),
                    layer.multiplyAccumulates() == 0 ? "" : Numbers.count(layer.multiplyAccumulates()));
            List<Layer> layers = summary.layers();
            String way =
                    index + 1 < layers.size() && layers.get(index + 1).inputs().contains(index) ? "│" : "";
            names.subList(1, names.size()).forEach(name -> line(way, name, "", "", ""));
            wrapped(layer.detail()).forEach(detail -> line(way, detail, "", "", ""));
            if (!layer.inputs().isEmpty() && !layer.inputs().equals(List.of(index - 1))) {
                line(
                        way,
                        "reads "
                                + layer.inputs().stream()
                                        .map(input -> String.valueOf(input + 1))
                                        .collect(Collectors.joining(" and ")),
                        "",
                        "",
                        "");
            }
            for (Summary.Block block : summary.blocks()) {
                if (block.to() == index + 1) {
                    String which = block.to() - block.from() == 1
                            ? (index + 1) + " comes "
                            : (block.from() + 1) + " to " + block.to() + " come ";
                    line(way, "(" + which + block.times() + " times)", "", "", "");
                }
            }
        }

        private void line(String gutter, String name, String output, String parameters, String work) {
            lines.add(String.format(Locale.ROOT, FORMAT, gutter, name, output, parameters, work)
                    .stripTrailing());
        }

        /** Breaks a text between words; an empty text gives no line. */
        private static List<String> wrapped(String text) {
            return LINE.matcher(text).results().map(line -> line.group(1)).toList();
        }
    }
}
