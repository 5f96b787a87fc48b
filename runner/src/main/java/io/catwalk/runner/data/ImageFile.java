package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.nio.file.Path;

/**
 * Names one image file and its place in the data set.
 *
 * @param path where it is
 * @param name its path from the folder of the data set on, with {@code /}
 * @param label its class
 */
record ImageFile(Path path, String name, int label) {

    /**
     * Decodes the file.
     *
     * @throws RequestException if it holds no image that can be read
     */
    DecodedImage decode() {
        try {
            return ImageDecoder.decode(path);
        } catch (UnreadableImageException e) {
            throw e.of(path);
        }
    }
}
