package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.OtherJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens a catalog in a Java process of its own, where nothing has been loaded before. */
final class CatalogStartTest {

    @TempDir
    Path folder;

    @Test
    void openingLoadsNeitherThePluginNorAnEngine() throws IOException, InterruptedException {
        TestPlugin.sound("alpha").write(folder.resolve("alpha.jar"));
        Process process = OtherJvm.start(List.of("-Xlog:class+load"), Listing.class, folder.toString());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("listed alpha")
                .doesNotContain(
                        "test.Sample",
                        "io.catwalk.api.Classifier ",
                        "ai.djl.pytorch",
                        "ai.djl.engine.Engine ",
                        "ai.onnxruntime",
                        "com.sun.jna");
    }

    static final class Listing {

        public static void main(String[] arguments) {
            PluginCatalog.open(Path.of(arguments[0]))
                    .classifiers()
                    .forEach(one -> System.out.println("listed " + one.name()));
        }
    }
}
