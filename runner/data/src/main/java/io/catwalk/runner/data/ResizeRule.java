package io.catwalk.runner.data;

/**
 * The size that every image of a set is resized to, and how.
 *
 * @param size of all images
 * @param fit how an image of another shape is fitted
 */
public record ResizeRule(ImageSize size, Fit fit) {

    /** Reads a rule, such as {@code 96x64}, which stretches, or {@code 96x64 crop}. */
    public static ResizeRule parse(String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? new ResizeRule(ImageSize.parse(text), Fit.STRETCH)
                : new ResizeRule(ImageSize.parse(text.substring(0, space)), Fit.parse(text.substring(space + 1)));
    }

    /** Writes the rule in the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return fit == Fit.STRETCH ? size.toString() : size + " " + fit.key();
    }
}
