package io.catwalk.runner.runtimes;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Runs one runtime on images, with a small program in a folder of its own. */
public final class Runner {

    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    private static final String DESCRIPTION = "runtime.json";

    private static final String EXAMPLE = "example/example.json";

    private static final String JAVA = "java";

    /** Importing a library takes seconds on a busy machine. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(60);

    private static final int SIGNAL = 128;

    /**
     * The content of {@code runtime.json} in the folder of a runner.
     *
     * @param runtime its name, shown to people
     * @param command a program on the path and its arguments, which are followed by the paths of the model, its
     *     signature, the images and the logits; it runs in the folder of the runner. {@code java} is the one that this
     *     program runs on
     * @param probe arguments with which the program exits with 0 if everything that it needs is installed; if empty,
     *     nothing is checked
     * @param files that must exist, relative to the folder
     * @param install how to install it, for people; {@code {folder}} stands for the folder of the runner
     * @param without operators that the runtime does not support
     * @param images how many images a slow runtime gets when all runtimes are asked; null for all of them
     */
    private record Description(
            String runtime,
            List<String> command,
            List<String> probe,
            List<String> files,
            String install,
            List<String> without,
            @Nullable Integer images) {}

    /**
     * A short program that prints label and probability of images, as a user of the runtime would write it. It reads
     * {@code model.onnx} and {@code samples/*.png} of the parent of its folder.
     *
     * @param files the program and the list of its packages, relative to the folder of the runner
     * @param install a command that installs what the program needs, run in the parent of its folder
     * @param run a command that runs the program, run in the same folder
     */
    public record Example(List<String> files, String install, String run) {}

    /**
     * The input of every runner, as files. All paths are absolute.
     *
     * @param images unsigned bytes from 0 to 255 in the shape of the input, (count, channels, height, width), row-major,
     *     one image after the other and nothing else
     * @param count number of images; a multiple of the batch size if the file has a fixed one
     * @param classes numbers that are expected for each image
     */
    public record Question(Path model, Path signature, Path images, int count, int classes) {}

    public sealed interface Answer {}

    /** Logits, and the seconds from the first batch to the last, with the normalization and without loading anything. */
    @SuppressWarnings("ArrayRecordComponent") // 100,000 numbers that are not compared
    public record Given(
            String version, double seconds, @Nullable String note, float[] logits) implements Answer {}

    /** There is no answer, for a reason of one line. */
    public record Failed(String reason) implements Answer {}

    private final Path folder;
    private final Description description;

    private Runner(Path folder, Description description) {
        this.folder = folder;
        this.description = description;
    }

    /** Finds the runners in a folder; refuses one that has none. */
    public static List<Runner> in(Path folder) throws IOException {
        List<Runner> runners = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries =
                    Files.newDirectoryStream(folder, entry -> Files.exists(entry.resolve(DESCRIPTION)))) {
                for (Path entry : entries) {
                    runners.add(new Runner(
                            entry.toAbsolutePath().normalize(),
                            Json.read(entry.resolve(DESCRIPTION), Description.class, "the description of a runner")));
                }
            }
        }
        if (runners.isEmpty()) {
            throw new RequestException("expected runners in " + folder + ", folders with a " + DESCRIPTION
                    + ", found none: name another folder with --runtimes-dir");
        }
        runners.sort(Comparator.comparing(Runner::name));
        return runners;
    }

    /** Returns the name of the folder, which users type to request the runner. */
    public String name() {
        return folder.getFileName().toString();
    }

    public String runtime() {
        return description.runtime();
    }

    /** Returns how many of some images the runtime gets when all runtimes are asked: a slow one gets fewer. */
    public int images(int size) {
        return description.images() == null ? size : Math.min(size, description.images());
    }

    /** Finds an operator that the runtime does not support. */
    public Optional<String> unknown(Set<String> operators) {
        return description.without().stream().filter(operators::contains).findFirst();
    }

    /** Says why {@link #find} has found no program. */
    public String reason(Set<String> operators) {
        return runtime() + " "
                + unknown(operators)
                        .map(operator ->
                                "knows no " + operator + ": export the file with --unroll-recurrent --batch 1 for it, "
                                        + "and without --any-size")
                        .orElseGet(() ->
                                "is not installed: " + description.install().replace("{folder}", folder.toString()));
    }

    /** Reads the description of the short example program for users of the runtime, if there is one. */
    public Optional<Example> example() throws IOException {
        Path file = folder.resolve(EXAMPLE);
        return Files.exists(file)
                ? Optional.of(Json.read(file, Example.class, "the description of an example"))
                : Optional.empty();
    }

    /** Copies the files of an example into a folder with the name of the runner. */
    public void copy(Example example, Path parent) throws IOException {
        Path target = Files.createDirectory(parent.resolve(name()));
        for (String file : example.files()) {
            Path source = folder.resolve(file);
            Files.copy(source, target.resolve(source.getFileName()));
        }
    }

    /** Finds the program to run a file with these operators: the first on the path that has what the runner needs. */
    public Optional<Path> find(Set<String> operators) throws InterruptedException {
        if (unknown(operators).isPresent()
                || !description.files().stream().allMatch(file -> Files.exists(folder.resolve(file)))) {
            return Optional.empty();
        }
        for (Path program : programs()) {
            if (description.probe().isEmpty() || isFit(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    private boolean isFit(Path program) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(description.probe());
        try {
            return ChildProcess.program(command).in(folder).run(PROBE_TIMEOUT).exitCode() == 0;
        } catch (IOException e) {
            return false; // it cannot run on this machine
        }
    }

    private List<Path> programs() {
        String name = description.command().get(0);
        if (name.equals(JAVA)) {
            return List.of(Path.of(System.getProperty("java.home"), "bin", JAVA));
        }
        return programs(
                name,
                Optional.ofNullable(System.getenv("PATH")).orElse(""),
                Optional.ofNullable(System.getenv("PATHEXT")).orElse(""));
    }

    /**
     * Finds a program on a path, in its order.
     *
     * @param path folders; on Windows, each may be in quotes
     * @param endings that Windows adds to the name, such as {@code .COM;.EXE}; empty on other systems
     */
    static List<Path> programs(String name, String path, String endings) {
        List<Path> programs = new ArrayList<>();
        for (String place : path.split(File.pathSeparator, -1)) {
            String folder = place.replaceAll("^\"|\"$", "");
            for (String ending : endings.split(File.pathSeparator, -1)) {
                try {
                    Path program = Path.of(folder, name + ending).toAbsolutePath();
                    if (!folder.isEmpty() && Files.isExecutable(program)) {
                        programs.add(program);
                    }
                } catch (InvalidPathException e) {
                    LOG.info("{} on the path is no folder", place, e);
                }
            }
        }
        return programs;
    }

    /** Runs a program that {@link #find} found on images; if the calling thread is interrupted, it ends. */
    public Answer ask(Path program, Question question, Duration timeout) throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch()) {
            Path logits = scratch.file("logits");
            ChildProcess.Ending ending = ChildProcess.program(command(program, question, logits, scratch.folder()))
                    .in(folder)
                    .run(timeout);
            if (ending.timedOut()) {
                return new Failed("it gave no answer within " + timeout.toSeconds()
                        + " s and was stopped: give it more time with --runtime-timeout");
            }
            if (ending.exitCode() != 0) {
                return new Failed(reason(ending));
            }
            return answer(ending, question, logits);
        }
    }

    private List<String> command(Path program, Question question, Path logits, Path temporary) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if (description.command().get(0).equals(JAVA)) {
            command.add("-Djava.io.tmpdir=" + temporary); // a killed process leaves native libraries there
        }
        command.addAll(description.command().subList(1, description.command().size()));
        for (Path file : List.of(question.model(), question.signature(), question.images(), logits)) {
            command.add(file.toString());
        }
        return command;
    }

    private static Answer answer(ChildProcess.Ending ending, Question question, Path logits) throws IOException {
        String line = ending.out().strip().lines().reduce("", (first, second) -> second);
        JsonNode said;
        try {
            said = Json.LINE.readTree(line);
        } catch (JacksonException e) {
            said = Json.LINE.nullNode();
        }
        if (!said.path("version").isString() || !said.path("seconds").isNumber()) {
            return new Failed(
                    "expected {\"version\": ..., \"seconds\": ...} as its last line, found " + Reasons.quoted(line));
        }
        long expected = (long) question.count() * question.classes() * Float.BYTES;
        long found = Files.exists(logits) ? Files.size(logits) : 0;
        if (found != expected) {
            return new Failed("expected " + question.classes() + " float32 logits of each of " + question.count()
                    + " images, " + expected + " bytes, found " + found);
        }
        float[] numbers = new float[question.count() * question.classes()];
        ByteBuffer.wrap(Files.readAllBytes(logits))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(numbers);
        return new Given(
                said.path("version").asString(),
                said.path("seconds").asDouble(),
                said.path("note").stringValue(null),
                numbers);
    }

    /** Returns the line that most likely gives the reason: the last that mentions an error, else the last. */
    private static String reason(ChildProcess.Ending ending) {
        List<String> lines = ending.err()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        String end = ending.exitCode() > SIGNAL
                ? "it was ended by signal " + (ending.exitCode() - SIGNAL)
                : "it ended with exit code " + ending.exitCode();
        return lines.stream()
                .filter(line -> line.matches("(?i).*(error|exception|expected).*") && !line.startsWith("at "))
                .reduce((first, second) -> second)
                .or(() -> lines.stream().reduce((first, second) -> second))
                .map(line -> end + ": " + Reasons.oneLine(line))
                .orElse(end);
    }
}
