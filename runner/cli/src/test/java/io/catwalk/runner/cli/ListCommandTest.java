package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Tag("tiny")
final class ListCommandTest {

    /** More than a heap of 250 MiB holds. */
    private static final int UNPACKED = 300 << 20;

    @TempDir
    private Path folder;

    private void sound(String... names) {
        for (String name : names) {
            TestPlugin.sound(name).write(folder.resolve(name + ".jar"));
        }
    }

    private Catwalk.Answer list(String options) {
        return Catwalk.ask("list --plugins-dir %s " + options, folder);
    }

    @Test
    void classifiersStandWithVersionAndDescription() {
        sound("gru");
        TestPlugin.sound("conv-maxpool")
                .manifest("Plugin-Description", "word ".repeat(40).strip())
                .write(folder.resolve("conv-maxpool.jar"));

        Catwalk.Answer answer = list("");

        assertThat(answer.done().err()).isEmpty();
        assertThat(answer.out().lines())
                .hasSizeGreaterThan(2)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .contains("gru           1.2.3  A plugin of the test");
        assertThat(answer.joined()).startsWith("conv-maxpool 1.2.3 word word");
    }

    /** The default of several distributions. Native code is unpacked beside what is kept about plugins. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "knows no umask")
    void whateverTheUmaskIsOnlyTheUserCanEnterWhatIsKept() throws Exception {
        sound("gru");
        String writes = "try { java.nio.file.Files.createTempFile(\"left\", \".by-a-plugin\"); }"
                + " catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }";
        TestPlugin.having("writes", writes, "static { ").write(folder.resolve("writes.jar"));
        ProcessBuilder builder = Catwalk.process(folder, "list", "--plugins-dir", ".");
        builder.command().addAll(0, List.of("sh", "-c", "umask 002; exec \"$@\"", "sh"));
        Path cache = folder.resolve("cache");
        builder.environment().put("CATWALK_CACHE", cache.toString());

        Catwalk.finish(builder).done();

        assertThat(cache.resolve("plugins")).isNotEmptyDirectory();
        for (Path made : List.of(cache, cache.resolve("plugins"), cache.resolve("tmp"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
        }
        assertThat(cache.resolve("tmp")).isDirectoryContaining("glob:**.by-a-plugin");
    }

    /** A directory of a zip may say anything about the size of a file, and only what is read is true. */
    @Test
    @Tag("long")
    @Tag("attack")
    void aJarThatUnpacksToMoreThanTheHeapCostsItsOwnRow() throws Exception {
        sound("sound");
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bomb, new Deflater(1, true), 1 << 16)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < UNPACKED >> 20; i++) {
                out.write(zeros);
            }
        }
        for (String path : List.of("META-INF/MANIFEST.MF", "META-INF/extensions.idx", "META-INF/A.SF")) {
            String name = path.replaceAll(".*[/.]", "") + ".jar";
            pack(folder.resolve("honest-" + name), path, bomb.toByteArray(), UNPACKED);
            pack(folder.resolve("liar-" + name), path, bomb.toByteArray(), 100);
        }
        TestPlugin names = TestPlugin.sound("names");
        for (int i = 0; i < 150; i++) {
            names.files().put(i + "x".repeat(60_000), new byte[0]);
        }
        names.write(folder.resolve("names.jar"));
        TestPlugin.sound("wordy")
                .manifest("Plugin-Description", "word ".repeat(100_000))
                .write(folder.resolve("wordy.jar"));
        TestPlugin.sound("nested")
                .manifest("Plugin-Requires", "(".repeat(500_000))
                .write(folder.resolve("nested.jar"));

        ProcessBuilder builder = Catwalk.process(folder, "list", "--plugins-dir", ".");
        builder.command().add(1, "-Xmx250m");
        Catwalk.Answer answer = Catwalk.finish(builder);

        answer.exits(ExitCode.SOME_FAILED);
        assertThat(answer.out()).startsWith("sound  ").hasLineCount(1);
        assertThat(answer.err().lines())
                .allSatisfy(line -> assertThat(line).startsWith("failed: ").hasSizeLessThan(500))
                .hasSize(9);
        for (String each : List.of("honest", "liar")) {
            assertThat(answer.err())
                    .contains(each + "-MF.jar: its META-INF/MANIFEST.MF must be at most 1048576")
                    .contains(each + "-idx.jar: its META-INF/extensions.idx must be at most")
                    .contains(each + "-SF.jar: its META-INF/A.SF must be at most");
        }
        assertThat(answer.err())
                .containsPattern("names.jar: .*at most 8 MiB")
                .containsPattern("wordy.jar: .*Plugin-Description")
                .containsPattern("nested.jar: .*Plugin-Requires");
    }

    /** Packs a plugin with a file that is packed already, and of which the directory says some size. */
    private static void pack(Path jar, String path, byte[] packed, long size) throws IOException {
        Path plain = TestPlugin.sound("bomb").write(jar.resolveSibling("plain"));
        try (ZipFile sound = new ZipFile(plain.toFile());
                ZipArchiveOutputStream out = new ZipArchiveOutputStream(jar)) {
            for (ZipEntry entry : Collections.list(sound.entries())) {
                if (!entry.getName().equals(path)) {
                    out.putArchiveEntry(new ZipArchiveEntry(entry.getName()));
                    sound.getInputStream(entry).transferTo(out);
                    out.closeArchiveEntry();
                }
            }
            ZipArchiveEntry entry = new ZipArchiveEntry(path);
            entry.setMethod(ZipEntry.DEFLATED);
            entry.setSize(size);
            entry.setCompressedSize(packed.length);
            entry.setCrc(0);
            out.addRawArchiveEntry(entry, new ByteArrayInputStream(packed));
        }
    }

    @Test
    void eachBadJarIsShownWithItsReasonAndTheRestIsListedButNotWhatAPluginPrints() throws IOException {
        sound("cut");
        TestPlugin.having("gru", "System.out.println(\"hello\"); System.err.println(\"hello\");", "static { ")
                .write(folder.resolve("gru.jar"));
        Path whole = folder.resolve("cut.jar");
        Files.write(whole, Arrays.copyOf(Files.readAllBytes(whole), 300));
        Files.writeString(folder.resolve("text.jar"), "no jar");
        TestPlugin.sound("newer").manifest("Plugin-Requires", ">=99.0.0").write(folder.resolve("newer.jar"));
        TestPlugin.sound("twin").write(folder.resolve("twin-1.jar"));
        TestPlugin.sound("twin").write(folder.resolve("twin-2.jar"));

        Catwalk.Answer answer = list("").exits(ExitCode.SOME_FAILED);

        assertThat(answer.out()).startsWith("gru  ").hasLineCount(1);
        assertThat(answer.err().lines())
                .extracting(line -> line.replaceAll("^failed: |\\.jar: .*", ""))
                .containsExactlyInAnyOrder("cut", "text", "newer", "twin-1", "twin-2");
        Catwalk.Answer told = list("--json").exits(ExitCode.SOME_FAILED);
        assertThat(told.err()).isEmpty();
        JsonNode gru = told.json().at("/classifiers/0");
        assertThat(gru.propertyNames())
                .contains("name", "plugin_id", "version", "provider", "description", "jar", "sha256", "search_space");
        requireJson(gru, "/name=gru", "/jar=gru.jar");
        requireJson(told.json(), "/failures/0/jar=cut.jar");
        assertThat(told.json().at("/failures/0/reason").asString()).contains("expected a jar");
        assertThat(list("--lock").exits(ExitCode.BAD_REQUEST).err())
                .contains("expected plugins that all load", "cut.jar");
        assertThat(folder.resolve("plugins.lock")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @EnabledOnOs(OS.LINUX)
    void aListThatCannotBeWrittenIsReportedExceptToAReaderThatWantsNoMore(boolean full) throws Exception {
        sound("gru");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                Catwalk.process(folder, "list", "--plugins-dir", ".").redirectError(err.toFile());

        Process list = (full ? builder.redirectOutput(new File("/dev/full")) : builder).start();
        list.getInputStream().close();

        assertThat(list.waitFor()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(Files.readAllLines(err)).hasSize(full ? 1 : 0).allMatch(line -> line.contains("standard output"));
    }

    /** The folder has the name of a command. */
    @Test
    void anOptionWithAValueMayStandBeforeTheCommand() {
        sound("gru");
        try {
            Catwalk.Answer answer = Catwalk.ask("--cache data list --plugins-dir %s", folder);

            assertThat(answer.done().err()).isEmpty();
            assertThat(answer.out()).startsWith("gru  ");
        } finally {
            System.clearProperty(ImageCache.PROPERTY);
        }
    }

    @Test
    void theLockHoldsTheDigestOfEachJarAsSha256sumReadsThem() throws Exception {
        Path jar = TestPlugin.sound("gru").write(folder.resolve("gru with space.jar"));
        sound("lstm");

        Catwalk.Answer answer = list("--lock");

        Path lock = folder.resolve("plugins.lock");
        assertThat(answer.done().err()).contains(lock.toString());
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
        assertThat(Files.readAllLines(lock)).hasSize(5).contains("# gru 1.2.3", digest + "  gru with space.jar");
        assertThat(list("--locked").done().err()).isEmpty();
    }

    /** The code of a jar that is not locked never runs: this jar would create a folder. */
    @Test
    void jarsThatAreNotAsLockedAreRefusedInOneLineEach() throws IOException {
        sound("gone", "changed", "same");
        list("--lock").done();
        Path ran = folder.resolve("ran");
        Files.delete(folder.resolve("gone.jar"));
        TestPlugin.building("changed", "return null;").write(folder.resolve("changed.jar"));
        TestPlugin.having("new", "new java.io.File(\"" + ran + "\").mkdir();", "static { ")
                .write(folder.resolve("new.jar"));

        Catwalk.Answer answer = list("--locked").exits(ExitCode.BAD_REQUEST);

        assertThat(answer.out()).isEmpty();
        assertThat(answer.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).matches("locked: changed\\.jar: .* sha256 \\w{12}, .* \\w{12}: .*"),
                        line -> assertThat(line).startsWith("locked: new.jar: is not in plugins.lock (sha256 "),
                        line -> assertThat(line).startsWith("locked: gone.jar: is in plugins.lock, but not in the"),
                        line -> assertThat(line).contains(folder.resolve("plugins.lock") + "", "3 differ"));
        assertThat(ran).doesNotExist();
        Catwalk.Answer compared =
                Catwalk.ask("compare --locked --plugins-dir %s --out %s", folder, folder.resolve("run"));
        assertThat(compared.exits(ExitCode.BAD_REQUEST).err()).isEqualTo(answer.err());
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void aLockOrAFolderThatIsMissingOrNoneIsABadRequest() throws IOException {
        Path lock = folder.resolve("plugins.lock");
        list("--locked").refused(lock.toString(), "--locked", "there is none");
        Files.writeString(lock, "# a head\n\nno digest  gru.jar\n");
        list("--locked").refused("expected a sha256 and a jar in line 3");
        Catwalk.ask("list --plugins-dir %s", folder.resolve("nowhere")).refused("nowhere, but there is none");
        assertThat(list("").done().out()).isEqualTo("No classifiers.\n");
    }

    /**
     * A container may ask for a heap that is larger than that of the process that inspects plugins, and on Windows Java
     * does not write UTF-8 into a pipe: no cache knows this plugin, and the processes get these options of Java, too.
     */
    @Test
    void whateverHeapAndEncodingTheEnvironmentAsksForThePluginArrives() throws Exception {
        String tags = "@Override public Tags tags() { return Tags.none().withPaper(2014, \"Poincar\\u00e9\"); ";
        TestPlugin.having("gru", "", tags).write(folder.resolve("gru.jar"));
        ProcessBuilder list = Catwalk.process(folder, Catwalk.words("list --plugins-dir %s --json", folder));
        String options = "-Xms300m -Dfile.encoding=US-ASCII -Dstdout.encoding=US-ASCII";
        list.environment().put("JAVA_TOOL_OPTIONS", options);
        list.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());

        JsonNode answer = Catwalk.finish(list).done().json();

        assertThat(answer.at("/classifiers/0/tags/paper").asString()).isEqualTo("Poincaré");
    }
}
