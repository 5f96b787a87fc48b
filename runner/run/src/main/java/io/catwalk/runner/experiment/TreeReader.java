package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.Nulls;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a tree that a user has written into a record. Errors say in one line what is wrong and where. */
final class TreeReader {

    /**
     * Accepts no text as a number, no fraction as text or as an integer, no number as a value of an enumeration, no null
     * in a list and no duplicate keys. A fraction as text would be another one than in the file: 1e-4 is 1.0E-4 in the
     * tree.
     */
    static final YAMLMapper MAPPER = Json.YAML
            .rebuild()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(
                    LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
            .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
            .build();

    /** A message of a check that begins with the name of a number, or of its option. */
    private static final Pattern ABOUT_A_NAME = Pattern.compile("(?:--)?([a-z][A-Za-z_-]*) (must .*)", Pattern.DOTALL);

    private TreeReader() {}

    /** Reads a tree that has all keys; messages begin with the source, and positions in them with the path. */
    static <T> T readWhole(JsonNode tree, Class<T> type, String source, String path) {
        ObjectReader whole = MAPPER.readerFor(type)
                .with(
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
        return read(type, whole, tree, source, path, Map.of());
    }

    /** Reads a tree in which options have set some keys; messages about their values begin with the option. */
    static <T> T read(JsonNode tree, Class<T> type, String source, Map<String, String> options) {
        return read(type, MAPPER.readerFor(type), tree, source, "", options);
    }

    private static <T> T read(
            Class<T> type,
            ObjectReader reader,
            JsonNode tree,
            String source,
            String path,
            Map<String, String> options) {
        try {
            return type.cast(reader.readValue(tree));
        } catch (JacksonException e) {
            String reason = Reasons.oneLine(reason(e, tree, path, options));
            throw new RequestException((reason.startsWith("--") ? "" : source) + reason, e);
        }
    }

    /** Returns a message that a key is unknown, and which keys are known. */
    static String unknownKey(String path, String key, Collection<String> known) {
        return "unknown key '" + (path.isEmpty() ? key + "' at the top" : path + "." + key + "'")
                + Reasons.didYouMean(key, known) + " (known: " + (known.isEmpty() ? "none" : String.join(", ", known))
                + ")";
    }

    private static String reason(JacksonException e, JsonNode tree, String base, Map<String, String> options) {
        List<Reference> path = e.getPath();
        List<Reference> parent = path.subList(0, Math.max(0, path.size() - 1));
        String where = where(base, path);
        JsonNode found = at(tree, path);
        if (e instanceof UnrecognizedPropertyException unknown) {
            return unknownKey(where(base, parent), unknown.getPropertyName(), keys(unknown, at(tree, parent)));
        }
        if (e instanceof InvalidTypeIdException unknown) {
            return unknownType(where, found, types(unknown.getBaseType()));
        }
        if (e instanceof MismatchedInputException && found.isMissingNode()) {
            JsonNode holder = at(tree, parent);
            return where(base, parent) + " must have the key '"
                    + path.get(parent.size()).getPropertyName() + "', but has "
                    + (holder.isEmpty() ? "none" : "only " + String.join(", ", holder.propertyNames()));
        }
        if (e instanceof MismatchedInputException mismatch) {
            Class<?> target = mismatch.getTargetType();
            if (target != null && target.isEnum()) {
                return unknownValue(where, found, values(target));
            }
            String quoted = target == String.class && found.isFloatingPointNumber() ? ": put it in quotes" : "";
            return where + " must be " + words(target) + ", but is " + words(found) + quoted;
        }
        if (e instanceof InputCoercionException) {
            return where + " must be a " + (found.asDouble() < 0 ? "larger" : "smaller") + " number, but is "
                    + words(found);
        }
        Throwable cause = e instanceof ValueInstantiationException ? e.getCause() : null;
        return refused(where, cause == null ? e.getOriginalMessage() : String.valueOf(cause.getMessage()), options);
    }

    private static List<String> keys(UnrecognizedPropertyException unknown, JsonNode holder) {
        // The key that distinguishes the types is not a property of any of them.
        Stream<String> type = holder.has("type") ? Stream.of("type") : Stream.of();
        return Stream.concat(
                        type,
                        unknown.getKnownPropertyIds().stream()
                                .map(String::valueOf)
                                .sorted())
                .toList();
    }

    private static String unknownType(String where, JsonNode found, List<String> known) {
        return found.isObject()
                ? unknownValue(where + ".type", found.path("type"), known)
                : where + " must be keys with values, of which 'type' is one of " + String.join(", ", known)
                        + ", but is " + words(found);
    }

    private static String unknownValue(String where, JsonNode found, List<String> known) {
        return where + " must be one of " + String.join(", ", known) + ", but is " + words(found)
                + Reasons.didYouMean(found.asString(""), known);
    }

    /** Returns the values of an enumeration as the file has them. */
    private static List<String> values(Class<?> enumeration) {
        return Arrays.stream(enumeration.getEnumConstants())
                .map(value -> MAPPER.valueToTree(value).asString())
                .toList();
    }

    /** Adds the position of a record to the message of its check, or of a key, and converts names to those of the user. */
    private static String refused(String where, String message, Map<String, String> options) {
        Matcher named = ABOUT_A_NAME.matcher(message);
        if (!named.matches()) {
            return where.isEmpty() ? message : where + ": " + message;
        }
        String key =
                named.group(1).replace('-', '_').replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        String place = where.matches("(.*\\.)?" + key) ? where : (where.isEmpty() ? "" : where + ".") + key;
        return options.getOrDefault(place.replaceFirst("^datasets\\[\\d+]", "dataset"), place) + " " + named.group(2);
    }

    private static List<String> types(JavaType base) {
        DeserializationConfig config = MAPPER.deserializationConfig();
        return config
                .getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(config, AnnotatedClassResolver.resolve(config, base, config))
                .stream()
                .map(NamedType::getName)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
    }

    private static String where(String base, List<Reference> path) {
        StringBuilder where = new StringBuilder(base);
        for (Reference step : path) {
            if (step.getPropertyName() == null) {
                where.append('[').append(step.getIndex()).append(']');
            } else {
                where.append(where.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return where.toString();
    }

    private static JsonNode at(JsonNode tree, List<Reference> path) {
        JsonNode node = tree;
        for (Reference step : path) {
            node = step.getPropertyName() == null ? node.path(step.getIndex()) : node.path(step.getPropertyName());
        }
        return node;
    }

    /** Makes a node of a value; the mapper would write null for infinity and for NaN. */
    static JsonNode node(Object value) {
        return value instanceof Double number
                ? MAPPER.getNodeFactory().numberNode(number.doubleValue())
                : MAPPER.valueToTree(value);
    }

    static String words(JsonNode found) {
        if (found.isMissingNode()) {
            return "missing";
        }
        if (found.isString()) {
            return "'" + found.stringValue() + "'";
        }
        return found.isObject() ? "keys with values" : found.isArray() ? "a list" : found.toString();
    }

    private static String words(@Nullable Class<?> target) {
        if (target == null || target == Object.class) {
            return "a value";
        }
        if (target == String.class) {
            return "text";
        }
        if (target == int.class || target == Integer.class || target == long.class || target == Long.class) {
            return "a whole number";
        }
        if (target == double.class || target == Double.class) {
            return "a number";
        }
        if (target == boolean.class || target == Boolean.class) {
            return "true or false";
        }
        return Collection.class.isAssignableFrom(target) ? "a list" : "keys with values";
    }
}
