package io.catwalk.api;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Base class of values that are equal if their class and their parts are equal. These values are not records, because a
 * record's constructor could never get another parameter.
 */
abstract class Rule {

    /** Returns the parts of the value: those that its fields hold, unless it says otherwise. */
    List<?> parts() {
        return Arrays.stream(getClass().getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .map(this::held)
                .toList();
    }

    private @Nullable Object held(Field field) {
        try {
            field.setAccessible(true);
            return field.get(this);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

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
