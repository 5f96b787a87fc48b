package io.catwalk.api;

import java.util.regex.Pattern;

/**
 * Says how fast some parameters of a network learn.
 *
 * <p>A frozen parameter takes no gradient, which saves the time of its backward pass. The running statistics of batch
 * normalization are no parameters that learn, and follow the images all the same.
 *
 * @param names which parameters: their names in the network, such as {@code 01Conv2d.weight}, in which {@code *} stands
 *     for any characters
 * @param rate what the learning rate of the recipe is multiplied by for them, 0 to 1,000; 0 freezes them
 */
public record ParameterGroup(String names, double rate) {

    private static final double HIGHEST = 1_000;

    /** Checks that there is a name, and the rate against its range. */
    public ParameterGroup {
        if (names.isBlank()) {
            throw new IllegalArgumentException("names must name parameters, such as *Conv2d*, but is empty");
        }
        if (!(rate >= 0 && rate <= HIGHEST)) {
            throw new IllegalArgumentException("rate must be between 0 and 1000, but is " + rate);
        }
    }

    /**
     * Tells whether a parameter is of this group.
     *
     * @param name of the parameter, its blocks separated by dots
     * @return whether the whole name fits
     */
    public boolean contains(String name) {
        String pattern = Pattern.quote(names).replace("*", "\\E.*\\Q");
        return name.matches(pattern);
    }
}
