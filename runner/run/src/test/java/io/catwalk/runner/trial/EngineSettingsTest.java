package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EngineSettingsTest {

    @AfterEach
    void forgetTheFolder() {
        System.clearProperty(ImageCache.PROPERTY);
    }

    @Test
    void processesFindDecodedImagesWhereThisOneKeepsThemAndLibrariesWhereTheyWere() {
        String libraries = Objects.requireNonNull(
                        PrivateFolder.claim().natives().getParent())
                .toString();
        Path images = Path.of("elsewhere").toAbsolutePath();
        System.setProperty(ImageCache.PROPERTY, images.toString());

        assertThat(EngineSettings.jvmOptions(1)).contains("-Dcatwalk.images=" + images, "-Dcatwalk.cache=" + libraries);
    }
}
