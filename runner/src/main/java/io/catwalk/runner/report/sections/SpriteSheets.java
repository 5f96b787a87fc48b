package io.catwalk.runner.report.sections;

import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.report.charts.Png;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Sprite sheets: pictures that hold many images each, in rows of {@value #COLUMNS}. The page shows an image as a part of
 * its sheet.
 *
 * @param width of an image in pixels
 * @param height of an image in pixels
 * @param columns of a sheet
 * @param rows of a full sheet
 * @param images number of images on all sheets
 * @param pictures the sheets as PNG in base 64; the last one may have fewer rows
 */
record SpriteSheets(int width, int height, int columns, int rows, int images, List<String> pictures) {

    /** Longest side of an image on a sheet, in pixels; larger images are reduced. */
    static final int LONGEST = 64;

    private static final int COLUMNS = 20;
    private static final int ROWS = 25;

    /** Draws images in their order, as many as there is room for: the last sheet ends with the last row that fits. */
    static SpriteSheets of(ImageSource source, int[] numbers, int budget) {
        RasterImage first = source.image(numbers[0]).atMost(LONGEST);
        List<String> pictures = new ArrayList<>();
        int left = budget;
        int drawn = 0;
        int rows = ROWS;
        while (drawn < numbers.length && rows > 0) {
            int[] some = Arrays.copyOfRange(numbers, drawn, Math.min(numbers.length, drawn + rows * COLUMNS));
            String png = Base64.getEncoder().encodeToString(Png.of(sheet(source, some, first), 1));
            if (png.length() <= left) {
                pictures.add(png);
                left -= png.length();
                drawn += some.length;
                rows = rows == ROWS ? ROWS : 0;
            } else {
                rows = Math.min(rows - 1, (int) ((long) rows * left / png.length()));
            }
        }
        return new SpriteSheets(first.width(), first.height(), COLUMNS, ROWS, drawn, pictures);
    }

    private static RasterImage sheet(ImageSource source, int[] some, RasterImage first) {
        int rows = (some.length + COLUMNS - 1) / COLUMNS;
        int width = COLUMNS * first.width();
        int height = rows * first.height();
        byte[] pixels = new byte[first.channels() * width * height];
        for (int i = 0; i < some.length; i++) {
            RasterImage image = source.image(some[i]).atMost(LONGEST);
            int left = i % COLUMNS * first.width();
            int top = i / COLUMNS * first.height();
            for (int line = 0; line < first.channels() * first.height(); line++) {
                int plane = line / first.height() * height * width;
                System.arraycopy(
                        image.pixels(),
                        line * first.width(),
                        pixels,
                        plane + (top + line % first.height()) * width + left,
                        first.width());
            }
        }
        return new RasterImage(first.channels(), height, width, pixels);
    }
}
