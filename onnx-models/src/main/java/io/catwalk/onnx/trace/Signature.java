package io.catwalk.onnx.trace;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names a method of DJL, as {@code NDArray.add(Number)}: the key of the operator table.
 *
 * @param text type, method and parameter types
 */
record Signature(String text) {

    private static final Set<String> IN_PLACE = Set.of("addi", "subi", "muli", "divi", "modi", "powi", "signi", "negi");

    static Signature of(Method method) {
        return new Signature(method.getDeclaringClass().getSimpleName() + "." + method.getName() + "("
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", "))
                + ")");
    }

    /** Returns type and method, without the parameter types. */
    String method() {
        return text.substring(0, text.indexOf('('));
    }

    /** Tells whether the method writes into its receiver. */
    static boolean isInPlace(Method method) {
        return IN_PLACE.contains(method.getName());
    }

    /** Returns the method that computes the same and leaves its receiver alone. */
    Signature outOfPlace() {
        return new Signature(text.replaceFirst("i\\(", "("));
    }
}
