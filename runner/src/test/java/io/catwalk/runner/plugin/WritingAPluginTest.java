package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.catwalk.api.Classifier;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.runner.trial.Software;
import io.catwalk.testkit.ClassifierContract;
import io.catwalk.testkit.contract.Contract;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/writing-a-plugin.md word by word: saves its files, runs its commands by Maven, offline, and
 * loads the jar. What {@code mvn install} would put into the local repository lies in a folder before it.
 */
final class WritingAPluginTest {

    private static final Path ROOT = root();

    private static final Pattern FILE = Pattern.compile("ave as `(\\S+)`:\n\n```\\w+\n(.*?)\n```", Pattern.DOTALL);

    private static final Pattern COMMANDS = Pattern.compile("```sh\n(.*?)\n```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void pageLeadsToAClassifierInTheCatalog() throws IOException, InterruptedException {
        assumeFalse(
                System.getProperty("maven.version", "").matches("3\\.[0-8]\\..*"),
                "Maven before 3.9 knows no second local repository");
        String page = Files.readString(ROOT.resolve("docs/writing-a-plugin.md")).replace("\r", "");
        List<String> commands =
                COMMANDS.matcher(page).results().map(match -> match.group(1)).toList();
        assertThat(commands)
                .containsExactly(
                        "mvn install -DskipTests",
                        "mvn verify",
                        "cp target/tiny-net-1.0.0.jar CATWALK/plugins/\nCATWALK/bin/catwalk list");

        Path project = Files.createDirectory(folder.resolve("project"));
        Map<String, String> files = new LinkedHashMap<>();
        FILE.matcher(page).results().forEach(match -> files.put(match.group(1), match.group(2) + "\n"));
        assertThat(files).hasSize(3);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = project.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        maven(project, installed(), "verify");

        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        Files.copy(project.resolve("target/tiny-net-1.0.0.jar"), plugins.resolve("tiny-net-1.0.0.jar"));
        PluginCatalog catalog = PluginCatalog.open(plugins);
        InstalledClassifier found = catalog.require("tiny-net");
        assertThat(found.pluginId()).isEqualTo("tiny-net");
        assertThat(found.version()).isEqualTo("1.0.0");
        assertThat(found.provider()).isEqualTo("Example");
        assertThat(found.description()).isEqualTo("One convolution and two dense layers");
        assertThat(catalog.failures()).isEmpty();
    }

    /** Lays out what {@code mvn install} in the root gives to a plugin. */
    private Path installed() throws IOException {
        Path repository = folder.resolve("repository");
        String version = Software.current().catwalk();
        copyPom(repository, "io/catwalk", "catwalk", version, ROOT.resolve("pom.xml"));
        copyPom(repository, "io/catwalk/plugins", "catwalk-plugins", version, ROOT.resolve("plugins/pom.xml"));
        pack(
                Classifier.class,
                copyPom(repository, "io/catwalk", "catwalk-api", version, ROOT.resolve("core-api/pom.xml")));
        pack(
                OnnxExport.class,
                copyPom(repository, "io/catwalk", "catwalk-onnx", version, ROOT.resolve("onnx-models/pom.xml")));
        pack(
                ClassifierContract.class,
                copyPom(repository, "io/catwalk", "catwalk-testkit", version, ROOT.resolve("plugins/testkit/pom.xml")));
        return repository;
    }

    /** Returns the path at which the jar of that pom belongs. */
    private static Path copyPom(Path repository, String group, String artifact, String version, Path pom)
            throws IOException {
        Path target = Files.createDirectories(
                repository.resolve(group).resolve(artifact).resolve(version));
        Files.copy(pom, target.resolve(artifact + "-" + version + ".pom"));
        return target.resolve(artifact + "-" + version + ".jar");
    }

    /** Copies the jar that a class comes from, or packs the folder, as there is no jar before the package phase. */
    private static void pack(Class<?> type, Path jar) throws IOException {
        Path source = codeSource(type);
        if (!Files.isDirectory(source)) {
            Files.copy(source, jar);
            return;
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out);
                Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                packed.putNextEntry(
                        new ZipEntry(source.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, packed);
                packed.closeEntry();
            }
        }
    }

    private static void maven(Path project, Path repository, String goal) throws IOException, InterruptedException {
        String home = System.getProperty("maven.home", "");
        String name = System.getProperty("os.name").startsWith("Windows") ? "mvn.cmd" : "mvn";
        String local = System.getProperty(
                "localRepository",
                Path.of(System.getProperty("user.home"), ".m2", "repository").toString());
        Process process = new ProcessBuilder(
                        home.isEmpty() ? name : Path.of(home, "bin", name).toString(),
                        "--batch-mode",
                        "--offline",
                        "-Dmaven.repo.local=" + repository,
                        "-Dmaven.repo.local.tail=" + local,
                        goal)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        // The page promises that a plugin inherits the checks of the contract.
        assertThat(output).contains("Tests run: " + Contract.checks().size() + ", Failures: 0, Errors: 0, Skipped: 0");
    }

    private static Path codeSource(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("docs/writing-a-plugin.md"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "expected docs/writing-a-plugin.md above " + Path.of("").toAbsolutePath());
        }
        return folder;
    }
}
