package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The pages are read by groff without warnings, and say what --help says. */
@Tag("tiny")
final class ManPageTest {

    private static final Pattern OPTION = Pattern.compile("(?m)^ {2}(?:-\\w, {1,2}| {4})(--[a-z0-9-]+)");

    @TempDir
    private Path folder;

    private List<Path> pages() throws Exception {
        Catwalk.Answer answer = Catwalk.run("man", folder.resolve("man1").toString());
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).isEmpty();
        try (Stream<Path> files = Files.list(folder.resolve("man1"))) {
            return files.sorted().toList();
        }
    }

    /** Shows a page as on a terminal, without mark-up for bold. */
    private static Catwalk.Answer shown(Path page) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "no groff here");
        return Catwalk.finish(
                new ProcessBuilder("groff", "-man", "-Tutf8", "-ww", "-rLL=200n", "-P-cbou", page.toString()));
    }

    @Test
    void groffHasNothingToSayAboutAnyPage() throws Exception {
        List<Path> pages = pages();
        assertThat(pages).hasSizeGreaterThan(25);
        for (Path page : pages) {
            Catwalk.Answer answer = shown(page);
            assertThat(answer.exitCode()).isZero();
            assertThat(answer.err()).as(page.toString()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compare", "verify", "bench", "plugin new", "doctor"})
    void aPageHasEachOptionOfTheHelp(String command) throws Exception {
        pages();
        List<String> options = OPTION.matcher(
                        Catwalk.run((command + " --help").split(" ", -1)).out())
                .results()
                .map(option -> option.group(1))
                .toList();
        assertThat(options).hasSizeGreaterThan(3);

        String page = shown(folder.resolve("man1/catwalk-" + command.replace(' ', '-') + ".1"))
                .out();

        assertThat(page).contains("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO");
        assertThat(options)
                .allSatisfy(option ->
                        assertThat(page).containsPattern("(?m)^ {7}(?:-\\w, )?" + option + "(?:[=\\[ ].*)?$"));
    }

    @Test
    void thePageOfTheProgramLeadsToAllOthers() throws Exception {
        List<String> others = pages().stream()
                .map(page -> page.getFileName().toString())
                .filter(name -> !name.equals("catwalk.1") && !name.startsWith("catwalk-plugin-"))
                .map(name -> name.replace(".1", "(1)"))
                .toList();

        String page = shown(folder.resolve("man1/catwalk.1")).out();
        assertThat(page).contains("EXIT STATUS", "the request was wrong; nothing was changed");
        assertThat(page.substring(page.indexOf("SEE ALSO")).split("[\\s,]+", -1))
                .containsAll(others);
    }

    /** Texts that roff would read as a request, an escape, a ligature or a quotation mark (groff_char(7)). */
    @Test
    void whatMeansSomethingToRoffIsShownAsItIs() throws Exception {
        CommandSpec command = CommandSpec.create().name("sample");
        command.usageMessage().description(".TH is no request, nor is\n'br", "C:\\new -x '~' `^` 100 %% \u2265 5");
        command.addOption(OptionSpec.builder("--share", "-s")
                .arity("0..1")
                .type(String.class)
                .paramLabel("N")
                .description(".5 if 50 %%")
                .build());
        ManPage page = ManPage.ofAll(new CommandLine(command)).get(0);
        assertThat(page.name()).isEqualTo("sample");

        Catwalk.Answer answer = shown(Files.writeString(folder.resolve("sample.1"), page.text()));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out())
                .contains(".TH is no request, nor is 'br")
                .contains("C:\\new -x '~' `^` 100 % \u2265 5")
                .containsPattern("--share, -s\\[=N\\]")
                .contains(".5 if 50 %");
    }

    @Test
    void aFileInPlaceOfTheFolderIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        Catwalk.Answer answer = Catwalk.run("man", file.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("catwalk: expected " + file + " to be a folder that can be written");
    }
}
