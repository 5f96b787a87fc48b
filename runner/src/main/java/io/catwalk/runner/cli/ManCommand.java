package io.catwalk.runner.cli;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual pages of this program. */
@Command(
        name = "man",
        description = "Write the manual page of each command into a folder: man -l DIR/catwalk-compare.1",
        mixinStandardHelpOptions = true)
final class ManCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder, which is made if it is not there.")
    private Path folder = Path.of("");

    @Override
    public Integer call() {
        List<ManPage> pages = ManPage.ofAll(Main.withAllCommands());
        try {
            Files.createDirectories(folder);
            for (ManPage page : pages) {
                AtomicFiles.write(folder.resolve(page.name() + ".1"), page.text());
            }
        } catch (IOException e) {
            throw new RequestException("expected " + folder + " to be a folder that can be written, found "
                    + Reasons.of(e) + ": name another");
        }
        new Console(spec).line(pages.size() + " pages in " + folder);
        return ExitCode.DONE;
    }
}
