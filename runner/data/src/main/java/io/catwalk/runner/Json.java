package io.catwalk.runner;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import java.io.IOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedConstructor;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.introspect.VisibilityChecker;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/**
 * Configures the JSON and YAML mappers of the program: snake case, unknown keys are refused, and {@code null} is
 * written for NaN and infinity.
 */
public final class Json {

    /** Reads and writes JSON, one property per line. */
    public static final JsonMapper JSON = configured(JsonMapper.builder())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** Reads and writes JSON on a single line. */
    public static final JsonMapper LINE = configured(JsonMapper.builder()).build();

    public static final YAMLMapper YAML = configured(YAMLMapper.builder(quotingNumbers()))
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .disable(YAMLWriteFeature.USE_NATIVE_TYPE_ID)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private Json() {}

    /** Reads a file that the program has written; the value is null only where its type allows it. */
    public static <T> T read(Path file, Class<T> type, String what) throws IOException {
        return new StoredJson(file, what).read(type);
    }

    /** Tells whether a value that was read is complete. */
    public static boolean isComplete(Object value) {
        return StoredJson.missing("", value) == null;
    }

    /** Reads only the version of a file's format, since another version may have other keys. */
    public static @Nullable Integer schema(Path file) {
        try {
            JsonNode schema = (file.toString().endsWith(".yaml") ? YAML : JSON)
                    .readTree(Files.readString(file))
                    .path("schema");
            return schema.isInt() ? (Integer) schema.intValue() : null;
        } catch (IOException | JacksonException e) {
            return null; // the code that reads the rest reports what is wrong
        }
    }

    /**
     * Flattens a value to one text for each of its numbers and strings. An array stays one text, as JSON; null and an
     * empty array become the empty text.
     */
    public static Map<String, String> flat(Object value) {
        Map<String, String> texts = new LinkedHashMap<>();
        flatten("", LINE.valueToTree(value), texts);
        return texts;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> texts) {
        if (node.isObject()) {
            String prefix = path.isEmpty() ? "" : path + ".";
            node.properties().forEach(entry -> flatten(prefix + entry.getKey(), entry.getValue(), texts));
        } else if (node.isArray()) {
            texts.put(path, node.isEmpty() ? "" : node.toString());
        } else {
            texts.put(path, node.isNull() ? "" : node.asString());
        }
    }

    private static YAMLFactory quotingNumbers() {
        // A search with 10,000 candidates writes more than 3 MiB, the parser's usual limit. Jackson finds duplicate
        // keys either way; the words of its other check, "Object property", mean nothing to users of YAML.
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setAllowDuplicateKeys(true)
                .build();
        return new YAMLFactory()
                .rebuild()
                .stringQuotingChecker(new QuotedNumbers())
                .loadSettings(settings)
                .build();
    }

    private static <B extends MapperBuilder<?, B>> B configured(B builder) {
        SimpleModule finite = new SimpleModule();
        finite.addSerializer(Double.class, new FiniteOrNull());
        finite.addSerializer(double.class, new FiniteOrNull());
        return builder.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.ALWAYS))
                .addModule(finite)
                .annotationIntrospector(new ContractTypes())
                .addMixIn(Optimizer.class, OptimizerTypes.class)
                .addMixIn(Schedule.class, ScheduleTypes.class)
                .addMixIn(Augmentation.class, AugmentationTypes.class);
    }

    /** Reads the types of the plugin contract by their hidden constructors; parameters are named like fields. */
    private static final class ContractTypes extends JacksonAnnotationIntrospector {

        private static final String CONTRACT = Recipe.class.getPackageName();

        @Override
        public JsonCreator.@Nullable Mode findCreatorAnnotation(MapperConfig<?> config, Annotated member) {
            return member instanceof AnnotatedConstructor constructor && isOfContract(constructor.getDeclaringClass())
                    ? JsonCreator.Mode.PROPERTIES
                    : super.findCreatorAnnotation(config, member);
        }

        @Override
        public VisibilityChecker findAutoDetectVisibility(
                MapperConfig<?> config, AnnotatedClass type, VisibilityChecker checker) {
            return isOfContract(type.getRawType())
                    ? checker.withVisibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
                            .withVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
                    : super.findAutoDetectVisibility(config, type, checker);
        }

        /** Constants are in snake case, too, but those of the contract have their own names. */
        @Override
        public @Nullable Object findEnumNamingStrategy(MapperConfig<?> config, AnnotatedClass type) {
            return type.getRawType().getName().startsWith(Json.class.getPackageName())
                    ? EnumNamingStrategies.SnakeCaseStrategy.class
                    : super.findEnumNamingStrategy(config, type);
        }

        private static boolean isOfContract(Class<?> type) {
            return type.getPackageName().equals(CONTRACT) && !type.isRecord() && !type.isEnum();
        }
    }

    /** Also quotes text that is a number with an exponent, such as 1e-4, which would be read as 1.0E-4 otherwise. */
    private static final class QuotedNumbers extends StringQuotingChecker.Default {

        private static final Pattern NUMBER =
                Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\\.inf|\\.nan");

        @Override
        public boolean needToQuoteValue(String value) {
            return super.needToQuoteValue(value) || NUMBER.matcher(value).matches();
        }
    }

    private static final class FiniteOrNull extends StdSerializer<Double> {

        FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator generator, SerializationContext context) {
            if (Double.isFinite(value)) {
                generator.writeNumber(value.doubleValue());
            } else {
                generator.writeNull();
            }
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Optimizer.AdamW.class, name = "adamw"),
        @JsonSubTypes.Type(value = Optimizer.Sgd.class, name = "sgd")
    })
    private interface OptimizerTypes {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Schedule.Constant.class, name = "constant"),
        @JsonSubTypes.Type(value = Schedule.Cosine.class, name = "cosine"),
        @JsonSubTypes.Type(value = Schedule.OneCycle.class, name = "one-cycle")
    })
    private interface ScheduleTypes {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Augmentation.HorizontalFlip.class, name = "horizontal-flip"),
        @JsonSubTypes.Type(value = Augmentation.Shift.class, name = "shift"),
        @JsonSubTypes.Type(value = Augmentation.Rotate.class, name = "rotate"),
        @JsonSubTypes.Type(value = Augmentation.Crop.class, name = "crop"),
        @JsonSubTypes.Type(value = Augmentation.Light.class, name = "light"),
        @JsonSubTypes.Type(value = Augmentation.Erase.class, name = "erase"),
        @JsonSubTypes.Type(value = Augmentation.Mixup.class, name = "mixup"),
        @JsonSubTypes.Type(value = Augmentation.CutMix.class, name = "cutmix"),
        @JsonSubTypes.Type(value = Augmentation.Own.class, name = "own")
    })
    private interface AugmentationTypes {}

    /**
     * Reads a file that the program has written. If the file was damaged, edited or written by another program, says so in
     * one line: no message of a library, no null where a record expects a value. A key that may be null may also be
     * missing: files that were written before the key existed are complete.
     */
    record StoredJson(Path file, String what) {

        /** No file of a run comes near this size: 10,000 trials need a hundredth of it. */
        private static final long MOST_BYTES = 1L << 30;

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

        /** Returns the path of the first null where a record, or a list of records, allows none; null if there is none. */
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
                    String name =
                            component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
                    String missing = provided ? null : missing(path + "." + name, part);
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

        private RequestException damaged(String found, @Nullable Throwable cause) {
            return new RequestException(
                    "expected " + what + " in " + file + ", but " + found
                            + ": the file is left as it is; take it from a copy"
                            + (file.endsWith("trial.json") || file.endsWith("results.json")
                                    ? ", or delete it and let catwalk resume make it again"
                                    : ""),
                    cause);
        }
    }
}
