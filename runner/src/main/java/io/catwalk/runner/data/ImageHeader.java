package io.catwalk.runner.data;

/**
 * Holds what the header of an image file states.
 *
 * @param format of the file, for display
 * @param width columns of the upright image, in pixels
 * @param height rows of the upright image, in pixels
 */
record ImageHeader(String format, int width, int height) {

    String size() {
        return width + "x" + height;
    }
}
