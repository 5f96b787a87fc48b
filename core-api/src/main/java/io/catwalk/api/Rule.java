package io.catwalk.api;

import java.util.List;
import java.util.stream.Collectors;

/** Equals another of its class with the same values. Not a record, whose constructor could never get another parameter. */
abstract class Rule {

    /** Returns what the rule is made of, in the order of its factory's parameters. */
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
