package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples in the Javadoc of what is published compile, and show every public type of the exported packages. */
final class JavadocExamplesTest {

    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);
    private static final Pattern EXPORTED = Pattern.compile("exports ([a-z.]+);");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^public (?:sealed |final |abstract )*(?:class|interface|enum|record) (\\w+)");
    private static final Pattern CLASS = Pattern.compile("(?m)^(?:public )?(?:final )?class ");

    /** What an example may use without a declaration. */
    private static final String GIVEN = """
            static ai.djl.nn.Block block;
            static ai.djl.ndarray.NDManager manager;
            static ai.djl.ndarray.NDList arrays;
            static float[] images;
            static byte[] head;
            static java.nio.file.Path file;
            static java.util.Map<String, io.catwalk.onnx.runtime.Tensor> inputs;
            static Iterable<java.util.Map<String, io.catwalk.onnx.runtime.Tensor>> batches;
            """;

    private static final List<String> IMPORTED = List.of(
            "ai.djl.ndarray.*",
            "ai.djl.ndarray.types.*",
            "ai.djl.nn.*",
            "ai.djl.training.GradientCollector",
            "io.catwalk.api.*",
            "io.catwalk.onnx.*",
            "io.catwalk.onnx.compose.*",
            "io.catwalk.onnx.diff.*",
            "io.catwalk.onnx.extension.*",
            "io.catwalk.onnx.parity.*",
            "io.catwalk.onnx.quantize.*",
            "io.catwalk.onnx.runtime.*",
            "java.nio.file.*",
            "java.util.List",
            "java.util.Map",
            "java.util.Optional",
            "java.util.Set",
            "java.util.random.RandomGenerator");

    @TempDir
    private Path folder;

    private static List<Path> sources(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    /** Returns the examples in a module, by where they stand. */
    private static Map<String, String> examples(Path module) throws IOException {
        Map<String, String> examples = new TreeMap<>();
        for (Path file : sources(module)) {
            Matcher found = EXAMPLE.matcher(Files.readString(file));
            while (found.find()) {
                String code = found.group(1).replaceAll("(?m)^ \\* ?", "");
                examples.put(file + "#" + found.start(), code);
            }
        }
        return examples;
    }

    private static SimpleJavaFileObject source(String code) {
        return new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }

    private static String program(String example) {
        StringBuilder program = new StringBuilder();
        IMPORTED.forEach(name -> program.append("import ").append(name).append(";\n"));
        program.append("class Example {\n").append(GIVEN);
        if (CLASS.matcher(example).find()) {
            program.append(CLASS.matcher(example).replaceAll("static class "));
        } else {
            program.append("static void example() throws Exception {\n")
                    .append(example)
                    .append("\n}");
        }
        return program.append("\n}\n").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"core-api", "onnx-models", "onnx-models/tools"})
    void theyCompile(String module) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, String> examples = examples(Path.of("../..").resolve(module));
        assertThat(examples).isNotEmpty();
        for (Map.Entry<String, String> example : examples.entrySet()) {
            DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
            List<String> options =
                    List.of("-cp", System.getProperty("java.class.path"), "-proc:none", "-d", folder.toString());
            boolean compiled = compiler.getTask(
                            null, null, found, options, null, List.of(source(program(example.getValue()))))
                    .call();
            List<String> errors = found.getDiagnostics().stream()
                    .map(each -> each.getMessage(Locale.ROOT))
                    .toList();
            assertThat(compiled).as(example.getKey() + " " + errors).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"core-api", "onnx-models", "onnx-models/tools"})
    void theyShowEveryPublicType(String module) throws IOException {
        Path root = Path.of("../..").resolve(module);
        String examples = String.join("\n", examples(root).values());
        String descriptor = Files.readString(root.resolve("src/main/java/module-info.java"));
        List<String> exported = EXPORTED.matcher(descriptor)
                .results()
                .map(found -> found.group(1))
                .toList();
        List<String> types = new ArrayList<>();
        for (Path file : sources(root)) {
            String source = Files.readString(file);
            if (exported.stream()
                    .anyMatch(name ->
                            source.contains("\npackage " + name + ";") || source.startsWith("package " + name + ";"))) {
                TYPE.matcher(source).results().forEach(found -> types.add(found.group(1)));
            }
        }
        assertThat(types)
                .hasSizeGreaterThan(10)
                .allSatisfy(type -> assertThat(examples).containsPattern("\\b" + type + "\\b"));
    }
}
