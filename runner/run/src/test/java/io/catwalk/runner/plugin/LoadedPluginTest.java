package io.catwalk.runner.plugin;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Classifier;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class LoadedPluginTest {

    private static final String OTHER = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    @Test
    void anotherDigestIsRefusedBeforeAnyCodeRuns() throws IOException {
        Path ran = folder.resolve("ran");
        Path jar = TestPlugin.having("alpha", "new java.io.File(\"" + ran + "\").mkdir();", "static { ")
                .write(folder.resolve("alpha.jar"));
        refused(() -> LoadedPlugin.open(jar, OTHER), "alpha.jar of sha256 0123456789ab, but found ");
        assertThat(ran).doesNotExist();
        LoadedPlugin.open(jar, Sha256.of(jar)).close();
        assertThat(ran).exists();
        Path text = Files.writeString(folder.resolve("text.jar"), "This is a text.");
        refused(() -> LoadedPlugin.open(text, "0"), "text.jar could not be loaded", "expected a jar");
    }

    /** The other jar would end this process. */
    @Test
    void noOtherJarIsTouched() throws IOException {
        TestPlugin.having("exits", "System.exit(1);", "static { ").write(folder.resolve("exits.jar"));
        Path jar = TestPlugin.sound("alpha").write(folder.resolve("alpha.jar"));
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, Sha256.of(jar))) {
            assertThat(plugin.require("alpha").plugin().path()).isEqualTo(jar);
            LoadedPlugin.find(folder, Sha256.of(jar)).close();
            refused(() -> LoadedPlugin.find(folder, OTHER), "sha256 0123456789ab in " + folder, "found none");
            refused(() -> plugin.require("beta"), "'beta' in alpha.jar", "it has alpha");
        }
    }

    @Test
    void eachPluginHasAClassLoaderButSharesTheContract() throws IOException {
        Path first = TestPlugin.sound("alpha").write(folder.resolve("alpha.jar"));
        Path second = TestPlugin.sound("beta").write(folder.resolve("beta.jar"));
        try (LoadedPlugin one = LoadedPlugin.open(first, Sha256.of(first));
                LoadedPlugin two = LoadedPlugin.open(second, Sha256.of(second))) {
            Class<?> alpha = one.require("alpha").classifier().getClass();
            Class<?> beta = two.require("beta").classifier().getClass();
            assertThat(alpha.getName()).isEqualTo(beta.getName());
            assertThat(alpha).isNotSameAs(beta);
            assertThat(alpha.getInterfaces()).containsExactly(Classifier.class);
        }
    }
}
