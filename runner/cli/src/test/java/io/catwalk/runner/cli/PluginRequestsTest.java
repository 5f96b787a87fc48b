package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no named pipes, and no such file names")
final class PluginRequestsTest {

    @TempDir
    private static Path folder;

    private static final Map<String, String> PLACES = new LinkedHashMap<>();

    @BeforeAll
    static void makeJarsThatAreWrong() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin gru = TestPlugin.sound("gru");
        gru.manifest("Plugin-Version", "1.10.0").write(plugins.resolve("gru-1.10.0.jar"));
        TestPlugin.sound("lstm").write(plugins.resolve("a.jar"));
        TestPlugin.sound("lstm").write(plugins.resolve("b.jar"));
        Map<String, TestPlugin> jars = Map.of(
                "sound", gru.manifest("Plugin-Id", "other").manifest("Plugin-Version", "2.0.0"),
                "older", gru,
                "newer", TestPlugin.sound("newer").manifest("Plugin-Requires", ">=99.0.0"),
                "old", TestPlugin.sound("old").manifest("Plugin-Requires", ">=0.1.0 & <1.0.0"),
                "djl", TestPlugin.sound("djl").manifest("Requires-DJL", "1.0.0"),
                "exit", TestPlugin.withBodies("exit", "System.exit(3);", "return \"exit\";", TestPlugin.NETWORK),
                "copied", TestPlugin.ofTwo("gru", "gru", "gru").manifest("Plugin-Version", "2.0.0"),
                "climbing", TestPlugin.sound("climbing").manifest("Plugin-Id", "../climbing"),
                "out", TestPlugin.sound("out").file("../out", new byte[1]));
        jars.forEach((name, jar) -> place(name, jar.write(folder.resolve(name + ".jar"))));
        place("text", Files.writeString(folder.resolve("text.jar"), "no jar"));
        // Where a backslash separates folders, this name leads out of the folder for temporary files.
        place("backslashes", Files.writeString(folder.resolve("..\\..\\x.jar"), "no jar"));
        Path pipe = folder.resolve("pipe.jar");
        place("pipe", pipe);
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        place("zeros", Path.of("0".repeat(128)));
        place("description", Path.of("x".repeat(201)));
        place("plugins", plugins);
        place("folder", folder);
    }

    private static void place(String name, Path path) {
        PLACES.put(name, path.toString());
    }

    static Stream<CommandCase> cases() throws IOException {
        return Stream.concat(CommandCase.of("plugins"), CommandCase.of("plugin-projects"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRequestIsRefusedAndNothingIsChanged(CommandCase one) throws IOException {
        one.check(PLACES, folder);
        assertThat(Path.of("other-net")).doesNotExist();
    }
}
