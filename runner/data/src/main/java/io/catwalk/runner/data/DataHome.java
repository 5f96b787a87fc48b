package io.catwalk.runner.data;

import java.nio.file.Path;

/**
 * Says where data sets are found and cached.
 *
 * @param known the folder that holds the folders of the data sets that are known by name
 * @param cache keeps the decoded images
 */
public record DataHome(Path known, ImageCache cache) {

    /** Uses the standard cache, without reports of progress. */
    public static DataHome of(Path known) {
        return new DataHome(known, new ImageCache(ImageCache.standardFolder(), ImageCache.Listener.none()));
    }
}
