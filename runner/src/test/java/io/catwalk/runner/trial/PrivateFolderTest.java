package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "knows no modes of files")
final class PrivateFolderTest {

    @TempDir
    private Path temporary;

    @Test
    void nobodyElseCanEnterIt() throws IOException {
        PrivateFolder folder = PrivateFolder.at(temporary.resolve("cache/catwalk"));
        for (String name : new String[] {"", "native", "tmp"}) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.path().resolve(name))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void everythingThatUnpacksIsSentThere() {
        PrivateFolder folder = PrivateFolder.at(temporary.resolve("catwalk"));

        assertThat(folder.properties())
                .containsEntry(
                        "java.io.tmpdir", temporary.resolve("catwalk/tmp").toString())
                .containsKeys("DJL_CACHE_DIR", "ENGINE_CACHE_DIR", "jna.tmpdir")
                .allSatisfy((key, value) -> assertThat(value)
                        .startsWith(temporary.resolve("catwalk").toString()));
    }

    /** The tests have the PyTorch of this machine, unlike an archive for another platform. */
    @Test
    void whatWasPackedForAnotherPlatformIsRefused() throws IOException {
        PrivateFolder.requireNativesFor(Platform.current());

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> PrivateFolder.requireNativesFor(new Platform("win", "arm64")))
                .withMessageContaining("for win-arm64 in lib, found that for " + Platform.current());
    }

    @Test
    void onnxRuntimeIsUnpackedOnce() throws IOException {
        PrivateFolder folder = PrivateFolder.at(temporary.resolve("catwalk"));

        Path libraries = Path.of(folder.properties().get("onnxruntime.native.path"));
        // A home folder may be that of machines with different processors.
        assertThat(libraries.toString()).endsWith("-" + Platform.current());
        assertThat(libraries.resolve(System.mapLibraryName("onnxruntime"))).isNotEmptyFile();
        assertThat(libraries.resolve(System.mapLibraryName("onnxruntime4j_jni")))
                .isNotEmptyFile();
        FileTime before = Files.getLastModifiedTime(libraries);
        PrivateFolder.at(temporary.resolve("catwalk"));
        assertThat(Files.getLastModifiedTime(libraries)).isEqualTo(before);
        assertThat(folder.natives()).isDirectoryNotContaining("glob:**/onnxruntime[0-9]*");
        assertThat(folder.temporary()).isEmptyDirectory();
    }

    @Test
    void aFolderThatOthersCanWriteToIsRefused() throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("catwalk/native"));
        Files.setPosixFilePermissions(folder.getParent(), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> PrivateFolder.at(temporary.resolve("catwalk")))
                .withMessageContaining("found mode rwxrwxrwx (try chmod 700 " + folder + ")")
                .withMessageContaining("CATWALK_CACHE");
    }

    /** As list made it under a umask of 002, before it had a mode of its own. */
    @Test
    void aFolderOfTheGroupIsClosedIfNobodyCanHaveLeftCodeThere() throws IOException {
        Path cache = temporary.resolve("catwalk");
        Files.createDirectories(cache.resolve("plugins"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxr-x"));

        PrivateFolder.at(cache);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwxr-xr-x");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> PrivateFolder.at(cache))
                .withMessageContaining("found mode rwxrwxr-x (try chmod 700 " + cache + ")");
    }

    @Test
    void aLinkAndAFileAreRefused() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.createSymbolicLink(temporary.resolve("catwalk"), elsewhere);
        Files.writeString(temporary.resolve("file"), "");

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> PrivateFolder.at(temporary.resolve("catwalk")))
                .withMessageContaining("found a link");
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> PrivateFolder.at(temporary.resolve("file/catwalk")))
                .withMessageContaining("CATWALK_CACHE");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void whatAKilledProcessLeftLongAgoIsRemoved() throws IOException {
        PrivateFolder folder = PrivateFolder.at(temporary.resolve("catwalk"));
        Path old = Files.createDirectory(folder.path().resolve("tmp/old"));
        Files.writeString(old.resolve("library.so"), "");
        Path fresh = Files.createDirectory(folder.path().resolve("tmp/fresh"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));

        PrivateFolder.at(temporary.resolve("catwalk"));

        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void commandsThatStartAtOnceRemoveTheSameFiles() throws Exception {
        PrivateFolder folder = PrivateFolder.at(temporary.resolve("catwalk"));
        for (int i = 0; i < 1000; i++) {
            Path old = Files.createFile(folder.temporary().resolve("old" + i));
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<PrivateFolder>> commands = Collections.nCopies(4, () -> PrivateFolder.at(folder.path()));
            for (Future<PrivateFolder> command : threads.invokeAll(commands)) {
                assertThat(command.get()).isEqualTo(folder);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(folder.temporary()).isEmptyDirectory();
    }
}
