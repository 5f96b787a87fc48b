package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The packaged program, started by its launcher. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "starts the shell script")
final class LauncherIT {

    private static final String VERSION = Software.current().catwalk();
    private static final Path HOME = Path.of("target", "catwalk-" + VERSION).toAbsolutePath();
    private static final Path LAUNCHER = HOME.resolve("bin/catwalk");
    private static final double LIST_SECONDS = 1.5;

    @TempDir
    private Path folder;

    @Test
    void listAnswersAtOnceAndWithoutPyTorch() throws Exception {
        Path loaded = folder.resolve("loaded");
        ProcessBuilder logging = catwalk("list");
        logging.environment().put("CATWALK_OPTS", "-Xlog:class+load:file=" + loaded);
        assertThat(Catwalk.finish(logging).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(loaded)
                .content()
                .contains("io.catwalk.runner.cli.ListCommand")
                .doesNotContain("ai.djl.pytorch");

        double best = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) { // repeated, since the machine may be busy
            long start = System.nanoTime();
            Catwalk.Answer answer = Catwalk.finish(catwalk("list"));
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
            assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
            assertThat(answer.out()).contains("conv-maxpool");
            assertThat(answer.err()).isEmpty();
        }
        assertThat(best).as("seconds").isLessThan(LIST_SECONDS);
    }

    @Test
    @Tag("long")
    void classesComeFromTheArchiveHereAndInTheProcessOfATrial() throws Exception {
        TinyImages.write(folder.resolve("tiny"));
        ProcessBuilder builder = catwalk(
                "train small-conv --dataset tiny --epochs 1 --batch-size 16 --limit-train 60 --no-latency --out run"
                        .split(" ", -1));
        builder.environment().put("CATWALK_OPTS", "-Xlog:class+load:file=" + folder.resolve("loaded-%p"));

        assertThat(Catwalk.finish(builder).exitCode()).isEqualTo(ExitCode.DONE);

        assertThat(loaded("io.catwalk.runner.cli.TrainCommand ")).contains("shared objects file");
        assertThat(loaded("io.catwalk.runner.trial.TrialMain ")).contains("shared objects file");
        assertThat(loaded("ai.djl.pytorch.engine.PtEngine ")).contains("shared objects file");
    }

    /** Returns the line about one class in the log of loaded classes. */
    private String loaded(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("loaded-"))
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    if (line.contains(" " + name)) {
                        return line;
                    }
                }
            }
        }
        return "";
    }

    @Test
    @Tag("long")
    void aCopyElsewhereAnswersWithoutTheArchive() throws Exception {
        Path copy = folder.resolve("a copy");
        assertThat(new ProcessBuilder("cp", "-R", HOME.toString(), copy.toString())
                        .start()
                        .waitFor())
                .isZero();
        requireSameAnswer(new ProcessBuilder(copy.resolve("bin/catwalk").toString(), "list"));

        Files.writeString(copy.resolve("lib/catwalk.jsa.for"), "");
        requireSameAnswer(new ProcessBuilder(copy.resolve("bin/catwalk").toString(), "list"));

        Files.delete(copy.resolve("lib/catwalk.jsa.for"));
        requireSameAnswer(new ProcessBuilder(copy.resolve("bin/catwalk").toString(), "list"));
    }

    @Test
    @Tag("long")
    void anArchiveThatIsDamagedOrOfOtherJarsIsPassedOver() throws Exception {
        Path copy = folder.resolve("copy");
        assertThat(new ProcessBuilder("cp", "-R", HOME.toString(), copy.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path claim = copy.resolve("lib/catwalk.jsa.for");
        Files.writeString(claim, Files.readAllLines(claim).get(0) + "\n" + copy.toRealPath() + "\n");
        requireSameAnswer(new ProcessBuilder(copy.resolve("bin/catwalk").toString(), "list"));

        Path archive = copy.resolve("lib/catwalk.jsa");
        Files.delete(archive);
        Files.write(archive, new byte[100_000]);
        requireSameAnswer(new ProcessBuilder(copy.resolve("bin/catwalk").toString(), "list"));
    }

    @Test
    void anotherJvmPassesTheArchiveOver() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path other = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Catwalk.script(other, "#!/bin/sh\necho \"$@\" >> '" + folder + "/given'\nexec '" + java + "' \"$@\"\n");
        ProcessBuilder builder = new ProcessBuilder(LAUNCHER.toString(), "list");
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());

        requireSameAnswer(builder);

        assertThat(folder.resolve("given")).content().contains("Main list").doesNotContain("catwalk.jsa");
    }

    /** Java 17 crashes when it notifies a recorder or agent of classes that come from an archive. */
    @Test
    @Tag("long")
    void aFlightRecorderOrAnAgentPassesTheArchiveOver() throws Exception {
        ProcessBuilder builder = catwalk("list");
        Path recording = folder.resolve("list.jfr");
        builder.environment().put("CATWALK_OPTS", "-Xlog:disable -XX:StartFlightRecording=filename=" + recording);

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        // The recorder of Java 17 prints its options first.
        assertThat(answer.out()).endsWith(Catwalk.finish(catwalk("list")).out());
        assertThat(recording).isNotEmptyFile();
    }

    private void requireSameAnswer(ProcessBuilder builder) throws Exception {
        Catwalk.Answer answer = Catwalk.finish(builder.directory(folder.toFile()));
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out()).isEqualTo(Catwalk.finish(catwalk("list")).out());
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void versionNamesTheProgramAndItsEngine() throws Exception {
        Catwalk.Answer answer = Catwalk.finish(catwalk("--version"));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).startsWith("catwalk " + VERSION + " (commit ").contains("PyTorch ", "Java ");
    }

    @Test
    void doctorFindsTheDataAndPluginsThatArePacked() throws Exception {
        Catwalk.Answer answer = Catwalk.finish(catwalk("doctor"));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).contains("fashion-mnist, 60000 training and 10000 test images");
        assertThat(answer.out().lines())
                .allSatisfy(line -> assertThat(line).startsWith("ok     ")); // a pipe: one line per finding
    }

    @Test
    void namesBeyondAsciiWorkWhereNoLocaleIsSet() throws Exception {
        Path odd = Files.createDirectory(Path.of(folder.toString(), "ü ber ключ"));
        TinyImages.write(odd.resolve("bilder"));
        Path plugins = Files.createDirectory(odd.resolve("plugins"));
        TestPlugin.sound("umlaut").write(plugins.resolve("größe.jar"));
        for (String locale : List.of("", "C", "de_XX.UTF-8")) { // the last one is not installed
            ProcessBuilder builder = catwalk("list", "--json", "--plugins-dir", plugins.toString());
            builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
            if (!locale.isEmpty()) {
                builder.environment().put("LANG", locale);
            }

            Catwalk.Answer answer = Catwalk.finish(builder);

            assertThat(answer.err()).isEmpty();
            assertThat(answer.out()).contains("\"umlaut\"", "\"größe.jar\"");
        }
    }

    @Test
    void textIsBrokenOnATerminalOnly() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs script to have a terminal");
        int plugins = 18;
        assertThat(Catwalk.finish(catwalk("list")).out().lines())
                .hasSize(plugins)
                .anyMatch(line -> line.startsWith("conv-maxpool ") && line.endsWith("dense layers"));

        ProcessBuilder terminal = new ProcessBuilder(
                        "/usr/bin/script", "-qec", "stty cols 60; '" + LAUNCHER + "' list", "/dev/null")
                .directory(folder.toFile());
        Catwalk.Answer answer = Catwalk.finish(terminal);

        assertThat(answer.out().lines()).hasSizeGreaterThan(plugins).allMatch(line -> line.length() <= 60);
    }

    @Test
    void aHeapThatIsFullIsOneLineThatSaysHowToGiveMore() throws Exception {
        ProcessBuilder builder = catwalk("audit", "--dataset", "fashion-mnist");
        builder.environment().put("CATWALK_OPTS", "-Xmx24m");

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.err())
                .startsWith("catwalk: ran out of memory (")
                .contains("CATWALK_OPTS=-Xmx8g")
                .hasLineCount(1);
        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
    }

    /** Nothing about the machine is looked up or sent, and only decoded images are left on it. */
    @Test
    @Tag("long")
    void nothingIsLookedUpAndNothingIsLeft() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        TinyImages.write(folder.resolve("tiny"));
        ProcessBuilder training = catwalk(
                "train small-conv --dataset tiny --epochs 1 --batch-size 16 --limit-train 60 --out run".split(" ", -1));
        String options = "-Dcatwalk.cache=" + PrivateFolder.claim().path() + " -Duser.home=" + home;
        training.environment()
                .putAll(Map.of("HOME", home.toString(), "TMPDIR", temporary.toString(), "CATWALK_OPTS", options));
        training.environment().remove("ORT_DISABLE_TELEMETRY");
        assertThat(Catwalk.finish(training).exitCode()).isEqualTo(ExitCode.DONE);
        requireNothingLeft(home);
        assertThat(temporary).isEmptyDirectory();

        Path calls = folder.resolve("calls");
        List<String> traced = List.of("strace", "-f", "-qq", "-e", "trace=connect,sendto", "-o", calls.toString());
        Assumptions.assumeTrue(works(traced), "needs strace to see look-ups");
        List<String> command = new ArrayList<>(traced);
        command.addAll(List.of(
                LAUNCHER.toString(),
                "verify",
                "run/trials/small-conv/1-0/model.onnx",
                "--dataset",
                "tiny",
                "--timeout",
                "5m"));
        ProcessBuilder verifying = new ProcessBuilder(command).directory(folder.toFile());
        verifying.environment().putAll(training.environment());

        assertThat(Catwalk.finish(verifying).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(calls).content().doesNotContain("AF_INET");
        requireNothingLeft(home);
        assertThat(temporary).isEmptyDirectory();
    }

    private static void requireNothingLeft(Path home) throws IOException {
        try (Stream<Path> left = Files.walk(home)) {
            // The JDK keeps a list of the system's fonts, if there are any, and the program keeps decoded images.
            assertThat(left.filter(Files::isRegularFile).map(home::relativize))
                    .allMatch(file -> file.startsWith(".java/fonts") || file.startsWith(".cache/catwalk/images"));
        }
    }

    private static boolean works(List<String> traced) throws InterruptedException {
        List<String> command = new ArrayList<>(traced);
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFailedTrainingShowsNoTableAndNoReport() throws Exception {
        TinyImages.write(folder.resolve("tiny"));
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.building("broken", "throw new IllegalStateException(\"no network today\");")
                .write(plugins.resolve("broken.jar"));

        Catwalk.Answer answer = Catwalk.finish(
                catwalk("train broken --plugins-dir plugins --dataset tiny --batch-size 16 --out run".split(" ", -1)));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out())
                .contains("No trial was trained to its end.", "Everything is in run")
                .doesNotContain("params", "Begin with");
        assertThat(answer.err()).contains("no network today");
    }

    @Test
    @Tag("long")
    void numbersAreTheSameInEveryLanguage() throws Exception {
        TinyImages.write(folder.resolve("tiny"));
        ProcessBuilder builder = catwalk(
                "train small-conv --dataset tiny --epochs 1 --batch-size 16 --limit-train 60 --out run".split(" ", -1));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("CATWALK_OPTS", "-Duser.language=ar -Duser.country=EG");

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).contains("epoch 1 of 1, loss ");
        assertThat(answer.out() + answer.err() + Files.readString(folder.resolve("run/results.json")))
                .doesNotContainPattern("[\u0660-\u0669\u066b]");
    }

    @Test
    void trainsThroughALinkFromAnotherFolder() throws Exception {
        TinyImages.write(folder.resolve("tiny images"));
        Path link = Files.createSymbolicLink(folder.resolve("catwalk"), Path.of("again"));
        Path again = Files.createSymbolicLink(folder.resolve("again"), LAUNCHER);
        ProcessBuilder builder = new ProcessBuilder(
                        link.toString(),
                        "train",
                        "conv-maxpool",
                        "--dataset",
                        "tiny images",
                        "--epochs",
                        "1",
                        "--batch-size",
                        "16",
                        "--limit-train",
                        "60",
                        "--no-latency",
                        "--json")
                .directory(folder.toFile());

        Catwalk.Answer answer = Catwalk.finish(builder);
        Files.delete(again);

        assertThat(answer.err()).contains("conv-maxpool seed 1: done");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        JsonNode results = Json.JSON.readTree(answer.out());
        assertThat(results.path("trials").path(0).path("status").asString()).isEqualTo("done");
        // Without --out, the run is in the working folder of the user.
        assertThat(folder.resolve("runs")
                        .resolve(results.path("experiment").path("name").asString()))
                .isDirectoryContaining("glob:**/results.json");
    }

    @Test
    void withoutJavaItSaysWhatIsMissing() throws Exception {
        ProcessBuilder builder = catwalk("list");
        builder.environment().remove("JAVA_HOME");
        builder.environment()
                .put(
                        "PATH",
                        Catwalk.only(folder.resolve("path"), "dirname", "readlink")
                                .toString());

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .isEqualTo("catwalk: needs Java 17 or newer, but there is no 'java': "
                        + "install a JRE or a JDK, or set JAVA_HOME\n");
    }

    /** The file has the form of JDK 11, and of JDK 8: https://openjdk.org/jeps/220. */
    @ParameterizedTest
    @CsvSource({"11.0.25, 11", "1.8.0_432, 8"})
    void aJavaThatIsTooOldIsOneLine(String version, String called) throws Exception {
        Path old = Files.createDirectories(folder.resolve("old"));
        Files.createDirectories(old.resolve("bin"));
        Catwalk.script(old.resolve("bin/java"), "#!/bin/sh\necho started\n");
        Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"" + version + "\"\n");
        ProcessBuilder builder = catwalk("list");
        builder.environment().put("JAVA_HOME", old.toString());

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err())
                .isEqualTo("catwalk: needs Java 17 or newer, but '" + old + "/bin/java' is Java " + called
                        + ": install a newer one, or set JAVA_HOME to it\n");
    }

    @Test
    void tooFewOpenFilesAreOneLine() throws Exception {
        ProcessBuilder builder = catwalk("list");
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 40; exec \"$@\"", "sh"));
        command.addAll(builder.command());

        Catwalk.Answer answer = Catwalk.finish(builder.command(command));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err())
                .isEqualTo("catwalk: needs 256 open files at least, but the limit is 40: "
                        + "raise it, such as by ulimit -n 1024\n");
    }

    @Test
    void aJavaHomeWithoutJavaIsNamed() throws Exception {
        ProcessBuilder builder = catwalk("list");
        builder.environment().put("JAVA_HOME", "/nowhere");

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("there is no '/nowhere/bin/java'").hasLineCount(1);
    }

    @Test
    void pluginsThatArePackedAreThin() throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(HOME.resolve("plugins"))) {
            jars = files.toList();
        }
        assertThat(jars).isNotEmpty();
        for (Path path : jars) {
            try (JarFile jar = new JarFile(path.toFile())) {
                String id = jar.getManifest().getMainAttributes().getValue("Plugin-Id");
                assertThat(path).hasFileName(id + "-" + VERSION + ".jar");
                assertThat(jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")))
                        .isNotEmpty()
                        .allSatisfy(
                                name -> assertThat(name).startsWith("io/catwalk/plugins/" + id.replace("-", "") + "/"));
            }
        }
    }

    private ProcessBuilder catwalk(String... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(folder.toFile());
    }
}
