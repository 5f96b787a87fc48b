package io.catwalk.runner.report.page;

import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Places blocks on a wide page: side by side, where two columns of about the same height fit, so that no half of the page
 * stays empty. It is computed when the page is written, since columns that a browser balances move when a reader opens a
 * part. A narrow page shows the same blocks in the same order, one below the other.
 */
final class PageLayout {

    /** Width of a chart, where there is room for it. */
    static final double WIDE = 560;

    /** Width of a chart on a phone. */
    static final double NARROW = 340;

    /** Blocks that need more width stand alone; half of the page is 650 pixels wide. */
    private static final double LARGEST = 820;

    private static final double PAGE = 1_350;

    /** The lower column has at least this share of the height of the other, if blocks still wait for a place. */
    private static final double BALANCED = 0.6;

    /** The lower column has at least this share, if no block waits; else the blocks stand alone. */
    private static final double BESIDE = 0.3;

    /** Lines that are more easily read in one column. */
    private static final int LONG = 5;

    private static final int LINE = 75;
    private static final double LINE_HEIGHT = 25;
    /** Where a PNG file has its width and, after it, its height. */
    private static final int WIDTH_IN_PNG = 16;

    private static final double LETTER = 7.2;
    private static final double MOST_TABLE = 600;

    private PageLayout() {}

    /**
     * What stands side by side.
     *
     * @param left blocks of the left column, or a block that has the whole width
     * @param right blocks of the right column; empty if one block has the whole width
     * @param share of the width that the left column needs, in percent
     */
    record Band(List<Block> left, List<Block> right, int share) {

        static Band alone(Block block) {
            return new Band(List.of(block), List.of(), 100);
        }

        static Band split(List<Block> blocks) {
            int cut = IntStream.range(1, blocks.size())
                    .boxed()
                    .min((a, b) -> Double.compare(lost(blocks, a), lost(blocks, b)))
                    .orElseThrow();
            List<Block> left = List.copyOf(blocks.subList(0, cut));
            List<Block> right = List.copyOf(blocks.subList(cut, blocks.size()));
            double share = Math.round(100 * width(left) / (width(left) + width(right)));
            return new Band(left, right, (int) Math.max(40, Math.min(60, share)));
        }

        private static double lost(List<Block> blocks, int cut) {
            return Math.abs(height(blocks.subList(0, cut)) - height(blocks.subList(cut, blocks.size())));
        }

        double balance() {
            double left = height(this.left);
            double right = height(this.right);
            return Math.min(left, right) / Math.max(left, right);
        }

        boolean fits() {
            return width(left) + width(right) <= PAGE;
        }
    }

    /** Places blocks in their order. */
    static List<Band> bands(List<Block> blocks) {
        List<Band> bands = new ArrayList<>();
        List<Block> run = new ArrayList<>();
        for (Block block : blocks) {
            if (width(block) > LARGEST) {
                bands.addAll(ended(run));
                bands.add(Band.alone(block));
                continue;
            }
            run.add(block);
            if (run.size() > 1) {
                Band band = Band.split(run);
                if (band.fits() && band.balance() >= BALANCED) {
                    bands.add(band);
                    run.clear();
                }
            }
        }
        bands.addAll(ended(run));
        return bands;
    }

    private static List<Band> ended(List<Block> run) {
        List<Block> blocks = List.copyOf(run);
        run.clear();
        if (blocks.size() > 1) {
            Band band = Band.split(blocks);
            if (band.fits() && band.balance() >= BESIDE) {
                return List.of(band);
            }
        }
        return blocks.stream().map(Band::alone).toList();
    }

    /** Returns whether sentences that stand alone are set in two columns. */
    static boolean isLong(Block.Sentences sentences) {
        return sentences.tone() != Block.Tone.WARNING && height(sentences) > LONG * LINE_HEIGHT;
    }

    private static double width(List<Block> blocks) {
        return blocks.stream().mapToDouble(PageLayout::width).max().orElse(0);
    }

    private static double width(Block block) {
        if (block instanceof Table table) {
            return IntStream.range(0, table.columns().size())
                    .mapToDouble(column -> width(table, column))
                    .sum();
        }
        boolean whole = block instanceof Block.Group
                || block instanceof Block.Widget
                || (block instanceof Block.Facts facts && facts.key())
                || (block instanceof Block.Sentences sentences && sentences.tone() == Block.Tone.WARNING);
        return whole ? PAGE : WIDE;
    }

    private static double width(Table table, int column) {
        Stream<String> head = Stream.of(table.columns().get(column).head().split(" ", -1));
        Stream<String> cells =
                table.rows().stream().flatMap(row -> texts(row.cells().get(column)));
        return 22
                + LETTER
                        * Stream.concat(head, cells)
                                .mapToInt(text -> Math.min(40, text.length()))
                                .max()
                                .orElse(0);
    }

    private static Stream<String> texts(Cell cell) {
        return cell instanceof Cell.Quantity number
                ? Stream.of(number.text(), number.detail())
                : cell instanceof Cell.Name name
                        ? Stream.of("    " + name.text() + "  " + name.tag())
                        : Stream.of(cell.text());
    }

    private static double height(List<Block> blocks) {
        return blocks.stream().mapToDouble(block -> height(block) + LINE_HEIGHT).sum();
    }

    private static double height(Block block) {
        if (block instanceof Block.Figure figure) {
            Chart chart = figure.chart();
            return chart.drawn(WIDE).height()
                    + LINE_HEIGHT * (3 + lines(chart.caption().note()));
        }
        if (block instanceof Table table) {
            boolean small = table.rows().stream()
                    .flatMap(row -> row.cells().stream())
                    .anyMatch(
                            cell -> texts(cell).filter(text -> !text.isEmpty()).count() > 1);
            return LINE_HEIGHT * (2 + lines(table.note()))
                    + Math.min(
                            MOST_TABLE, (small ? 48 : 34) * (1.0 + table.rows().size()));
        }
        if (block instanceof Block.Sentences sentences) {
            boolean list = sentences.tone() == Block.Tone.LIST;
            int lines = list
                    ? sentences.sentences().stream().mapToInt(PageLayout::lines).sum()
                    : lines(String.join(" ", sentences.sentences()));
            return LINE_HEIGHT * (lines + headed(sentences.heading()));
        }
        if (block instanceof Block.Facts facts) {
            int lines = facts.facts().stream()
                    .mapToInt(fact ->
                            Math.max(1, lines(fact.value().text() + fact.value().text())))
                    .sum();
            return LINE_HEIGHT * (lines + headed(facts.heading()));
        }
        if (block instanceof Block.Drawing drawing) {
            return drawing.picture().height()
                            * Math.min(1, 480 / drawing.picture().width())
                    + LINE_HEIGHT * headed(drawing.heading());
        }
        if (block instanceof Block.Photo photo) {
            ByteBuffer size = ByteBuffer.wrap(photo.png(), WIDTH_IN_PNG, 2 * Integer.BYTES);
            return Math.min(1, WIDE / size.getInt()) * size.getInt() + LINE_HEIGHT * headed(photo.heading());
        }
        return block instanceof Block.Code code
                ? LINE_HEIGHT * (1 + code.text().lines().count() + headed(code.heading()))
                : WIDE / 2;
    }

    private static int lines(String text) {
        return (text.length() + LINE - 1) / LINE;
    }

    private static int headed(String heading) {
        return heading.isEmpty() ? 0 : 1;
    }
}
