package io.catwalk.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/reference/onnx-files.md lists the keys of the metadata. */
@Tag("tiny")
class MetadataPageTest {

    private static final Path PAGE = Path.of("../docs/reference/onnx-files.md");

    private static final Pattern ROW = Pattern.compile("^\\| (`[^|]*) \\|", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** Keys that the program writes in addition to those of the exporter. */
    private static final List<String> OF_THE_PROGRAM = List.of("classifier", "variant");

    private static List<String> listed() throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## The metadata\n"), page.indexOf("\n## The folder"));
        return ROW.matcher(section)
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .toList();
    }

    @Test
    void itHasEachKeyOfTheCode() throws IOException {
        // FLOAT16 is a value, not a key.
        List<String> keys = Arrays.stream(MetadataKeys.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers())
                        && !field.getName().equals("FLOAT16"))
                .map(MetadataPageTest::value)
                .toList();

        assertThat(keys).hasSizeGreaterThan(25);
        assertThat(listed())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(keys.stream(), OF_THE_PROGRAM.stream()).toList());
    }

    @Test
    void itHasEachKeyOfAFile() throws IOException {
        Map<String, String> metadata =
                OnnxMetadata.read(Path.of("zoo/fashion-mnist/lstm.onnx")).entries();
        List<String> listed = listed();

        assertThat(metadata.keySet())
                .hasSizeGreaterThan(40)
                .allSatisfy(key -> assertThat(listed)
                        .anyMatch(name -> name.endsWith(".") ? key.startsWith(name) : key.equals(name)));
    }

    private static String value(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
