package io.catwalk.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says where an architecture belongs. Immutable; each {@code with} method returns a changed copy. */
public final class Tags extends Rule {

    private static final Tags NONE = new Tags(null, null, null, 1, Integer.MAX_VALUE);

    private final @Nullable String family;
    private final @Nullable Integer year;
    private final @Nullable String paper;
    private final int smallestSide;
    private final int largestSide;

    private Tags(
            @Nullable String family,
            @Nullable Integer year,
            @Nullable String paper,
            int smallestSide,
            int largestSide) {
        Check.atLeast("smallestSide", smallestSide, 1);
        Check.atLeast("largestSide", largestSide, smallestSide);
        this.family = family;
        this.year = year;
        this.paper = paper;
        this.smallestSide = smallestSide;
        this.largestSide = largestSide;
    }

    /**
     * Says nothing.
     *
     * @return the tags to start from
     */
    public static Tags none() {
        return NONE;
    }

    /**
     * Names the kind of network.
     *
     * @param newFamily such as {@code convolutional}, {@code recurrent}, {@code transformer}
     * @return a changed copy
     */
    public Tags withFamily(String newFamily) {
        return new Tags(newFamily, year, paper, smallestSide, largestSide);
    }

    /**
     * Names where the architecture was published.
     *
     * @param newYear of the publication
     * @param newPaper authors and title
     * @return a changed copy
     */
    public Tags withPaper(int newYear, String newPaper) {
        return new Tags(family, newYear, newPaper, smallestSide, largestSide);
    }

    /**
     * Limits the sides of the images, for {@link Classifier#supports}.
     *
     * @param smallest height and width that the network needs, in pixels; at least 1
     * @param largest height and width that it can take, at least the smallest
     * @return a changed copy
     */
    public Tags withSides(int smallest, int largest) {
        return new Tags(family, year, paper, smallest, largest);
    }

    /** {@return the kind of network} */
    public Optional<String> family() {
        return Optional.ofNullable(family);
    }

    /** {@return the year of the publication} */
    public Optional<Integer> year() {
        return Optional.ofNullable(year);
    }

    /** {@return authors and title of the publication} */
    public Optional<String> paper() {
        return Optional.ofNullable(paper);
    }

    /** {@return the smallest height and width that the network can take, in pixels; 1 if nothing is said} */
    public int smallestSide() {
        return smallestSide;
    }

    /** {@return the largest height and width that the network can take; {@link Integer#MAX_VALUE} if nothing is said} */
    public int largestSide() {
        return largestSide;
    }

    @Override
    List<Object> parts() {
        return List.of(family(), year(), paper(), smallestSide, largestSide);
    }
}
