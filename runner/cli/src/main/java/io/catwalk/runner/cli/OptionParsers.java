package io.catwalk.runner.cli;

import io.catwalk.api.Choice;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ExperimentTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.core.JacksonException;

final class OptionParsers {

    private static final Pattern RANGE = Pattern.compile("(.+?)\\.\\.(.+?)(:log)?");

    private static final int MOST_SEEDS = 1000;

    private OptionParsers() {}

    /** Requires a number from 1 to a limit, so that a typing error cannot take days or all memory. */
    static int within(String option, long value, int most) {
        if (value < 1) {
            throw new RequestException(option + " must be at least 1, but is " + value);
        }
        if (value > most) {
            throw new RequestException(option + " must be at most " + most + ", but is " + value);
        }
        return (int) value;
    }

    static void withinIfGiven(String option, @Nullable Integer value, int most) {
        if (value != null) {
            within(option, value, most);
        }
    }

    static Duration timeout(String option, String text) {
        long seconds = ExperimentTree.seconds(option, text);
        if (seconds < 1) {
            throw new RequestException(option + " must be at least 1s, but is " + text);
        }
        return Duration.ofSeconds(seconds);
    }

    /** Requires that a file can be written, if one is given, before the work that it takes to make its content. */
    static void writable(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        String found = folder == null || Files.isDirectory(file)
                ? file + " is a folder: name a file in it"
                : !Files.isDirectory(folder)
                        ? "there is no folder " + folder + ": make it, or name another file"
                        : Files.isWritable(folder) ? null : folder + " cannot: name a file elsewhere";
        if (found != null) {
            throw new RequestException(option + " must name a file in a folder that can be written, but " + found);
        }
    }

    static void requireNew(Path path, boolean force) {
        if (Files.exists(path) && !force) {
            throw new RequestException("expected a new path, but " + path + " exists: replace it with --force");
        }
    }

    /** Finds a word among those of an option; null if the option is not given. */
    static <T> @Nullable T oneOf(String option, @Nullable String value, T[] words) {
        if (value == null) {
            return null;
        }
        List<String> known = Stream.of(words).map(Object::toString).toList();
        int place = known.indexOf(value);
        if (place < 0) {
            throw new RequestException(option + " must be one of " + String.join(", ", known) + ", but is '" + value
                    + "'" + Reasons.didYouMean(value, known));
        }
        return words[place];
    }

    /** Parses values between commas, or a range such as {@code 0.1..0.5} or {@code 1e-4..0.1:log}. */
    static Choice choice(String text, Supplier<?> byDefault) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return Choice.of(values(text));
        }
        Object start = byDefault.get();
        Number low = number(range.group(1), text);
        Number high = number(range.group(2), text);
        if (!(start instanceof Number first)) {
            throw new IllegalArgumentException("range must be of a number, but the default is " + start);
        }
        Choice choice = start instanceof Integer && low instanceof Integer && high instanceof Integer
                ? Choice.range(first.intValue(), low.intValue(), high.intValue())
                : Choice.range(first.doubleValue(), low.doubleValue(), high.doubleValue());
        return range.group(3) == null ? choice : choice.logarithmic();
    }

    /** Parses an end of a range; unlike in YAML, 1e-4 is a number, too. */
    private static Number number(String end, String range) {
        try {
            return end.matches("-?[0-9]{1,9}") ? (Number) Integer.valueOf(end) : (Number) Double.valueOf(end);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("range must be from a number to a number, but is " + range, e);
        }
    }

    /** Parses values between commas; if one number has a decimal point, all become floating-point numbers. */
    static List<Object> values(String text) {
        List<Object> values = Stream.of(text.split(",", -1))
                .filter(one -> !one.isBlank())
                .map(OptionParsers::value)
                .toList();
        return values.stream().noneMatch(Double.class::isInstance)
                ? values
                : values.stream()
                        .map(value -> value instanceof Integer whole ? (Object) whole.doubleValue() : value)
                        .toList();
    }

    /** Parses seeds: a single number says how many, from 1 on; several between commas are the seeds themselves. */
    static List<Long> seeds(String text) {
        if (!text.matches("[0-9]{1,9}|-?[0-9]{1,18}(,-?[0-9]{1,18})+")) {
            throw new RequestException(
                    "--seeds must be a number of seeds, such as 5, or a list, such as 1,7,9, but is " + text);
        }
        if (!text.contains(",")) {
            long count = Long.parseLong(text);
            if (count < 1 || count > MOST_SEEDS) {
                throw new RequestException("--seeds must be a number of seeds from 1 to " + MOST_SEEDS
                        + ", or a list, but is " + text + ": for the one seed " + text + " try --seed " + text);
            }
            return LongStream.rangeClosed(1, count).boxed().toList();
        }
        List<Long> seeds =
                Stream.of(text.split(",", -1)).map(Long::valueOf).distinct().toList();
        if (seeds.size() < text.split(",", -1).length) {
            throw new RequestException("--seeds must not repeat a seed, but is " + text + ": leave one out");
        }
        return seeds;
    }

    /** Parses a value as YAML does: 32 is a whole number, 0.5 a number, true a switch, the rest text. */
    static Object value(String text) {
        try {
            Object value = Json.YAML.readValue(text, Object.class);
            return value instanceof Number || value instanceof Boolean ? value : text;
        } catch (JacksonException e) {
            return text;
        }
    }

    /** Gives an option a value only by {@code --option=VALUE}; for a space, picocli would take the next argument. */
    static final class AttachedOnly implements IParameterPreprocessor {

        /** What picocli says of an option without = and a value. */
        private static final String SEPARATE = " ";

        @Override
        public boolean preprocess(
                Stack<String> words, CommandSpec command, ArgSpec argument, Map<String, Object> state) {
            if (SEPARATE.equals(state.get("separator")) && argument instanceof OptionSpec option) {
                words.push(option.fallbackValue());
            }
            return false; // picocli continues, and takes the value from there
        }
    }
}
