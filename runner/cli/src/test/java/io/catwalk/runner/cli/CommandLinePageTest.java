package io.catwalk.runner.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Compares docs/reference/command-line.md with the commands; with {@code -Dcatwalk.docs=write} it writes the page
 * instead.
 */
@Tag("tiny")
class CommandLinePageTest {

    private static final Path PAGE = Path.of("../../docs/reference/command-line.md");

    private static final String HEAD = """
            # Command line

            This page is written from the commands themselves; a test holds it to them. After a change:
            `mvn -pl runner/cli -am test -Dtest=CommandLinePageTest -Dsurefire.failIfNoSpecifiedTests=false -Dcatwalk.docs=write`.

            `catwalk COMMAND --help` says the same. Each command also takes the options of `catwalk` itself. Times are whole numbers
            with `s`, `m` or `h`.
            """;

    private static final List<String> EVERYWHERE = List.of("--help", "--version", "--verbose", "--cache");

    @Test
    void thePageIsTheCommands() throws IOException {
        if ("write".equals(System.getProperty("catwalk.docs"))) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }

    private static String page() {
        CommandSpec program = Main.withAllCommands().getCommandSpec();
        StringBuilder page = new StringBuilder(HEAD);
        page.append("\n## catwalk\n\n");
        arguments(page, program, List.of());
        page.append("\n| exit code | means |\n|--:|---|\n");
        program.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> page.append("| %s | %s |\n".formatted(code.strip(), cell(meaning))));
        page.append("""
                | 4 | `quantize`, `ensemble`: the test images, or a measurement on a busy machine, do not tell |
                | 5 | `diff`: the same answers, but another file |
                | 75 | `work`: the trial was lost; try it on another machine |
                """);
        commands(page, program);
        return page.toString();
    }

    private static void commands(StringBuilder page, CommandSpec parent) {
        for (Map.Entry<String, CommandLine> entry : parent.subcommands().entrySet()) {
            CommandSpec command = entry.getValue().getCommandSpec();
            if (command.usageMessage().hidden()) {
                continue;
            }
            String description = escaped(formatted(command.usageMessage().description()));
            page.append("\n## %s\n\n%s\n\n`%s`\n\n".formatted(command.qualifiedName(), description, usage(command)));
            arguments(page, command, EVERYWHERE);
            commands(page, command);
        }
    }

    private static String usage(CommandSpec command) {
        Stream<String> parameters = command.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .map(parameter -> {
                    String label =
                            parameter.paramLabel() + (parameter.typeInfo().isMultiValue() ? "..." : "");
                    return parameter.required() ? label : "[" + label + "]";
                });
        String rest = command.subcommands().isEmpty() ? "" : " COMMAND";
        return Stream.concat(Stream.of(command.qualifiedName() + " [OPTION...]" + rest), parameters)
                .collect(joining(" "));
    }

    private static void arguments(StringBuilder page, CommandSpec command, List<String> without) {
        List<PositionalParamSpec> parameters = command.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .toList();
        List<OptionSpec> options = command.options().stream()
                .filter(option -> !option.hidden() && !without.contains(option.longestName()))
                .sorted(Comparator.comparing(OptionSpec::longestName))
                .toList();
        if (parameters.isEmpty() && options.isEmpty()) {
            return;
        }
        page.append("| argument | what it does |\n|---|---|\n");
        parameters.forEach(parameter -> row(page, parameter.paramLabel(), parameter));
        options.forEach(option -> row(page, names(option), option));
    }

    private static String names(OptionSpec option) {
        String names = String.join(", ", option.names());
        if (option.arity().max() == 0) {
            return names;
        }
        return option.arity().min() == 0 ? names + "[=" + option.paramLabel() + "]" : names + "=" + option.paramLabel();
    }

    private static void row(StringBuilder page, String name, ArgSpec argument) {
        page.append("| `%s` | %s |\n".formatted(name.replace("|", "\\|"), cell(described(argument))));
    }

    private static String described(ArgSpec argument) {
        Iterable<String> candidates = argument.completionCandidates();
        return formatted(argument.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString()))
                .replace("${COMPLETION-CANDIDATES}", candidates == null ? "" : String.join(", ", candidates));
    }

    /** Joins the lines of a description, which picocli takes as format strings. */
    private static String formatted(String... lines) {
        return String.join(" ", lines).replace("%n", " ").replace("%%", "%");
    }

    private static String cell(String text) {
        return escaped(text).replace("|", "\\|");
    }

    private static String escaped(String text) {
        return text.replaceAll("\\s+", " ")
                .replaceAll("([*_<>\\[\\]])", "\\\\$1")
                .strip();
    }
}
