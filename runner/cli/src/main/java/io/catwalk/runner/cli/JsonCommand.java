package io.catwalk.runner.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Option;

abstract class JsonCommand extends ConsoleCommand {

    @Option(names = "--json", description = "Print JSON.", order = 1)
    boolean json;

    final void print(Supplier<?> asJson, Runnable asText) {
        if (json) {
            console.json(asJson.get());
        } else {
            asText.run();
        }
    }
}
