package io.catwalk.runner.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(mixinStandardHelpOptions = true, versionProvider = Main.Version.class, sortOptions = false)
abstract class ConsoleCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // set before anything runs
    Console console;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        console = new Console(spec);
        return run();
    }

    abstract int run() throws IOException, InterruptedException;
}
