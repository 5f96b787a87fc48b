package io.catwalk.api;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Base class of values that are equal if their class and their parts are equal. These values are not records, because a
 * record's constructor could never get another parameter.
 */
abstract class Rule {

    /** Returns the parts of the value, in the order of its factory's parameters. */
    abstract List<Object> parts();

    @Override
    public final boolean equals(Object other) {
        return other instanceof Rule rule
                && rule.getClass() == getClass()
                && rule.parts().equals(parts());
    }

    @Override
    public final int hashCode() {
        return 31 * getClass().hashCode() + parts().hashCode();
    }

    @Override
    public String toString() {
        return parts().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", ", getClass().getSimpleName() + "(", ")"));
    }
}
