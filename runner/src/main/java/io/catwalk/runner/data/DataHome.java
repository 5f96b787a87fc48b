package io.catwalk.runner.data;

import java.nio.file.Path;

/**
 * Says where data sets are.
 *
 * @param known the folder that holds the folders of the known ones
 * @param cache keeps what was decoded
 */
public record DataHome(Path known, ImageCache cache) {

    /**
     * Uses the standard cache, and says nothing of what takes long.
     *
     * @param known the folder that holds the folders of the known data sets
     * @return both
     */
    public static DataHome of(Path known) {
        return new DataHome(known, new ImageCache(ImageCache.standardFolder(), ImageCache.Listener.none()));
    }
}
