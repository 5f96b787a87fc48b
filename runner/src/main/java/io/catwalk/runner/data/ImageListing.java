package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Lists the images of a data set and decodes them. {@link ImageCache} decides where they are kept. */
interface ImageListing {

    /** Returns the name of the data set, for display. */
    String name();

    /** Returns how many images there are; at least 1. */
    int size();

    /**
     * Identifies, without reading them, the files as they are now: their paths, lengths and times, and how they are
     * decoded. If the stamp changes, they must be read again.
     */
    String stamp();

    /** Identifies the data set by its content, and reads all of it. */
    String sha256();

    /** Decodes all images. */
    void decode(Sink sink);

    /** Receives decoded images. */
    interface Sink {

        /**
         * Announces the shape, before the first image.
         *
         * @param channels 1 for gray, 3 for color
         */
        void shape(int channels, int height, int width);

        /**
         * Receives one image; any number of threads may call it at once, in any order.
         *
         * @param pixels unsigned bytes of shape (channels, height, width), row-major
         */
        void put(int image, byte[] pixels);

        /**
         * Decodes all images on all cores, and stores them. They are gray, or color if any of them is; the gray ones
         * then have the same pixels in each channel.
         *
         * @param decode returns an image by its index; all have the same height and width. Any number of threads call
         *     it at once
         * @param unreadable decides about the images that {@code decode} failed on, by their index and with the
         *     reasons; there is at least one. It throws, or returns to leave them out
         */
        void decode(IntFunction<RasterImage> decode, Consumer<SortedMap<Integer, RequestException>> unreadable);
    }
}
