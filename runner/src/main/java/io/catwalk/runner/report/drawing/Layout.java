package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.drawing.Shapes.Style;
import io.catwalk.runner.report.drawing.Summary.Block;
import io.catwalk.runner.report.graphics.Mark;
import io.catwalk.runner.report.graphics.Mark.Anchor;
import io.catwalk.runner.report.graphics.Mark.Point;
import io.catwalk.runner.report.graphics.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lays out a drawing: the layers from the top to the bottom, branches beside each other, and lines that skip layers in
 * lanes at the left. Lines run between the boxes, never over them.
 */
final class Layout {

    private static final double PAGE = 400;
    private static final double EDGE = 14;
    private static final double ROW_GAP = 24;
    private static final double COLUMN_GAP = 18;
    private static final double NARROWEST = 148;
    private static final double WIDEST = 372;
    private static final double BADGE = 34;

    private Layout() {}

    static Picture of(String title, ArchitectureGraph graph) {
        return new Drafting(Summary.of(graph.layers())).layout(title, graph);
    }

    /** The state of a layout in progress. */
    private static final class Drafting {

        private final List<Layer> layers;
        private final List<Block> blocks;
        private final Columns columns;
        private final List<Mark> marks = new ArrayList<>();
        private final List<Lane> lanes;
        private final double laneWidth;
        private final double left;
        private final double boxWidth;
        private final double[] top;
        private final double[] bottom;

        /** The lane of a line that skips layers; place 0 is the rightmost. */
        private record Lane(int from, int to, int place) {}

        Drafting(Summary summary) {
            layers = summary.layers();
            blocks = summary.blocks();
            columns = Columns.of(layers);
            lanes = lanes();
            int places = lanes.stream().mapToInt(Lane::place).max().orElse(-1) + 1;
            laneWidth = places == 0 ? 0 : Math.max(4, Math.min(13, 140.0 / places));
            double badges = blocks.isEmpty() ? 0 : BADGE;
            left = EDGE + places * laneWidth + (places > 0 ? 6 : 0);
            double room = PAGE - left - EDGE - badges - COLUMN_GAP * (columns.count() - 1);
            boxWidth = Math.max(NARROWEST, Math.min(WIDEST, room / columns.count()));
            int rows = 0;
            for (int row : columns.row()) {
                rows = Math.max(rows, row + 1);
            }
            top = new double[rows];
            bottom = new double[rows];
        }

        Picture layout(String title, ArchitectureGraph graph) {
            double[] heights = new double[top.length];
            for (int i = 0; i < layers.size(); i++) {
                int row = columns.row()[i];
                heights[row] = Math.max(heights[row], box(i).height());
            }
            double right = left + columns.count() * (boxWidth + COLUMN_GAP) - COLUMN_GAP + EDGE;
            double width = Math.max(PAGE, right + (blocks.isEmpty() ? 0 : BADGE));
            double y = header(title, graph, width);
            for (int row = 0; row < top.length; row++) {
                top[row] = y;
                bottom[row] = y + heights[row];
                y = bottom[row] + ROW_GAP;
            }
            blocks.forEach(this::frame);
            for (int to = 0; to < layers.size(); to++) {
                for (int from : layers.get(to).inputs()) {
                    marks.addAll(Shapes.arrow(route(from, to)));
                }
            }
            for (int i = 0; i < layers.size(); i++) {
                LayerBox box = box(i);
                marks.addAll(box.marks(center(i) - box.width() / 2, topOf(i)));
            }
            return new Picture(width, y - ROW_GAP + EDGE, marks);
        }

        private double header(String title, ArchitectureGraph graph, double width) {
            double y = EDGE;
            for (String line : Type.TITLE.wrapped(title, width - 2 * EDGE)) {
                y += 18;
                marks.add(Shapes.words(EDGE, y, line, Type.TITLE, Anchor.START));
            }
            y += 19;
            String totals = String.format(
                    Locale.ROOT, "%,d parameters · %s MACs", graph.parameters(), count(graph.multiplyAccumulates()));
            marks.add(Shapes.words(EDGE, y, totals, Type.DETAIL, Anchor.START));
            return y + 16;
        }

        private static String count(long number) {
            return number < 1_000_000
                    ? String.format(Locale.ROOT, "%,d", number)
                    : String.format(Locale.ROOT, "%.2f million", number / 1e6);
        }

        private LayerBox box(int layer) {
            return LayerBox.of(layers.get(layer), boxWidth);
        }

        private double center(int layer) {
            return center(columns.column()[layer], 0);
        }

        private double center(int column, double offset) {
            return left + column * (boxWidth + COLUMN_GAP) + boxWidth / 2 + offset;
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

        private List<Lane> lanes() {
            List<Lane> found = new ArrayList<>();
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
                    found.add(new Lane(from, to, place));
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
            double x = center(from);
            double toX = center(to);
            double start = bottomOf(from);
            double below = bottom[columns.row()[from]] + ROW_GAP / 3;
            double above = top[columns.row()[to]] - ROW_GAP * 0.55;
            boolean beside = isBeside(from, to);
            if (!isDirect(from, to)) {
                return inLane(from, to);
            }
            if (x == toX) {
                return List.of(new Point(x, start), new Point(toX, topOf(to)));
            }
            if (columns.entry()[to] == from) {
                return List.of(
                        new Point(x, start), new Point(x, below), new Point(toX, below), new Point(toX, topOf(to)));
            }
            if (beside) {
                double edge = toX + box(to).width() / 2 * Math.signum(x - toX);
                return List.of(new Point(x, start), new Point(x, middleOf(to)), new Point(edge, middleOf(to)));
            }
            return List.of(new Point(x, start), new Point(x, above), new Point(toX, above), new Point(toX, topOf(to)));
        }

        /** Returns whether a line can come down beside a box and enter its side, with no other box between. */
        private boolean isBeside(int from, int to) {
            int row = columns.row()[to];
            int low = Math.min(columns.column()[from], columns.column()[to]);
            int high = Math.max(columns.column()[from], columns.column()[to]);
            for (int i = 0; i < layers.size(); i++) {
                int column = columns.column()[i];
                if (i != to && columns.row()[i] == row && column >= low && column <= high) {
                    return false;
                }
            }
            return true;
        }

        private List<Point> inLane(int from, int to) {
            int place = lanes.stream()
                    .filter(lane -> lane.from() == from && lane.to() == to)
                    .findFirst()
                    .orElseThrow()
                    .place();
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
            marks.add(Shapes.box(
                    minX - 6, minY - 8, maxX - minX + 12, maxY - minY + 16, Layer.Kind.OTHER.color(), Style.GROUP));
            marks.add(Shapes.words(maxX + 11, (minY + maxY) / 2 + 5, "× " + block.times(), Type.NAME, Anchor.START));
        }
    }
}
