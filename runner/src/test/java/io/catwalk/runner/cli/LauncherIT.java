package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The program as it is packed, started by its launcher. */
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
        for (int i = 0; i < 5; i++) { // the machine may be busy with something else
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
    void versionNamesTheProgramAndItsEngine() throws Exception {
        Catwalk.Answer answer = Catwalk.finish(catwalk("--version"));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).startsWith("catwalk " + VERSION + " (DJL ").contains("PyTorch ", "Java ");
    }

    @Test
    void doctorFindsTheDataAndPluginsThatArePacked() throws Exception {
        Catwalk.Answer answer = Catwalk.finish(catwalk("doctor"));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).contains("fashion-mnist, 60000 training and 10000 test images");
        assertThat(answer.out().lines())
                .allSatisfy(
                        line -> assertThat(line).matches("(ok     | {16}).*").hasSizeLessThanOrEqualTo(80));
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
                        "--json")
                .directory(folder.toFile());

        Catwalk.Answer answer = Catwalk.finish(builder);
        Files.delete(again);

        assertThat(answer.err()).contains("conv-maxpool seed 1: done");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        JsonNode results = Json.JSON.readTree(answer.out());
        assertThat(results.path("trials").path(0).path("status").asString()).isEqualTo("done");
        // Without --out, the run is where the user is.
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
                        + "install a JDK or set JAVA_HOME\n");
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
