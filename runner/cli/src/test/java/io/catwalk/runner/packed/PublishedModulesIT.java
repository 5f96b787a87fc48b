package io.catwalk.runner.packed;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * What is published stands on its own feet. The rules are those of Maven Central
 * (https://central.sonatype.org/publish/requirements/); the files, those that come with the program.
 */
final class PublishedModulesIT {

    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    private static Path file(String artifact, String extension) {
        String group = artifact.equals("catwalk-plugins") ? "io/catwalk/plugins" : "io/catwalk";
        Path folder = Packed.HOME.resolve("maven/" + group + "/" + artifact + "/" + Packed.VERSION);
        return folder.resolve(artifact + "-" + Packed.VERSION + extension);
    }

    private static Document pom(String artifact) throws Exception {
        var builder = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        return builder.parse(file(artifact, ".pom").toFile());
    }

    private static String text(Document pom, String path) throws XPathExpressionException {
        return XPATH.evaluate(path, pom);
    }

    private static List<String> texts(Document pom, String path) throws XPathExpressionException {
        NodeList nodes = (NodeList) XPATH.evaluate(path, pom, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(strings = {"catwalk-api", "catwalk-onnx", "catwalk-onnx-tools", "catwalk-testkit", "catwalk-plugins"})
    void aPomSaysWhatCentralAsksForAndNeedsNoOtherOfThisBuild(String artifact) throws Exception {
        Document pom = pom(artifact);
        String all = "groupId artifactId version name description url licenses/license/name licenses/license/url"
                + " developers/developer/name scm/connection scm/url";
        for (String element : all.split(" ", -1)) {
            assertThat(text(pom, "/project/" + element))
                    .as(element)
                    .isNotBlank()
                    .doesNotContain("${");
        }
        assertThat(texts(pom, "/project/parent")).isEmpty();
        assertThat(texts(pom, "/project/modules")).isEmpty();
        assertThat(texts(pom, "//artifactId")).doesNotContain("spotless-maven-plugin", "error_prone_core");
        String content = Files.readString(file(artifact, ".pom"));
        String here = Path.of("../..").toAbsolutePath().normalize().toString();
        // The properties of the parent are for the plugins.
        assertThat(content).doesNotContain(here, artifact.equals("catwalk-plugins") ? here : "${");
    }

    /**
     * A plugin inherits the properties of this parent: with the launcher's <code>maven.test.skip</code> among them, none was
     * tested any more.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "-Pci,release,download"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of a clone is a shell script")
    void theParentOfPluginsIsTheSameHoweverTheProgramIsBuilt(String profiles, @TempDir Path folder) throws Exception {
        for (String copied : List.of("pom.xml", "plugins/pom.xml", "plugins/testkit/pom.xml")) {
            Path copy = folder.resolve(copied);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of("../..", copied), copy);
        }
        Matcher launcher = Pattern.compile("\"\\$root/pom\\.xml\" package (.*?) </dev/null")
                .matcher(Files.readString(Path.of("../../catwalk")));
        assertThat(launcher.find()).isTrue();
        assertThat(launcher.group(1)).contains("-Dmaven.test.skip");

        String maven = Path.of(System.getProperty("maven.home", "/usr/share/maven"), "bin/mvn")
                .toString();
        List<String> command = new ArrayList<>(List.of(maven, "-o", "-B", "-ntp", "-N", "-f", "plugins/pom.xml"));
        command.add("org.codehaus.mojo:flatten-maven-plugin:flatten");
        command.addAll(profiles.isEmpty() ? List.of(launcher.group(1).split(" ")) : List.of(profiles));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        Process process = builder.redirectErrorStream(true).start();
        String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(log).isZero();
        // Maven writes properties in no certain order.
        assertThat(Files.readAllLines(folder.resolve("plugins/target/flattened.pom")))
                .noneMatch(line -> line.contains("maven.test.skip"))
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(file("catwalk-plugins", ".pom")));
    }

    @ParameterizedTest
    @CsvSource({
        "catwalk-api, io.catwalk.api, io.catwalk.api",
        "catwalk-onnx, io.catwalk.onnx, io.catwalk.onnx",
        "catwalk-onnx-tools, io.catwalk.onnx.tools, io.catwalk.onnx",
        "catwalk-testkit, io.catwalk.testkit, io.catwalk.testkit"
    })
    void aJarHasANameAsAModule(String artifact, String name, String root) {
        var modules = ModuleFinder.of(file(artifact, ".jar")).findAll();
        ModuleDescriptor module = modules.iterator().next().descriptor();
        assertThat(module.name()).isEqualTo(name);
        assertThat(module.packages()).allMatch(each -> each.equals(root) || each.startsWith(root + "."));
    }

    @Test
    void anExporterGetsNoRuntime() throws Exception {
        Document pom = pom("catwalk-onnx");
        String runtime = "/project/dependencies/dependency[artifactId='onnxruntime']/";
        assertThat(text(pom, runtime + "optional")).isEqualTo("true");
        assertThat(text(pom, runtime + "version")).isNotBlank();
    }

    /** The file is written on one machine, and read on others. */
    @Test
    void theTestkitBringsTheNativeLibraryOfWhoeverReadsIt() throws Exception {
        Document pom = pom("catwalk-testkit");
        String natives = "dependency[artifactId='pytorch-native-cpu']";
        assertThat(texts(pom, "/project/dependencies/" + natives)).isEmpty();
        Map<String, String> systems = Map.of(
                "linux-x86_64", "linux amd64",
                "linux-aarch64", "linux aarch64",
                "osx-aarch64", "mac aarch64",
                "win-x86_64", "windows amd64");
        assertThat(texts(pom, "//" + natives + "/classifier")).containsExactlyInAnyOrderElementsOf(systems.keySet());
        for (Map.Entry<String, String> system : systems.entrySet()) {
            String[] expected = system.getValue().split(" ", -1);
            String os = "//profile[dependencies/dependency/classifier='" + system.getKey() + "']/activation/os";
            assertThat(texts(pom, os + "/*")).contains(expected);
        }
    }
}
