package io.catwalk.runner.data;

/** An image that is read row by row. */
interface PixelRows {

    /** Returns 1 for gray, 3 for colors. */
    int channels();

    int height();

    int width();

    /** Reads a row, from 0, the top, as numbers from 0 to 255, (channels, width). */
    void row(int y, int[] row);
}
