package io.catwalk.api;

import java.util.regex.Pattern;

/**
 * Some parameters of a network, with their own learning rate.
 *
 * <p>A frozen parameter gets no gradient, which saves the time of its backward pass. The running statistics of batch
 * normalization are not learned from gradients, so they are updated from the images even in a frozen layer.
 */
public final class ParameterGroup extends Rule {

    private static final double HIGHEST = 1_000;

    private final String names;
    private final double rate;

    private ParameterGroup(String names, double rate) {
        if (names.isBlank()) {
            throw new IllegalArgumentException("names must name parameters, such as *Conv2d*, but is empty");
        }
        if (!(rate >= 0 && rate <= HIGHEST)) {
            throw new IllegalArgumentException("rate must be between 0 and 1000, but is " + rate);
        }
        this.names = names;
        this.rate = rate;
    }

    /**
     * Returns a group of parameters with its own learning rate.
     *
     * @param names the names of the parameters in the network, such as {@code 01Conv2d.weight}; {@code *} stands for
     *     any characters
     * @param rate factor for the learning rate of the recipe, 0 to 1,000; 0 freezes the parameters
     * @throws IllegalArgumentException if the names are blank or the rate is out of range
     */
    public static ParameterGroup of(String names, double rate) {
        return new ParameterGroup(names, rate);
    }

    /** {@return the names of the parameters, with {@code *} for any characters} */
    public String names() {
        return names;
    }

    /** {@return the factor for the learning rate of the recipe; 0 freezes the parameters} */
    public double rate() {
        return rate;
    }

    /**
     * Tells whether a parameter belongs to this group.
     *
     * @param name name of the parameter, with its blocks separated by dots
     * @return whether the whole name matches
     */
    public boolean contains(String name) {
        String pattern = Pattern.quote(names).replace("*", "\\E.*\\Q");
        return name.matches(pattern);
    }
}
