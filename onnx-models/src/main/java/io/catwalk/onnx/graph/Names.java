package io.catwalk.onnx.graph;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Makes every name of a graph: readable, unique, and the same for the same network. */
public final class Names {

    private final Map<String, Integer> given = new HashMap<>();

    /**
     * Starts with names that are taken.
     *
     * @param taken names of the inputs and outputs
     */
    public Names(String... taken) {
        for (String name : taken) {
            given.put(name, 1);
        }
    }

    /**
     * Makes a name.
     *
     * @param hint what it should say; characters outside of letters, digits, dot, slash and underscore become an
     *     underscore
     * @return the hint, or the hint with the first free number behind it
     */
    public String fresh(String hint) {
        String clean = hint.replaceAll("[^A-Za-z0-9._/]", "_");
        String name = clean.isEmpty() ? "value" : clean;
        int count = given.merge(name, 1, Integer::sum);
        return count == 1 ? name : fresh(name + "_" + count);
    }

    /**
     * Makes a name for the result of an operator.
     *
     * @param operator name of the operator
     * @return the operator in lower case, or that with the first free number behind it
     */
    public String forResultOf(String operator) {
        return fresh(operator.toLowerCase(Locale.ROOT));
    }
}
