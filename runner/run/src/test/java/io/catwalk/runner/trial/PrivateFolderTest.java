package io.catwalk.runner.trial;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.process.Platform;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
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
    void nobodyElseCanEnterItAndEverythingThatUnpacksIsSentThere() throws IOException {
        PrivateFolder folder = PrivateFolder.at(catwalk());
        for (String name : new String[] {"", "native", "tmp"}) {
            assertThat(mode(folder.path().resolve(name))).isEqualTo("rwx------");
        }
        assertThat(folder.properties())
                .containsEntry("java.io.tmpdir", catwalk().resolve("tmp").toString())
                .containsKeys("DJL_CACHE_DIR", "ENGINE_CACHE_DIR", "jna.tmpdir");
        assertThat(folder.properties().values())
                .allMatch(value -> value.startsWith(catwalk().toString()));
    }

    /** The tests have the PyTorch of this machine, unlike an archive for another platform. */
    @Test
    void whatWasPackedForAnotherPlatformIsRefused() throws IOException {
        PrivateFolder.requireNativesFor(Platform.current());

        Platform other = new Platform("win", "arm64");
        refused(() -> PrivateFolder.requireNativesFor(other), "for win-arm64 in lib", "for " + Platform.current());
    }

    @Test
    void onnxRuntimeIsUnpackedOnce() throws IOException {
        PrivateFolder folder = PrivateFolder.at(catwalk());

        Path libraries = Path.of(folder.properties().get("onnxruntime.native.path"));
        // A home folder may be that of machines with different processors.
        assertThat(libraries.toString()).endsWith("-" + Platform.current());
        assertThat(libraries.resolve(System.mapLibraryName("onnxruntime"))).isNotEmptyFile();
        assertThat(libraries.resolve(System.mapLibraryName("onnxruntime4j_jni")))
                .isNotEmptyFile();
        FileTime before = Files.getLastModifiedTime(libraries);
        PrivateFolder.at(catwalk());
        assertThat(Files.getLastModifiedTime(libraries)).isEqualTo(before);
        assertThat(folder.natives()).isDirectoryNotContaining("glob:**/onnxruntime[0-9]*");
        assertThat(folder.temporary()).isEmptyDirectory();
    }

    @Test
    void aFolderThatOthersCanWriteToIsRefused() throws IOException {
        Path folder = Files.createDirectories(catwalk().resolve("native"));
        Files.setPosixFilePermissions(catwalk(), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        refusesToBeAt(catwalk(), "found mode rwxrwxrwx", "chmod 700 " + folder, "CATWALK_CACHE");
    }

    private Path catwalk() {
        return temporary.resolve("cache/catwalk");
    }

    private static void refusesToBeAt(Path folder, String... facts) {
        refused(() -> PrivateFolder.at(folder), facts);
    }

    private static String mode(Path folder) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    }

    @Test
    void aLinkAndAFileAreRefused() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.createSymbolicLink(temporary.resolve("link"), elsewhere);
        Files.writeString(temporary.resolve("file"), "");

        refusesToBeAt(temporary.resolve("link"), "found a link");
        refusesToBeAt(temporary.resolve("file/catwalk"), "CATWALK_CACHE");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void whatAKilledProcessLeftLongAgoIsRemoved() throws IOException {
        PrivateFolder folder = PrivateFolder.at(catwalk());
        Path old = Files.createDirectory(folder.path().resolve("tmp/old"));
        Files.writeString(old.resolve("library.so"), "");
        Path fresh = Files.createDirectory(folder.path().resolve("tmp/fresh"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));

        PrivateFolder.at(catwalk());

        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void commandsThatStartAtOnceRemoveTheSameFiles() throws Exception {
        PrivateFolder folder = PrivateFolder.at(catwalk());
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
