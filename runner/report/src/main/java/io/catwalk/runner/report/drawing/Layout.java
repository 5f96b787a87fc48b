package io.catwalk.runner.report.drawing;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Point;
import io.catwalk.runner.report.Pen;
import io.catwalk.runner.report.Picture;
import io.catwalk.runner.report.drawing.ArchitectureDrawing.Summary;
import io.catwalk.runner.report.drawing.ArchitectureDrawing.Summary.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Lays out layers from top to bottom, branches beside each other; lines that skip layers are in lanes at the left. */
final class Layout {

    private static final double PAGE = 400;
    private static final double EDGE = 14;
    private static final double ROW_GAP = 24;
    private static final double COLUMN_GAP = 18;
    private static final double NARROWEST = 148;
    private static final double WIDEST = 372;
    private static final double BADGE = 34;

    private final List<Layer> layers;
    private final List<Block> blocks;
    private final Columns columns;
    private final Pen pen = new Pen();
    private final Map<Lane, Integer> lanes;
    private final double laneWidth;
    private final double left;
    private final double boxWidth;
    private final double[] top;
    private final double[] bottom;

    /** A line that skips layers; it has a place beside the boxes, of which 0 is the rightmost. */
    private record Lane(int from, int to) {}

    private Layout(Summary summary) {
        layers = summary.layers();
        blocks = summary.blocks();
        columns = Columns.of(layers);
        lanes = lanes();
        int places = lanes.isEmpty() ? 0 : Collections.max(lanes.values()) + 1;
        laneWidth = places == 0 ? 0 : Math.max(4, Math.min(13, 140.0 / places));
        double badges = blocks.isEmpty() ? 0 : BADGE;
        left = EDGE + places * laneWidth + (places > 0 ? 6 : 0);
        double room = PAGE - left - EDGE - badges - COLUMN_GAP * (columns.count() - 1);
        boxWidth = Math.max(NARROWEST, Math.min(WIDEST, room / columns.count()));
        int rows = Arrays.stream(columns.row()).max().orElse(-1) + 1;
        top = new double[rows];
        bottom = new double[rows];
    }

    static Picture of(ArchitectureDrawing drawing) {
        return new Layout(Summary.of(drawing.layers())).picture(drawing);
    }

    private Picture picture(ArchitectureDrawing drawing) {
        double[] heights = new double[top.length];
        for (int i = 0; i < layers.size(); i++) {
            int row = columns.row()[i];
            heights[row] = Math.max(heights[row], box(i).height());
        }
        double right = left + columns.count() * (boxWidth + COLUMN_GAP) - COLUMN_GAP + EDGE;
        double width = Math.max(PAGE, right + (blocks.isEmpty() ? 0 : BADGE));
        double y = header(drawing, width);
        for (int row = 0; row < top.length; row++) {
            top[row] = y;
            bottom[row] = y + heights[row];
            y = bottom[row] + ROW_GAP;
        }
        blocks.forEach(this::frame);
        for (int to = 0; to < layers.size(); to++) {
            for (int from : layers.get(to).inputs()) {
                LayerBox.arrow(route(from, to), pen);
            }
        }
        for (int i = 0; i < layers.size(); i++) {
            LayerBox box = box(i);
            box.draw(center(i) - box.width() / 2, topOf(i), pen);
        }
        return new Picture(width, y - ROW_GAP + EDGE, pen.marks());
    }

    private double header(ArchitectureDrawing drawing, double width) {
        double y = EDGE;
        for (String line : LayerBox.TITLE.wrapped(drawing.title(), width - 2 * EDGE)) {
            y += 18;
            pen.text(EDGE, y, line, LayerBox.TITLE, "ink", Anchor.START);
        }
        y += 19;
        long macs = drawing.multiplyAccumulates();
        String totals = Numbers.count(drawing.parameters()) + " parameters · "
                + (macs < 1_000_000 ? Numbers.count(macs) : Numbers.fixed(macs / 1e6, 2) + " million") + " MACs";
        pen.text(EDGE, y, totals, LayerBox.DETAIL, "ink", Anchor.START);
        return y + 16;
    }

    private LayerBox box(int layer) {
        return LayerBox.of(layers.get(layer), boxWidth);
    }

    private double center(int layer) {
        return left + columns.column()[layer] * (boxWidth + COLUMN_GAP) + boxWidth / 2;
    }

    /** Returns the top of a box, which is in the middle of its row. */
    private double topOf(int layer) {
        int row = columns.row()[layer];
        return (top[row] + bottom[row] - box(layer).height()) / 2;
    }

    private double bottomOf(int layer) {
        return topOf(layer) + box(layer).height();
    }

    private double middleOf(int layer) {
        return topOf(layer) + box(layer).height() / 2;
    }

    private Map<Lane, Integer> lanes() {
        Map<Lane, Integer> found = new HashMap<>();
        List<Integer> ends = new ArrayList<>();
        for (int from = 0; from < layers.size(); from++) {
            for (int to = from + 1; to < layers.size(); to++) {
                if (!layers.get(to).inputs().contains(from) || isDirect(from, to)) {
                    continue;
                }
                int start = columns.row()[from];
                int place = 0;
                while (place < ends.size() && ends.get(place) > start) {
                    place++;
                }
                if (place == ends.size()) {
                    ends.add(0);
                }
                ends.set(place, columns.row()[to]);
                found.put(new Lane(from, to), place);
            }
        }
        return found;
    }

    private boolean isDirect(int from, int to) {
        return columns.entry()[to] == from
                || columns.exit()[from] == to
                || columns.row()[to] == columns.row()[from] + 1;
    }

    private List<Point> route(int from, int to) {
        if (!isDirect(from, to)) {
            return inLane(from, to);
        }
        double x = center(from);
        double toX = center(to);
        double start = bottomOf(from);
        if (x == toX) {
            return List.of(new Point(x, start), new Point(toX, topOf(to)));
        }
        boolean below = columns.entry()[to] == from;
        if (!below && isBeside(from, to)) {
            double edge = toX + box(to).width() / 2 * Math.signum(x - toX);
            return List.of(new Point(x, start), new Point(x, middleOf(to)), new Point(edge, middleOf(to)));
        }
        double turn = below ? bottom[columns.row()[from]] + ROW_GAP / 3 : top[columns.row()[to]] - ROW_GAP * 0.55;
        return List.of(new Point(x, start), new Point(x, turn), new Point(toX, turn), new Point(toX, topOf(to)));
    }

    /** Returns whether a line can come down beside a box and enter its side, with no other box between. */
    private boolean isBeside(int from, int to) {
        int row = columns.row()[to];
        int low = Math.min(columns.column()[from], columns.column()[to]);
        int high = Math.max(columns.column()[from], columns.column()[to]);
        return IntStream.range(0, layers.size())
                .filter(i -> i != to && columns.row()[i] == row)
                .map(i -> columns.column()[i])
                .noneMatch(column -> column >= low && column <= high);
    }

    private List<Point> inLane(int from, int to) {
        int place = Objects.requireNonNull(lanes.get(new Lane(from, to)));
        double lane = left - 6 - (place + 0.5) * laneWidth;
        double below = bottom[columns.row()[from]] + ROW_GAP / 3;
        List<Point> points = new ArrayList<>(List.of(
                new Point(center(from), bottomOf(from)), new Point(center(from), below), new Point(lane, below)));
        if (columns.column()[to] == 0) {
            points.add(new Point(lane, middleOf(to)));
            points.add(new Point(center(to) - box(to).width() / 2, middleOf(to)));
        } else {
            double above = top[columns.row()[to]] - ROW_GAP * 0.55;
            points.add(new Point(lane, above));
            points.add(new Point(center(to), above));
            points.add(new Point(center(to), topOf(to)));
        }
        return points;
    }

    /** Draws a frame around the layers of a block, with the number of repetitions. */
    private void frame(Block block) {
        double minX = Double.MAX_VALUE;
        double maxX = 0;
        double minY = Double.MAX_VALUE;
        double maxY = 0;
        for (int i = block.from(); i < block.to(); i++) {
            minX = Math.min(minX, center(i) - boxWidth / 2);
            maxX = Math.max(maxX, center(i) + boxWidth / 2);
            minY = Math.min(minY, topOf(i));
            maxY = Math.max(maxY, bottomOf(i));
        }
        String color = Layer.Kind.OTHER.color();
        Paint dashes = new Paint(color, 0, color, LayerBox.LINE_WIDTH, 5);
        pen.rect(minX - 6, minY - 8, maxX - minX + 12, maxY - minY + 16, LayerBox.CORNER, dashes);
        pen.text(maxX + 11, (minY + maxY) / 2 + 5, "× " + block.times(), LayerBox.NAME, "ink", Anchor.START);
    }

    /**
     * Assigns each layer a row, by the longest path to it, and a column. The longest path through the network is in column
     * 0; branches are to its right, each in the first free column.
     *
     * @param entry of each layer: the layer from which the line to it comes down its own column; -1 if none
     * @param exit of each layer: the layer to which the line from it goes down its own column; -1 if none
     */
    @SuppressWarnings("ArrayRecordComponent") // created once, read once, never compared
    private record Columns(int[] row, int[] column, int count, int[] entry, int[] exit) {

        static Columns of(List<Layer> layers) {
            int size = layers.size();
            int[] row = new int[size];
            List<List<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                readers.add(new ArrayList<>());
                for (int input : layers.get(i).inputs()) {
                    row[i] = Math.max(row[i], row[input] + 1);
                    readers.get(input).add(i);
                }
            }
            int rows = Arrays.stream(row).max().orElse(0) + 1;
            Columns columns = new Columns(row, filled(size), 0, filled(size), filled(size));
            List<BitSet> taken = new ArrayList<>();
            List<Integer> chain = longestChain(layers, columns.column);
            while (!chain.isEmpty()) {
                int first = chain.get(0);
                int last = chain.get(chain.size() - 1);
                int from = layers.get(first).inputs().stream()
                        .max(Comparator.comparingInt(layer -> row[layer]))
                        .orElse(-1);
                int to = readers.get(last).stream()
                        .min(Comparator.comparingInt(layer -> row[layer]))
                        .orElse(-1);
                int top = taken.isEmpty() ? 0 : from < 0 ? row[first] : row[from] + 1;
                int bottom = taken.isEmpty() ? rows - 1 : to < 0 ? row[last] : Math.max(row[last], row[to] - 1);
                int free = free(taken, top, bottom + 1);
                taken.get(free).set(top, bottom + 1);
                columns.entry[first] = from;
                columns.exit[last] = to;
                for (int i = 0; i < chain.size(); i++) {
                    columns.column[chain.get(i)] = free;
                    if (i > 0) {
                        columns.entry[chain.get(i)] = chain.get(i - 1);
                        columns.exit[chain.get(i - 1)] = chain.get(i);
                    }
                }
                chain = longestChain(layers, columns.column);
            }
            return new Columns(row, columns.column, taken.size(), columns.entry, columns.exit);
        }

        private static int[] filled(int size) {
            int[] none = new int[size];
            Arrays.fill(none, -1);
            return none;
        }

        /** Returns the first column in which the rows are free; adds one if there is none. */
        private static int free(List<BitSet> taken, int top, int end) {
            for (int i = 0; i < taken.size(); i++) {
                int next = taken.get(i).nextSetBit(top);
                if (next < 0 || next >= end) {
                    return i;
                }
            }
            taken.add(new BitSet());
            return taken.size() - 1;
        }

        /** Returns the longest path through layers that have no column yet; empty if all have one. */
        private static List<Integer> longestChain(List<Layer> layers, int[] column) {
            int[] length = new int[layers.size()];
            int[] before = filled(layers.size());
            int end = -1;
            for (int i = 0; i < layers.size(); i++) {
                if (column[i] >= 0) {
                    continue;
                }
                length[i] = 1;
                for (int input : layers.get(i).inputs()) {
                    if (column[input] < 0 && length[input] + 1 > length[i]) {
                        length[i] = length[input] + 1;
                        before[i] = input;
                    }
                }
                if (end < 0 || length[i] > length[end]) {
                    end = i;
                }
            }
            List<Integer> chain = new ArrayList<>();
            for (int at = end; at >= 0; at = before[at]) {
                chain.add(0, at);
            }
            return chain;
        }
    }
}
