package io.catwalk.runner.report.drawing;

import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Picture;
import io.catwalk.runner.report.Picture.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws the layers of a network from top to bottom, with their output shapes and parameters. Long networks are
 * shortened: repeated layers are drawn once, with the number of repetitions. A drawing is 400 pixels wide; only
 * branches beside each other make it wider.
 *
 * @param layers in an order in which they can be computed, from the images to the logits; each reads only layers before
 *     it. They are read from the exported graph, so they are the layers that really run.
 */
public record ArchitectureDrawing(String title, List<Layer> layers) {

    /** Prepares the drawing of an exported network; refuses a file that Catwalk could not have exported. */
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

    public String description() {
        return Numbers.count(parameters()) + " parameters. From the input: "
                + Summary.of(layers).layers().stream()
                        .map(layer -> layer.name() + " (" + layer.outputShape() + ")")
                        .collect(Collectors.joining(", "))
                + ".";
    }

    /** Draws layers as lines of text, 80 columns wide; a line leads down to the next layer if that reads it. */
    private record TextPainter(Summary summary, List<String> lines) {

        private static final int NAME = 34;

        /** As many words as there is room for, or one that is longer. */
        private static final Pattern LINE = Pattern.compile("(.{1," + NAME + "}|\\S+)(?: |$)");

        private static final String FORMAT = "%3s  %-" + NAME + "s %-16s %10s %12s";

        static List<String> paint(ArchitectureDrawing drawing) {
            TextPainter painter = new TextPainter(Summary.of(drawing.layers()), new ArrayList<>());
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
            names.subList(1, names.size()).forEach(name -> line(way, name));
            wrapped(layer.detail()).forEach(detail -> line(way, detail));
            if (!layer.inputs().isEmpty() && !layer.inputs().equals(List.of(index - 1))) {
                String inputs = layer.inputs().stream()
                        .map(input -> String.valueOf(input + 1))
                        .collect(Collectors.joining(" and "));
                line(way, "reads " + inputs);
            }
            for (Summary.Block block : summary.blocks()) {
                if (block.to() == index + 1) {
                    String which = block.to() - block.from() == 1
                            ? (index + 1) + " comes "
                            : (block.from() + 1) + " to " + block.to() + " come ";
                    line(way, "(" + which + block.times() + " times)");
                }
            }
        }

        private void line(String gutter, String name) {
            line(gutter, name, "", "", "");
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

    /** A long network in short: repeated layers are drawn once, with the number of repetitions. */
    record Summary(List<Layer> layers, List<Block> blocks) {

        /** Largest number of layers that are drawn without shortening. */
        private static final int READABLE = 28;

        private static final int LONGEST_BLOCK = 80;

        /** A range of layers that stands for several copies of itself, this one included. */
        record Block(int from, int to, int times) {}

        /** What must be equal for two layers to count as the same. */
        private enum Likeness {
            /** Everything that a drawing shows, except parameters and MACs. */
            WHOLE,
            /** Only kind and name of a layer, so that a network that grows from layer to layer is shortened, too. */
            NAME
        }

        static Summary of(List<Layer> layers) {
            Summary summary = new Summary(layers, List.of());
            for (Likeness likeness : Likeness.values()) {
                if (summary.layers.size() > READABLE) {
                    summary = summary.shortened(likeness);
                }
            }
            return summary;
        }

        private Summary shortened(Likeness likeness) {
            Summary summary = this;
            int start = 0;
            while (start < summary.layers.size()) {
                Block best = summary.bestBlock(start, likeness);
                if (best != null) {
                    summary = summary.folded(best);
                    start = best.to();
                } else {
                    start++;
                }
            }
            return summary;
        }

        private @Nullable Block bestBlock(int start, Likeness likeness) {
            Block best = null;
            int saved = 1;
            for (int length = 1; length <= Math.min(LONGEST_BLOCK, (layers.size() - start) / 2); length++) {
                int times = 1;
                while (isCopy(start, length, times, likeness)) {
                    times++;
                }
                if ((times - 1) * length > saved) {
                    saved = (times - 1) * length;
                    best = new Block(start, start + length, times);
                }
            }
            return best;
        }

        /** Returns whether copy number {@code time} of the layers from {@code start} follows them directly. */
        private boolean isCopy(int start, int length, int time, Likeness likeness) {
            int offset = time * length;
            if (start + offset + length > layers.size()
                    || blocks.stream()
                            .anyMatch(block -> block.from() < start + offset + length && block.to() > start)) {
                return false;
            }
            return IntStream.range(start, start + length)
                    .allMatch(i -> isAlike(layers.get(i), layers.get(i + offset), start, offset, likeness));
        }

        private static boolean isAlike(Layer one, Layer copy, int start, int offset, Likeness likeness) {
            if (one.kind() != copy.kind() || !one.name().equals(copy.name())) {
                return false;
            }
            if (likeness == Likeness.WHOLE
                    && !(one.detail().equals(copy.detail()) && one.output().equals(copy.output()))) {
                return false;
            }
            if (likeness == Likeness.NAME
                    && one.inputs().size() != copy.inputs().size()
                    && one.kind() == Layer.Kind.MERGE) {
                return copy.inputs().contains(one.inputs().get(0) + offset);
            }
            return one.inputs().size() == copy.inputs().size()
                    && IntStream.range(0, one.inputs().size()).allMatch(i -> {
                        int source = one.inputs().get(i);
                        int other = copy.inputs().get(i);
                        return other == source + offset || (other == source && source < start);
                    });
        }

        /** Keeps the first copy, with the sums of parameters and MACs over all copies and the shapes of the last. */
        private Summary folded(Block block) {
            int length = block.to() - block.from();
            int end = block.from() + length * block.times();
            List<Layer> kept = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                if (i < block.to() || i >= end) {
                    int first = i;
                    int copies = i >= block.from() && i < end ? block.times() : 1;
                    kept.add(sum(
                            IntStream.range(0, copies)
                                    .mapToObj(copy -> layers.get(first + copy * length))
                                    .toList(),
                            layers.get(i).inputs().stream()
                                    .map(input -> moved(input, block, length, end))
                                    .distinct()
                                    .toList()));
                }
            }
            List<Block> all = new ArrayList<>();
            int by = block.to() - end;
            blocks.forEach(other ->
                    all.add(other.from < end ? other : new Block(other.from + by, other.to + by, other.times)));
            all.add(block);
            return new Summary(kept, all);
        }

        private static Layer sum(List<Layer> copies, List<Integer> inputs) {
            Layer last = copies.get(copies.size() - 1);
            long parameters = copies.stream().mapToLong(Layer::parameters).sum();
            long work = copies.stream().mapToLong(Layer::multiplyAccumulates).sum();
            return copies.get(0).with(last.detail(), last.output(), parameters, work, inputs);
        }

        private static int moved(int layer, Block block, int length, int end) {
            if (layer < block.to()) {
                return layer;
            }
            return layer < end ? block.from() + (layer - block.from()) % length : layer - (end - block.to());
        }
    }
}
