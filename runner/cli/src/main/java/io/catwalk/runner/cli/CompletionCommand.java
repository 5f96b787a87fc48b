package io.catwalk.runner.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "completion",
        description = {
            "Print the script by which a shell completes commands, options and file names.",
            "For the shell that runs: source <(catwalk completion bash), or zsh in place of bash."
        })
final class CompletionCommand extends ConsoleCommand {

    private enum Shell {
        BASH,
        ZSH
    }

    private static final Pattern VALUES = Pattern.compile("_args=\\(.+?\\)");

    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private Shell shell = Shell.BASH;

    @Override
    int run() {
        // Values of enums, which are written in small letters elsewhere.
        String script = VALUES.matcher(AutoComplete.bash("catwalk", Main.withAllCommands()))
                .replaceAll(values -> values.group().toLowerCase(Locale.ROOT));
        spec.commandLine().getOut().print(shell == Shell.ZSH ? forZsh(script) : script);
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }

    /** Makes zsh find a bash script in its function path, where its first run already answers a completion. */
    private static String forZsh(String script) {
        return """
                #compdef catwalk
                type compopt >/dev/null || function compopt { :; }
                %s
                if [ "${funcstack[1]}" = "_catwalk" ]; then
                  _bash_complete -o default -F _complete_catwalk
                fi
                """.formatted(script);
    }
}
