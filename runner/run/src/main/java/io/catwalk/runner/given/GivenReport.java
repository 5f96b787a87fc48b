package io.catwalk.runner.given;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what a reader must know about the answers of a given model, besides their metrics.
 *
 * @param scored whether there is a score for each class, and not only the predicted class
 * @param probabilities whether the scores are probabilities, by the graph or by their sums, and not logits
 * @param otherClasses classes that it knows beyond those of the data set: it was not asked for them
 * @param trainedOnTestImages whether it says itself that it was trained on images that are test images here
 * @param suggestion another preparation of the images, under which it is right far more often; null if there is none
 */
public record GivenReport(
        boolean scored,
        boolean probabilities,
        List<String> otherClasses,
        boolean trainedOnTestImages,
        @Nullable Suggestion suggestion) {

    /**
     * Suggests to prepare the images in another way. It was found on some of the test images.
     *
     * @param normalize as in {@link GivenSource}; null to leave it
     * @param order likewise
     * @param fit likewise
     * @param images how many test images it was tried on
     * @param right how many of them are answered rightly in this way
     * @param rightAsAsked how many are as asked
     */
    public record Suggestion(
            @Nullable String normalize,
            @Nullable String order,
            @Nullable String fit,
            int images,
            int right,
            int rightAsAsked) {}

    public GivenReport {
        otherClasses = List.copyOf(otherClasses);
    }
}
