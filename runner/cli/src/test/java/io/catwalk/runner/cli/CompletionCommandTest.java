package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts work in the shells that they are for. */
@Tag("tiny")
final class CompletionCommandTest {

    /** Completes the last word as bash does (bash(1), Programmable Completion). */
    private static final String ASK_BASH = """
            source "$1" && shift
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}
            _complete_catwalk 2>/dev/null
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    /** Types into a zsh with a terminal, since a script cannot complete, and prints the resulting line. */
    private static final String ASK_ZSH = """
            zmodload zsh/zpty
            zpty typed "TERM=dumb PS1='' zsh -f -i"
            zpty -w typed "$1; PS1=''; function shown { print -r -- \\"<\\$BUFFER>\\"; BUFFER=exit; zle accept-line }"
            zpty -w typed "zle -N shown; bindkey '^X' shown"
            zpty -w -n typed "$2"$'\\t\\x18'
            while zpty -r typed line; do print -r -- "$line"; done
            """;

    @TempDir
    private Path folder;

    private Path script(String shell, String name) throws Exception {
        Catwalk.Answer answer = Catwalk.piped("completion", shell);
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).isEmpty();
        return Files.writeString(folder.resolve(name), answer.out());
    }

    private static void require(String shell) {
        Assumptions.assumeTrue(
                List.of("/bin", "/usr/bin").stream().anyMatch(place -> Files.isExecutable(Path.of(place, shell))),
                "no " + shell + " here");
    }

    @ParameterizedTest
    @CsvSource({
        "catwalk compa, compare",
        "catwalk compare --qui, --quick",
        "catwalk plugin new --kot, --kotlin",
        "catwalk tune --strategy hal, halving"
    })
    void bashCompletesCommandsOptionsAndValues(String typed, String expected) throws Exception {
        require("bash");
        ProcessBuilder bash = new ProcessBuilder(
                "bash", "-c", ASK_BASH, "bash", script("bash", "catwalk").toString());
        bash.command().addAll(List.of(typed.split(" ", -1)));

        Catwalk.Answer answer = Catwalk.finish(bash);

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out().lines().map(String::strip)).containsExactly(expected);
    }

    /** Sourced in a session, and loaded from the function path at the first completion. */
    @ParameterizedTest
    @CsvSource({
        "'source %s/_catwalk', catwalk compa, catwalk compare",
        "'fpath=(%s $fpath); autoload -Uz compinit; compinit -u -D', catwalk compare --qui, catwalk compare --quick"
    })
    @Tag("long")
    void zshCompletesCommandsAndOptions(String setUp, String typed, String expected) throws Exception {
        require("zsh");
        script("zsh", "_catwalk");
        ProcessBuilder zsh = new ProcessBuilder("zsh", "-f", "-c", ASK_ZSH, "zsh", setUp.formatted(folder), typed);

        Catwalk.Answer answer = Catwalk.finish(zsh);

        assertThat(answer.out()).doesNotContain("command not found").contains("<" + expected);
    }
}
