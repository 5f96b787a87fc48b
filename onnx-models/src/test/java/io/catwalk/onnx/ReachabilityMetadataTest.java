package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a native image of GraalVM is told of is what the library reaches by name, and all of it is there. */
@Tag("tiny")
final class ReachabilityMetadataTest {

    private static final String FILE = "META-INF/native-image/io.catwalk/catwalk-onnx/reachability-metadata.json";

    private final JsonObject metadata = read();

    private static JsonObject read() {
        try (InputStream in = OnnxExport.class.getClassLoader().getResourceAsStream(FILE)) {
            byte[] content = Objects.requireNonNull(in).readAllBytes();
            return JsonParser.parseString(new String(content, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Stream<JsonElement> types() {
        return metadata.getAsJsonArray("reflection").asList().stream()
                .map(entry -> entry.getAsJsonObject().get("type"));
    }

    private Set<String> names() {
        return types().filter(JsonElement::isJsonPrimitive)
                .map(JsonElement::getAsString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> proxies() {
        return types().filter(JsonElement::isJsonObject)
                .flatMap(type -> type.getAsJsonObject().getAsJsonArray("proxy").asList().stream())
                .map(JsonElement::getAsString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns what a pattern finds in the sources of the library. */
    private static Set<String> inSources(String pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                Pattern.compile(pattern)
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(hit -> found.add(hit.group(1)));
            }
        }
        return found;
    }

    @Test
    void everyTypeIsThere() throws ClassNotFoundException {
        for (String name : names()) {
            assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull();
        }
        for (String name : proxies()) {
            assertThat(Class.forName(name, false, getClass().getClassLoader()).isInterface())
                    .isTrue();
        }
        assertThat(names()).containsAll(proxies()); // a proxy hands its methods on by reflection
    }

    @Test
    void everyProxyResourceAndNameInTheSourcesIsListed() throws IOException {
        Set<String> simple = proxies().stream()
                .map(name -> name.replaceFirst(".*[.]", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(simple).hasSize(3).isEqualTo(inSources("new Class<\\?>\\[\\] \\{(\\w+)\\.class\\}"));
        assertThat(inSources("(Proxy\\.newProxyInstance\\()")).hasSize(1);

        List<String> resources = metadata.getAsJsonArray("resources").asList().stream()
                .map(entry -> entry.getAsJsonObject().get("glob").getAsString())
                .toList();
        Set<String> read = inSources("getResourceAsStream\\(\"([^\"]+)\"");
        assertThat(resources).hasSize(1).allMatch(path -> read.contains(path.replaceFirst(".*/", "")));
        for (String path : resources) {
            assertThat(OnnxExport.class.getClassLoader().getResource(path)).isNotNull();
        }
        assertThat(names()).containsAll(inSources("Class\\.forName\\(\\s*\"([^\"]+)\""));
    }

    /** Reading the fields of a message, by which tensors are found in a file, calls its getters by reflection. */
    @Test
    void everyMessageOfTheFormatIsListedWithItsBuilder() {
        Set<String> messages = new TreeSet<>();
        OnnxMl.getDescriptor().getMessageTypes().forEach(type -> collect("ai.onnx.proto.OnnxMl", type, messages));
        assertThat(messages).hasSizeGreaterThan(40);
        Set<String> listed = names();
        listed.removeIf(name -> !name.startsWith("ai.onnx.proto."));
        assertThat(listed).isEqualTo(messages);
    }

    private static void collect(String outer, Descriptor type, Set<String> messages) {
        String name = outer + "$" + type.getName();
        messages.add(name);
        messages.add(name + "$Builder");
        type.getNestedTypes().forEach(inner -> collect(name, inner, messages));
    }
}
