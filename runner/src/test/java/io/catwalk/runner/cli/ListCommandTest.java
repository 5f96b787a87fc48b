package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
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
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Tag("tiny")
final class ListCommandTest {

    /** More than a heap of 250 MiB holds. */
    private static final int UNPACKED = 300 << 20;

    @TempDir
    private Path folder;

    @Test
    void classifiersStandWithVersionAndDescription() {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        TestPlugin.sound("conv-maxpool").write(folder.resolve("conv-maxpool.jar"));

        Catwalk.Answer answer = list();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out().lines())
                .containsExactly(
                        "conv-maxpool  1.2.3  A plugin of the test", "gru           1.2.3  A plugin of the test");
    }

    @Test
    void aLongDescriptionIsBrokenAt80Columns() {
        TestPlugin.sound("gru")
                .manifest("Plugin-Description", "word ".repeat(40).strip())
                .write(folder.resolve("gru.jar"));

        assertThat(list().out().lines())
                .hasSizeGreaterThan(1)
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThanOrEqualTo(80).matches("(gru  1\\.2\\.3| {10})  w.*d"));
    }

    /** The default of several distributions. Native code is unpacked beside what is kept about plugins. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "knows no umask")
    void whateverTheUmaskIsOnlyTheUserCanEnterWhatIsKept() throws Exception {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        TestPlugin.having(
                        "writes",
                        "try { java.nio.file.Files.createTempFile(\"left\", \".by-a-plugin\"); }"
                                + " catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }",
                        "static { ")
                .write(folder.resolve("writes.jar"));
        ProcessBuilder builder = Catwalk.process(folder, "list", "--plugins-dir", ".");
        builder.command().addAll(0, List.of("sh", "-c", "umask 002; exec \"$@\"", "sh"));
        Path cache = folder.resolve("cache");
        builder.environment().put("CATWALK_CACHE", cache.toString());

        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(ExitCode.DONE);
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
        TestPlugin.sound("sound").write(folder.resolve("sound.jar"));
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
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(many)) {
            for (int i = 0; i < 600_000; i++) {
                ZipEntry entry = new ZipEntry(Integer.toString(i));
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(0);
                entry.setCrc(0);
                out.putNextEntry(entry);
            }
        }
        TestPlugin.sound("many").writeZip(folder.resolve("many.zip"), Map.of("lib/many.jar", many.toByteArray()));
        TestPlugin.sound("wordy")
                .manifest("Plugin-Description", "word ".repeat(100_000))
                .write(folder.resolve("wordy.jar"));
        TestPlugin.sound("nested")
                .manifest("Plugin-Requires", "(".repeat(500_000))
                .write(folder.resolve("nested.jar"));

        ProcessBuilder builder = Catwalk.process(folder, "list", "--plugins-dir", ".");
        builder.command().add(1, "-Xmx250m");
        Catwalk.Answer answer = Catwalk.finish(builder);

        assertThat(answer.out().lines())
                .as(answer.err())
                .singleElement()
                .asString()
                .startsWith("sound  ");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(500))
                .anyMatch(line ->
                        line.startsWith("failed: honest-MF.jar: its META-INF/MANIFEST.MF must be at most 1048576"))
                .anyMatch(line ->
                        line.startsWith("failed: liar-MF.jar: its META-INF/MANIFEST.MF must be at most 1048576"))
                .anyMatch(line -> line.startsWith("failed: liar-idx.jar: its META-INF/extensions.idx must be at most"))
                .anyMatch(
                        line -> line.startsWith("failed: honest-idx.jar: its META-INF/extensions.idx must be at most"))
                .anyMatch(line -> line.startsWith("failed: honest-SF.jar: its META-INF/A.SF must be at most"))
                .anyMatch(line -> line.startsWith("failed: liar-SF.jar: its META-INF/A.SF must be at most"))
                .anyMatch(line -> line.startsWith("failed: names.jar: ") && line.contains("at most 8 MiB"))
                .anyMatch(line -> line.startsWith("failed: many.zip: ") && line.contains("more than 64 MiB"))
                .anyMatch(line -> line.startsWith("failed: wordy.jar: ") && line.contains("Plugin-Description"))
                .anyMatch(line -> line.startsWith("failed: nested.jar: ") && line.contains("Plugin-Requires"))
                .hasSize(10);
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
    void eachBadJarIsShownWithItsReasonAndTheRestIsListed() throws IOException {
        TestPlugin.sound("sound").write(folder.resolve("sound.jar"));
        Path whole = TestPlugin.sound("cut").write(folder.resolve("cut.jar"));
        Files.write(whole, Arrays.copyOf(Files.readAllBytes(whole), 300));
        Files.writeString(folder.resolve("text.jar"), "no jar");
        TestPlugin.sound("fat").file("ai/djl/nn/Block.class", new byte[] {1}).write(folder.resolve("fat.jar"));
        TestPlugin.sound("newer").manifest("Plugin-Requires", ">=99.0.0").write(folder.resolve("newer.jar"));
        TestPlugin.withBodies(
                        "thrower", "throw new IllegalStateException(\"no\");", "return \"t\";", TestPlugin.NETWORK)
                .write(folder.resolve("thrower.jar"));
        TestPlugin.sound("twin").write(folder.resolve("twin-1.jar"));
        TestPlugin.sound("twin").write(folder.resolve("twin-2.jar"));

        Catwalk.Answer answer = list();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out().lines()).singleElement().asString().startsWith("sound  ");
        assertThat(answer.err().lines())
                .extracting(line -> line.substring(0, line.indexOf(".jar: ")))
                .containsExactlyInAnyOrder(
                        "failed: cut",
                        "failed: text",
                        "failed: fat",
                        "failed: newer",
                        "failed: thrower",
                        "failed: twin-1",
                        "failed: twin-2");
    }

    @Test
    void jsonHoldsClassifiersAndFailures() throws IOException {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        Files.writeString(folder.resolve("text.jar"), "no jar");

        Catwalk.Answer answer = Catwalk.run("list", "--json", "--plugins-dir", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err()).isEmpty();
        JsonNode all = Json.JSON.readTree(answer.out());
        JsonNode gru = all.path("classifiers").path(0);
        assertThat(gru.propertyNames())
                .contains("name", "plugin_id", "version", "provider", "description", "jar", "sha256", "search_space");
        assertThat(gru.path("name").asString()).isEqualTo("gru");
        assertThat(gru.path("jar").asString()).isEqualTo("gru.jar");
        assertThat(all.path("failures").path(0).path("jar").asString()).isEqualTo("text.jar");
        assertThat(all.path("failures").path(0).path("reason").asString()).contains("expected a jar");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aListThatCannotBeWrittenIsReported() throws Exception {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        Path err = folder.resolve("err");

        Process list = Catwalk.process(folder, "list", "--plugins-dir", ".")
                .redirectOutput(new File("/dev/full"))
                .redirectError(err.toFile())
                .start();

        assertThat(list.waitFor()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(err)
                .content()
                .startsWith(
                        "catwalk: expected a standard output that takes all results, but a part could not be written (")
                .hasLineCount(1);
    }

    @Test
    void aReaderThatWantsNoMoreIsNotToldSo() throws Exception {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        Path err = folder.resolve("err");

        Process list = Catwalk.process(folder, "list", "--plugins-dir", ".")
                .redirectError(err.toFile())
                .start();
        list.getInputStream().close();

        assertThat(list.waitFor()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(err).isEmptyFile();
    }

    /** The folder has the name of a command. */
    @Test
    void anOptionWithAValueMayStandBeforeTheCommand() {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        try {
            Catwalk.Answer answer = Catwalk.run("--cache", "data", "list", "--plugins-dir", folder.toString());

            assertThat(answer.err()).isEmpty();
            assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
            assertThat(answer.out()).startsWith("gru  ");
        } finally {
            System.clearProperty(ImageCache.PROPERTY);
        }
    }

    @Test
    void whatAPluginPrintsIsNotPartOfTheAnswer() {
        TestPlugin.having("gru", "System.out.println(\"hello\"); System.err.println(\"hello\");", "static { ")
                .write(folder.resolve("gru.jar"));

        Catwalk.Answer answer = Catwalk.run("list", "--json", "--plugins-dir", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(Json.JSON.readTree(answer.out()).path("classifiers")).hasSize(1);
        assertThat(answer.err()).isEmpty();
    }

    @Test
    void theLockHoldsTheDigestOfEachJarAsSha256sumReadsThem() throws Exception {
        Path jar = TestPlugin.sound("gru").write(folder.resolve("gru with space.jar"));
        TestPlugin.sound("lstm").write(folder.resolve("lstm.jar"));

        Catwalk.Answer answer = list("--lock");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        Path lock = folder.resolve("plugins.lock");
        assertThat(answer.err().strip()).isEqualTo("locked in " + lock);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
        assertThat(Files.readAllLines(lock)).hasSize(5).contains("# gru 1.2.3", digest + "  gru with space.jar");
        assertThat(list("--locked").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(list("--locked").err()).isEmpty();
    }

    /** The code of a jar that is not locked never runs: this jar would create a folder. */
    @Test
    void jarsThatAreNotAsLockedAreRefusedInOneLineEach() throws IOException {
        TestPlugin.sound("gone").write(folder.resolve("gone.jar"));
        TestPlugin.sound("changed").write(folder.resolve("changed.jar"));
        TestPlugin.sound("same").write(folder.resolve("same.jar"));
        assertThat(list("--lock").exitCode()).isEqualTo(ExitCode.DONE);
        Path ran = folder.resolve("ran");
        Files.delete(folder.resolve("gone.jar"));
        TestPlugin.building("changed", "return null;").write(folder.resolve("changed.jar"));
        TestPlugin.having("new", "new java.io.File(\"" + ran + "\").mkdir();", "static { ")
                .write(folder.resolve("new.jar"));

        Catwalk.Answer answer = list("--locked");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("locked: changed\\.jar: expected sha256 \\w{12}, but found \\w{12}: .*"),
                        line -> assertThat(line).startsWith("locked: new.jar: is not in plugins.lock (sha256 "),
                        line -> assertThat(line).startsWith("locked: gone.jar: is in plugins.lock, but not in the"),
                        line -> assertThat(line)
                                .isEqualTo("catwalk: expected the jars of " + folder.resolve("plugins.lock")
                                        + ", but 3 differ"));
        assertThat(ran).doesNotExist();
        Catwalk.Answer compared =
                Catwalk.run("compare", "--locked", "--plugins-dir", folder.toString(), "--out", folder + "/run");
        assertThat(compared.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(compared.err()).isEqualTo(answer.err());
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void aLockThatIsMissingOrNoneIsABadRequest() throws IOException {
        assertThat(list("--locked").err())
                .startsWith("catwalk: expected " + folder.resolve("plugins.lock") + " for --locked, but there is none")
                .hasLineCount(1);
        Files.writeString(folder.resolve("plugins.lock"), "# a head\n\nno digest  gru.jar\n");
        assertThat(list("--locked").err())
                .contains("expected a sha256 and a jar in line 3")
                .hasLineCount(1);
        assertThat(list("--locked").exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
    }

    @Test
    void nothingIsLockedWhileAPluginFails() throws IOException {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        Files.writeString(folder.resolve("text.jar"), "no jar");

        Catwalk.Answer answer = list("--lock");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("expected plugins that all load, but these do not: text.jar");
        assertThat(folder.resolve("plugins.lock")).doesNotExist();
    }

    @Test
    void anEmptyFolderIsSaidToBeEmpty() {
        Catwalk.Answer answer = list();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).isEqualToIgnoringNewLines("No classifiers.");
    }

    @Test
    void aMissingFolderIsABadRequest() {
        Catwalk.Answer answer =
                Catwalk.run("list", "--plugins-dir", folder.resolve("nowhere").toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("nowhere, but there is none").hasLineCount(1);
    }

    /** A container may ask for a heap that is larger than that of the process that inspects plugins. */
    @Test
    void aHeapThatTheEnvironmentAsksForHindersNoPlugin() throws Exception {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));

        Catwalk.Answer answer = listInProcess("-Xms300m");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
    }

    /** On Windows, Java does not write UTF-8 into a pipe. */
    @Test
    void theLettersOfAPluginArriveInAnyEncoding() throws Exception {
        TestPlugin.having(
                        "gru",
                        "",
                        "@Override public Tags tags() { return Tags.none().withPaper(2014, \"Poincar\\u00e9\"); ")
                .write(folder.resolve("gru.jar"));

        Catwalk.Answer answer = listInProcess("-Dfile.encoding=US-ASCII -Dstdout.encoding=US-ASCII", "--json");

        assertThat(Json.JSON
                        .readTree(answer.out())
                        .at("/classifiers/0/tags/paper")
                        .asString())
                .as("%s", answer)
                .isEqualTo("Poincaré");
    }

    /** Lists plugins that no cache knows, in a process whose processes get these options of Java, too. */
    private Catwalk.Answer listInProcess(String java, String... options) throws IOException, InterruptedException {
        ProcessBuilder list = Catwalk.process(
                folder,
                Stream.concat(Stream.of("list", "--plugins-dir", folder.toString()), Stream.of(options))
                        .toArray(String[]::new));
        list.environment().put("JAVA_TOOL_OPTIONS", java);
        list.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return Catwalk.finish(list);
    }

    private Catwalk.Answer list(String... options) {
        return Catwalk.run(Stream.concat(Stream.of("list", "--plugins-dir", folder.toString()), Stream.of(options))
                .toArray(String[]::new));
    }
}
