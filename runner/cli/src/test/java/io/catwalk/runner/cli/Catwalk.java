package io.catwalk.runner.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Runs the program for a test: in this process, or in a separate one where signals and exits matter. */
final class Catwalk {

    private static final String COLUMNS = "catwalk.columns";

    /** For the temporary files of separate processes: one that is killed leaves them. */
    private static final Path TEMPORARY = Path.of("target", "tmp").toAbsolutePath();

    static {
        // A real command processes an ONNX file in another process; in tests it does so in this one.
        System.setProperty(SandboxedCommand.INSIDE, "here");
    }

    private Catwalk() {}

    record Answer(int exitCode, String out, String err) {

        Answer exits(int code) {
            assertThat(exitCode).as("%s", this).isEqualTo(code);
            return this;
        }

        Answer done() {
            return exits(ExitCode.DONE);
        }

        /** Requires a bad request, which is one line with these facts and nothing else; returns the line. */
        String refused(String... facts) {
            exits(ExitCode.BAD_REQUEST);
            assertThat(out).isEmpty();
            assertThat(err).startsWith("catwalk: ").hasLineCount(1).contains(facts);
            return err;
        }

        JsonNode json() {
            return Json.JSON.readTree(out);
        }

        /** Returns the output without the breaks of its lines. */
        String joined() {
            return out.replaceAll("\\s+", " ");
        }
    }

    /** Runs a command whose words have spaces between them; each word with {@code %s} gets the next value. */
    static Answer ask(String command, Object... values) {
        return run(words(command, values));
    }

    static String[] words(String command, Object... values) {
        Iterator<Object> rest = List.of(values).iterator();
        return Arrays.stream(command.strip().split(" +", -1))
                .map(word ->
                        word.contains("%s") ? word.replace("%s", rest.next().toString()) : word)
                .toArray(String[]::new);
    }

    static JsonNode json(Path file) throws IOException {
        return Json.JSON.readTree(Files.readString(file));
    }

    /** Requires values in a tree, such as {@code "/trials/0/seed=1"}. */
    static void requireJson(JsonNode tree, String... facts) {
        assertThat(Arrays.stream(facts).map(fact -> {
                    String path = fact.substring(0, fact.indexOf('='));
                    JsonNode value = tree.at(path);
                    return path + "=" + (value.isString() ? value.asString() : value.toString());
                }))
                .containsExactly(facts);
    }

    /** Runs a command as on a terminal of 80 columns. */
    static Answer run(String... arguments) {
        System.setProperty(COLUMNS, "80");
        try {
            return piped(arguments);
        } finally {
            System.clearProperty(COLUMNS);
        }
    }

    /** Runs a command whose output goes to a file or another program. */
    static Answer piped(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Answer(exitCode, out.toString(), err.toString());
    }

    /** Prepares a separate process; the caller redirects and starts it. */
    static ProcessBuilder process(Path workingFolder, String... arguments) throws IOException {
        Files.createDirectories(TEMPORARY);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-D" + COLUMNS + "=80",
                "-Djava.io.tmpdir=" + TEMPORARY,
                "-cp",
                absolute(System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(workingFolder.toFile());
    }

    /** Starts a process with empty input, and waits for it. */
    static Answer finish(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile("catwalk", ".out");
        Path err = Files.createTempFile("catwalk", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                process.getOutputStream().close();
                return new Answer(process.waitFor(), Files.readString(out), Files.readString(err));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly(); // an interrupted test would leave it
            }
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Creates a folder that contains only these programs, to be used as the whole PATH. */
    static Path only(Path folder, String... programs) throws IOException {
        Files.createDirectories(folder);
        for (String program : programs) {
            for (String place : List.of("/usr/bin", "/bin")) {
                Path found = Path.of(place, program);
                if (Files.isExecutable(found)) {
                    script(folder.resolve(program), "#!/bin/sh\nexec " + found + " \"$@\"\n");
                }
            }
        }
        return folder;
    }

    static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(joining(File.pathSeparator));
    }
}
