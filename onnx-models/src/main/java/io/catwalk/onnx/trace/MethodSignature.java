package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The signature of a DJL method, such as {@code NDArray.add(Number)} or {@code complex NDArray.abs()}: the key of the
 * operator table.
 *
 * @param text type, method and parameter types
 */
record MethodSignature(String text) {

    private static final Set<String> IN_PLACE = Set.of("addi", "subi", "muli", "divi", "modi", "powi", "signi", "negi");

    /** A network calls a few methods very often. */
    private static final Map<Method, MethodSignature> KNOWN = new ConcurrentHashMap<>();

    private static final String OF_COMPLEX_NUMBERS = "complex ";

    /** Returns the signature of a method for an array of a type: complex numbers have rows of their own. */
    static MethodSignature of(Method method, DataType type) {
        MethodSignature signature = of(method);
        return type == DataType.COMPLEX64 ? new MethodSignature(OF_COMPLEX_NUMBERS + signature.text) : signature;
    }

    boolean isOfComplexNumbers() {
        return text.startsWith(OF_COMPLEX_NUMBERS);
    }

    static MethodSignature of(Method method) {
        return KNOWN.computeIfAbsent(method, MethodSignature::read);
    }

    private static MethodSignature read(Method method) {
        return new MethodSignature(method.getDeclaringClass().getSimpleName() + "." + method.getName() + "("
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

    /** Returns the signature of the method that computes the same without changing its receiver. */
    MethodSignature outOfPlace() {
        return new MethodSignature(text.replaceFirst("i\\(", "("));
    }
}
