package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Classifier;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class LoadedPluginTest {

    @TempDir
    Path folder;

    @Test
    void anotherDigestIsRefusedBeforeAnyCodeRuns() throws IOException {
        Path ran = folder.resolve("ran");
        Path jar = TestPlugin.withBodies(
                        "alpha", "new java.io.File(\"" + ran + "\").mkdir();", "return \"alpha\";", TestPlugin.NETWORK)
                .write(folder.resolve("alpha.jar"));
        String other = "0123456789abcdef".repeat(4);
        assertThatThrownBy(() -> LoadedPlugin.open(jar, other))
                .isInstanceOf(RequestException.class)
                .hasMessageMatching(
                        "expected the plugin alpha\\.jar of sha256 0123456789ab, but found [0-9a-f]{12}: .*");
        assertThat(ran).doesNotExist();
        LoadedPlugin.open(jar, PluginJar.sha256(jar)).close();
        assertThat(ran).exists();
        Path text = Files.writeString(folder.resolve("text.jar"), "This is a text.");
        assertThatThrownBy(() -> LoadedPlugin.open(text, "0"))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("the plugin text.jar could not be loaded: expected a jar");
    }

    /** The other jar would end this process. */
    @Test
    void noOtherJarIsTouched() throws IOException {
        TestPlugin.withBodies("exits", "System.exit(1);", "return \"exits\";", TestPlugin.NETWORK)
                .write(folder.resolve("exits.jar"));
        Path jar = TestPlugin.sound("alpha").write(folder.resolve("alpha.jar"));
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, PluginJar.sha256(jar))) {
            assertThat(plugin.require("alpha").jar()).isEqualTo(jar);
            LoadedPlugin.find(folder, PluginJar.sha256(jar)).close();
            assertThatThrownBy(() -> LoadedPlugin.find(folder, "0123456789abcdef"))
                    .isInstanceOf(RequestException.class)
                    .hasMessageContaining("a plugin of sha256 0123456789ab in " + folder + ", but found none");
            assertThatThrownBy(() -> plugin.require("beta"))
                    .isInstanceOf(RequestException.class)
                    .hasMessageContaining("'beta' in alpha.jar, but it has alpha");
        }
    }

    @Test
    void eachPluginHasAClassLoaderButSharesTheContract() throws IOException {
        Path first = TestPlugin.sound("alpha").write(folder.resolve("alpha.jar"));
        Path second = TestPlugin.sound("beta").write(folder.resolve("beta.jar"));
        try (LoadedPlugin one = LoadedPlugin.open(first, PluginJar.sha256(first));
                LoadedPlugin two = LoadedPlugin.open(second, PluginJar.sha256(second))) {
            Class<?> alpha = one.require("alpha").classifier().getClass();
            Class<?> beta = two.require("beta").classifier().getClass();
            assertThat(alpha.getName()).isEqualTo(beta.getName());
            assertThat(alpha).isNotSameAs(beta);
            assertThat(alpha.getInterfaces()).containsExactly(Classifier.class);
        }
    }
}
