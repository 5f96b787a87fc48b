package io.catwalk.runner.report.page;

import io.catwalk.runner.report.Block;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Chart;
import io.catwalk.runner.report.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    /** Room in a column beside its letters: the space on both sides, and the mark by which it is sorted. */
    private static final double MARGINS = 36;

    private static final double MOST_TABLE = 720;

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
    }

    static List<Band> bands(List<Block> blocks) {
        List<Band> bands = new ArrayList<>();
        List<Sized> run = new ArrayList<>();
        for (Block block : blocks) {
            double width = width(block);
            if (width > LARGEST) {
                end(run, bands);
                bands.add(Band.alone(block));
            } else {
                run.add(new Sized(block, width, height(block) + LINE_HEIGHT));
                beside(run, BALANCED).ifPresent(band -> {
                    bands.add(band);
                    run.clear();
                });
            }
        }
        end(run, bands);
        return bands;
    }

    private static void end(List<Sized> run, List<Band> bands) {
        beside(run, BESIDE).ifPresentOrElse(bands::add, () -> run.forEach(one -> bands.add(Band.alone(one.block()))));
        run.clear();
    }

    /** Splits blocks into two columns; empty if these do not fit, or one of them is too low. */
    private static Optional<Band> beside(List<Sized> run, double balance) {
        return IntStream.range(1, run.size())
                .mapToObj(cut ->
                        new Columns(Sized.all(run.subList(0, cut)), Sized.all(run.subList(cut, run.size())), cut))
                .min(Comparator.comparingDouble(columns -> Math.abs(columns.left.height - columns.right.height)))
                .filter(columns -> columns.left.width + columns.right.width <= PAGE
                        && Math.min(columns.left.height, columns.right.height)
                                >= balance * Math.max(columns.left.height, columns.right.height))
                .map(columns -> {
                    long share = Math.round(100 * columns.left.width / (columns.left.width + columns.right.width));
                    List<Block> blocks = run.stream().map(Sized::block).toList();
                    return new Band(blocks.subList(0, columns.cut), blocks.subList(columns.cut, blocks.size()), (int)
                            Math.max(40, Math.min(60, share)));
                });
    }

    private record Sized(Block block, double width, double height) {

        /** Returns the room of blocks one below the other, of which it has the first. */
        static Sized all(List<Sized> column) {
            return column.stream()
                    .reduce((one, next) ->
                            new Sized(one.block, Math.max(one.width, next.width), one.height + next.height))
                    .orElseThrow();
        }
    }

    private record Columns(Sized left, Sized right, int cut) {}

    /** Returns whether sentences that stand alone are set in two columns. */
    static boolean isLong(Block.Sentences sentences) {
        return sentences.tone() != Block.Tone.WARNING && height(sentences) > LONG * LINE_HEIGHT;
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
        return MARGINS
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

    static double height(Block block) {
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
                    .mapToInt(
                            fact -> Math.max(1, lines(fact.name() + fact.value().text())))
                    .sum();
            return LINE_HEIGHT * (lines + headed(facts.heading()));
        }
        if (block instanceof Block.Drawing drawing) {
            return drawing.picture().height()
                            * Math.min(1, 480 / drawing.picture().width())
                    + LINE_HEIGHT * headed(drawing.heading());
        }
        if (block instanceof Block.Choice choice) {
            return 2 * LINE_HEIGHT + height(choice.options().get(0).block());
        }
        if (block instanceof Block.Photo photo) {
            ByteBuffer size = ByteBuffer.wrap(photo.png(), WIDTH_IN_PNG, 2 * Integer.BYTES);
            return Math.min(1, WIDE / size.getInt()) * size.getInt() + LINE_HEIGHT * headed(photo.heading());
        }
        return WIDE / 2;
    }

    private static int lines(String text) {
        return (text.length() + LINE - 1) / LINE;
    }

    private static int headed(String heading) {
        return heading.isEmpty() ? 0 : 1;
    }
}
