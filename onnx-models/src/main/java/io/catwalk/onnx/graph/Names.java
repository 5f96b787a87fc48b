package io.catwalk.onnx.graph;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Creates the names of a graph, which are readable, unique, and the same for the same network. */
public final class Names {

    private final Map<String, Integer> given = new HashMap<>();

    /** Starts with names that are already taken. */
    public Names(String... taken) {
        for (String name : taken) {
            given.put(name, 1);
        }
    }

    /** Creates a name: the hint, with the first free number appended if it is taken. */
    public String fresh(String hint) {
        String clean = hint.replaceAll("[^A-Za-z0-9._/]", "_");
        String name = clean.isEmpty() ? "value" : clean;
        int count = given.merge(name, 1, Integer::sum);
        return count == 1 ? name : fresh(name + "_" + count);
    }

    /**
     * Creates a name for a result: the operator in lower case, with the first free number appended if that is taken.
     */
    public String forResultOf(String operator) {
        return fresh(operator.toLowerCase(Locale.ROOT));
    }
}
