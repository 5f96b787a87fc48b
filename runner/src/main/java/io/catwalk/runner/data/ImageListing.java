package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Lists the images of a data set and decodes them. Where they are kept then is the matter of {@link ImageCache}. */
interface ImageListing {

    /** Returns what people call the data set. */
    String name();

    /** Returns how many images there are; at least 1. */
    int size();

    /**
     * Identifies, without reading them, the files as they are now: where they lie, their lengths and times, and how they
     * are decoded. Another stamp means that they are to be read again.
     *
     * @return 64 hexadecimal digits
     * @throws RequestException if a file is gone
     */
    String stamp();

    /**
     * Identifies the data set by its content, all of which is read.
     *
     * @return 64 hexadecimal digits
     * @throws RequestException if a file cannot be read, or is not what it must be
     */
    String sha256();

    /**
     * Decodes all images.
     *
     * @param sink takes them
     * @throws RequestException if one cannot be decoded, or does not fit the others
     */
    void decode(Sink sink);

    /** Takes decoded images. */
    interface Sink {

        /**
         * Says what is to come, before anything does.
         *
         * @param channels 1 for gray, 3 for color
         * @param height rows of every image, in pixels
         * @param width columns of every image, in pixels
         * @throws RequestException if the disk has no room for so much
         */
        void shape(int channels, int height, int width);

        /**
         * Takes one image; any number of threads may bring some at once, in any order.
         *
         * @param image its index, from 0
         * @param pixels unsigned bytes of shape (channels, height, width), row-major
         */
        void put(int image, byte[] pixels);

        /**
         * Decodes all images on all cores, and takes them. They are gray, or color if any of them is; the gray ones then
         * have the same pixels in each channel.
         *
         * @param decode gives an image by its index; all have one height and width. Any number of threads call it at once
         * @param unreadable decides about the images that {@code decode} did not give, by their index and with its
         *     reasons; there is at least one. It throws, or returns to leave them out
         */
        void decode(IntFunction<RasterImage> decode, Consumer<SortedMap<Integer, RequestException>> unreadable);
    }
}
