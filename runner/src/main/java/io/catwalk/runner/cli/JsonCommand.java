package io.catwalk.runner.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** A command whose results can also be printed as JSON. */
abstract class JsonCommand extends ConsoleCommand {

    @Option(names = "--json", description = "Print JSON.", order = 1)
    boolean json;

    /** Prints the results for programs if that is requested, or else for people. */
    final void print(Supplier<?> asJson, Runnable asText, Console console) {
        if (json) {
            console.json(asJson.get());
        } else {
            asText.run();
        }
    }
}
