package io.catwalk.onnx.lowering;

import io.catwalk.onnx.trace.Operand;
import io.catwalk.onnx.trace.Step;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the block of the network that a call belongs to, for the names and descriptions of its nodes. */
final class Places {

    private Places() {}

    /**
     * Returns the path of the block, such as {@code /02ParallelBlock/01Conv2d}. If siblings share a class, the trace
     * knows only the class; a parameter of the block then tells which of them it is.
     *
     * @param hints paths of parameters, such as {@code 02ParallelBlock.01Conv2d.weight}, by the id of their operand
     */
    static String path(Step.Call call, Map<Integer, String> hints) {
        String running = running(call.arguments().origin());
        return call.arguments().values().stream()
                .filter(Objects::nonNull)
                .flatMap(Places::operands)
                .flatMap(operand -> Optional.ofNullable(hints.get(operand.id())).stream())
                .filter(hint -> hint.contains("."))
                .map(hint -> "/" + hint.substring(0, hint.lastIndexOf('.')).replace('.', '/'))
                .filter(path -> depth(path) == depth(running))
                .findFirst()
                .orElse(running);
    }

    /** Counts the levels of blocks below the network: a parameter of another block may be at another level. */
    private static long depth(String path) {
        return path.chars().filter(character -> character == '/').count();
    }

    private static Stream<Operand> operands(Object argument) {
        if (argument instanceof Operand operand) {
            return Stream.of(operand);
        }
        return argument instanceof List<?> list
                ? list.stream().filter(Operand.class::isInstance).map(Operand.class::cast)
                : Stream.empty();
    }

    /**
     * Returns the path without the network itself, from an origin such as
     * {@code block Network/01Conv2d, called at ...}.
     */
    private static String running(String origin) {
        String path = doc(origin).split(", called at ", 2)[0];
        return path.contains("/") ? path.substring(path.indexOf('/')) : "";
    }

    static String doc(Step.Call call) {
        return doc(call.arguments().origin());
    }

    private static String doc(String origin) {
        return origin.startsWith("block ") ? origin.substring("block ".length()) : origin;
    }
}
