package io.catwalk.onnx.runtime;

import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads and writes {@code NAME.session.properties}, the options with which a model runs fastest on a machine. They
 * apply to that machine only, so the file is not passed on with the model.
 *
 * <pre>
 * batch=64
 * memory_pattern=true
 * optimization=all
 * spinning=false
 * threads=2
 * </pre>
 *
 * <p>Options that are missing are as in {@link OnnxOptions#standard()}. Names that begin with {@code found.} are for
 * people: they say how the options were found.
 */
public final class SessionFile {

    /** Prefix of the names that say how the options were found. */
    private static final String FOUND = "found.";

    private static final String THREADS = "threads";
    private static final String OPTIMIZATION = "optimization";
    private static final String MEMORY_PATTERN = "memory_pattern";
    private static final String SPINNING = "spinning";
    private static final String BATCH = "batch";

    private static final List<String> NAMES = List.of(BATCH, MEMORY_PATTERN, OPTIMIZATION, SPINNING, THREADS);

    private final Path file;
    private final Properties properties;

    private SessionFile(Path file, Properties properties) {
        this.file = file;
        this.properties = properties;
    }

    /**
     * Returns the path of the options of a model.
     *
     * @param model such as {@code lstm.onnx}
     * @return {@code lstm.session.properties} beside it, which may or may not exist
     */
    public static Path beside(Path model) {
        return ModelFiles.beside(model, ".session.properties");
    }

    /**
     * Reads options.
     *
     * @param file path, such as {@link #beside} returns
     * @return the options
     * @throws OnnxFileException if it cannot be read, has an unknown option, or an option is out of its range
     */
    public static OnnxOptions read(Path file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
        } catch (IOException | IllegalArgumentException e) {
            throw new OnnxFileException(
                    file, "options of a session, as NAME=VALUE", e.toString(), "write it again with bench --tune", e);
        }
        return new SessionFile(file, properties).options();
    }

    /**
     * Writes options.
     *
     * @param file where to write; an existing file is replaced
     * @param options options to write
     * @param found how they were found, by names such as {@code machine}
     * @throws IOException if it cannot be written; an older file is then unchanged
     */
    public static void write(Path file, OnnxOptions options, Map<String, String> found) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(THREADS, Integer.toString(options.threads()));
        properties.setProperty(OPTIMIZATION, options.optimization().key());
        properties.setProperty(MEMORY_PATTERN, Boolean.toString(options.memoryPattern()));
        properties.setProperty(SPINNING, Boolean.toString(options.spinning()));
        properties.setProperty(BATCH, Integer.toString(options.batch()));
        found.forEach((name, value) -> properties.setProperty(FOUND + name, value));
        StringWriter text = new StringWriter();
        properties.store(text, null);
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(
                    draft,
                    text.toString()
                            .lines()
                            .filter(line -> !line.startsWith("#")) // the time, which would differ each time
                            .sorted()
                            .collect(Collectors.joining("\n", "", "\n")));
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private OnnxOptions options() {
        for (String name : properties.stringPropertyNames()) {
            if (!NAMES.contains(name) && !name.startsWith(FOUND)) {
                throw wrong(String.join(", ", NAMES) + " or " + FOUND + "*", name);
            }
        }
        OnnxOptions standard = OnnxOptions.standard();
        return standard.withThreads(number(THREADS, standard.threads()))
                .withBatch(number(BATCH, standard.batch()))
                .withMemoryPattern(flag(MEMORY_PATTERN, standard.memoryPattern()))
                .withSpinning(flag(SPINNING, standard.spinning()))
                .withOptimization(level(standard.optimization()));
    }

    private int number(String name, int standard) {
        return Integer.parseInt(checked(
                name, Integer.toString(standard), value -> value.matches("\\d{1,6}"), "a number from 0 to 999999"));
    }

    private boolean flag(String name, boolean standard) {
        return Boolean.parseBoolean(
                checked(name, Boolean.toString(standard), value -> value.matches("true|false"), "true or false"));
    }

    private OptimizationLevel level(OptimizationLevel standard) {
        List<OptimizationLevel> levels = List.of(OptimizationLevel.values());
        List<String> keys = levels.stream().map(OptimizationLevel::key).toList();
        String key = checked(OPTIMIZATION, standard.key(), keys::contains, "one of " + String.join(", ", keys));
        return levels.get(keys.indexOf(key));
    }

    private String checked(String name, String standard, Predicate<String> fits, String expected) {
        String value = properties.getProperty(name, standard).strip();
        if (!fits.test(value)) {
            throw wrong(name + " to be " + expected, '"' + value + '"');
        }
        return value;
    }

    private OnnxFileException wrong(String expected, String found) {
        return new OnnxFileException(file, expected, found, "correct it, or write it again with bench --tune");
    }
}
