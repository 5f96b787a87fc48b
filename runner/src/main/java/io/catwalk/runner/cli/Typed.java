package io.catwalk.runner.cli;

import io.catwalk.runner.Json;
import tools.jackson.core.JacksonException;

/** Reads values that are typed on the command line. */
final class Typed {

    private Typed() {}

    /** Reads a value as YAML does: 32 is a whole number, 0.5 a number, true a switch, the rest text. */
    static Object value(String text) {
        try {
            Object value = Json.YAML.readValue(text, Object.class);
            return value instanceof Number || value instanceof Boolean ? value : text;
        } catch (JacksonException e) {
            return text;
        }
    }
}
