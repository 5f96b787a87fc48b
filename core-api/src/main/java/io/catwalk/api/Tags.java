package io.catwalk.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Family and publication of an architecture, and the image sizes that it supports. Immutable; each {@code with} method
 * returns a changed copy.
 */
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

    /** Returns empty tags. */
    public static Tags none() {
        return NONE;
    }

    /**
     * Sets the kind of network.
     *
     * @param newFamily such as {@code convolutional}, {@code recurrent}, {@code transformer}
     */
    public Tags withFamily(String newFamily) {
        return new Tags(newFamily, year, paper, smallestSide, largestSide);
    }

    /**
     * Sets the publication of the architecture.
     *
     * @param newYear year of the publication
     * @param newPaper authors and title
     */
    public Tags withPaper(int newYear, String newPaper) {
        return new Tags(family, newYear, newPaper, smallestSide, largestSide);
    }

    /**
     * Sets the limits of the image sides, for {@link Classifier#supports}.
     *
     * @param smallest smallest height and width that the network supports, in pixels; at least 1
     * @param largest largest height and width that it supports, in pixels; at least {@code smallest}
     * @throws IllegalArgumentException if a limit is too small
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

    /** {@return the smallest height and width that the network supports, in pixels; 1 by default} */
    public int smallestSide() {
        return smallestSide;
    }

    /**
     * {@return the largest height and width that the network supports, in pixels; {@link Integer#MAX_VALUE} by default}
     */
    public int largestSide() {
        return largestSide;
    }

    @Override
    List<Object> parts() {
        return List.of(family(), year(), paper(), smallestSide, largestSide);
    }
}
