package io.catwalk.runner.cli;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.runner.LogSetup;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.plugin.PluginException;
import io.catwalk.runner.process.Platform;
import io.catwalk.runner.trial.Software;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Entry point of the program {@code catwalk}. */
@Command(
        name = "catwalk",
        description = "Trains image classifiers, compares them fairly, and ships them as ONNX.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:some trials or checks failed, or were not run; the table shows which; or results could not be printed",
            "2:the request was wrong; nothing was changed",
            "3:an ONNX file does not answer like its network, or could not be written"
        })
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    /** In the order of the help. A command has the name of its class, without the last word. */
    private static final List<Class<?>> COMMANDS = List.of(
            CompareCommand.class,
            TrainCommand.class,
            CrossvalCommand.class,
            TuneCommand.class,
            ResumeCommand.class,
            ReportCommand.class,
            RunsCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            DiffCommand.class,
            QuantizeCommand.class,
            EnsembleCommand.class,
            PackageCommand.class,
            PredictCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            DataCommand.class,
            AuditCommand.class,
            ListCommand.class,
            PluginCommand.class,
            WorkCommand.class,
            DoctorCommand.class,
            CompletionCommand.class);

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the log and stack trace of an error.")
    private boolean verbose;

    @Option(
            names = "--cache",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            description = "Keep decoded images there. Default: images in CATWALK_CACHE, or in ~/.cache/catwalk")
    @SuppressWarnings("UnusedMethod") // picocli calls it
    private void cache(Path folder) {
        System.setProperty(
                ImageCache.PROPERTY, folder.toAbsolutePath().normalize().toString());
    }

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT); // so that number formats and letter case do not vary
        SandboxedCommand.openPipe(System.in);
        ResultStream results = new ResultStream(new FileOutputStream(FileDescriptor.out));
        PrintWriter out = new PrintWriter(results, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exitCode = run(out, err, arguments);
        System.exit(out.checkError() ? undelivered(exitCode, results, new Console(out, err)) : exitCode);
    }

    /** Reports that a part of the results could not be written, unless the reader did not want more. */
    private static int undelivered(int exitCode, ResultStream results, Console console) {
        if (!results.hasLostReader()) {
            console.error("expected a standard output that takes all results, but a part could not be written ("
                    + Reasons.of(results.failure) + "): make room there, or write them elsewhere");
        }
        return exitCode == ExitCode.DONE ? ExitCode.SOME_FAILED : exitCode;
    }

    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Main main = new Main();
        Console console = new Console(out, err);
        CommandLine commandLine = with(wanted(arguments), main);
        commandLine
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAllowSubcommandsAsOptionParameters(true) // a folder may have the name of a command
                .setUsageHelpAutoWidth(true);
        commandLine.setParameterExceptionHandler((e, given) -> {
            console.error(misread(e));
            return ExitCode.BAD_REQUEST;
        });
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> main.report(e, console));
        commandLine.setExecutionStrategy(parsed -> {
            if (main.verbose) {
                LogSetup.show();
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        if (arguments.length == 0) {
            if (WorkingFolder.of(Path.of("")).tell(console)) {
                return ExitCode.DONE;
            }
            commandLine.usage(out);
            return ExitCode.BAD_REQUEST;
        }
        try {
            return commandLine.execute(arguments);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            return main.report(new IllegalStateException(Reasons.of(e), e), console);
        }
    }

    /** Returns the command that the first word names, or else all: reading all of them takes a fifth of a second. */
    private static List<Class<?>> wanted(String... arguments) {
        String name = arguments.length == 0 ? "" : arguments[0];
        List<Class<?>> asked = COMMANDS.stream()
                .filter(command -> command.getSimpleName().equalsIgnoreCase(name + "Command"))
                .toList();
        return asked.isEmpty() ? COMMANDS : asked;
    }

    static CommandLine withAllCommands() {
        return with(COMMANDS, new Main());
    }

    private static CommandLine with(List<Class<?>> commands, Main main) {
        CommandLine commandLine = new CommandLine(main);
        commands.forEach(commandLine::addSubcommand);
        return commandLine;
    }

    private int report(Exception e, Console console) {
        LOG.info("The command failed", e);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            // A pool of threads throws a copy of the error, without its message.
            if (cause instanceof OutOfMemoryError && !(cause.getCause() instanceof OutOfMemoryError)) {
                console.error("ran out of memory (" + cause.getMessage() + ") with a heap of "
                        + Runtime.getRuntime().maxMemory() / (1 << 20)
                        + " MiB: set a larger one by CATWALK_OPTS=-Xmx8g, or try fewer --jobs or images");
                return ExitCode.SOME_FAILED;
            }
        }
        if (e instanceof RequestException
                || e instanceof PluginException
                || e instanceof OnnxFileException
                || e instanceof ExportException) {
            console.error(Reasons.oneLine(String.valueOf(e.getMessage())));
            return ExitCode.BAD_REQUEST;
        }
        if (e instanceof InterruptedException) {
            return ExitCode.SOME_FAILED; // the program is being stopped, which is already reported
        }
        console.error(Reasons.of(e) + (verbose ? "" : " (--verbose shows where)"));
        return ExitCode.SOME_FAILED;
    }

    private static String misread(CommandLine.ParameterException e) {
        List<String> meant =
                e instanceof CommandLine.UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return Reasons.oneLine(String.valueOf(e.getMessage()))
                + (meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?")
                + " (see " + command + " --help)";
    }

    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            Software software = Software.current();
            Platform platform = Platform.current();
            return new String[] {
                "catwalk " + software.catwalk() + " (commit " + Software.commit() + ")",
                "Java " + software.java(),
                "DJL " + software.djl() + ", PyTorch " + software.pytorch() + ", ONNX Runtime "
                        + software.onnxruntime(),
                platform + (platform.isTried() ? "" : ", not tested")
            };
        }
    }

    /** Receives the results, and keeps the reason if a part cannot be written, which a {@code PrintWriter} does not throw. */
    private static final class ResultStream extends FilterOutputStream {

        private volatile @Nullable IOException failure;

        ResultStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        boolean hasLostReader() {
            IOException found = failure;
            // The system says so, mostly with this word, whatever its language.
            return found != null
                    && String.valueOf(found.getMessage())
                            .toLowerCase(Locale.ROOT)
                            .contains("pipe");
        }
    }
}
