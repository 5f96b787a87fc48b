package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Says what the folder of a data set does not say itself.
 *
 * @param labels a table with the path, label, and perhaps split and group of each image; null if the folders are the
 *     labels
 * @param testShare share of the images in the test set, above 0; 1 where nothing is trained: then all images are test
 *     images; null for {@value #STANDARD_TEST_SHARE} where nothing else says which images are the test set
 * @param skipUnreadable largest share of images that may be left out because they cannot be read, from 0 to 1; null for
 *     none
 * @param followLinks whether links that lead out of the folder are followed; null for no
 */
public record FolderReading(
        @Nullable String labels,
        @Nullable Double testShare,
        @Nullable Double skipUnreadable,
        @Nullable Boolean followLinks) {

    /** Reads a folder as it is. */
    public static final FolderReading STANDARD = new FolderReading(null, null, null, null);

    static final double STANDARD_TEST_SHARE = 0.2;

    public FolderReading {
        if (testShare != null && !(testShare > 0 && testShare <= 1)) {
            throw new RequestException(
                    "--test-share must be above 0 and at most 1, but is " + testShare + ": try " + STANDARD_TEST_SHARE);
        }
        if (skipUnreadable != null && !(skipUnreadable >= 0 && skipUnreadable <= 1)) {
            throw new RequestException(
                    "--skip-unreadable must be from 0 to 1, but is " + skipUnreadable + ": try 0.05");
        }
    }

    /** Returns whether anything is set that only folders of image files have. */
    boolean isForImages() {
        return labels != null || testShare != null || skipUnreadable != null;
    }

    /** Returns whether links that lead out of the folder are followed. */
    boolean follows() {
        return Boolean.TRUE.equals(followLinks);
    }

    /** Returns the same settings with an absolute path, so that the table is found from any working folder. */
    public FolderReading anywhere() {
        Path table = table();
        return table == null
                ? this
                : new FolderReading(
                        table.toAbsolutePath().normalize().toString(), testShare, skipUnreadable, followLinks);
    }

    @Nullable
    Path table() {
        try {
            return labels == null ? null : Path.of(labels);
        } catch (InvalidPathException e) {
            throw new RequestException("--labels must be a file, but is not a path: " + labels, e);
        }
    }
}
