package io.catwalk.runner.cli;

import io.catwalk.runner.trial.Software;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A manual page of one command, with the macros of man(7): the text of {@code --help} for {@code man}.
 *
 * @param name such as {@code catwalk-compare}
 * @param text the source of the page, in ASCII
 */
record ManPage(String name, String text) {

    private static final int NEVER_BROKEN = 100_000;

    /** Writes the pages of a command and of all its subcommands that are not hidden. */
    static List<ManPage> ofAll(CommandLine command) {
        List<ManPage> pages = new ArrayList<>(List.of(of(command.getCommandSpec())));
        subcommands(command.getCommandSpec()).forEach(below -> pages.addAll(ofAll(below.commandLine())));
        return pages;
    }

    private static ManPage of(CommandSpec command) {
        Help help = new Help(command, Help.defaultColorScheme(Ansi.OFF));
        String name = command.qualifiedName("-");
        List<String> description = description(command);
        List<CommandSpec> below = subcommands(command);
        StringBuilder page = new StringBuilder();
        // No date, so that a build of the same sources gives the same page; and no hyphenation of names.
        page.append(".TH %s 1 \"\" \"catwalk %s\" \"Catwalk\"\n.nh\n.ad l\n"
                .formatted(name.toUpperCase(Locale.ROOT), Software.current().catwalk()));
        section(page, "NAME", escaped(name) + " \\- " + escaped(summary(description)));
        section(page, "SYNOPSIS", synopsis(command, help));
        section(page, "DESCRIPTION", description.stream().map(ManPage::escaped).collect(Collectors.joining("\n.PP\n")));
        section(page, "ARGUMENTS", items(command.positionalParameters(), help));
        Stream<OptionSpec> listed = command.options().stream();
        List<OptionSpec> options = (command.usageMessage().sortOptions()
                        ? listed.sorted(Help.createShortOptionNameComparator())
                        : listed)
                .toList();
        section(page, "OPTIONS", items(options, help));
        section(
                page,
                "COMMANDS",
                below.stream()
                        .map(each -> item("\\fB" + escaped(each.name()) + "\\fR", description(each)))
                        .collect(Collectors.joining()));
        section(
                page,
                "EXIT STATUS",
                command.usageMessage().exitCodeList().entrySet().stream()
                        .map(code -> item("\\fB" + escaped(code.getKey()) + "\\fR", List.of(code.getValue())))
                        .collect(Collectors.joining()));
        section(page, "SEE ALSO", related(command, below));
        return new ManPage(name, page.toString());
    }

    /**
     * Formats the description of a command, in which a percent sign is doubled; picocli has formatted only those of
     * options.
     */
    private static List<String> description(CommandSpec command) {
        return Stream.of(command.usageMessage().description())
                .map(String::format)
                .toList();
    }

    private static void section(StringBuilder page, String title, String content) {
        if (!content.isEmpty()) {
            page.append(".SH \"")
                    .append(title)
                    .append("\"\n")
                    .append(content.strip())
                    .append('\n');
        }
    }

    /** Returns the first sentence, which {@code apropos} lists. */
    private static String summary(List<String> description) {
        return description.isEmpty() ? "" : description.get(0).replaceFirst("\\.(?: .*)?$", "");
    }

    private static String synopsis(CommandSpec command, Help help) {
        command.usageMessage().width(NEVER_BROKEN);
        String words = help.synopsis(0).strip();
        String program = command.qualifiedName();
        return words.startsWith(program)
                ? "\\fB" + escaped(program) + "\\fR" + escaped(words.substring(program.length()))
                : escaped(words);
    }

    private static String items(Collection<? extends ArgSpec> arguments, Help help) {
        return arguments.stream()
                .filter(argument -> !argument.hidden())
                .map(argument -> item(head(argument, help), List.of(argument.description())))
                .collect(Collectors.joining());
    }

    private static String head(ArgSpec argument, Help help) {
        String label = help.parameterLabelRenderer()
                .renderParameterLabel(argument, Ansi.OFF, List.of())
                .toString();
        if (argument instanceof PositionalParamSpec) {
            return "\\fI" + escaped(label) + "\\fR";
        }
        return Stream.of(((OptionSpec) argument).names())
                        .map(name -> "\\fB" + escaped(name) + "\\fR")
                        .collect(Collectors.joining(", "))
                + escaped(label);
    }

    private static String item(String head, List<String> description) {
        return ".TP\n" + head + "\n"
                + description.stream().map(ManPage::escaped).collect(Collectors.joining("\n.br\n")) + "\n";
    }

    private static String related(CommandSpec command, List<CommandSpec> below) {
        Set<String> names = new LinkedHashSet<>();
        if (command.parent() != null) {
            names.add(command.parent().qualifiedName("-"));
        }
        below.forEach(each -> names.add(each.qualifiedName("-")));
        return names.stream().map(name -> "\\fB" + escaped(name) + "\\fR(1)").collect(Collectors.joining(",\n"));
    }

    private static List<CommandSpec> subcommands(CommandSpec command) {
        return command.subcommands().entrySet().stream()
                .filter(each -> each.getKey().equals(each.getValue().getCommandName())) // no aliases
                .map(Map.Entry::getValue)
                .map(CommandLine::getCommandSpec)
                .filter(each -> !each.usageMessage().hidden())
                .toList();
    }

    /**
     * Escapes hyphens so that they can be copied and typed, and lines that would begin like a request (groff_char(7),
     * roff(7)).
     */
    private static String escaped(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(letter -> {
            switch (letter) {
                case '\\' -> safe.append("\\e");
                case '-' -> safe.append("\\-");
                case '\'' -> safe.append("\\(aq");
                case '^' -> safe.append("\\(ha");
                case '~' -> safe.append("\\(ti");
                case '`' -> safe.append("\\(ga");
                default -> {
                    if (letter < 128) {
                        safe.appendCodePoint(letter);
                    } else {
                        safe.append(String.format(Locale.ROOT, "\\[u%04X]", letter));
                    }
                }
            }
        });
        return safe.toString().replaceAll("(?m)^\\.", "\\\\&.").replace("\r", "");
    }
}
