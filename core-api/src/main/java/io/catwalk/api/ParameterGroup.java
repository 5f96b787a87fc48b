package io.catwalk.api;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Says how fast some parameters of a network learn.
 *
 * <p>A frozen parameter takes no gradient, which saves the time of its backward pass. The running statistics of batch
 * normalization are no parameters that learn, and follow the images all the same.
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
     * Lets parameters learn at a rate of their own.
     *
     * @param names which parameters: their names in the network, such as {@code 01Conv2d.weight}, in which {@code *} stands
     *     for any characters
     * @param rate what the learning rate of the recipe is multiplied by for them, 0 to 1,000; 0 freezes them
     * @return the group
     */
    public static ParameterGroup of(String names, double rate) {
        return new ParameterGroup(names, rate);
    }

    /** {@return which parameters, as {@link #of} has it} */
    public String names() {
        return names;
    }

    /** {@return what the learning rate of the recipe is multiplied by for them; 0 freezes them} */
    public double rate() {
        return rate;
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

    @Override
    List<Object> parts() {
        return List.of(names, rate);
    }
}
