package io.catwalk.runner.plugin;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.catwalk.api.Classifier;
import io.catwalk.api.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the tables of layers that stand in the Javadoc of our plugins, written by hand from the papers. */
class LayerTablesTest {

    private static final Path PLUGINS = Path.of("../..", "plugins");
    private static final Pattern ROW = Pattern.compile("<tr><td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td></tr>");

    static List<String> plugins() throws IOException {
        try (Stream<Path> folders = Files.list(PLUGINS)) {
            List<String> names = folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.equals("testkit"))
                    .toList();
            assertThat(names).hasSizeGreaterThanOrEqualTo(18);
            return names;
        }
    }

    /** A row may stand for several blocks: its output and the parameters so far are those behind one of them. */
    @ParameterizedTest
    @MethodSource("plugins")
    void eachRowIsWhatTheNetworkGivesThere(String name) throws Exception {
        List<String> there = behindEachBlock(name);
        List<String> table = table(name);
        assertThat(there).containsSubsequence(table);
        assertThat(table).isNotEmpty().last().isEqualTo(there.get(there.size() - 1));
    }

    private static List<String> table(String name) throws IOException {
        List<String> rows = new ArrayList<>();
        long parameters = 0;
        for (MatchResult row : ROW.matcher(source(name)).results().toList()) {
            parameters += Long.parseLong("0" + row.group(3).replace(",", ""));
            rows.add(row.group(2) + ", " + parameters + " parameters so far");
        }
        return rows;
    }

    private static List<String> behindEachBlock(String name) throws Exception {
        Classifier classifier = classifier(name);
        var defaults = classifier.searchSpace().defaults();
        Block network = classifier.network(Task.of(1, 28, 28, 10), defaults);
        Shape[] shapes = {new Shape(1, 1, 28, 28)};
        List<String> there = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            network.initialize(manager, DataType.FLOAT32, shapes);
            long parameters = 0;
            for (Block block : network.getChildren().values()) {
                shapes = block.getOutputShapes(shapes);
                parameters += block.getParameters().values().stream()
                        .filter(Parameter::requiresGradient)
                        .mapToLong(parameter -> parameter.getShape().size())
                        .sum();
                LongStream sizes = LongStream.of(shapes[0].slice(1).getShape());
                String output = sizes.mapToObj(Long::toString).collect(joining(" x "));
                there.add(output + ", " + parameters + " parameters so far");
            }
        }
        return there;
    }

    private static String source(String name) throws IOException {
        try (Stream<Path> files = Files.walk(PLUGINS.resolve(name).resolve("src/main/java"))) {
            StringBuilder source = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                source.append(Files.readString(file));
            }
            return source.toString();
        }
    }

    static Classifier classifier(String name) throws ReflectiveOperationException {
        // The class comes first.
        var file = TestPlugin.ours(name).files().entrySet().iterator().next();
        byte[] code = file.getValue();
        ClassLoader loader = new ClassLoader(LayerTablesTest.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String className) {
                return defineClass(className, code, 0, code.length);
            }
        };
        String className = file.getKey().replace(".class", "").replace('/', '.');
        return (Classifier) loader.loadClass(className).getDeclaredConstructor().newInstance();
    }
}
