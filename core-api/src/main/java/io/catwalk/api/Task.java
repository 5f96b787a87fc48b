package io.catwalk.api;

/**
 * States what a network has to solve: the shape of its images and the number of classes.
 *
 * @param channels 1 for gray, 3 for color; at least 1
 * @param height rows of an image, in pixels; at least 1
 * @param width columns of an image, in pixels; at least 1
 * @param classes number of classes, which is the number of logits; at least 2
 */
public record Task(int channels, int height, int width, int classes) {

    /** Checks every number against its range. */
    public Task {
        Check.atLeast("channels", channels, 1);
        Check.atLeast("height", height, 1);
        Check.atLeast("width", width, 1);
        Check.atLeast("classes", classes, 2);
    }
}
