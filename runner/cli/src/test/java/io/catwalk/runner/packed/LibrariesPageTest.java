package io.catwalk.runner.packed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/reference/libraries.md says what the build says. */
@Tag("tiny")
class LibrariesPageTest {

    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>\\s*<groupId>([^<]+)</groupId>\\s*"
            + "<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");

    private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9.-]+\\.version)>([^<$]+)</");

    @Test
    void itHasEachManagedDependencyInItsVersion() throws IOException {
        String pom = Files.readString(Path.of("../../pom.xml"));
        String page = Files.readString(Path.of("../../docs/reference/libraries.md"));
        List<String> rows = new ArrayList<>();
        for (var found : DEPENDENCY.matcher(pom).results().toList()) {
            String row = "| `" + found.group(1) + ":" + found.group(2) + "` | " + filled(found.group(3), pom) + " |";
            rows.addAll(row.contains("`io.catwalk") ? List.of() : List.of(row));
        }
        assertThat(rows)
                .hasSizeGreaterThan(30)
                .allSatisfy(row -> assertThat(page).contains(row));
    }

    private static String filled(String version, String pom) {
        String filled = version;
        for (var property : PROPERTY.matcher(pom).results().toList()) {
            filled = filled.replace("${" + property.group(1) + "}", property.group(2));
        }
        return filled;
    }
}
