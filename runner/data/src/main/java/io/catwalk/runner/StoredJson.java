package io.catwalk.runner;

import java.io.IOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Reads a file that the program has written. If the file was damaged, edited or written by another program, says so in
 * one line: no message of a library, no null where a record expects a value. A key that may be null may also be
 * missing: files that were written before the key existed are complete.
 */
final class StoredJson {

    /** No file of a run comes near this size: 10,000 trials need a hundredth of it. */
    private static final long MOST_BYTES = 1L << 30;

    private final Path file;
    private final String what;

    StoredJson(Path file, String what) {
        this.file = file;
        this.what = what;
    }

    <T> T read(Class<T> type) throws IOException {
        String text = text();
        T value;
        try {
            value = (file.toString().endsWith(".yaml") ? Json.YAML : Json.JSON)
                    .readerFor(type)
                    .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .readValue(text);
        } catch (StreamReadException e) {
            throw damaged("line " + e.getLocation().getLineNr() + " is truncated or malformed", e);
        } catch (JacksonException e) {
            throw damaged(reason(e), e);
        }
        if (value == null) {
            throw damaged("it holds null", null);
        }
        String missing = missing("", value);
        if (missing != null) {
            throw damaged("the value of " + missing.replaceFirst("^\\.", "") + " is missing or wrong", null);
        }
        return value;
    }

    private String text() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw damaged(Reasons.noFile(file), null);
        }
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw damaged("it has " + Files.size(file) + " bytes", null);
            }
            text = Files.readString(file);
        } catch (AccessDeniedException e) {
            throw damaged("it cannot be read (" + Reasons.of(e) + ")", e);
        } catch (CharacterCodingException e) {
            throw damaged("it is not UTF-8 text", e);
        }
        if (text.isBlank()) {
            throw damaged("it is empty", null);
        }
        if (text.indexOf(0) >= 0) {
            throw damaged("it holds NUL bytes", null);
        }
        return text;
    }

    private static String reason(JacksonException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RequestException) {
                return String.valueOf(cause.getMessage());
            }
        }
        String at = failure instanceof DatabindException databind ? path(databind) : "";
        if (failure instanceof UnrecognizedPropertyException) {
            return "it has an unknown key " + at;
        }
        return at.isEmpty() ? "it has unexpected keys or values" : "the value of " + at + " is missing or wrong";
    }

    private static String path(DatabindException failure) {
        return failure.getPath().stream()
                .map(reference -> reference.getPropertyName() == null
                        ? "[" + reference.getIndex() + "]"
                        : "." + Reasons.quoted(reference.getPropertyName()).replaceAll("^'|'$", ""))
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    /**
     * Finds a null where a record, or a list of records, does not allow it.
     *
     * @return the path of the first such null; null if there is none
     */
    static @Nullable String missing(String path, @Nullable Object value) {
        if (value == null) {
            return path;
        }
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                String missing = missing(path + "[" + i + "]", list.get(i));
                if (missing != null) {
                    return missing;
                }
            }
        } else if (value instanceof Record) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                Object part = value(component, value);
                boolean provided = part == null
                        ? mayBeNull(component.getAnnotatedType())
                        : mayHoldNull(component.getAnnotatedType());
                String missing = provided ? null : missing(path + "." + snakeCase(component.getName()), part);
                if (missing != null) {
                    return missing;
                }
            }
        }
        return null;
    }

    private static boolean mayBeNull(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static boolean mayHoldNull(AnnotatedType type) {
        return type instanceof AnnotatedParameterizedType generic
                && mayBeNull(generic.getAnnotatedActualTypeArguments()[0]);
    }

    private static @Nullable Object value(RecordComponent component, Object of) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private RequestException damaged(String found, @Nullable Throwable cause) {
        String message = "expected " + what + " in " + file + ", but " + found
                + ": the file is left as it is; take it from a copy"
                + (file.endsWith("trial.json") || file.endsWith("results.json")
                        ? ", or delete it and let catwalk resume make it again"
                        : "");
        return new RequestException(message, cause);
    }
}
