package io.catwalk.runner.data;

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

    /** Decodes all images into the writer. */
    void decode(CacheWriter into);
}
