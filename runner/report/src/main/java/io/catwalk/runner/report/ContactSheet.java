package io.catwalk.runner.report;

import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Draws images of a data set side by side as one PNG, each entry with a few lines of text under it. */
public record ContactSheet(String title, List<Entry> entries, int letters) {

    /** Largest side of a picture. Smaller images are enlarged by a whole factor, larger ones are reduced. */
    private static final int SIDE = 112;

    private static final int WIDTH = 1240;
    private static final int GAP = 8;
    private static final int LETTERS = 12;

    public ContactSheet(String title, List<Entry> entries) {
        this(title, entries, LETTERS);
    }

    /** Pictures that belong together, all of the same size; each is loaded when it is drawn. */
    public record Entry(List<Supplier<RasterImage>> pictures, List<String> lines) {

        /** Shows the first images of a class, at most so many. */
        public static Entry ofClass(ImageSource images, int label, int most, String name) {
            int[] labels = images.labels();
            return new Entry(
                    IntStream.range(0, labels.length)
                            .filter(i -> labels[i] == label)
                            .limit(most)
                            .<Supplier<RasterImage>>mapToObj(i -> () -> images.image(i))
                            .toList(),
                    List.of(name));
        }
    }

    public byte[] png() {
        RasterImage first = entries.get(0).pictures.get(0).get();
        int most =
                entries.stream().mapToInt(entry -> entry.pictures.size()).max().orElse(1);
        int line = letters + 4;
        int head = title.isEmpty() ? 0 : line + GAP;
        int largest = Math.max(first.width(), first.height());
        int scale = Math.max(1, SIDE / largest);
        int width = Math.max(1, first.width() * scale * SIDE / Math.max(SIDE, largest));
        int height = Math.max(1, first.height() * scale * SIDE / Math.max(SIDE, largest));
        int lines = entries.stream().mapToInt(entry -> entry.lines.size()).max().orElse(0);
        int entryWidth = Math.max(SIDE, most * (width + 2)) + GAP;
        int entryHeight = height + lines * line + GAP;
        int columns = Math.min(entries.size(), Math.max(1, (WIDTH - GAP) / entryWidth));
        int rows = (entries.size() + columns - 1) / columns;
        BufferedImage sheet = new BufferedImage(
                Math.max(title.isEmpty() ? 1 : WIDTH, columns * entryWidth + GAP),
                rows * entryHeight + GAP + head,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = sheet.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                scale > 1
                        ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
                        : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        pen.setColor(Color.BLACK);
        Font text = new Font(Font.SANS_SERIF, Font.PLAIN, letters);
        pen.setFont(text.deriveFont(Font.BOLD, letters + 2f));
        pen.drawString(cut(title, pen.getFontMetrics(), sheet.getWidth() - 2 * GAP), GAP, line);
        pen.setFont(text);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            int left = GAP + i % columns * entryWidth;
            int top = GAP + head + i / columns * entryHeight;
            for (int p = 0; p < entry.pictures.size(); p++) {
                pen.drawImage(drawn(entry.pictures.get(p).get()), left + p * (width + 2), top, width, height, null);
            }
            for (int place = 0; place < entry.lines.size(); place++) {
                String words = cut(entry.lines.get(place), pen.getFontMetrics(), entryWidth - GAP);
                pen.drawString(words, left, top + height + (place + 1) * line - 3);
            }
        }
        pen.dispose();
        return Png.of(sheet);
    }

    private static BufferedImage drawn(RasterImage image) {
        BufferedImage drawn = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int plane = image.width() * image.height();
        byte[] pixels = image.pixels();
        for (int i = 0; i < 3 * plane; i++) { // a gray image has only one plane
            int x = i % image.width();
            int y = i % plane / image.width();
            drawn.getRaster().setSample(x, y, i / plane, pixels[i % pixels.length] & 0xff);
        }
        return drawn;
    }

    private static String cut(String text, FontMetrics metrics, int width) {
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 0 && metrics.stringWidth(text.substring(0, end) + "…") > width) {
            end--;
        }
        return text.substring(0, end) + "…";
    }
}
