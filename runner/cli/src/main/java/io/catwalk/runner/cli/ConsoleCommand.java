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

    @Override
    public final Integer call() throws IOException, InterruptedException {
        return run(new Console(spec));
    }

    abstract int run(Console console) throws IOException, InterruptedException;
}
